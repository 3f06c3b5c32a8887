"""What was decided about one moment, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.outcome import Accept, Answer, Discard, Effect, Later
from mailpit_py.simulation.state import Change


class Trigger(StrEnum):
    """What can decide, the highest first."""

    HEADER = "header"
    SUPPRESSION = "suppression"
    ADDRESS = "address"
    RULE = "rule"
    PROFILE = "profile"
    CHAOS = "chaos"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do at one moment. No outcome is the usual course: nothing has been decided.

    `rule` is the key of what decided, `count` which try of its counter this was, 0 if it counts
    none. `changes` must be applied to the state before the next decision.
    """

    outcome: Effect | None = None
    trigger: Trigger | None = None
    rule: str = ""
    count: int = 0
    explanation: str = ""
    seed: int | None = None
    changes: tuple[Change, ...] = ()

    @property
    def reply(self) -> Reply | None:
        """The reply to say, if that is all that happens."""
        return self.outcome.reply if isinstance(self.outcome, Answer) else None

    @property
    def log(self) -> str:
        """What a log line says of it, enough to get the same again."""
        return f"trigger={self.trigger or 'none'} rule={self.rule!r} count={self.count} seed={self.seed}"


UNDECIDED = Decision()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decisions about each recipient of one message, in the recipients' order."""

    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...] = ()

    @property
    def single(self) -> Decision:
        """The one that SMTP, which has one answer for all, carries out: the first that is no acceptance.

        If nobody keeps the message, it is a discard; else the usual course.
        """
        return single_of(self.decisions)


def single_of(decisions: Sequence[Decision]) -> Decision:
    """Return the decision that stands for all."""
    for decision in decisions:
        if not isinstance(decision.outcome, Accept | Discard | Later | None):
            return decision
    if decisions and all(isinstance(decision.outcome, Discard) for decision in decisions):
        return decisions[0]
    return UNDECIDED
