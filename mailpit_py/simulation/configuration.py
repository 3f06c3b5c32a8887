"""Everything that decisions depend on and that does not change from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailpit_py.simulation.address import OWN_DOMAINS
from mailpit_py.simulation.chaos import Chaos
from mailpit_py.simulation.dice import DEFAULT_SEED
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.profile import ProfileIndex, default_profiles


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is switched on, with which rules.

    `grammar` is for addresses, drop-ins and the header together, `drop_ins` for the hosted
    simulators' domains alone; `suppression` refuses an address after a hard bounce until it is
    reset. `reports` says that what follows a message can be made; without it, a failure that an
    address asks for after acceptance is told at once instead, so that it is never lost.
    """

    seed: int = DEFAULT_SEED
    grammar: bool = True
    drop_ins: bool = True
    domains: tuple[str, ...] = OWN_DOMAINS
    rules: RuleIndex = field(default_factory=RuleIndex)
    profiles: ProfileIndex = field(default_factory=lambda: ProfileIndex(default_profiles()))
    chaos: Chaos = field(default_factory=Chaos)
    suppression: bool = False
    reports: bool = True

    def provider_of(self, address: str) -> str:
        """Return the provider in whose words the domain of an address speaks, or nothing."""
        profile = self.profiles.of(address)
        return profile.provider if profile else ""
