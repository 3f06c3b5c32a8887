"""The websocket of either program, as its clients follow it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.beside.programs import Server
from tests.servers.smtp.serving import TIMEOUT

Event = tuple[str, Any]


class Follower:
    """A client that waits for events; each is its type and its data."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def next(self) -> Event:
        told = json.loads(self.socket.recv(TIMEOUT))
        assert sorted(told) == ["Data", "Type"]
        return told["Type"], told["Data"]

    def take(self, count: int, kind: str) -> list[Any]:
        """The data of the next events of this kind, whatever comes between them."""
        return [self.until(kind)[-1][1] for _ in range(count)]

    def until(self, kind: str, **data: object) -> list[Event]:
        """Everything up to the first event of this kind, with this data."""
        seen = [self.next()]
        while seen[-1][0] != kind or any(seen[-1][1][name] != value for name, value in data.items()):
            seen.append(self.next())
        return seen


@contextlib.contextmanager
def following(server: Server) -> Iterator[Follower]:
    """A client of /api/events that has been told the totals."""
    # What is left unread must not keep the end from being read.
    with connect(f"ws{server.url[4:]}/api/events", compression=None, max_queue=None) as socket:
        follower = Follower(socket)
        assert follower.next()[0] == "stats"
        yield follower
