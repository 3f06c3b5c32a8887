"""Mail that comes without SMTP and is decided on like any other; what is about a wire has nothing to act on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailpit_py.application.delivery import causes_of
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Transaction
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict, single_of
from mailpit_py.simulation.garble import refusal_in
from mailpit_py.simulation.outcome import (
    Accept,
    Answer,
    Discard,
    Drop,
    Effect,
    HideKeywords,
    Raw,
    Silence,
    Throttle,
    TlsFailure,
)
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import PATIENCE, Cause

LOST = Reply(421, "4.4.2", "The connection would be lost here")


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a message: an answer for each recipient, those who get it first, and why.

    `public_id` is that of the reply, empty if all refused. `is_kept` says whether there is a
    message of this id: where all discard it there is none, and the answers do not tell. `causes`
    are those of the recipients in their order, none if nothing was decided about any.
    """

    public_id: str
    is_kept: bool
    recipients: tuple[Recipient, ...]
    causes: tuple[Cause, ...]


def submit(sandbox: Sandbox, transaction: Transaction, raw: bytes, *, source: str, simulate: bool = True) -> Submission:
    """Decide on MAIL, each RCPT, DATA and the content, and keep the message or the attempt; wait for the commit.

    Silence is not waited for, and where the connection would drop, the answer is 421. Without
    `simulate` everybody gets it. Raises StorageFull or StorageError.
    """
    submitting = _Submitting(sandbox, transaction, raw)
    if not simulate:
        submitting.envelope = transaction.envelope
        return submitting.receive(source, Verdict((UNDECIDED,) * len(transaction.envelope.recipients)))
    refused = submitting.sender() or submitting.each_recipient() or submitting.content()
    if refused is not None:
        return submitting.refuse(*refused)
    return submitting.receive(source, submitting.verdict())


@dataclass(slots=True)
class _Submitting:
    """One message on its way; each step returns where and by which decision it ends, or None to go on."""

    sandbox: Sandbox
    transaction: Transaction
    raw: bytes
    envelope: Envelope = field(init=False)
    decided: dict[str, Decision] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.envelope = replace(self.transaction.envelope, recipients=())

    def sender(self) -> tuple[Stage, Decision] | None:
        decision = self._ask(Stage.MAIL)
        if decision.reply is None:
            return None
        for one in self.transaction.envelope.recipients:
            self.envelope = self.envelope.refuse(replace(one, reply=decision.reply))
        return Stage.MAIL, decision

    def each_recipient(self) -> tuple[Stage, Decision] | None:
        last = None
        for one in self.transaction.envelope.recipients:
            decision = self._ask(Stage.RCPT, one)
            if decision.trigger is not None:
                self.decided[one.address] = decision
            if decision.reply is None:
                self.envelope = self.envelope.accept(one)
            else:
                self.envelope, last = self.envelope.refuse(replace(one, reply=decision.reply)), decision
        return None if last is None or self.envelope.recipients else (Stage.RCPT, last)

    def content(self) -> tuple[Stage, Decision] | None:
        asked = self.sandbox.simulator.decide_content(Stage.DATA, self.transaction.session, self.envelope)
        decision = single_of([_without_wire(one) for one in asked.decisions])
        return None if decision.reply is None else (Stage.DATA, decision)

    def refuse(self, stage: Stage, decision: Decision) -> Submission:
        assert decision.reply is not None
        reply, envelope = decision.reply, self.envelope
        told = Transaction(self.transaction.session, envelope, self._lines())
        self.sandbox.refuse(
            told, stage, reply, len(self.raw), decision=decision, raw=self.raw, decided=self.decided
        ).result(PATIENCE)
        recipients = (*(replace(one, reply=reply) for one in envelope.recipients), *envelope.refused)
        decisions = {one.address: decision for one in recipients} | self.decided
        return Submission("", False, recipients, causes_of(Envelope("", recipients), decisions))

    def verdict(self) -> Verdict:
        session = self.transaction.session
        asked = self.sandbox.simulator.decide_content(Stage.CONTENT, session, self.envelope, self.raw)
        return Verdict(tuple(_without_wire(one) for one in asked.decisions))

    def receive(self, source: str, verdict: Verdict) -> Submission:
        message = Transaction(self.transaction.session, self.envelope, self._lines())
        receipt = self.sandbox.receive(message, self.raw, source=source, verdict=verdict, decided=self.decided).result(
            PATIENCE
        )
        told = zip(self.envelope.recipients, receipt.replies, strict=True)
        recipients = (*(replace(one, reply=reply) for one, reply in told), *self.envelope.refused)
        at_end = zip(self.envelope.recipients, verdict.decisions, strict=True)
        decisions = self.decided | {one.address: decision for one, decision in at_end if decision.trigger}
        ends = zip(receipt.replies, verdict.decisions, strict=True)
        is_kept = not receipt.is_duplicate and (
            not receipt.replies
            or any(reply.is_positive and not isinstance(decision.outcome, Discard) for reply, decision in ends)
        )
        causes = causes_of(Envelope("", recipients), decisions)
        public_id = receipt.public_id if is_kept or any(one.reply.is_positive for one in recipients) else ""
        return Submission(public_id, is_kept, recipients, causes)

    def _ask(self, stage: Stage, recipient: Recipient | None = None) -> Decision:
        envelope = replace(self.envelope, size=len(self.raw))
        return _without_wire(self.sandbox.simulator.decide(stage, self.transaction.session, envelope, recipient))

    def _lines(self) -> tuple[Line, ...]:
        now = self.sandbox.clock.wall()
        said = (f"<{one.address}> {line}" for one in self.envelope.refused for line in one.reply.lines)
        return (*self.transaction.lines, *(Line(now, "*", text) for text in said))


def _without_wire(decision: Decision) -> Decision:
    """Return what a decision comes to where there is no connection."""
    effect = _settled(decision.outcome)
    return decision if effect is decision.outcome else replace(decision, outcome=effect)


def _settled(effect: Effect | None) -> Effect | None:
    match effect:
        case Silence(then=then):
            return _settled(then)  # type: ignore[arg-type]  # a refusal has become a reply when it is decided
        case Raw(octets):
            refusal = refusal_in(octets)
            return Answer(refusal) if refusal else Accept()
        case Drop(keeps=False):
            return Answer(LOST)
        case Drop() | Throttle() | HideKeywords() | TlsFailure():
            return Accept()
    return effect
