"""What is simulated in one session: the simulator is asked, and what goes beyond a reply waits until one is said."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.extension import NONE_HIDDEN, Hidden, complete, worded
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict, single_of
from mailpit_py.simulation.garble import refusal_in
from mailpit_py.simulation.outcome import (
    Accept,
    Answer,
    Discard,
    Drop,
    Effect,
    HideKeywords,
    Later,
    Moment,
    Raw,
    Refuse,
    Silence,
    Throttle,
    TlsFailure,
)
from mailpit_py.simulation.stage import Stage

_DROPS = {
    Moment.BEFORE_REPLY: "the connection dropped before the reply",
    Moment.MID_DATA: "the connection dropped in the middle of the content",
    Moment.AFTER_CONTENT: "the connection dropped after the content",
}


class Decides(Protocol):
    """What is asked at each stage; `pending` is the promise that what it remembers is durable."""

    @property
    def pending(self) -> Future[None] | None:
        """None if all is durable already."""

    def decide(
        self,
        stage: Stage,
        session: Session,
        envelope: Envelope | None = None,
        recipient: Recipient | None = None,
        *,
        connections: int = 0,
    ) -> Decision:
        """Return what happens before the content."""

    def decide_content(self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None = None) -> Verdict:
        """Return what happens for each recipient, at DATA (without `raw`) or CONTENT."""


@dataclass(slots=True)
class Deed:
    """What happens to the next reply.

    First `seconds` of silence; then the reply, or `octets` in its place, or the connection is
    dropped (`drop`) without it. `closes` ends the connection after the reply.
    """

    seconds: float = 0
    octets: bytes = b""
    drop: Moment | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One effect that is to be noted: where, what, and which decision."""

    stage: Stage
    what: str
    decision: Decision


class Effects:
    """Asks for the decisions of one session, and keeps what they leave to be done.

    `ask` and `ask_content` return the reply that refuses, or None to go on. `decision` is the last
    one, `deed` what must happen to the next reply, `course` what happens while content is read,
    `verdict` what is to be handed over with a message. `has_remembered` is set when replies must
    wait until a changed memory is durable.
    """

    def __init__(self, simulator: Decides) -> None:
        self.stage = Stage.CONNECT
        self.decision = UNDECIDED
        self.deed: Deed | None = None
        self.told: list[Told] = []
        self.course: Throttle | Drop | None = None
        self.verdict: Verdict | None = None
        self.hidden = NONE_HIDDEN
        self.breaks_tls = False
        self.has_remembered = False
        self._simulator = simulator

    @property
    def is_eventful(self) -> bool:
        """True if the next reply is no ordinary one."""
        return self.deed is not None or bool(self.told)

    def ask(
        self, stage: Stage, session: Session, envelope: Envelope | None = None, recipient: Recipient | None = None
    ) -> Reply | None:
        """Decide on a command."""
        decision = self.decision = self._simulator.decide(stage, session, envelope, recipient)
        return None if decision is UNDECIDED else self.begin(stage, decision)

    def ask_greeting(self, session: Session, connections: int) -> Reply | None:
        """Decide on a connection; `connections` counts those of its peer, with this one."""
        return self.begin(Stage.CONNECT, self._simulator.decide(Stage.CONNECT, session, connections=connections))

    def ask_content(self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None) -> Reply | None:
        """Decide on a message as a whole, which gets one answer: at DATA, and at CONTENT in SMTP."""
        decisions = self._ask_each(stage, session, envelope, raw)
        if decisions is None:
            return None
        settled = [_settled(decision) for decision in decisions]
        single = single_of(settled)
        for decision, after in zip(decisions, settled, strict=True):
            is_single = after is single and single is not UNDECIDED
            if is_single or isinstance(decision.outcome, Silence | Discard | Later):
                self._tell(stage, decision)
        self.decision, self.verdict = single, Verdict(tuple(settled))
        return self._begin(stage, single.outcome)

    def ask_each(self, session: Session, envelope: Envelope, raw: bytes) -> None:
        """Decide at CONTENT for each recipient: in LMTP each gets a reply (RFC 2033 §4.2)."""
        decisions = self._ask_each(Stage.CONTENT, session, envelope, raw)
        for decision in decisions or ():
            if not isinstance(decision.outcome, Accept | None):
                self._tell(Stage.CONTENT, decision)
        if decisions is not None:
            self.verdict = Verdict(tuple(map(_settled, decisions)))

    def begin(self, stage: Stage, decision: Decision) -> Reply | None:
        """Take a decision that was made; return the reply that refuses, or None."""
        self.decision, outcome = decision, decision.outcome
        self.has_remembered = self.has_remembered or bool(decision.changes)
        if outcome is None or isinstance(outcome, Accept):
            return None
        self.stage = stage
        self._tell(stage, decision)
        return self._begin(stage, _settled(decision).outcome)

    def take_deed(self) -> Deed:
        """Return what happens to the reply that is being said, once."""
        deed, self.deed = self.deed or Deed(), None
        return deed

    def forget(self) -> None:
        """Leave a transaction behind."""
        self.course = self.verdict = None

    def _ask_each(
        self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None
    ) -> tuple[Decision, ...] | None:
        """Return the decisions, None if all are to go on as usual."""
        verdict = self._simulator.decide_content(stage, session, envelope, raw)
        self.decision, self.course, self.verdict = UNDECIDED, None, None
        if verdict.changes:
            self.has_remembered = True
        for decision in verdict.decisions:
            if decision.outcome is not None:
                self.stage = stage
                return verdict.decisions
        return None

    def _begin(self, stage: Stage, effect: Effect | None) -> Reply | None:
        match effect:
            case Answer(reply, closes):
                if closes:
                    self._deed().closes = True
                return reply
            case Raw(octets):
                self._deed().octets = octets
                return refusal_in(octets)
            case Drop(moment, keeps):
                return self._begin_drop(stage, effect, moment, keeps=keeps)
            case Throttle() if stage is Stage.DATA:
                self.course = effect
            case HideKeywords(keywords):
                self.hidden = complete(keywords)
            case TlsFailure():
                self.breaks_tls = True
        return None

    def _begin_drop(self, stage: Stage, effect: Drop, moment: Moment, *, keeps: bool) -> Reply | None:
        if moment is Moment.MID_DATA and stage is Stage.DATA:
            self.course = effect
            return None
        self._deed().drop = Moment.AFTER_CONTENT if stage is Stage.CONTENT else Moment.BEFORE_REPLY
        return None if keeps else replies.DROPPED

    def _tell(self, stage: Stage, decision: Decision) -> None:
        """Note an effect, and let its silence come before the next reply; the longest of several."""
        if isinstance(decision.outcome, Silence):
            deed = self._deed()
            deed.seconds = max(deed.seconds, decision.outcome.seconds)
        told = Told(stage, described(decision.outcome), decision)
        if told not in self.told:
            self.told.append(told)

    def _deed(self) -> Deed:
        if self.deed is None:
            self.deed = Deed()
        return self.deed


def _settled(decision: Decision) -> Decision:
    """Return a decision without the silence that comes first."""
    outcome = decision.outcome
    if not isinstance(outcome, Silence):
        return decision
    return replace(decision, outcome=_effect(outcome.then))


def answered(verdict: Verdict, hidden: Hidden) -> Verdict:
    """Return what a verdict means for the store: who hears no acceptance is refused, in the words that are said."""
    return Verdict(tuple(_answered(decision, hidden) for decision in verdict.decisions))


def _answered(decision: Decision, hidden: Hidden) -> Decision:
    match decision.outcome:
        case Answer(reply, closes) if hidden:
            return replace(decision, outcome=Answer(worded(reply, hidden), closes))
        case Raw(octets) if refusal := refusal_in(octets):
            return replace(decision, outcome=Answer(refusal))
        case Drop(keeps=False):
            return replace(decision, outcome=Answer(replies.DROPPED))
    return decision


def deeds_of(decisions: Sequence[Decision]) -> list[Deed]:
    """Return what happens to each reply of LMTP after the content."""
    return [_deed_of(decision.outcome) for decision in decisions]


def _deed_of(effect: Effect | None) -> Deed:
    match effect:
        case Raw(octets):
            return Deed(octets=octets)
        case Drop():
            return Deed(drop=Moment.AFTER_CONTENT)
        case Answer(closes=True):
            return Deed(closes=True)
    return Deed()


def described(effect: Effect | None) -> str:
    """Return an effect in the words of a transcript's note."""
    match effect:
        case Silence(seconds, then):
            after = "" if isinstance(then, Accept) else f", then {described(_effect(then))}"
            return f"{seconds:g} s of silence{after}"
        case Answer(reply):
            return f"{reply.code} {reply.status}".rstrip()
        case Raw(octets):
            return f"{len(octets)} octets in place of a reply"
        case Drop(moment, keeps):
            return _DROPS[moment] + (", with the message kept" if keeps else "")
    return _described_course(effect)


def _described_course(effect: Effect | None) -> str:
    match effect:
        case Throttle(bytes_per_second):
            return f"reading at {bytes_per_second} bytes a second"
        case HideKeywords(keywords):
            return f"EHLO without {', '.join(sorted(keywords))}"
        case TlsFailure():
            return "a TLS handshake that fails"
        case Discard():
            return "acceptance without keeping"
    return "acceptance"


def _effect(then: Effect | Refuse) -> Effect:
    """What comes after a silence; a refusal has become a reply by the time it is carried out."""
    assert not isinstance(then, Refuse)
    return then
