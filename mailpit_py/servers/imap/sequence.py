"""Sets of numbers (RFC 9051 §9, sequence-set): read, matched against the numbers that are there, written shortly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LARGEST = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class NumberSet:
    """Ranges of numbers, each (first, last) in any order; None is `*`, the largest there is. `$` is `is_saved`."""

    ranges: tuple[tuple[int | None, int | None], ...]
    is_saved: bool = False

    def among(self, numbers: Sequence[int]) -> list[int]:
        """Those of `numbers`, which rise, that are in the set. `*` is the last of them (RFC 9051 §9, seq-range)."""
        if not numbers:
            return []
        last = numbers[-1]
        spans = sorted(
            sorted((last if low is None else low, last if high is None else high)) for low, high in self.ranges
        )
        found: list[int] = []
        after = 0
        for low, high in spans:
            start = max(after, bisect_left(numbers, low))
            after = max(after, bisect_right(numbers, high))
            found += numbers[start:after]
        return found

    @property
    def has_star(self) -> bool:
        """True if `*` is named."""
        return any(number is None for span in self.ranges for number in span)

    @property
    def largest(self) -> int:
        """The largest number that is named."""
        return max((number or 0 for span in self.ranges for number in span), default=0)


def compact(numbers: Iterable[int]) -> str:
    """Return rising numbers as a set: `1:3,7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return in_order(spans)


def in_order(spans: Iterable[Sequence[int]]) -> str:
    """Return spans of numbers as a set, in their order."""
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in spans)
