"""One moment under decision: what every trigger may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.resolve import Case
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Ledger


@dataclass(frozen=True, slots=True)
class Moment:
    """All that one decision may look at. `memo` keeps what is decided once for a message of many recipients."""

    stage: Stage
    facts: Facts
    configuration: Configuration
    ledger: Ledger
    now: int
    memo: dict[str, Decision | None]

    def case(self, *owner: str, idle: int | None = None, provider: str = "") -> Case:
        """Return this moment for a trigger whose records belong to `owner`."""
        spoken = provider or self.configuration.provider_of(self.facts.recipient)
        return Case(self.stage, self.facts, self.ledger, self.now, owner, idle, spoken)

    def decided(self, decision: Decision) -> Decision:
        """Return a decision with the seed that it was made with."""
        return decision if decision.seed is not None else replace(decision, seed=self.configuration.seed)

    def once(self, key: str, make: Callable[[], Decision | None]) -> Decision | None:
        """Return what is decided once for all recipients of a message."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]
