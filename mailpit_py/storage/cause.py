"""What decided about a recipient or an attempt, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailpit_py.simulation.decision import Decision

CAUSE_COLUMNS = ("trigger", "rule", "count", "seed", "explanation")


@dataclass(frozen=True, slots=True)
class Cause:
    """Which trigger decided, by which rule, at which try of its counter, with which seed; empty for none."""

    trigger: str = ""
    rule: str = ""
    count: int = 0
    seed: int | None = None
    explanation: str = ""

    @classmethod
    def of(cls, decision: Decision | None) -> Cause:
        """Return what is kept of a decision; nothing of one that left everything to its usual course."""
        if decision is None or decision.trigger is None:
            return NO_CAUSE
        trigger = decision.trigger.value
        return cls(trigger, decision.rule, decision.count, decision.seed, decision.explanation)

    def __bool__(self) -> bool:
        return bool(self.trigger)


NO_CAUSE = Cause()


def cause_row(cause: Cause) -> tuple[Any, ...]:
    """Return a cause's values in the order of CAUSE_COLUMNS."""
    rule, explanation = (text.encode("utf-8", "backslashreplace").decode() for text in (cause.rule, cause.explanation))
    return cause.trigger, rule, cause.count, None if cause.seed is None else str(cause.seed), explanation


def read_cause(row: Any) -> Cause | None:
    """Return the cause of a row that has CAUSE_COLUMNS, or None if there is none."""
    if not row.trigger:
        return None
    seed = None if row.seed is None else int(row.seed)
    return Cause(row.trigger, row.rule, row._mapping["count"], seed, row.explanation)
