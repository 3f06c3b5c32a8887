"""A file of rules and domain profiles, in TOML: an array of tables `rules`, and one `profiles`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailpit_py.errors import ConfigError
from mailpit_py.rulebook import read_rules
from mailpit_py.simulation import profile
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.profile import Profile
from mailpit_py.simulation.rule import Rule


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a file says."""

    rules: tuple[Rule, ...] = ()
    profiles: tuple[Profile, ...] = ()


def read_file(path: Path) -> RuleFile:
    """Return what the file at `path` says. Raises ConfigError with every field that cannot be used."""
    try:
        return _parsed(load(path))
    except RuleError as error:
        raise ConfigError(f"{path}: {error}") from None


def load(path: Path) -> dict[str, Any]:
    """Return the tables of a file as they are. Raises ConfigError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None


def _parsed(tables: dict[str, Any]) -> RuleFile:
    problems = [
        Problem(name, "is not known here: rules, profiles") for name in tables if name not in ("rules", "profiles")
    ]
    lists = {name: tables.get(name, []) for name in ("rules", "profiles")}
    problems += [Problem(name, f"is written as [[{name}]]") for name in lists if not isinstance(lists[name], list)]
    if problems:
        raise RuleError(problems)
    profiles = tuple(profile.load(value, f"profiles.{number}") for number, value in enumerate(lists["profiles"]))
    return RuleFile(read_rules(lists["rules"]), profiles)
