"""Which Host headers may reach the sandbox: the guard against DNS rebinding."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from mailpit_py.errors import ConfigError

# Names that no public DNS zone can point at this machine: reserved (RFC 6761, RFC 6762 §3) and development suffixes.
LOCAL_SUFFIXES = (
    ".localhost",
    ".test",
    ".internal",
    ".local",
    ".example",
    ".svc",
    ".ddev.site",
    ".lndo.site",
)
NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?\Z")


def split_host(header: str) -> tuple[str, str] | None:
    """Split a Host header into its lower-case name or address and its port, which may be empty.

    None for what no client may send: user information, a path, blanks within, a port that is not a number.
    """
    match = re.match(r"(\[[0-9a-f:.]+\]|[^:\[\]@/\\?#,\s]+)(?::(\d{1,5}))?\Z", header.strip(" \t").lower())
    if match is None:
        return None
    return match[1], match[2] or ""


def is_address(name: str) -> bool:
    """True for an IPv4 address in four decimal parts, or an IPv6 address in brackets."""
    try:
        ipaddress.IPv6Address(name[1:-1]) if name.startswith("[") else ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def is_local_name(name: str) -> bool:
    """True for a name that an attacker's DNS cannot answer for: one label, or a local suffix."""
    name = name.removesuffix(".")
    return bool(NAME.match(name)) and ("." not in name or name.endswith(LOCAL_SUFFIXES))


def read_names(text: str) -> list[str]:
    """Read --allowed-hosts: names separated by commas or blanks, a leading dot for everything below one.

    Raises ConfigError for what no Host header can be equal to: it would be let in by nothing.
    """
    names = text.replace(",", " ").lower().split()
    for name in names:
        if not NAME.match(name.removeprefix(".")) and not is_address(name):
            advice = "names without a scheme and a port, as in mail.example.org, or .example.org for all below it"
            raise ConfigError(f"--allowed-hosts takes {advice}, not {name!r}")
    return names


class HostList:
    """The names under which the sandbox answers.

    `extra` are the names of --allowed-hosts; one that starts with a dot stands for everything below
    it. With `any_name` (Basic auth is on, so a foreign page has no credentials) every well-formed
    name is accepted.
    """

    def __init__(self, extra: Iterable[str] = (), *, any_name: bool = False) -> None:
        names = [name.strip().lower().removesuffix(".") for name in extra]
        self._exact = frozenset(name for name in names if name and not name.startswith("."))
        self._below = tuple(name for name in names if name.startswith("."))
        self._any_name = any_name

    def accepts(self, header: str) -> bool:
        """True if a request with this Host header may be answered."""
        parts = split_host(header)
        if parts is None:
            return False
        name = parts[0]
        if is_address(name) or is_local_name(name):
            return True
        bare = name.removesuffix(".")
        if bare in self._exact or (self._below and bare.endswith(self._below)):
            return True
        return self._any_name and bool(NAME.match(name))
