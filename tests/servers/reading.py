"""A listener by which mail is read, on a free port, with raw clients for it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mailpit_py.bind import Bind
from mailpit_py.servers.loop import bind
from mailpit_py.servers.settings import ReadingSettings
from tests.servers.smtp.serving import TIMEOUT, RawClient

Serve = Callable[..., "Served"]


class Listener(Protocol):
    @property
    def connection_count(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Served:
    """A running listener. `connect` gives raw clients, closed at the end of the test."""

    listener: Listener
    port: int
    _clients: list[RawClient] = field(default_factory=list)

    def connect(self, *, greeted: bool = True) -> RawClient:
        client = RawClient(socket.create_connection(("127.0.0.1", self.port), TIMEOUT))
        self._clients.append(client)
        if greeted:
            assert client.line().startswith((b"+OK ", b"* OK "))
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.listener.stop()


@contextlib.contextmanager
def serving(make: Callable[[ReadingSettings, Sequence[socket.socket]], Listener]) -> Iterator[Serve]:
    """A function that starts listeners with the given settings; all are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Served:
            sockets = bind(Bind.parse("127.0.0.1:0"))
            listener = make(ReadingSettings(**settings), sockets)
            listener.start()
            served = Served(listener, sockets[0].getsockname()[1])
            stack.callback(served.close)
            return served

        yield start
