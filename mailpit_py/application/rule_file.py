"""A file of rules and domain profiles, in TOML, YAML or JSON: a list of tables `rules`, and one `profiles`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from mailpit_py.application.rulebook import read_rules
from mailpit_py.errors import ConfigError
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.profile import Profile, load_all
from mailpit_py.simulation.rule import Rule

VALUES_AT_MOST = 500_000
T = TypeVar("T")


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


def is_text(value: str) -> bool:
    """True for what says the rules itself, as a variable can, instead of naming their file."""
    return "\n" in value or value.lstrip().startswith(("{", "[["))


def read_text(text: str, name: str) -> RuleFile:
    """Return what a text says, in JSON, TOML or YAML. Raises ConfigError, with `name` for where it stands."""
    begin = text.lstrip()
    suffix = ".json" if begin.startswith("{") else ".yaml" if re.match(r"\w+:", begin) else ".toml"
    try:
        return _parsed(_tables(lambda: text, suffix, name))
    except RuleError as error:
        raise ConfigError(f"{name}: {error}") from None


def load(path: Path) -> dict[str, Any]:
    """Return the tables of a file as they are: plain values, with texts as keys.

    The end of its name tells the language: .yaml, .yml or .json; else TOML. Raises ConfigError if
    it cannot be read.
    """
    return _tables(lambda: path.read_text("utf-8"), path.suffix.lower(), str(path))


def _tables(text: Callable[[], str], suffix: str, name: str) -> dict[str, Any]:
    read, language = _LANGUAGES.get(suffix, (tomllib.loads, "TOML"))
    try:
        tables = read(text())
        problem = next(_unusable(tables), None)
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {error.strerror}") from None
    except RecursionError:
        raise ConfigError(f"{name} is nested too deeply") from None
    except ValueError as error:  # bad UTF-8 too
        raise ConfigError(f"{name} is not {language}: {error}") from None
    if not isinstance(tables, dict):
        raise ConfigError(f"{name} has no tables `rules` and `profiles`")
    if problem:
        raise ConfigError(f"{name}: {problem}")
    return tables


def read_yaml(text: str) -> Any:
    """Return the values of YAML 1.2, where `no` and `on` are texts. Raises ValueError."""
    from ruamel.yaml import YAML  # takes time to import, and few files are YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        _weigh(node, {})  # before values are made: a merge key copies what its alias stands for
        return None if node is None else yaml.constructor.construct_document(node)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        raise ValueError(f"{getattr(error, 'problem', None) or error}{place}") from None


def _weigh(node: Any, known: dict[int, int]) -> int:
    """Return how many values a YAML node stands for, each alias counted in full. Raises ValueError for too many."""
    if id(node) in known:
        if not known[id(node)]:
            raise ValueError("an alias stands inside of what it names")
        return known[id(node)]
    known[id(node)] = 0
    inner = node.value if node is not None and isinstance(node.value, list) else []
    parts = (part for one in inner for part in (one if isinstance(one, tuple) else (one,)))
    known[id(node)] = weight = 1 + sum(_weigh(part, known) for part in parts)
    if weight > VALUES_AT_MOST:
        raise ValueError(f"its aliases stand for more than {VALUES_AT_MOST:_} values")
    return weight


_LANGUAGES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    ".yaml": (read_yaml, "YAML"),
    ".yml": (read_yaml, "YAML"),
    ".json": (json.loads, "JSON"),
}


def _unusable(value: Any, place: str = "") -> Iterator[str]:
    """Yield what is no plain value, and where."""
    match value:
        case dict():
            yield from (f"{place}{key!r} is no text" for key in value if not isinstance(key, str))
            for key, inner in value.items():
                yield from _unusable(inner, f"{place}{key}.")
        case list():
            for number, inner in enumerate(value):
                yield from _unusable(inner, f"{place}{number}.")
        case str() | int() | float() | date() | None:
            return
        case _:
            yield f"{place}: {type(value).__name__} has no place here".replace(".:", ":")


def _parsed(tables: dict[str, Any]) -> RuleFile:
    problems = [
        Problem(name, "is not known here: rules, profiles") for name in tables if name not in ("rules", "profiles")
    ]
    lists = {name: tables.get(name, []) for name in ("rules", "profiles")}
    problems += [Problem(name, "is a list of tables") for name in lists if not isinstance(lists[name], list)]
    if problems:
        raise RuleError(problems)
    rules = _gathered(lambda: read_rules(lists["rules"]), problems)
    profiles = _gathered(lambda: load_all(lists["profiles"]), problems)
    if problems:
        raise RuleError(problems)
    return RuleFile(rules, profiles)


def _gathered(read: Callable[[], tuple[T, ...]], problems: list[Problem]) -> tuple[T, ...]:
    """Return what `read` does; what is wrong with it is added to the other problems."""
    try:
        return read()
    except RuleError as error:
        problems += error.problems
        return ()
