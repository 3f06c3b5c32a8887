"""One POP3 connection: the socket of a session, its time, and what it wants done on other threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from mailpit_py.application import maildrop
from mailpit_py.identity import new_public_id
from mailpit_py.mail.wire import with_crlf
from mailpit_py.servers.sasl import Credentials
from mailpit_py.servers.pop3.session import Session, Want
from mailpit_py.storage import Entry

if TYPE_CHECKING:
    from mailpit_py.servers.pop3.listener import Pop3Listener

logger = logging.getLogger(__name__)
T = TypeVar("T")

# More than this is not read before it is obeyed.
_HELD_BYTES = 64 * 1024
_HANDSHAKE_TIMEOUT = 30


class Connection(asyncio.Protocol):
    """Feeds a session and does what it wants, one thing at a time."""

    _transport: Any  # a Transport; uvloop's is of no such class

    def __init__(self, listener: Pop3Listener) -> None:
        self._listener = listener
        self._loop = listener.loop
        self._session = Session(listener.settings, is_tls=listener.settings.implicit_tls)
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_paused = False
        self._is_at_eof = False
        self._active_at = 0.0
        self.peer_host = ""
        self._id = new_public_id()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or turn away."""
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.peer_host = str(peer[0]) if isinstance(peer, tuple) else "unix"
        refusal = self._listener.admit(self)
        if self._listener.is_stopped:  # it was being accepted when the listener stopped
            self.abort()
            return
        if refusal:
            self._session.turn_away(refusal)
        else:
            self._session.greet()
            logger.info("pop3 session=%s opened peer=%s", self._id, self.peer_host)
        self._renew()
        self._watch()
        self._drive()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget everything; what was marked stays where it is (RFC 1939 §6)."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._listener.dismiss(self)

    def abort(self) -> None:
        """Cut the connection off without a word."""
        self._transport.abort()

    # Bytes in, bytes out

    def data_received(self, data: bytes) -> None:
        """Take what the client says, and obey it when it is its turn."""
        self._renew()
        self._session.receive(data)
        self._drive()

    def eof_received(self) -> bool:
        """Nothing more can come; what is still owed is sent, where the transport can wait for it."""
        self._is_at_eof = True
        return self._is_busy and not self._session.is_tls

    def pause_writing(self) -> None:
        """Obey nothing more until the client reads what it was sent."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_paused = False
        self._renew()
        self._drive()

    @property
    def _is_busy(self) -> bool:
        return self._task is not None or self._is_paused

    def _drive(self) -> None:
        """Let the session go on until it waits for the client, for its reading, or for another thread."""
        while not self._is_busy and not self._transport.is_closing():
            self._session.advance()
            self._flush()
            if self._session.wants is Want.NOTHING:
                break
            if self._session.wants is Want.END:
                self._transport.close()
                return
            if self._session.wants is Want.HANDSHAKE:
                self._transport.pause_reading()  # what comes next is for the handshake
            self._task = self._loop.create_task(self._satisfy(self._session.wants))
        self._balance()

    def _flush(self) -> None:
        if self._session.output:
            self._transport.write(bytes(self._session.output))
            self._session.output.clear()

    def _balance(self) -> None:
        """Read no more than can be obeyed; close after the client has, when all is said."""
        if self._transport.is_closing():
            return
        if self._is_at_eof and not self._is_busy:
            self._transport.close()
        elif self._session.held_bytes > _HELD_BYTES:
            self._transport.pause_reading()
        elif self._session.wants is not Want.HANDSHAKE:
            self._transport.resume_reading()

    # What takes time

    async def _satisfy(self, want: Want) -> None:
        try:
            await _SATISFY[want](self)
        except Exception as error:
            logger.warning("pop3 session=%s failed at %s: %s", self._id, want.name, error)
            self._session.fail()
        self._task = None
        self._flush()
        self._renew()
        self._drive()

    async def _log_in(self) -> None:
        credentials = self._session.credentials
        assert credentials is not None
        entries = await self._elsewhere(lambda: self._entries(credentials))
        if entries is None:
            logger.warning("pop3 session=%s login of %r refused", self._id, credentials.name)
            self._session.refuse()
        else:
            logger.info("pop3 session=%s login of %r sees %d messages", self._id, credentials.name, len(entries))
            self._session.open(entries)

    def _entries(self, credentials: Credentials) -> tuple[Entry, ...] | None:
        accounts = self._listener.settings.accounts
        if accounts is not None and not accounts.verify(credentials.name, credentials.password):
            return None
        return maildrop.entries(self._listener.sandbox.store, credentials.name)

    async def _fetch(self) -> None:
        entry = self._session.message
        assert entry is not None
        self._session.send(await self._elsewhere(lambda: self._lines(entry)))

    def _lines(self, entry: Entry) -> bytes | None:
        raw = self._listener.sandbox.store.raw(entry.inbox, entry.public_id)
        return None if raw is None else with_crlf(raw)

    async def _discard(self) -> None:
        marked, store = self._session.maildrop.marked, self._listener.sandbox.store
        moved = await self._elsewhere(lambda: maildrop.discard(store, marked))
        logger.info("pop3 session=%s moved %d messages to Trash", self._id, moved)
        self._session.leave()

    async def _shake_hands(self) -> None:
        context = self._listener.settings.ssl_context
        assert context is not None
        try:
            self._transport = await self._loop.start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_TIMEOUT
            )
        except OSError as error:  # ssl.SSLError is one, too
            logger.warning("pop3 session=%s the TLS handshake failed: %s", self._id, error)
            self._transport.abort()
        self._session.secure()

    async def _elsewhere(self, work: Callable[[], T]) -> T:
        # SQLite, bcrypt and large messages take time, which the loop does not have.
        return await self._loop.run_in_executor(None, work)

    # Time

    def _renew(self) -> None:
        self._active_at = self._loop.time()

    def _watch(self) -> None:
        """Cut off a client that is silent for too long, without a word and an UPDATE (RFC 1939 §3)."""
        left = self._active_at + self._listener.settings.idle_timeout - self._loop.time()
        if left <= 0 and self._task is None:
            logger.info("pop3 session=%s timed out", self._id)
            self.abort()
        else:
            self._timer = self._loop.call_later(max(left, 0.01), self._watch)


_SATISFY: dict[Want, Callable[[Connection], Any]] = {
    Want.LOGIN: Connection._log_in,
    Want.CONTENT: Connection._fetch,
    Want.DISCARD: Connection._discard,
    Want.HANDSHAKE: Connection._shake_hands,
}
