"""One connection: aiosmtpd's protocol around our conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import TLSSetupException

from mailpit_py.errors import StorageFull
from mailpit_py.mail.envelope import Receipt, Reply
from mailpit_py.servers.smtp import greeting, peer, record, sasl
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.servers.smtp.dialogue import Expect
from mailpit_py.servers.smtp.gate import Gate
from mailpit_py.servers.smtp.patience import Patience
from mailpit_py.servers.smtp.protocol import StreamlessSMTP
from mailpit_py.servers.smtp.room import Room
from mailpit_py.servers.smtp.stall import Stall
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.outcome import Moment

if TYPE_CHECKING:
    from mailpit_py.servers.smtp.listener import SmtpListener

logger = logging.getLogger(__name__)

# What may come in, unread, while something is waited for.
_READ_AHEAD = 256 * 1024
_READ_SIZE = 64 * 1024
# How long a client may take to read the last words before it is cut off.
_FLUSH_TIMEOUT = 5.0


class Connection(StreamlessSMTP):
    """What aiosmtpd calls a protocol: its stream, its coroutine and its STARTTLS, with our commands.

    Bytes are answered in `data_received` itself (the fast path), which costs no task and no
    stream; with `fast_path` off, aiosmtpd's coroutine reads them from its stream. Both drive the
    same conversation.
    """

    peer_host: str
    _conversation: Conversation

    def __init__(self, listener: SmtpListener, decision: Decision | None = None) -> None:
        super().__init__(listener.prepared)
        self._listener = listener
        self._settings = listener.settings
        self._sandbox = listener.sandbox
        self._is_waiting, self._is_reading = False, True
        self.patience = Patience(self.loop, self._settings)
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_at_eof = False
        self._is_lost = False
        self._room = Room(listener.budget)
        self._decision = decision  # of before the TLS handshake
        self._stall: Stall | None = None
        self._gate = Gate(self._sandbox.inboxes, self._settings.accounts)

    # Its life

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; or go on inside TLS, when aiosmtpd has put its transport between."""
        if self._original_transport is not None:
            super().connection_made(transport)
            self._conversation.secure(*peer.tls(transport))
            self._gate.token = ""
            return
        self.transport = transport
        wall = self._sandbox.clock.wall
        session = peer.session(self._listener.ids.new(), transport, self._settings, wall())
        self.peer_host = peer.host(session)
        self._conversation = Conversation(self._settings, session, self._sandbox.simulator, wall)
        record.note_opening(session)
        refusal = self._listener.admit(self)
        if refusal is None:
            connections = self._listener.connections_of(self.peer_host)
            self._conversation.say(self._conversation.dialogue.greet(connections, self._decision))
        else:
            self._conversation.end("turned away", refusal)
        self._arm()
        self._drive()
        if not self._settings.fast_path:
            self.open_stream()
            self._handler_coroutine = self.loop.create_task(self._handle_client())

    def connection_lost(self, error: Exception | None) -> None:
        """Hand the rest of the transcript over and let everything go."""
        if self._is_lost:
            return
        self._is_lost = True
        self.patience.cancel()
        if self._original_transport is not None:
            self._original_transport.close()
        self.close_stream(error)
        for task in (self._handler_coroutine, self._task):
            if task is not None:
                task.cancel()
        self.transport = None
        if self._stall is not None:
            self._stall.release()
        self._room.release()
        record.close(self._sandbox, self._conversation)
        self._listener.dismiss(self)

    def eof_received(self) -> bool:
        """Nothing more can come; a reply that is still owed is sent, where the transport can wait for it."""
        self._is_at_eof = True
        is_plain = self._tls_protocol is None and not self._settings.implicit_tls
        return is_plain and self._is_waiting and not self._is_silent

    def close(self, reply: Reply, ending: str) -> None:
        """End the session from the server's side, unless the message that it waits for is yet to be answered."""
        if self.transport is not None and not self._is_lost:
            if self._stall is not None:
                self._stall.release()
            if self._conversation.expects is not Expect.END:
                self._conversation.end(ending, reply)
            self._flush()
            self.transport.close()
            self.patience.call_later(_FLUSH_TIMEOUT, self.abort)

    def abort(self) -> None:
        """Cut the connection off without a word."""
        if self.transport is not None:
            self.transport.abort()

    def check_token(self) -> None:
        """End the session if its token opens nothing any more; a message that is being kept is answered first."""
        if self._gate.has_closed and not self.awaits_receipt:
            self.close(replies.TOKEN_LOST, "token lost")

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
        self.data_received(self._listener.incoming[:nbytes])

    def data_received(self, data: bytes | memoryview) -> None:
        """Answer what came in at once, or leave it to aiosmtpd's coroutine."""
        if self._settings.fast_path:
            self._take_in(data)
            self._drive()
        else:
            super().data_received(bytes(data))

    async def _handle_client(self) -> None:
        """aiosmtpd's coroutine: the same conversation, read from its stream."""
        while self.transport is not None:
            if self._is_waiting or self._paused or self._is_full:
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
        if self._stall is not None and self._stall.holds(data):
            self._pause_reading()
        else:
            self._take(data)

    def _take(self, data: bytes | memoryview) -> None:
        conversation = self._conversation
        conversation.buffer += data
        if conversation.is_in_content:
            self.patience.progress(len(data))
            if conversation.is_keeping and self._room.take(len(data)):
                self._pause_reading()
                self.patience.hold_up()
                self._listener.wait_for_room(self)
        elif self._is_waiting and len(conversation.buffer) > _READ_AHEAD:
            self._pause_reading()

    def _drive(self) -> None:
        """Let the conversation go on until it needs more bytes, or something that takes time."""
        conversation = self._conversation
        while not (self._is_waiting or self._paused or self.transport is None):
            self._advance(conversation)
            if conversation.effects.has_remembered and self._must_wait(record.memory(self._sandbox, conversation)):
                return
            expects = conversation.expects
            has_ended = conversation.dialogue.mail.refusals and expects is not Expect.PAUSE
            if has_ended and self._must_wait(record.report_refusals(self._sandbox, conversation)):
                return
            begin = _BEGIN.get(expects)
            if begin is None:
                break
            self._flush()
            begin(self)
        if not self._is_waiting:
            self._flush()

    def _advance(self, conversation: Conversation) -> None:
        lines, was_in_content = conversation.lines, conversation.is_in_content
        try:
            conversation.advance()
        except Exception:
            logger.exception("session=%s failed", conversation.session.public_id)
            conversation.end("error", replies.STORE_FAILED)
        if conversation.lines != lines or conversation.is_in_content is not was_in_content:
            self.patience.renew()
        if self._room.is_taken and conversation.is_empty_handed:
            self._room.release()

    def _flush(self) -> None:
        output = self._conversation.take_output()
        if output and self.transport is not None:
            self.transport.write(output)

    def _resume(self) -> None:
        """Go on after what was waited for has come."""
        self._is_waiting = False
        self.patience.renew()
        self.check_token()
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
        if not self._is_reading and self.transport is not None and not self._room.is_lacking:
            self._is_reading = True
            self.transport.resume_reading()

    # What takes time

    def _begin_receipt(self) -> None:
        """Give a whole message to the sandbox; what comes in meanwhile waits."""
        future = record.keep(self._sandbox, self._conversation, self._settings.source)
        if future.done():
            self._settle(future)
        else:
            self._is_waiting = True
            self._listener.when_done(future, self._receipt_came)

    def _receipt_came(self, future: Future[Receipt]) -> None:
        self._settle(future)
        self._resume()

    def _settle(self, future: Future[Receipt]) -> None:
        self._room.release()
        try:
            receipt = future.result()
        except Exception as error:
            logger.warning("session=%s message not kept: %s", self._conversation.session.public_id, error)
            self._conversation.fail(replies.STORE_FULL if isinstance(error, StorageFull) else replies.STORE_FAILED)
        else:
            record.note_message(self._conversation, receipt)
            self._conversation.acknowledge(receipt.replies)

    def _begin_verdict(self) -> None:
        credentials = self._conversation.dialogue.auth.credentials
        assert credentials is not None
        if (verdict := self._gate.judge_at_once(credentials)) is not None:
            self._conversation.judge(*verdict)
        else:
            self._await(self._judge(credentials))

    async def _judge(self, credentials: sasl.Credentials) -> None:
        self._conversation.judge(await self.loop.run_in_executor(None, self._gate.judge, credentials))
        self._resume()

    async def _shake_hands(self) -> None:
        self.open_stream()
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
        if self._conversation.drop is Moment.MID_DATA:
            peer.reset(self.transport)
        else:
            self.transport.close()

    # What is simulated

    def _must_wait(self, future: Future[Any] | None) -> bool:
        """True if nothing may be said before this is durable: a client may look at once for what it was told."""
        if future is not None and not future.done():
            self._is_waiting = True
            self._listener.when_done(future, lambda _: self._resume())
        return self._is_waiting

    def _begin_pause(self) -> None:
        """Keep the client waiting, or read slowly."""
        if self._stall is None:
            stalls = self._listener.stalls
            self._stall = Stall(self.loop, stalls, self._conversation, feed=self._read_on, resume=self._resume)
        self._is_waiting = self._stall.begin()

    def _read_on(self, data: bytes) -> None:
        self._take(data)
        self.patience.renew()
        self._drive()
        if not (self._is_full or self._is_waiting or self._paused):
            self._resume_reading()
        self._wake.set()

    @property
    def _is_full(self) -> bool:
        return self._stall is not None and self._stall.is_full

    @property
    def _is_silent(self) -> bool:
        return self._stall is not None and self._stall.is_silent

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        self._is_waiting = True
        self._task = self.loop.create_task(work)

    # Time and room

    def _arm(self) -> None:
        """Look again when the session may be too old or too silent; one timer, not one for each command."""
        left = self.patience.left
        if left <= 0 and not (self.awaits_receipt or self._is_silent):
            self.close(greeting.timed_out(self._settings), "timeout")
        elif left != float("inf"):
            self.patience.call_later(max(left, 0.1 if self._is_silent else 0.01), self._arm)

    @property
    def held_bytes(self) -> int:
        """How much content it holds that is not whole."""
        return 0 if self._is_waiting else self._room.held_bytes

    def find_room(self) -> None:
        """Read on, now that others are done."""
        self._room.is_lacking = False
        self.patience.go_on()
        if not (self._is_waiting or self._paused):
            self._resume_reading()

    def lack_room(self) -> None:
        """Give up the content that was being read: nobody else makes room for it."""
        self._conversation.drop_content(replies.STORE_FULL)
        self._room.release()
        self.find_room()

    def give_way(self) -> None:
        """End a session that holds room and makes nothing of it, while others wait for it."""
        record.give_up(self._sandbox, self._conversation, self._room.held_bytes, self.patience.silence)
        self._room.release()
        self.close(replies.GIVES_WAY, "cut off")


_BEGIN: dict[Expect, Callable[[Connection], None]] = {
    Expect.RECEIPT: Connection._begin_receipt,
    Expect.VERDICT: Connection._begin_verdict,
    Expect.PAUSE: Connection._begin_pause,
    Expect.HANDSHAKE: lambda connection: connection._await(connection._shake_hands()),
    Expect.END: Connection._begin_end,
}
