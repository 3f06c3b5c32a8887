"""A listener for a protocol whose sessions are pure: its sockets, its connections and the limits on them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Sequence
from threading import Event
from typing import Any

from mailpit_py.servers.connection import Connection
from mailpit_py.servers.conversation import Conversation, Settings
from mailpit_py.servers.loop import LoopThread

logger = logging.getLogger(__name__)

_BACKLOG = 128


class Listener:
    """Serves on TCP sockets that are already bound, in a loop thread.

    `start` and `stop` may be called from any other thread.
    """

    def __init__(
        self, loop: LoopThread, conversation: Conversation, settings: Settings, sockets: Sequence[socket.socket]
    ) -> None:
        self.conversation = conversation
        self.settings = settings
        self._sockets = tuple(sockets)
        self._thread = loop
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._peers: Counter[str] = Counter()
        self._shared: dict[Any, asyncio.Future[Any]] = {}
        self.is_stopped = False
        self.occupied = Event()  # set while somebody is connected, and once it has stopped

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that carries the connections."""
        return self._thread.loop

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def start(self) -> None:
        """Accept connections from now on."""
        self._thread.run(self._start())

    def stop(self) -> None:
        """Accept no more, and cut the connected ones off: what they asked for and is not done is not done."""
        self._thread.run(self._stop())

    def wake(self) -> None:
        """Let every session tell what nobody asked for. May be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self._wake)

    def check_tokens(self) -> None:
        """End the connections whose tokens open nothing any more. May be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self._check_tokens)

    def _wake(self) -> None:
        for connection in list(self._connections):
            connection.wake()

    def _check_tokens(self) -> None:
        for connection in list(self._connections):
            connection.check_token()

    async def _start(self) -> None:
        tls = self.settings.ssl_context if self.settings.implicit_tls else None
        for sock in self._sockets:
            server = await self.loop.create_server(lambda: Connection(self), sock=sock, backlog=_BACKLOG, ssl=tls)
            self._servers.append(server)

    async def _stop(self) -> None:
        self.is_stopped = True
        self.occupied.set()
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    async def work(self, work: Any) -> Any:
        """Do a session's work on another thread. What the protocol says is the same for all is done for all at once."""
        if not isinstance(work, self.conversation.shared):
            return await self.loop.run_in_executor(None, self.conversation.do, work)
        if work not in self._shared:
            self._shared[work] = self.loop.run_in_executor(None, self.conversation.do, work)
            self._shared[work].add_done_callback(lambda _: self._shared.pop(work))
        return await asyncio.shield(self._shared[work])  # who goes ends it for nobody else

    def admit(self, connection: Connection) -> str:
        """Count a connection; why it is turned away if there are too many (of its peer), else nothing."""
        self._connections.add(connection)
        self.occupied.set()
        self._peers[connection.peer_host] += 1
        if len(self._connections) > self.settings.max_connections:
            refusal = "too many connections"
        elif self._peers[connection.peer_host] > self.settings.max_connections_per_peer:
            refusal = "too many connections from your address"
        else:
            return ""
        logger.warning("%s peer=%s turned away: %s", self.conversation.name, connection.peer_host, refusal)
        return refusal

    def dismiss(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(connection)
        self._peers[connection.peer_host] -= 1
        if self._peers[connection.peer_host] <= 0:
            del self._peers[connection.peer_host]
        if not self._connections and not self.is_stopped:
            self.occupied.clear()
