"""The sockets of all listeners, bound before anything else happens, so that a port that is taken is known at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from mailpit_py.bind import Bind
from mailpit_py.config import Config
from mailpit_py.servers.loop import bind

PAGE = "listen"
METRICS = "metrics_place"
SMTP = ("smtp", "smtps", "lmtp")
OF_INBOX = "smtp for "
HTTP_BACKLOG = 128  # requests that wait until Flask is loaded


@dataclass(frozen=True, slots=True)
class Bound:
    """Sockets and places of the listeners, by the name of their option, or `smtp for <inbox>`.

    The places have the ports that the system chose where port 0 was asked for.
    """

    sockets: Mapping[str, Sequence[socket.socket]]
    places: Mapping[str, Bind]

    @property
    def ports(self) -> Mapping[str, int]:
        """The TCP port of each listener that has one."""
        return {name: place.port for name, place in self.places.items() if place.path is None}

    @property
    def smtp(self) -> list[str]:
        """The names of the listeners by which mail comes in."""
        return [name for name in self.places if name in SMTP or inbox_of(name) is not None]


def inbox_of(name: str) -> str | None:
    """The inbox for which a listener is, None for one that is for all."""
    return name.removeprefix(OF_INBOX) if name.startswith(OF_INBOX) else None


def bind_all(config: Config, stack: ExitStack) -> Bound:
    """Bind every listener that is asked for; `stack` closes the sockets. Raises ConfigError for a port that is taken.

    Those for HTTP listen from now on: who connects before the application is loaded waits for it.
    """
    sockets: dict[str, Sequence[socket.socket]] = {}
    places: dict[str, Bind] = {}
    for name, place in _wanted(config):
        sockets[name] = bind(place)
        for one in sockets[name]:
            stack.callback(one.close)
        chosen = None if place.path is not None else sockets[name][0].getsockname()[1]
        places[name] = place if chosen is None else replace(place, port=chosen)
    for one in (*sockets[PAGE], *sockets.get(METRICS, ())):
        one.listen(HTTP_BACKLOG)
    return Bound(sockets, places)


def _wanted(config: Config) -> Iterator[tuple[str, Bind]]:
    for name in (PAGE, *SMTP, *(one.name for one in config.readings), METRICS):
        if (place := config.bind(name)) is not None:
            yield name, place
    for inbox, place in config.inbox_places.items():
        yield f"{OF_INBOX}{inbox}", place
