"""An SMTP or LMTP listener: its sockets, its connections and the limits on them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from mailpit_py.identity import PublicIds
from mailpit_py.mail.envelope import Reply
from mailpit_py.servers.loop import LoopThread, file_identity
from mailpit_py.servers.smtp import greeting
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.connection import Connection
from mailpit_py.servers.smtp.doorway import Doorway
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.servers.smtp.stall import Stalls

if TYPE_CHECKING:
    from mailpit_py.application.sandbox import Sandbox

logger = logging.getLogger(__name__)

_BACKLOG = 512
_READ_SIZE = 64 * 1024
_STALL_CHECK = 5.0
# Seconds without progress after which a connection gives way to those that wait for its room.
_SILENCE = 10.0


class SmtpListener:
    """Serves SMTP, or LMTP, on sockets that are already bound, in a loop thread.

    `start` and `stop` may be called from any other thread. Stopping lets messages that are being
    kept be answered, for at most `grace` seconds.
    """

    def __init__(
        self, loop: LoopThread, sandbox: Sandbox, settings: SmtpSettings, sockets: Sequence[socket.socket]
    ) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.sockets = tuple(sockets)
        self.budget = sandbox.budget
        self.prepared: dict[str, Any] = {}
        self.incoming = memoryview(bytearray(_READ_SIZE))
        self.ids = PublicIds()
        self.stalls = Stalls()
        self.doorways: set[Doorway] = set()
        self._thread = loop
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._peers: Counter[str] = Counter()
        self._without_room: set[Connection] = set()
        self._done: deque[tuple[Callable[[Future[Any]], None], Future[Any]]] = deque()
        self._files: list[tuple[Path, tuple[int, int] | None]] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        sandbox.inboxes.on_loss.append(lambda: self._post(self._check_tokens))

    def start(self) -> None:
        """Accept connections from now on."""
        self._thread.run(self._start())

    def stop(self, *, grace: float = 5) -> None:
        """Accept no more, tell the connected ones 421, and close."""
        self._thread.run(self._stop(grace))

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that carries the connections."""
        return self._thread.loop

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def _start(self) -> None:
        self.prepared = _prepare(self.loop, self.settings)
        self.sandbox.gather(self.loop.call_soon)
        if self.budget is not None:
            self._unsubscribe = self.budget.subscribe(lambda: self._post(self._find_room))
            self._watch_room()
        for sock in self.sockets:
            if _is_unix(sock):
                path = Path(sock.getsockname())
                self._files.append((path, file_identity(path)))
            create: Any = self.loop.create_unix_server if _is_unix(sock) else self.loop.create_server
            self._servers.append(await create(self._connect, sock=sock, backlog=_BACKLOG))

    async def _stop(self, grace: float) -> None:
        for server in self._servers:
            server.close()
        for path, identity in self._files:
            if identity is not None and file_identity(path) == identity:
                path.unlink()
        deadline = self.loop.time() + grace
        while self._connections and self.loop.time() < deadline:
            self._dismiss_idle()
            await asyncio.sleep(0.005)
        for connection in list(self._connections):
            connection.abort()
        for doorway in list(self.doorways):
            doorway.abort()
        await asyncio.sleep(0)
        self._let_go()

    def _dismiss_idle(self) -> None:
        for connection in list(self._connections):
            if not connection.awaits_receipt:
                connection.close(greeting.shutting_down(self.settings), "shutdown")

    def _let_go(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._stall_timer is not None:
            self._stall_timer.cancel()

    def _connect(self) -> Connection | Doorway:
        return Doorway(self) if self.settings.implicit_tls else Connection(self)

    # Connections

    def connections_of(self, host: str) -> int:
        """Return how many connections are open to a peer's address."""
        return self._peers[host]

    def admit(self, connection: Connection) -> Reply | None:
        """Count a connection; the reply that turns it away if there are too many (of its peer)."""
        self._connections.add(connection)
        self._peers[connection.peer_host] += 1
        if 0 < self.settings.max_connections < len(self._connections):
            refusal = replies.TOO_MANY_CONNECTIONS
        elif 0 < self.settings.max_connections_per_peer < self._peers[connection.peer_host]:
            refusal = replies.TOO_MANY_FROM_PEER
        else:
            return None
        logger.warning("peer=%s turned away: %s", connection.peer_host, refusal.text)
        return refusal

    def dismiss(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(connection)
        self._without_room.discard(connection)
        self._peers[connection.peer_host] -= 1
        if self._peers[connection.peer_host] <= 0:
            del self._peers[connection.peer_host]

    def _check_tokens(self) -> None:
        for connection in list(self._connections):
            connection.check_token()

    # What other threads have to say

    def when_done(self, future: Future[Any], callback: Callable[[Future[Any]], None]) -> None:
        """Call `callback` on the loop when `future` is done; those of one commit come in one wake-up."""

        def done(future: Future[Any]) -> None:
            is_first = not self._done
            self._done.append((callback, future))
            if is_first:
                self._post(self._deliver)

        future.add_done_callback(done)

    def _deliver(self) -> None:
        while self._done:
            callback, future = self._done.popleft()
            callback(future)

    def _post(self, call: Callable[[], None]) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(call)

    # Room for content

    def wait_for_room(self, connection: Connection) -> None:
        """Let a connection that is not read wait until others make room."""
        self._without_room.add(connection)

    def _find_room(self) -> None:
        waiting, self._without_room = self._without_room, set()
        for connection in waiting:
            connection.find_room()

    def _check_stall(self) -> None:
        """Without room, end those that sit on it; if still nothing moves, give up what is half read."""
        assert self.budget is not None
        self._watch_room()
        if self.budget.is_over:
            for connection in _largest_first(self._connections):
                if self.budget.is_over and connection.patience.silence >= _SILENCE:
                    connection.give_way()
        if self.budget.is_stalled():
            for connection in _largest_first(self._without_room, at_least=0):
                if self.budget.is_over:
                    self._without_room.discard(connection)
                    connection.lack_room()

    def _watch_room(self) -> None:
        # Always: those that sit on the room may be connected to another listener than those that wait for it.
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        self._stall_timer = self.loop.call_later(_STALL_CHECK, self._check_stall)


def _largest_first(connections: Iterable[Connection], at_least: int = 1) -> list[Connection]:
    """Those that hold content of unfinished messages, the most first."""
    holding = [connection for connection in connections if connection.held_bytes >= at_least]
    return sorted(holding, key=lambda connection: connection.held_bytes, reverse=True)


def _is_unix(sock: socket.socket) -> bool:
    return sock.family == getattr(socket, "AF_UNIX", None)


def _prepare(loop: asyncio.AbstractEventLoop, settings: SmtpSettings) -> dict[str, Any]:
    """What aiosmtpd's constructor works out, for all connections at once."""
    template = SMTP(
        None,
        data_size_limit=settings.max_message_size_bytes or None,
        enable_SMTPUTF8=True,
        hostname=settings.hostname,
        ident=settings.software,
        tls_context=settings.ssl_context,
        auth_require_tls=False,
        loop=loop,
    )
    shared = ("loop", "event_handler", "tls_context", "hostname", "enable_SMTPUTF8", "require_starttls")
    private = ("_tls_handshake_okay", "_tls_protocol", "_original_transport", "_handler_coroutine", "_timeout_handle")
    hooks = ("_handle_hooks", "_timeout_duration", "session", "envelope", "transport")
    return {name: vars(template)[name] for name in (*shared, *private, *hooks)}
