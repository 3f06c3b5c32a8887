"""One session as bytes in and bytes out: framing, dialogue and transcript together, still without a socket."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache

from mailpit_py.mail.envelope import Reply, Session, Transaction
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.content import DISCARD_LIMIT, Content, Octets
from mailpit_py.servers.smtp.dialogue import Dialogue, Expect
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.servers.smtp.transaction import Check, Refusal
from mailpit_py.servers.smtp.transcript import Transcript

logger = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def _encoded(reply: Reply) -> bytes:
    return reply.encoded


class Conversation:
    """What a client's bytes mean, and which bytes answer them.

    Feed bytes, `advance`, send what `take_output` gives. When `advance` stops, `expects` says what
    must happen: more bytes (COMMAND, RESPONSE, CONTENT, OCTETS), or a call: `judge`, `secure`,
    `acknowledge` or `fail`, or the end. `lines` counts those that have come. `wall` gives the time of transcript lines.
    """

    def __init__(self, settings: SmtpSettings, session: Session, check: Check, wall: Callable[[], int]) -> None:
        self.dialogue = Dialogue(settings, session, check)
        self.transcript = Transcript(wall)
        self.buffer = bytearray()
        self.handing_over: tuple[Transaction, bytes] | None = None
        self.lines = 0
        self._settings = settings
        self._wall = wall
        self._out: list[bytes] = []
        self._content: Content | Octets | None = None
        self._content_began = 0
        self._drop_reply: Reply | None = None
        self._is_typed = True
        self._is_skipping = False

    @property
    def expects(self) -> Expect:
        """What must come next."""
        return self.dialogue.expects

    @property
    def session(self) -> Session:
        """The session as it is known by now."""
        return self.dialogue.session

    @property
    def is_in_content(self) -> bool:
        """True while content is being read."""
        return self._content is not None

    @property
    def is_keeping(self) -> bool:
        """True while the content that is being read is kept."""
        return self._content is not None and self._content.is_kept

    @property
    def is_empty_handed(self) -> bool:
        """True when no octet of content is held."""
        return not (self.is_keeping or self.handing_over or self.dialogue.mail.chunks)

    def say(self, reply: Reply | None) -> None:
        """Send a reply, and keep it in the transcript."""
        if reply is not None:
            self._out.append(_encoded(reply))
            self.transcript.server(reply)

    def take_output(self) -> bytes:
        """Return the bytes to send, once."""
        if not self._out:
            return b""
        output = b"".join(self._out) if len(self._out) > 1 else self._out[0]
        self._out.clear()
        return output

    def take_refusals(self) -> list[tuple[Transaction, Refusal]]:
        """Return the transactions that ended without a message, once; the lines so far go with the first."""
        if not self.dialogue.mail.refusals:
            return []
        refusals, self.dialogue.mail.refusals = self.dialogue.mail.refusals, []
        return [(Transaction(self.session, refusal.envelope, self.transcript.take()), refusal) for refusal in refusals]

    def advance(self) -> None:
        """Obey what has been fed, as far as it goes without waiting."""
        while self._step():
            pass

    # What is waited for

    def judge(self, is_right: bool) -> None:
        """Go on with the verdict on the credentials."""
        self.say(self.dialogue.judge(is_right))

    def secure(self, version: str, cipher: str) -> None:
        """Go on inside TLS; what came in plain text behind STARTTLS is not obeyed (CVE-2011-0411)."""
        del self.buffer[:]
        self.dialogue.secure(version, cipher)
        self.transcript.note(f"{version} {cipher}")

    def acknowledge(self, answers: Sequence[Reply]) -> None:
        """Go on after the message was kept; `answers` has a reply for each recipient.

        The sandbox has kept the first reply with the message, so the transcript does not repeat it.
        """
        self.handing_over = None
        self.dialogue.acknowledge()
        answers = answers if self._settings.lmtp else answers[:1]  # RFC 2033 §4.2
        self._out += [reply.encoded for reply in answers]
        for reply in answers[1:]:
            self.transcript.server(reply)

    def fail(self, reply: Reply) -> None:
        """Go on after the message could not be kept."""
        assert self.handing_over is not None
        (transaction, raw), self.handing_over = self.handing_over, None
        self.transcript.restore(transaction.lines)
        reply = self.dialogue.fail(reply, len(raw))
        for _ in transaction.envelope.recipients if self._settings.lmtp else [None]:
            self.say(reply)

    def drop_content(self, reply: Reply) -> None:
        """Keep nothing of the content that is being read, and answer it with `reply` when it has ended."""
        if self._content is not None:
            self._content.drop()
            self._drop_reply = reply

    def end(self, ending: str, reply: Reply) -> None:
        """End the session with a last reply."""
        self._content = None
        self.say(self.dialogue.end(ending, reply))

    # One step

    def _step(self) -> bool:
        expects = self.dialogue.expects
        if expects is Expect.COMMAND or expects is Expect.RESPONSE:
            return self._step_line(expects)
        return self._content is not None and self._step_content(self._content)

    def _step_line(self, expects: Expect) -> bool:
        end = self.buffer.find(b"\n")
        if end < 0:
            self._await_line(expects)
            return False
        is_too_long = end > self._settings.command_line_limit and end > self._line_limit(expects) + 1
        line = bytes(memoryview(self.buffer)[:end])
        del self.buffer[: end + 1]
        if line.endswith(b"\r"):
            line = line[:-1]
            self._is_typed = False
        self.lines += 1
        dialogue = self.dialogue
        if self._is_skipping or is_too_long:
            self._is_skipping = False
            self.transcript.note("a line beyond the limit, not kept")
            self.say(dialogue.line_too_long())
            return True
        self.transcript.client(dialogue.shown(line))
        self.say(dialogue.command(line) if expects is Expect.COMMAND else dialogue.respond(line))
        self._begin_content()
        return True

    def _line_limit(self, expects: Expect) -> int:
        """RFC 4954 §4: responses of AUTH may be longer than commands."""
        is_auth = expects is Expect.RESPONSE or self.buffer[:5].upper() == b"AUTH "
        return self._settings.auth_line_limit if is_auth else self._settings.command_line_limit

    def _await_line(self, expects: Expect) -> None:
        size = len(self.buffer)
        if size > self._settings.command_line_limit and size > self._line_limit(expects) + 1:
            self._is_skipping = True
            del self.buffer[:]
        elif self.buffer.startswith(b"\x16\x03") and not self.session.helo:
            self.transcript.note("TLS came where plain SMTP is spoken: use STARTTLS, or the port with TLS")
            self.dialogue.end("cut off", replies.NOT_TEXT)

    def _begin_content(self) -> None:
        expects = self.dialogue.expects
        if expects is Expect.CONTENT:
            self._content = Content(self._settings.max_message_size_bytes, typed=self._is_typed)
        elif expects is Expect.OCTETS:
            mail = self.dialogue.mail
            self._content = Octets(mail.chunk.size, keep=mail.chunk_refusal is None)
        else:
            return
        self._content_began = self._wall()

    def _step_content(self, content: Content | Octets) -> bool:
        if not content.feed(self.buffer):
            if content.size > DISCARD_LIMIT:
                self.end("cut off", self.dialogue.mail.too_big())
            return False
        self._content = None
        self.transcript.note(f"{content.size} octets of content in {(self._wall() - self._content_began) / 1e6:.3f} s")
        reply = self._judge_content(content)
        if reply is None:
            self._hand_over(content)
        else:
            self._answer_content(reply, content)
        return True

    def _judge_content(self, content: Content | Octets) -> Reply | None:
        if self._drop_reply is not None:
            dropped, self._drop_reply = self._drop_reply, None
            return self.dialogue.drop_content(dropped, content.size)
        if isinstance(content, Octets):
            return self.dialogue.take_octets(content.kept)
        return self.dialogue.take_content(content.size, over=content.over)

    def _hand_over(self, content: Content | Octets) -> None:
        envelope = self.dialogue.mail.envelope
        assert envelope is not None
        raw = content.raw if isinstance(content, Content) else bytes(self.dialogue.mail.chunks)
        self.handing_over = Transaction(self.session, envelope, self.transcript.take()), raw

    def _answer_content(self, reply: Reply, content: Content | Octets) -> None:
        """RFC 2033 §4.2: after a whole content, LMTP answers for each recipient, refusals too."""
        refusals = self.dialogue.mail.refusals
        is_whole = isinstance(content, Content) or self.dialogue.mail.chunk.last
        many = self._settings.lmtp and is_whole and refusals
        for _ in refusals[-1].envelope.recipients if many else [None]:
            self.say(reply)
