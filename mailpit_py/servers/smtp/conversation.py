"""One session as bytes in and bytes out: framing, dialogue and transcript together, still without a socket."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from mailpit_py.mail.envelope import Reply, Session, Transaction
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.content import DISCARD_LIMIT, Content, Octets
from mailpit_py.servers.smtp.dialogue import Dialogue, Expect
from mailpit_py.servers.smtp.effect import Decides, Deed, answered, deeds_of
from mailpit_py.servers.smtp.extension import ENHANCED, told, worded
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.servers.smtp.transaction import Refusal
from mailpit_py.servers.smtp.transcript import Transcript, kept_lines
from mailpit_py.simulation.decision import Decision, Verdict
from mailpit_py.simulation.outcome import Drop, Moment, Throttle
from mailpit_py.simulation.stage import Stage

# RFC 8446 §6: a fatal alert, handshake_failure.
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x28"

logger = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def _said(reply: Reply) -> tuple[bytes, tuple[str, ...]]:
    """What goes over the wire, and what stands in the transcript: most replies are said again and again."""
    return reply.encoded, kept_lines(reply)


class Conversation:
    """What a client's bytes mean, and which bytes answer them.

    Feed bytes, `advance`, send what `take_output` gives. When `advance` stops, `expects` says what
    must happen: more bytes (COMMAND, RESPONSE, CONTENT, OCTETS), or a call: `judge`, `secure`,
    `acknowledge` or `fail`, `go_on` after the `pause`, or the end, which is a `drop` at some moment
    if nothing is said. `lines` counts those that have come. `wall` gives the time of transcript lines.
    """

    def __init__(self, settings: SmtpSettings, session: Session, simulator: Decides, wall: Callable[[], int]) -> None:
        self.dialogue = Dialogue(settings, session, simulator)
        self.effects = self.dialogue.effects
        self.transcript = Transcript(wall)
        self.buffer = bytearray()
        self.handing_over: tuple[Transaction, bytes] | None = None
        self.lines = 0
        self.drop: Moment | None = None
        self._pauses: deque[tuple[float | Throttle, Callable[[], None]]] = deque()
        self._is_cut_short = False
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
        return Expect.PAUSE if self._pauses else self.dialogue.expects

    @property
    def pause(self) -> float | Throttle:
        """What must come before `go_on`: so many seconds, or slow reading from then on."""
        return self._pauses[0][0]

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
        """Send a reply, or what is simulated in its place, and keep it in the transcript."""
        if reply is not None:
            if self._pauses or self.effects.is_eventful:
                self._perform(reply)
            else:
                self._say(reply)

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

    @property
    def verdict(self) -> Verdict | None:
        """What was decided about the message that is handed over, None for nothing."""
        return self.effects.verdict and answered(self.effects.verdict, self.effects.hidden)

    @property
    def is_enhanced(self) -> bool:
        """True while replies carry enhanced codes (RFC 2034)."""
        return ENHANCED not in self.effects.hidden

    @property
    def decided(self) -> Mapping[str, Decision]:
        """What was decided about its recipients at RCPT."""
        return self.dialogue.mail.decided

    # What is waited for

    def go_on(self, remark: str = "") -> None:
        """Go on after the pause, perhaps with a remark on why there was none."""
        if remark:
            self.transcript.note(remark)
        self._pauses.popleft()[1]()

    def leave(self) -> None:
        """Note that the client has left during a pause: it knows nothing of what was decided for it."""
        mail, raw = self.dialogue.mail, b""
        self._pauses.clear()
        if self.handing_over is not None:
            (transaction, raw), self.handing_over = self.handing_over, None
            self.transcript.restore(transaction.lines)
        self.transcript.note("the client closed the connection while it was kept waiting")
        if mail.envelope is not None:
            stage, decision = self.effects.stage, self.effects.decision
            mail.refuse_content(replies.CLIENT_LEFT, len(raw), stage, decision=decision)

    def judge(self, is_right: bool, inbox: str = "") -> None:
        """Go on with the verdict on the credentials; `inbox` is the one that they open, if they are its token."""
        self.say(self.dialogue.judge(is_right, inbox))

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
        verdict = self.effects.verdict
        self.dialogue.acknowledge()
        if not self._settings.lmtp:
            if self.effects.deed is None:
                self._out.append(answers[0].encoded)
            else:
                self._carry_out(answers[0], self.effects.take_deed())
        elif verdict is None:
            self._acknowledge_each(answers, [])
        else:
            self._acknowledge_each(answers, deeds_of(verdict.decisions))

    def _acknowledge_each(self, answers: Sequence[Reply], deeds: Sequence[Deed]) -> None:
        """RFC 2033 §4.2: a reply for each recipient."""
        for number, (reply, deed) in enumerate(zip_longest(answers, deeds)):
            if self.dialogue.expects is Expect.END:
                return
            if deed is not None and (deed.octets or deed.drop or deed.closes):
                self._carry_out(reply, deed)
            elif number == 0:
                self._out.append(reply.encoded)
            else:
                self._say(reply)

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
        self._pauses.clear()
        self.effects.take_deed()
        self._say(self.dialogue.end(ending, reply))

    # What is simulated

    def _say(self, reply: Reply) -> None:
        if self.effects.hidden:
            reply = worded(reply, self.effects.hidden)
        octets, lines = _said(reply)
        self._out.append(octets)
        self.transcript.server(lines)

    def _perform(self, reply: Reply) -> None:
        """Say a reply in the way that was decided: later, otherwise, or not at all."""
        self._tell()
        deed = self.effects.take_deed()
        if deed.seconds or self._pauses:
            self._pauses.append((deed.seconds, lambda: self._carry_out(reply, deed)))
        else:
            self._carry_out(reply, deed)

    def _tell(self) -> None:
        told, self.effects.told = self.effects.told, []
        for one in told:
            self.transcript.note(f"simulated {one.what}: {one.decision.log}")
            session = self.session.public_id
            logger.info("session=%s stage=%s simulated %s: %s", session, one.stage, one.what, one.decision.log)

    def _carry_out(self, reply: Reply, deed: Deed) -> None:
        if deed.drop is not None:
            self._drop(deed.drop)
        elif deed.octets:
            self._out.append(deed.octets)
            self.transcript.octets(deed.octets)
        else:
            self._say(reply)
        if deed.closes and self.dialogue.expects is not Expect.END:
            self.dialogue.end("cut off", reply)

    def _drop(self, moment: Moment) -> None:
        self.drop, self._content = moment, None
        self.dialogue.end("dropped", replies.DROPPED)

    def _break_handshake(self) -> bool:
        """Answer the first octets of a TLS handshake with its end."""
        if self.buffer:
            self._out.append(TLS_ALERT)
            self.transcript.note("the TLS handshake failed: it was meant to")
            self.dialogue.end("tls failed", replies.DROPPED)
        return False

    def _cut_short(self) -> None:
        """Leave in the middle of the content."""
        self._tell()
        mail = self.dialogue.mail
        mail.refuse_content(replies.DROPPED, 0, Stage.DATA, decision=self.effects.decision)
        self._drop(Moment.MID_DATA)

    def _hold_content(self, course: Throttle | Drop) -> None:
        if isinstance(course, Drop):
            self._is_cut_short = True
        else:
            self._pauses.append((course, lambda: None))

    # One step

    def _step(self) -> bool:
        if self._pauses:
            return False
        expects = self.dialogue.expects
        if expects is Expect.COMMAND or expects is Expect.RESPONSE:
            return len(self.buffer) > 0 and self._step_line(expects)
        if self._content is not None:
            return self._step_content(self._content)
        return expects is Expect.HELLO and self._break_handshake()

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
        if self.effects.course is not None:
            self._hold_content(self.effects.course)

    def _step_content(self, content: Content | Octets) -> bool:
        if self._is_cut_short and (self.buffer or (content.size == 0 and isinstance(content, Octets))):
            self._cut_short()
            return False
        if not content.feed(self.buffer):
            if content.size > DISCARD_LIMIT:
                self.end("cut off", self.dialogue.mail.too_big())
            return False
        self._content = None
        self.transcript.note(f"{content.size} octets of content in {(self._wall() - self._content_began) / 1e6:.3f} s")
        reply = self._judge_content(content)
        if reply is None:
            self._hand_over()
        else:
            self._answer_content(reply, content)
        return True

    def _judge_content(self, content: Content | Octets) -> Reply | None:
        if self._drop_reply is not None:
            dropped, self._drop_reply = self._drop_reply, None
            return self.dialogue.drop_content(dropped, content.size)
        if isinstance(content, Octets):
            return self.dialogue.take_octets(content.kept)
        return self.dialogue.take_content(content.raw, content.size, over=content.over)

    def _hand_over(self) -> None:
        mail, effects = self.dialogue.mail, self.effects
        assert mail.envelope is not None
        if effects.is_eventful:
            self._tell()
            self._be_silent_before_handing_over()
        envelope = told(mail.envelope, effects.hidden) if effects.hidden else mail.envelope
        self.handing_over = Transaction(self.session, envelope, self.transcript.take()), mail.raw

    def _be_silent_before_handing_over(self) -> None:
        """Keep the client waiting before the message is kept: it is kept when that is said, and not before."""
        deed = self.effects.deed
        if deed is not None and deed.seconds:
            self._pauses.append((deed.seconds, lambda: None))
            deed.seconds = 0.0
            if deed == Deed():
                self.effects.deed = None

    def _answer_content(self, reply: Reply, content: Content | Octets) -> None:
        """RFC 2033 §4.2: after a whole content, LMTP answers for each recipient, refusals too."""
        refusals = self.dialogue.mail.refusals
        is_whole = isinstance(content, Content) or self.dialogue.mail.chunk.last
        many = self._settings.lmtp and is_whole and refusals
        for _ in refusals[-1].envelope.recipients if many else [None]:
            self.say(reply)
