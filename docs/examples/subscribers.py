"""The subscribers of a newsletter, and what became of mail to them. Shared by the other examples."""

from __future__ import annotations

import threading
from collections.abc import Iterable

# The later in this list, the more it weighs: whoever has complained is not merely delayed.
STATES = ("active", "deferred", "bounced", "complained")


class Subscribers:
    """Addresses with their state; says every change on standard output."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()

    def mark(self, address: str, state: str) -> None:
        """Remember the worst that is known of an address. A repeat changes nothing."""
        address = address.strip().lower()
        with self._lock:
            known = self._states.get(address, "active")
            if STATES.index(state) > STATES.index(known):
                self._states[address] = state
                print(f"{address} is {state}", flush=True)

    def mark_all(self, told: Iterable[tuple[str, str]]) -> None:
        """Mark several."""
        for address, state in told:
            self.mark(address, state)
