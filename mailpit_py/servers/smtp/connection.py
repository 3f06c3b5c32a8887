"""One connection: aiosmtpd's protocol around our conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, TLSSetupException

from mailpit_py.account import Accounts
from mailpit_py.errors import StorageFull
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Receipt, Reply, Session
from mailpit_py.servers.smtp import greeting, peer, sasl
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.servers.smtp.dialogue import Expect

if TYPE_CHECKING:
    from mailpit_py.servers.smtp.listener import SmtpListener

logger = logging.getLogger(__name__)

# What may come in, unread, while something is waited for.
_READ_AHEAD = 256 * 1024
_READ_SIZE = 64 * 1024
# How long a client may take to read the last words before it is cut off.
_FLUSH_TIMEOUT = 5.0


class Connection(SMTP, asyncio.BufferedProtocol):
    """What aiosmtpd calls a protocol: its stream, its coroutine and its STARTTLS, with our commands.

    Bytes are answered in `data_received` itself (the fast path), which costs no task and no
    stream; with `fast_path` off, aiosmtpd's coroutine reads them from its stream. Both drive the
    same conversation.
    """

    transport: Any  # a Transport, later that of TLS; aiosmtpd calls it a BaseTransport
    peer_host: str
    _conversation: Conversation
    _paused: bool

    def __init__(self, listener: SmtpListener) -> None:
        # SMTP.__init__ looks through dir(self) for hooks, 0.3 ms a connection: it ran once, for all of them.
        self.__dict__.update(listener.prepared)
        self._kept_reader = asyncio.StreamReader(loop=listener.loop, limit=_READ_SIZE)
        asyncio.StreamReaderProtocol.__init__(
            self, self._kept_reader, client_connected_cb=self._cb_client_connected, loop=listener.loop
        )
        self._listener = listener
        self._settings = listener.settings
        self._sandbox = listener.sandbox
        self._is_waiting = False
        self._is_reading = True
        self._held_bytes = 0
        self._opened_at = self._active_at = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_at_eof = False
        self._is_lost = False
        self._is_out_of_room = False

    # Its life

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; or go on inside TLS, when aiosmtpd has put its transport between."""
        if self._original_transport is not None:
            super().connection_made(transport)
            self._conversation.secure(*peer.tls(transport))
            return
        asyncio.StreamReaderProtocol.connection_made(self, transport)
        self.transport = transport
        session = self._new_session(transport)
        self.peer_host = session.peer.rpartition(":")[0] or session.peer
        self._conversation = Conversation(self._settings, session, self._sandbox.check, self._sandbox.clock.wall)
        refusal = self._listener.admit(self)
        if refusal is None:
            self._conversation.say(self._conversation.dialogue.greet())
        else:
            self._conversation.end("turned away", refusal)
        self._arm()
        self._drive()
        if not self._settings.fast_path:
            self._handler_coroutine = self.loop.create_task(self._handle_client())

    def _new_session(self, transport: asyncio.BaseTransport) -> Session:
        version, cipher = peer.tls(transport) if self._settings.implicit_tls else ("", "")
        return Session(
            new_public_id(),
            self._sandbox.clock.wall(),
            listener=self._settings.listener,
            peer=peer.name(transport),
            protocol="LMTP" if self._settings.lmtp else "SMTP",
            tls_version=version,
            tls_cipher=cipher,
        )

    def connection_lost(self, error: Exception | None) -> None:
        """Hand the rest of the transcript over and let everything go."""
        if self._is_lost:
            return
        self._is_lost = True
        if self._timer is not None:
            self._timer.cancel()
        if self._original_transport is not None:
            self._original_transport.close()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        for task in (self._handler_coroutine, self._task):
            if task is not None:
                task.cancel()
        self.transport = None
        self._release()
        self._close_session()
        self._listener.dismiss(self)

    def _close_session(self) -> None:
        conversation = self._conversation
        if conversation.dialogue.ending == "turned away":
            return
        if conversation.expects is not Expect.END:
            if conversation.dialogue.ending == "lost":
                conversation.transcript.note("the client closed the connection")
            conversation.dialogue.mail.reset()
            self._report_refusals()
        ending = conversation.dialogue.ending
        self._sandbox.close_session(conversation.session, conversation.transcript.take(), ending)

    def eof_received(self) -> bool:
        """Nothing more can come; a reply that is still owed is sent, where the transport can wait for it."""
        self._is_at_eof = True
        is_plain = self._tls_protocol is None and not self._settings.implicit_tls
        return is_plain and self._is_waiting

    def close(self, reply: Reply, ending: str) -> None:
        """End the session from the server's side, unless the message that it waits for is yet to be answered."""
        if self.transport is not None and not self._is_lost:
            if self._conversation.expects is not Expect.END:
                self._conversation.end(ending, reply)
            self._flush()
            self.transport.close()
            self._set_timer(_FLUSH_TIMEOUT, self.abort)

    def _set_timer(self, delay: float, call: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(delay, call)

    def abort(self) -> None:
        """Cut the connection off without a word."""
        if self.transport is not None:
            self.transport.abort()

    @property
    def awaits_receipt(self) -> bool:
        """True while a message is being kept."""
        return self._conversation.expects is Expect.RECEIPT

    # Bytes in, bytes out

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the transport puts what comes in: one buffer for all, as it is emptied at once."""
        return self._listener.incoming

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came into the common buffer (asyncio; uvloop calls `data_received` all the same)."""
        self._receive(self._listener.incoming[:nbytes])

    def data_received(self, data: bytes) -> None:
        """Take what came in."""
        self._receive(data)

    def _receive(self, data: bytes | memoryview) -> None:
        """Answer at once, or leave the bytes to aiosmtpd's coroutine."""
        if self._settings.fast_path:
            self._take_in(data)
            self._drive()
        else:
            super().data_received(bytes(data))

    async def _handle_client(self) -> None:
        """aiosmtpd's coroutine: the same conversation, read from its stream."""
        while self.transport is not None:
            if self._is_waiting or self._paused:
                self._wake.clear()
                await self._wake.wait()
            elif data := await self._reader.read(_READ_SIZE):
                self._take_in(data)
                self._drive()
            else:
                return

    async def push(self, status: str | bytes) -> None:
        """Send what the conversation has to say: aiosmtpd's own words (of STARTTLS) carry no enhanced code."""
        self._flush()

    def _take_in(self, data: bytes | memoryview) -> None:
        conversation = self._conversation
        conversation.buffer += data
        if conversation.is_in_content:
            self._active_at = self.loop.time()
            if conversation.is_keeping:
                self._hold(len(data))
        elif self._is_waiting and len(conversation.buffer) > _READ_AHEAD:
            self._pause_reading()

    def _drive(self) -> None:
        """Let the conversation go on until it needs more bytes, or something that takes time."""
        conversation = self._conversation
        while not (self._is_waiting or self._paused or self.transport is None):
            self._advance(conversation)
            if conversation.dialogue.mail.refusals:
                self._report_refusals()
            begin = _BEGIN.get(conversation.expects)
            if begin is None:
                break
            self._flush()
            begin(self)
        self._flush()

    def _advance(self, conversation: Conversation) -> None:
        lines = conversation.lines
        try:
            conversation.advance()
        except Exception:
            logger.exception("session=%s failed", conversation.session.public_id)
            conversation.end("error", replies.STORE_FAILED)
        if conversation.lines != lines:
            self._active_at = self.loop.time()
        if self._held_bytes and conversation.is_empty_handed:
            self._release()

    def _flush(self) -> None:
        output = self._conversation.take_output()
        if output and self.transport is not None:
            self.transport.write(output)

    def _resume(self) -> None:
        """Go on after what was waited for has come."""
        self._is_waiting = False
        if self.transport is None:
            return
        self._drive()
        if not self._is_waiting and self._is_at_eof:
            self.transport.close()
        elif not (self._is_waiting or self._paused):
            self._resume_reading()
        self._wake.set()

    def pause_writing(self) -> None:
        """Obey nothing more until the client reads its replies."""
        super().pause_writing()
        self._pause_reading()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if not self._is_waiting:
            self._resume()

    def _pause_reading(self) -> None:
        if self._is_reading and self.transport is not None:
            self._is_reading = False
            self.transport.pause_reading()

    def _resume_reading(self) -> None:
        if not self._is_reading and self.transport is not None and not self._is_out_of_room:
            self._is_reading = True
            self.transport.resume_reading()

    def _report_refusals(self) -> None:
        for transaction, refusal in self._conversation.take_refusals():
            self._sandbox.refuse(transaction, refusal.stage, refusal.reply, refusal.size_bytes)

    # What takes time

    def _begin_receipt(self) -> None:
        """Give a whole message to the sandbox; what comes in meanwhile waits."""
        handing_over = self._conversation.handing_over
        assert handing_over is not None
        try:
            future = self._sandbox.receive(*handing_over, source=self._settings.source)
        except Exception as error:
            future = Future()
            future.set_exception(error)
        if future.done():
            self._settle(future)
        else:
            self._is_waiting = True
            self._listener.when_done(future, self._receipt_came)

    def _receipt_came(self, future: Future[Receipt]) -> None:
        self._settle(future)
        self._resume()

    def _settle(self, future: Future[Receipt]) -> None:
        self._release()
        error = future.exception()
        if error is None:
            self._conversation.acknowledge(future.result().replies)
            return
        logger.warning("session=%s message not kept: %s", self._conversation.session.public_id, error)
        self._conversation.fail(replies.STORE_FULL if isinstance(error, StorageFull) else replies.STORE_FAILED)

    def _begin_verdict(self) -> None:
        accounts, credentials = self._settings.accounts, self._conversation.dialogue.auth.credentials
        assert credentials is not None
        if accounts is None or accounts.was_accepted(credentials.identity, credentials.proof):
            self._conversation.judge(True)
        else:
            self._await(self._judge(credentials, accounts))

    async def _judge(self, credentials: sasl.Credentials, accounts: Accounts) -> None:
        # bcrypt takes a quarter of a second, which the loop does not have.
        is_right = await self.loop.run_in_executor(None, sasl.is_right, credentials, accounts)
        self._conversation.judge(is_right)
        self._resume()

    def _begin_handshake(self) -> None:
        self._await(self._shake_hands())

    async def _shake_hands(self) -> None:
        try:
            await self.smtp_STARTTLS("")
        except TLSSetupException as error:
            self._conversation.transcript.note(f"the TLS handshake failed: {error.__cause__}")
            self._conversation.dialogue.ending = "tls failed"
            self.connection_lost(error)
        else:
            self._resume()

    def _begin_end(self) -> None:
        self._is_waiting = True
        self.transport.close()

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        self._is_waiting = True
        self._task = self.loop.create_task(work)

    # Time and room

    def _arm(self) -> None:
        """Look again when the session may be too old or too silent; one timer, not one for each command."""
        settings = self._settings
        due = self._opened_at + settings.session_timeout if settings.session_timeout else float("inf")
        if settings.idle_timeout:
            due = min(due, self._active_at + settings.idle_timeout)
        if due <= self.loop.time() and not self.awaits_receipt:
            self.close(greeting.timed_out(settings), "timeout")
        elif due != float("inf"):
            self._set_timer(max(due - self.loop.time(), 0.01), self._arm)

    def _hold(self, size_bytes: int) -> None:
        """Count content against the budget; over it, nothing more is read for a while."""
        budget = self._listener.budget
        if budget is not None:
            self._held_bytes += size_bytes
            budget.charge(size_bytes)
            if budget.is_over and not self._is_out_of_room:
                self._is_out_of_room = True
                self._pause_reading()
                self._listener.wait_for_room(self)

    def _release(self) -> None:
        if self._held_bytes:
            size_bytes, self._held_bytes = self._held_bytes, 0
            self._listener.budget.refund(size_bytes)

    def find_room(self) -> None:
        """Read on, now that others are done."""
        self._is_out_of_room = False
        if not (self._is_waiting or self._paused):
            self._resume_reading()

    def lack_room(self) -> None:
        """Give up the content that was being read: nobody else makes room for it."""
        self._conversation.drop_content(replies.STORE_FULL)
        self._release()
        self.find_room()


_BEGIN: dict[Expect, Callable[[Connection], None]] = {
    Expect.RECEIPT: Connection._begin_receipt,
    Expect.VERDICT: Connection._begin_verdict,
    Expect.HANDSHAKE: Connection._begin_handshake,
    Expect.END: Connection._begin_end,
}
