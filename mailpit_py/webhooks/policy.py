"""How a provider repeats a webhook: after which pauses, for how long it waits, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR = 60.0, 3600.0
SUCCESS = range(200, 300)


class Verdict(StrEnum):
    """What an answer means to the sender."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Policy:
    """`pauses` are the seconds before the second, third, ... try; `timeout` is that of one request.

    `refusals` are the statuses that end it at once. Without `repeats_deliveries` only failures are
    told again.
    """

    pauses: tuple[float, ...]
    timeout: float = 10
    accepts: range = SUCCESS
    refusals: frozenset[int] = frozenset()
    repeats_deliveries: bool = True

    def judge(self, status: int) -> Verdict:
        """Return what an HTTP status means; 0 is no answer at all."""
        if status in self.accepts:
            return Verdict.ACCEPTED
        return Verdict.GIVEN_UP if status in self.refusals else Verdict.RETRY

    def pause(self, tries: int, *, scale: float = 1) -> float | None:
        """Return the seconds to wait after so many tries, scaled, or None if that was the last one."""
        return self.pauses[tries - 1] * scale if 0 < tries <= len(self.pauses) else None


ONLY_200 = range(200, 201)
