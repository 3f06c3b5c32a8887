"""Options of what is simulated: the seed, time, rules and where addresses act."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.config.option import option


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class SimulationOptions:
    """How the sandbox fails, and how that is the same every time."""

    seed: int = option(
        1, "MP_SEED", "The seed of all simulated chance; the same seed gives the same.", group="Simulation", metavar="N"
    )
    freeze_clock: str = option(
        "",
        "MP_FREEZE_CLOCK",
        "Let sandbox time stand still from the start, at this instant, as in 2026-11-23T12:00:00Z.",
        group="Simulation",
        metavar="INSTANT",
    )
    rules: str = option(
        "",
        "MP_RULES",
        "Rules and domain profiles from this file: TOML, YAML or JSON; or these themselves.",
        group="Simulation",
        metavar="FILE",
    )
    magic_domains: str = option(
        "",
        "MP_MAGIC_DOMAINS",
        "More domains on which every address is a simulation address, separated by commas.",
        group="Simulation",
        metavar="NAMES",
    )
    domain_profiles: str = option(
        "",
        "MP_DOMAIN_PROFILES",
        "Domains that answer in a provider's words, as in gmail.com=gmail,*.corp.example=m365.",
        group="Simulation",
        metavar="LIST",
    )
    disable_simulation: bool = option(
        False, "MP_DISABLE_SIMULATION", "Take every address for an ordinary one; rules still act.", group="Simulation"
    )
    enable_chaos: bool = option(
        False, "MP_ENABLE_CHAOS", "Let chaos be switched on while the sandbox runs.", group="Simulation"
    )
    chaos_triggers: str = option(
        "",
        "MP_CHAOS_TRIGGERS",
        "Chaos from the start, as in Sender:451:10,Recipient:550:50,Authentication:535:100.",
        group="Simulation",
        metavar="LIST",
    )
