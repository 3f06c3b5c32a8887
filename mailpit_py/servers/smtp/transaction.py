"""The mail transaction as a state machine (RFC 5321 §3.3, RFC 3030): MAIL, RCPT, DATA or BDAT, content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session
from mailpit_py.servers.smtp import grammar
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.content import DISCARD_LIMIT, is_strict
from mailpit_py.servers.smtp.effect import Effects
from mailpit_py.servers.smtp.extension import told, worded
from mailpit_py.servers.smtp.reply import Refused, bad_sequence, syntax_error
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.simulation.decision import UNDECIDED, Decision
from mailpit_py.simulation.stage import Stage

NO_ENVELOPE = Envelope("")
MALFORMED_CHARACTERS = 320
MALFORMED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A transaction that ended without a message: where, with which reply, and what had come of its content.

    `decision` is what ended it, if that was simulated; `decided` is what was decided at RCPT, by
    address; `raw` is the content if it was seen whole.
    """

    envelope: Envelope
    stage: Stage
    reply: Reply
    size_bytes: int = 0
    decision: Decision | None = None
    raw: bytes | None = None
    decided: Mapping[str, Decision] = field(default_factory=dict)


class MailTransaction:
    """The transaction under way in one session, and after it the next.

    `envelope` is None between transactions. `refusals` collects those that ended without a message;
    whoever drives the dialogue empties it. `effects` decides on each stage. `decided` is what was
    decided at RCPT, by address; `raw` the content once it is whole.
    """

    def __init__(self, settings: SmtpSettings, effects: Effects) -> None:
        self.envelope: Envelope | None = None
        self.chunk = grammar.Chunk(0, last=False)
        self.chunk_refusal: Reply | None = None
        self.chunks = bytearray()
        self.refusals: list[Refusal] = []
        self._settings = settings
        self.raw = b""
        self.decided: dict[str, Decision] = {}
        self._effects = effects
        self._is_chunked = False
        self._ignores_some = False
        self._last_refused: tuple[Stage, Reply, Decision] | None = None

    def note(self, refusal: Refusal) -> None:
        """Keep a transaction that ended, with the replies as they are said."""
        hidden = self._effects.hidden
        if hidden:
            envelope, reply = told(refusal.envelope, hidden), worded(refusal.reply, hidden)
            refusal = replace(refusal, envelope=envelope, reply=reply)
        self.refusals.append(refusal)

    def mail(self, session: Session, argument: str) -> Reply:
        """Begin (RFC 5321 §4.1.1.2)."""
        if not session.helo:
            return bad_sequence(f"{'LHLO' if self._settings.lmtp else 'HELO/EHLO'} required before MAIL")
        if self.envelope is not None:
            return bad_sequence("RSET/HELO/EHLO required before MAIL")
        envelope, decision = NO_ENVELOPE, None
        try:
            envelope = grammar.parse_mail(argument, self._effects.hidden)
            if self._is_over(envelope.size or 0):
                raise Refused(self.too_big())
            refusal = self._effects.ask(Stage.MAIL, session, envelope)
            decision = self._effects.decision
        except Refused as refused:
            refusal = refused.reply
        if refusal is not None:
            self.note(Refusal(envelope, Stage.MAIL, refusal, decision=decision))
            return refusal
        self.envelope = envelope
        return replies.MAIL_OK

    def rcpt(self, session: Session, argument: str) -> Reply:
        """Add a recipient (RFC 5321 §4.1.1.3). Raises Refused for what is none, which is kept as refused."""
        if self.envelope is None:
            return bad_sequence("MAIL required before RCPT")
        if self._is_chunked:
            return bad_sequence("RCPT not permitted after BDAT")
        try:
            recipient = grammar.parse_rcpt(argument, self._effects.hidden)
        except Refused as refused:
            self._keep_malformed(argument, refused.reply)
            raise
        decision, refusal = UNDECIDED, self._refusal_by_settings(recipient)
        if refusal is replies.RECIPIENT_NOT_ALLOWED and self._settings.ignore_rejected:
            return self._ignore(recipient)
        if refusal is None:
            refusal = self._effects.ask(Stage.RCPT, session, self.envelope, recipient)
            decision = self._effects.decision
        if decision.trigger is not None:
            self.decided[recipient.address] = decision
        if refusal is None:
            self.envelope = self.envelope.accept(recipient)
            return recipient.reply
        self.envelope = self.envelope.refuse(recipient.told(refusal))
        self._last_refused = (Stage.RCPT, refusal, decision)
        return refusal

    def _refusal_by_settings(self, recipient: Recipient) -> Reply | None:
        assert self.envelope is not None
        if 0 < self._settings.max_recipients <= len(self.envelope.recipients):
            return replies.TOO_MANY_RECIPIENTS
        return None if self._is_allowed(recipient) else replies.RECIPIENT_NOT_ALLOWED

    def _ignore(self, recipient: Recipient) -> Reply:
        """Say yes to a recipient who gets nothing; the page shows him among the refused."""
        assert self.envelope is not None
        self.envelope = self.envelope.refuse(recipient.told(replies.RECIPIENT_IGNORED))
        self._ignores_some = True
        return replies.RECIPIENT_IGNORED

    def _is_allowed(self, recipient: Recipient) -> bool:
        pattern = self._settings.allowed_recipients
        return not pattern or re.search(pattern, recipient.address) is not None

    def _keep_malformed(self, argument: str, reply: Reply) -> None:
        """A recipient that cannot be read is an application's commonest mistake: it is shown as it was given."""
        assert self.envelope is not None
        given = argument[3:] if argument[:3].upper() == "TO:" else argument
        address = given.strip().removeprefix("<").partition(">")[0][:MALFORMED_CHARACTERS]
        if len(self.envelope.refused) < MALFORMED_AT_MOST:
            self.envelope = self.envelope.refuse(Recipient(address, reply=reply))
        self._last_refused = (Stage.RCPT, reply, UNDECIDED)

    def data(self, session: Session, argument: str) -> Reply:
        """Ask for the content (RFC 5321 §4.1.1.4); it follows a 354 and nothing else."""
        if argument:
            return syntax_error("DATA takes no parameters; the message comes on the lines after it")
        if refusal := self._lack_of_recipients("DATA"):
            return refusal
        assert self.envelope is not None
        if self._is_chunked:
            return bad_sequence("DATA not permitted after BDAT")
        if self.envelope.body == "BINARYMIME":
            return bad_sequence("BODY=BINARYMIME needs BDAT")  # RFC 3030 §3
        if refusal := self._effects.ask_content(Stage.DATA, session, self.envelope, None):
            self._last_refused = (Stage.DATA, refusal, self._effects.decision)
            return refusal
        return replies.START_DATA

    def bdat(self, session: Session, argument: str, refusal: Reply | None) -> None:
        """Announce a chunk (RFC 3030 §2). Raises Refused if its size cannot be read.

        Whatever is to be said, the octets come, and must not be taken for commands: so a refusal
        (one from outside may be given) is kept in `chunk_refusal` until `octets`.
        """
        self.chunk = grammar.parse_chunk(argument)
        if self.chunk.malformed:
            refusal = syntax_error("BDAT takes a number of octets and LAST")
        self.chunk_refusal = refusal or self._refusal_of_chunk(session)

    def octets(self, session: Session, octets: bytearray) -> Reply | None:
        """Take the chunk that was announced; None: the message is whole, in `chunks`."""
        if self.chunk_refusal is not None:
            return self.chunk_refusal
        self.chunks += octets
        if self.chunk.last:
            return self.content(session, bytes(self.chunks), len(self.chunks), over=False)
        return Reply(250, "2.0.0", f"{self.chunk.size} octets received")

    def content(self, session: Session, raw: bytes, size_bytes: int, *, over: bool) -> Reply | None:
        """Judge a whole content; None: hand it over, in LMTP with a verdict for each recipient."""
        assert self.envelope is not None
        if over:
            return self.refuse_content(self.too_big(), size_bytes)
        self.raw = raw
        if not self.envelope.recipients:
            return self.refuse_content(replies.FOR_NOBODY, size_bytes)
        if self._settings.strict_headers and not is_strict(raw):
            return self.refuse_content(replies.HEADERS_MALFORMED, size_bytes)
        if self._settings.lmtp:
            self._effects.ask_each(session, self.envelope, raw)
            return None
        refusal = self._effects.ask_content(Stage.CONTENT, session, self.envelope, raw)
        return refusal and self.refuse_content(refusal, size_bytes, decision=self._effects.decision)

    def refuse_content(
        self, reply: Reply, size_bytes: int, stage: Stage = Stage.CONTENT, *, decision: Decision | None = None
    ) -> Reply:
        """End the transaction with a refusal of its content."""
        assert self.envelope is not None
        raw = self.raw or None
        self.note(Refusal(self.envelope, stage, reply, size_bytes, decision, raw, self.decided))
        self._last_refused = None
        self.reset()
        return reply

    def reset(self) -> None:
        """End the transaction, if there is one; as refused if some of it was, and no content came."""
        if self.envelope is not None and self._last_refused is not None:
            stage, reply, decision = self._last_refused
            self.note(Refusal(self.envelope, stage, reply, decision=decision, decided=self.decided))
        self.complete()

    def complete(self) -> None:
        """End the transaction after its message was kept."""
        self._last_refused = None
        self.envelope = None
        self.chunks = bytearray()
        self.raw = b""
        self._is_chunked = self._ignores_some = False
        if self.decided:
            self.decided = {}
        self._effects.forget()

    def too_big(self) -> Reply:
        """The refusal of what is larger than the limit (RFC 1870 §6.2)."""
        limit = self._settings.max_message_size_bytes or DISCARD_LIMIT
        return Reply(552, "5.3.4", f"Requested mail action aborted: exceeded storage allocation ({limit})")

    def _is_over(self, size_bytes: int) -> bool:
        return 0 < self._settings.max_message_size_bytes < size_bytes

    def _refusal_of_chunk(self, session: Session) -> Reply | None:
        if refusal := self._lack_of_recipients("BDAT"):
            return refusal
        assert self.envelope is not None
        if not self._is_chunked:
            self._is_chunked = True
            if refusal := self._effects.ask_content(Stage.DATA, session, self.envelope, None):
                return self.refuse_content(refusal, 0, Stage.DATA, decision=self._effects.decision)
        size_bytes = len(self.chunks) + self.chunk.size
        return self.refuse_content(self.too_big(), size_bytes) if self._is_over(size_bytes) else None

    def _lack_of_recipients(self, verb: str) -> Reply | None:
        if self.envelope is None or not (self.envelope.recipients or self.envelope.refused):
            return bad_sequence(f"MAIL & RCPT required before {verb}")
        return None if self.envelope.recipients or self._ignores_some else replies.NO_VALID_RECIPIENTS
