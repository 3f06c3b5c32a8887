"""A bounce on request: any message, now or later, with the cause and in the form that somebody chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailpit_py.application.planning import new_step
from mailpit_py.errors import BounceError
from mailpit_py.mail.envelope import Envelope, Session
from mailpit_py.quantity import SECOND
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.dialect import provider_of
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.follow_up import StepKind, follow_up
from mailpit_py.simulation.outcome import Later, Report
from mailpit_py.simulation.plan import USUAL_SECONDS
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.storage import NewStep, Step, StepOriginal

if TYPE_CHECKING:
    from mailpit_py.application.reporting import Circumstances, Result

_WITH_REFUSAL = (Report.FAILURE, Report.DELAY, Report.EXPIRY)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to follow a message; no recipients mean all of them.

    `nasty` are the names of what spoils a report on its way, `redact` hides who complains,
    `ignores_notify` reports also where NOTIFY says no.
    """

    later: Later
    recipients: tuple[str, ...] = ()
    nasty: tuple[str, ...] = ()
    redact: bool = False
    ignores_notify: bool = False

    @classmethod
    def of(cls, report: Report, refusal: Refusal | None = None, *, delay: float = 0, dialect: str = "") -> Wish:
        """Return the wish for one kind of report; a failure needs no cause, there is one that is usual.

        A refusal that names no provider is in the words of the system whose dialect is wished for.
        """
        if report in _WITH_REFUSAL and refusal is None:
            refusal = Refusal("unknown_user") if report is Report.FAILURE else Refusal("conn_timeout")
        if refusal is not None:
            refusal = refusal.spoken_by(provider_of(dialect))
        return cls(Later(report, refusal if report in _WITH_REFUSAL else None, delay, dialect))


def plan(wish: Wish, envelope: Envelope, session: Session, *, arrived_at: int, now: int) -> tuple[NewStep, ...]:
    """Return the steps that carry out a wish about a message that arrived some time ago, in sandbox time.

    A warning or an expiry that is wished for at once is told as though the message had waited the usual
    time already. Raises BounceError for recipients that the message does not have.
    """
    about = [(one, Decision(wish.later)) for one in _facts(wish, envelope, session)]
    extras = {
        name: value
        for name, value in (
            ("nasty", list(wish.nasty)),
            ("redact", wish.redact),
            ("ignores_notify", wish.ignores_notify),
        )
        if value
    }
    report, delay = wish.later.report, wish.later.delay
    accepted_at = min(arrived_at, now - (0 if delay else USUAL_SECONDS.get(report, 0)) * SECOND)
    planned = [new_step(one, now) for one in follow_up(about) if _is_wanted(wish, one.kind)]
    return tuple(replace(one, accepted_at=accepted_at, body={**one.body, **extras}) for one in planned)


def _is_wanted(wish: Wish, kind: StepKind) -> bool:
    """What the message did on its arrival is over: a delivery is told again only if it is what is wished for."""
    return kind is not StepKind.DELIVERED or wish.later.report in (Report.SUCCESS, Report.DELAY)


def _facts(wish: Wish, envelope: Envelope, session: Session) -> list[Facts]:
    known = {one.address.lower(): one for one in envelope.recipients}
    wanted = [one.lower() for one in wish.recipients] or list(known)
    unknown = [one for one in wish.recipients if one.lower() not in known]
    if unknown:
        raise BounceError(f"the message did not go to {', '.join(unknown)}")
    if not wanted:
        raise BounceError("the message has no recipient")
    return [Facts.of(session, envelope, known[one]) for one in dict.fromkeys(wanted)]


def preview(steps: Sequence[NewStep], original: StepOriginal, around: Circumstances) -> tuple[Result, ...]:
    """Return what steps would make, each in its turn; nothing is kept, and ids differ from those of the real ones."""
    from mailpit_py.application.reporting import carry_out

    return tuple(carry_out(_as_step(one, place, original), original, around) for place, one in enumerate(steps, 1))


def _as_step(new: NewStep, number: int, original: StepOriginal) -> Step:
    return Step(
        id=number,
        inbox="default",
        original=original.public_id,
        original_id=0,
        kind=new.kind,
        accepted_at=new.accepted_at,
        due_at=new.due_at,
        body=new.body,
    )
