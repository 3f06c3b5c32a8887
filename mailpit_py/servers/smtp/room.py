"""The room that the content of one connection takes in memory, counted against the budget of all."""

from __future__ import annotations

from mailpit_py.storage.budget import Budget


class Room:
    """A share of the budget. `is_lacking` is set while nothing more may be read."""

    def __init__(self, budget: Budget | None) -> None:
        self.is_lacking = False
        self._budget = budget
        self._held_bytes = 0

    def take(self, size_bytes: int) -> bool:
        """Count content; True if reading must pause now until others are done."""
        if self._budget is None:
            return False
        self._held_bytes += size_bytes
        self._budget.charge(size_bytes)
        if self.is_lacking or not self._budget.is_over:
            return False
        self.is_lacking = True
        return True

    @property
    def held_bytes(self) -> int:
        """How much content is counted."""
        return self._held_bytes

    @property
    def is_taken(self) -> bool:
        """True while content is counted."""
        return self._held_bytes > 0

    def release(self) -> None:
        """Give the room back."""
        if self._budget is not None and self._held_bytes:
            size_bytes, self._held_bytes = self._held_bytes, 0
            self._budget.refund(size_bytes)
