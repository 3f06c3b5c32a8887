"""From a name to the one address that is connected to: looked up once, and all that was found is checked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address

from mailpit_py.errors import TargetForbidden
from mailpit_py.reach import Reach

Lookup = Callable[[str, int], Awaitable[list[str]]]


class Unresolved(Exception):
    """A name that has no address now."""


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system finds them, an address itself as it is. Raises Unresolved."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(f"{host} has no address: {error}") from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def addresses_now(host: str, port: int) -> list[str]:
    """Return the addresses of a host, waiting for them; none for a name that is not known now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def check(host: str, addresses: Iterable[str], reach: Reach) -> list[str]:
    """Return the addresses if every one is allowed. Raises TargetForbidden, which does not say what they are.

    One that is not allowed spoils the rest: who serves such a name could choose which one is used.
    """
    found = list(addresses)
    if not all(reach.allows(each) for each in found):
        raise TargetForbidden(f"{host} is outside the range that --outbound-allow gives ({reach})")
    return found


async def resolve(host: str, port: int, reach: Reach, lookup: Lookup = look_up) -> list[str]:
    """Return the allowed addresses of a host, in the order to try them. Raises Unresolved and TargetForbidden."""
    found = check(host, await lookup(host, port), reach)
    if not found:
        raise Unresolved(f"{host} has no address")
    return found
