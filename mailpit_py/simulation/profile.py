"""Domain profiles: which provider a domain speaks like, and how often it fails without being asked to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from mailpit_py.simulation.catalogue import GENERIC, PROVIDERS, scenario_named
from mailpit_py.simulation.problem import Problem, RuleError

BOUNCES = ("unknown_user", "disabled", "mailbox_full_hard", "policy")
_DOMAIN = re.compile(r"(?=.{1,255}\Z)(?:\*\.)?[^\s@*/.]+(?:\.[^\s@*/.]+)*")
DEFERRALS = ("greylisted", "mailbox_full", "rate_limited", "system_error")


@dataclass(frozen=True, slots=True)
class Profile:
    """One domain, or with `*.` a domain and all below it, that answers in a provider's words.

    `bounce` and `defer` are rates from 0 to 1. A recipient that bounces is chosen once and for all,
    as unknown users stay unknown; a deferral is chosen anew for each try. Raises RuleError.
    """

    domain: str
    provider: str = GENERIC
    bounce: float = 0.0
    defer: float = 0.0
    bounces: tuple[str, ...] = BOUNCES
    deferrals: tuple[str, ...] = DEFERRALS

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", self.domain.lower())
        problems = [
            Problem(name, "a rate from 0 to 1") for name in ("bounce", "defer") if not 0 <= getattr(self, name) <= 1
        ]
        if not _DOMAIN.fullmatch(self.domain):
            problems.append(Problem("domain", "a domain such as gmail.test or *.gmail.test"))
        if self.provider not in PROVIDERS:
            problems.append(Problem("provider", f"one of {', '.join(PROVIDERS)}"))
        for name in ("bounces", "deferrals"):
            scenarios = getattr(self, name)
            if not scenarios or any(scenario_named(scenario) is None for scenario in scenarios):
                problems.append(Problem(name, "scenarios of the catalogue, one at least"))
        if problems:
            raise RuleError(problems)


class ProfileIndex:
    """Profiles by domain; the most particular one counts, and the later of two alike."""

    __slots__ = ("_by_domain", "profiles")

    def __init__(self, profiles: Sequence[Profile] = ()) -> None:
        self.profiles = tuple(profiles)
        self._by_domain: Mapping[str, Profile] = MappingProxyType({each.domain: each for each in profiles})

    def of(self, address: str) -> Profile | None:
        """Return the profile of an address's domain, or None."""
        domain = address.rpartition("@")[2].lower().rstrip(".")
        found = self._by_domain.get(domain)
        while found is None and domain:
            found = self._by_domain.get(f"*.{domain}")
            domain = domain.partition(".")[2]
        return found


def as_mapping(profile: Profile) -> dict[str, Any]:
    """Return a profile as JSON takes it and `load` reads it."""
    return {name: list(part) if isinstance(part, tuple) else part for name, part in asdict(profile).items()}


def load_all(values: Sequence[object]) -> tuple[Profile, ...]:
    """Return profiles. Raises RuleError whose fields begin with `profiles.0` and so on."""
    profiles: list[Profile] = []
    problems: list[Problem] = []
    for number, value in enumerate(values):
        try:
            profiles.append(load(value, f"profiles.{number}"))
        except RuleError as error:
            problems += error.problems
    if problems:
        raise RuleError(problems)
    return tuple(profiles)


def load(value: object, field: str = "profile") -> Profile:
    """Return the profile of a mapping with the names of Profile's fields.

    Raises RuleError whose fields begin with `field`, if that is not empty.
    """
    if not isinstance(value, Mapping):
        raise RuleError([Problem(field, "a table")])
    prefix = f"{field}." if field else ""
    problems = [
        Problem(f"{prefix}{name}", _KINDS.get(str(name), "is not known here"))
        for name, given in value.items()
        if not _fits(str(name), given)
    ]
    if "domain" not in value:
        problems.append(Problem(f"{prefix}domain", "is missing"))
    if problems:
        raise RuleError(problems)
    parts: dict[str, Any] = {name: tuple(given) if isinstance(given, list) else given for name, given in value.items()}
    try:
        return Profile(**parts)
    except RuleError as error:
        raise RuleError([Problem(f"{prefix}{one.field}", one.reason) for one in error.problems]) from None


def _fits(name: str, given: object) -> bool:
    """True if a value has the type of its field."""
    match _KINDS.get(name):
        case "a text":
            return isinstance(given, str)
        case "a rate from 0 to 1":
            return isinstance(given, int | float) and not isinstance(given, bool)
        case "a list of scenarios":
            return isinstance(given, list | tuple) and all(isinstance(one, str) for one in given)
    return False


_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "domain": "a text",
        "provider": "a text",
        "bounce": "a rate from 0 to 1",
        "defer": "a rate from 0 to 1",
        "bounces": "a list of scenarios",
        "deferrals": "a list of scenarios",
    }
)


def default_profiles() -> tuple[Profile, ...]:
    """Return a profile of each provider on `*.gmail.test` and, for strict validators, `*.gmail.example.com`."""
    names = [name for name in PROVIDERS if name != GENERIC]
    return tuple(Profile(f"*.{name}.{zone}", name) for name in names for zone in ("test", "example.com"))
