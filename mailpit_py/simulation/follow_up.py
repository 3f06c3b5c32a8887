"""What follows an accepted message, as timed steps: from what was decided about each recipient, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mailpit_py.quantity import SECOND
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.dialect import STANDARD, dialect_of, remote_host
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.outcome import Later, Report
from mailpit_py.simulation.queue_words import queue_words
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.resolve import particulars
from mailpit_py.simulation.stage import Stage

WARNS_AFTER = 30  # the part of the time after which is warned that it passes: 4 hours of 5 days
KEEPS_TRYING = 5 * 86_400 * SECOND  # RFC 5321 §4.5.4.1: the give-up time is at least 4 to 5 days


class StepKind(StrEnum):
    """What happens at a step."""

    FAILURE = "failure"
    DELAY = "delay"
    DELIVERED = "delivered"
    AUTO_REPLY = "auto-reply"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the message for one recipient, in the words of whoever said so.

    `code` is 0 where no server answered; then `text` is the queue's own. `command` is what was
    answered, `remote` the server that did. `status` may be empty, as that of a real reply.
    `is_asked` reports a delivery although no NOTIFY asks for it. `decided_by` is the trigger and its rule.
    """

    address: str
    code: int = 0
    status: str = ""
    text: str = ""
    command: str = "RCPT TO"
    remote: str = ""
    scenario: str = ""
    is_asked: bool = False
    decided_by: str = ""

    def as_mapping(self) -> dict[str, Any]:
        """Return it as JSON takes it; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Told:
        """Return what `as_mapping` gave."""
        return cls(**{"command": "", **mapping})


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a plan: what happens so many microseconds after acceptance, for whom, in whose form."""

    kind: StepKind
    after: int
    recipients: tuple[Told, ...]
    dialect: str = STANDARD

    def as_mapping(self) -> dict[str, Any]:
        """Return what is to be kept beside kind and time, as JSON takes it."""
        return {"dialect": self.dialect, "recipients": [one.as_mapping() for one in self.recipients]}


def follow_up(about: Sequence[tuple[Facts, Decision]], *, tells_delivery: bool = False) -> tuple[PlannedStep, ...]:
    """Return the steps that follow a message, the first to be due first; one for all that share its time and form.

    `about` has each recipient with what was decided about it. That a recipient has the message is a
    step where NOTIFY asks for a report of it, or with `tells_delivery`, for who wants to know.
    """
    found: dict[tuple[int, StepKind, str], list[Told]] = {}
    for facts, decision in about:
        later = decision.outcome if isinstance(decision.outcome, Later) else None
        by = f"{decision.trigger} {decision.rule}" if later else ""
        for step in _steps(facts, later, tells_delivery=tells_delivery):
            told = (replace(one, decided_by=by) for one in step.recipients)
            found.setdefault((step.after, step.kind, step.dialect), []).extend(told)
    ordered = sorted(found.items(), key=lambda item: item[0][0])
    return tuple(PlannedStep(kind, after, tuple(told), dialect) for (after, kind, dialect), told in ordered)


def _steps(facts: Facts, later: Later | None, *, tells_delivery: bool) -> Iterator[PlannedStep]:
    report = later.report if later else None
    if later is None or report not in _FAILING:
        yield from _arrival(facts, later, tells_delivery=tells_delivery)
    if later is None or report is Report.SUCCESS:
        return
    after = round(later.delay * SECOND)
    dialect = later.dialect or dialect_of(later.refusal.provider if later.refusal else "")
    told = Told(facts.recipient, command="")
    if later.refusal is not None:
        told = tell(later.refusal, facts, dialect)
    if report is Report.EXPIRY and after:
        yield PlannedStep(StepKind.DELAY, after // WARNS_AFTER, (told,), dialect)
    yield PlannedStep(_KINDS[later.report], after, (told,), dialect)
    if report is Report.DELAY and (tells_delivery or _wants_success(facts)):
        yield PlannedStep(StepKind.DELIVERED, 2 * after, (_arrived(facts),))


def _arrival(facts: Facts, later: Later | None, *, tells_delivery: bool) -> Iterator[PlannedStep]:
    is_asked = later is not None and later.report is Report.SUCCESS
    if not (is_asked or tells_delivery or _wants_success(facts)):
        return
    after, dialect = (round(later.delay * SECOND), later.dialect) if later and is_asked else (0, "")
    told = replace(_arrived(facts), is_asked=is_asked)
    yield PlannedStep(StepKind.DELIVERED, after, (told,), dialect or STANDARD)


def tell(refusal: Refusal, facts: Facts, dialect: str = STANDARD) -> Told:
    """Return what a refusal tells about a recipient, as the server that mail would have gone on to says it.

    Where there is no such server, or none that answers, the queue tells, in the words of a dialect.
    """
    host = remote_host(refusal.provider, facts.recipient)
    noted = None if refusal.text else queue_words(refusal.cause, dialect)
    if noted is not None:
        domain = facts.recipient.rpartition("@")[2]
        text = noted.text.format(host=host or domain, domain=domain)
        status = noted.status or refusal.words.status
        return Told(facts.recipient, 0, status, _one_line(text), "", "", refusal.cause)
    later = refusal.in_report()
    reply = later.reply(**particulars(facts))
    command = _COMMANDS.get(later.words.stage, "RCPT TO")
    return Told(facts.recipient, reply.code, reply.status, reply.text, command, host, refusal.cause)


def _arrived(facts: Facts) -> Told:
    return Told(facts.recipient, status="2.1.5", command="")


def _wants_success(facts: Facts) -> bool:
    return bool(facts.notify) and "SUCCESS" in facts.notify.upper().split(",")


def _one_line(text: str) -> str:
    return "".join(character if " " <= character <= "~" else "?" for character in text)


_FAILING = (Report.FAILURE, Report.EXPIRY, Report.DELAY)
_KINDS = MappingProxyType(
    {
        Report.FAILURE: StepKind.FAILURE,
        Report.EXPIRY: StepKind.FAILURE,
        Report.DELAY: StepKind.DELAY,
        Report.AUTO_REPLY: StepKind.AUTO_REPLY,
        Report.COMPLAINT: StepKind.COMPLAINT,
        Report.CHALLENGE: StepKind.CHALLENGE,
        Report.RECEIPT: StepKind.RECEIPT,
    }
)
_COMMANDS = MappingProxyType({Stage.MAIL: "MAIL FROM", Stage.DATA: "DATA", Stage.CONTENT: "end of DATA"})
