"""One connection of a protocol whose sessions are pure: the socket, its time, and work on other threads."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from mailpit_py.errors import MailpitError
from mailpit_py.identity import new_public_id
from mailpit_py.servers.conversation import Want

if TYPE_CHECKING:
    from mailpit_py.servers.listener import Listener

logger = logging.getLogger(__name__)

# More than this is not read before it is obeyed.
_HELD_BYTES = 64 * 1024
_HANDSHAKE_TIMEOUT = 30


class Connection(asyncio.Protocol):
    """Feeds a session and does what it wants, one thing at a time."""

    _transport: Any  # a Transport; uvloop's is of no such class

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._loop = listener.loop
        self._name = listener.conversation.name
        self._session = listener.conversation.begin(listener.settings.implicit_tls)
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
            logger.info("%s session=%s opened peer=%s", self._name, self._id, self.peer_host)
        self._renew()
        self._watch()
        self._drive()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget everything; what was not done is not done."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._session.close()
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

    def wake(self) -> None:
        """Let the session tell what nobody asked for."""
        if not self._is_busy:
            self._session.wake()
            self._drive()

    def check_token(self) -> None:
        """End the connection if its token opens nothing any more; what it has asked for comes too late."""
        token = self._session.token
        if not token or self._listener.conversation.admits(token):
            return
        logger.info("%s session=%s ended, its token opens nothing any more", self._name, self._id)
        if self._is_busy:
            self.abort()
        else:
            self._session.expel()
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
                self._task = self._loop.create_task(self._shake_hands())
            elif not self._is_paused:
                self._task = self._loop.create_task(self._satisfy())
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

    async def _satisfy(self) -> None:
        try:
            # SQLite, bcrypt and large messages take time, which the loop does not have.
            result = await self._listener.work(self._session.work)
        except Exception as error:
            level = logging.INFO if isinstance(error, MailpitError) else logging.WARNING
            logger.log(level, "%s session=%s failed: %s", self._name, self._id, error)
            self._session.fail(error)
        else:
            self._session.finish(result)
            self.check_token()  # it may be one of before the work began
        self._go_on()

    async def _shake_hands(self) -> None:
        context = self._listener.settings.ssl_context
        assert context is not None
        try:
            self._transport = await self._loop.start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_TIMEOUT
            )
        except OSError as error:  # ssl.SSLError is one, too
            logger.warning("%s session=%s the TLS handshake failed: %s", self._name, self._id, error)
            self._transport.abort()
        self._session.secure()
        self._go_on()

    def _go_on(self) -> None:
        self._task = None
        self._flush()
        self._renew()
        self._drive()

    # Time

    def _renew(self) -> None:
        self._active_at = self._loop.time()

    def _watch(self) -> None:
        """Cut off a client that is silent for too long, without a word."""
        left = self._active_at + self._session.idle_timeout - self._loop.time()
        if left <= 0 and self._task is None:
            logger.info("%s session=%s timed out", self._name, self._id)
            self.abort()
        else:
            self._timer = self._loop.call_later(max(left, 0.01), self._watch)
