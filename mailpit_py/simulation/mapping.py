"""Outcomes as plain mappings, for JSON, TOML and the database, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from mailpit_py.simulation.address import read_plan, suggestion
from mailpit_py.simulation.outcome import (
    Accept,
    ConnectionLimit,
    Discard,
    Drop,
    Greylist,
    HideKeywords,
    Later,
    Moment,
    Outcome,
    Quota,
    Rate,
    Raw,
    Refuse,
    Report,
    Silence,
    SizeLimit,
    Throttle,
    TlsFailure,
)
from mailpit_py.simulation.plan import VERBS, Misuse, Plan
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.refusal import Refusal

KINDS: Mapping[str, type[Outcome]] = MappingProxyType(
    {
        "accept": Accept,
        "discard": Discard,
        "refuse": Refuse,
        "raw": Raw,
        "throttle": Throttle,
        "drop": Drop,
        "tls_failure": TlsFailure,
        "hide_keywords": HideKeywords,
        "later": Later,
        "silence": Silence,
        "greylist": Greylist,
        "quota": Quota,
        "rate": Rate,
        "size_limit": SizeLimit,
        "connection_limit": ConnectionLimit,
    }
)
_NAMES = MappingProxyType({kind: name for name, kind in KINDS.items()})
_THEN = ("accept", "drop", "raw", "refuse")
_E = TypeVar("_E", bound=Enum)
_M = TypeVar("_M")


def as_mapping(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON takes it, with its `kind`; what has its default value is left out."""
    parts = {part.name: getattr(outcome, part.name) for part in fields(outcome) if not _is_default(outcome, part.name)}
    return {"kind": _NAMES[type(outcome)]} | {name: _plain(value) for name, value in parts.items()}


def load(value: object, field: str = "outcome") -> Outcome:
    """Return the outcome of a mapping, or of a text such as `mailbox_full+gmail` or `greylist+30s`.

    Raises RuleError with the path of each key that cannot be used.
    """
    if isinstance(value, str):
        return plan_of(value, field).outcome
    if not isinstance(value, Mapping):
        raise RuleError([Problem(field, "a text such as mailbox_full+gmail, or a table with its kind")])
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RuleError([Problem(f"{field}.kind", f"one of {', '.join(KINDS)}")])
    return _build(kind, value, field)


def plan_of(text: str, field: str = "outcome") -> Plan:
    """Return the plan of an outcome that is written with the words of an address; the verb may be left out.

    Raises RuleError for words that are not understood, and for dice and tries: a rule has its own.
    """
    words = text.replace("+", " ").split()
    if not words:
        raise RuleError([Problem(field, "is empty")])
    try:
        plan = _plan_of(words)
    except Misuse as misuse:
        raise RuleError([Problem(field, f"{misuse}{suggestion(misuse.word)}")]) from None
    if plan.percent != 100 or plan.seed is not None or plan.times:
        raise RuleError([Problem(field, "p, s and x are for addresses; a rule has probability, first and every")])
    return plan


def _plan_of(words: list[str]) -> Plan:
    """Return the plan of these words; some, as `rate`, are a verb and the name of a cause."""
    if words[0].lower() not in VERBS:
        return read_plan(["bounce", *words])
    try:
        return read_plan(words)
    except Misuse as misuse:
        try:
            return read_plan(["bounce", *words])
        except Misuse:
            raise misuse from None


def load_refusal(value: object, field: str = "refusal") -> Refusal:
    """Return the refusal of a mapping, or of a text with a scenario or an enhanced code. Raises RuleError."""
    if isinstance(value, str):
        value = {"status": value} if value[:1].isdecimal() else {"scenario": value}
    if not isinstance(value, Mapping):
        raise RuleError([Problem(field, "a scenario, an enhanced code, or a table")])
    _check_names(Refusal, value, field)
    kinds = {"code": int, "is_temporary": bool}
    wrong = [name for name, given in value.items() if type(given) is not kinds.get(name, str)]
    if wrong:
        raise RuleError([Problem(f"{field}.{name}", "has the wrong type") for name in wrong])
    return _made(field, lambda: Refusal(**value))


def _build(kind: str, value: Mapping[str, Any], field: str) -> Outcome:
    made = KINDS[kind]
    given = {name: part for name, part in value.items() if name != "kind"}
    _check_names(made, given, field)
    problems: list[Problem] = []
    arguments: dict[str, Any] = {}
    for name, part in given.items():
        try:
            arguments[name] = _READERS.get(name, _number)(part, f"{field}.{name}")
        except RuleError as error:
            problems += error.problems
    if problems:
        raise RuleError(problems)
    return _made(field, lambda: made(**arguments))


def _check_names(made: type, given: Mapping[str, Any], field: str) -> None:
    known = {part.name: part.default is MISSING and part.default_factory is MISSING for part in fields(made)}
    problems = [
        Problem(f"{field}.{name}", f"is not known here: {', '.join(known)}") for name in given if name not in known
    ]
    problems += [
        Problem(f"{field}.{name}", "is missing") for name, needed in known.items() if needed and name not in given
    ]
    if problems:
        raise RuleError(problems)


def _made(field: str, make: Callable[[], _M]) -> _M:
    try:
        return make()
    except ValueError as error:
        raise RuleError([Problem(field, str(error))]) from None


def _number(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleError([Problem(field, "a number")])
    return value


def _whole(value: object, field: str) -> int:
    if type(value) is not int:
        raise RuleError([Problem(field, "a whole number")])
    return value


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise RuleError([Problem(field, "true or false")])
    return value


def _moment(value: object, field: str) -> Moment:
    return _one_of(Moment, value, field)


def _report(value: object, field: str) -> Report:
    return _one_of(Report, value, field)


def _one_of(kind: type[_E], value: object, field: str) -> _E:
    found = next((member for member in kind if member.value == value), None)
    if found is None:
        raise RuleError([Problem(field, f"one of {', '.join(str(member.value) for member in kind)}")])
    return found


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise RuleError([Problem(field, "a text")])
    return value


def _octets(value: object, field: str) -> bytes:
    """Return the octets of a text, each character one of them, so that JSON can carry any reply."""
    if not isinstance(value, str) or any(ord(character) > 255 for character in value):
        raise RuleError([Problem(field, "a text of characters up to U+00FF, one for each octet")])
    return value.encode("latin-1")


def _keywords(value: object, field: str) -> frozenset[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise RuleError([Problem(field, "a list of keywords such as STARTTLS")])
    return frozenset(value)


def _then(value: object, field: str) -> Outcome:
    kind = value.get("kind") if isinstance(value, Mapping) else _NAMES[type(load(value, field))]
    if kind not in _THEN:  # looked at before it is read, so that nesting has an end
        raise RuleError([Problem(field, f"only {', '.join(_THEN)} can follow a pause")])
    return load(value, field)


_READERS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "refusal": load_refusal,
        "then": _then,
        "octets": _octets,
        "keywords": _keywords,
        "moment": _moment,
        "report": _report,
        "dialect": _text,
        "keeps": _flag,
        "times": _whole,
        "messages": _whole,
        "size_bytes": _whole,
        "bytes_per_second": _whole,
        "connections": _whole,
    }
)


def _is_default(outcome: Outcome | Refusal, name: str) -> bool:
    part = next(part for part in fields(outcome) if part.name == name)
    default = part.default_factory() if part.default_factory is not MISSING else part.default
    return bool(getattr(outcome, name) == default)


def _plain(value: Any) -> Any:
    match value:
        case Refusal():
            return {part.name: getattr(value, part.name) for part in fields(value) if not _is_default(value, part.name)}
        case Enum():
            return value.value
        case bytes():
            return value.decode("latin-1")
        case frozenset():
            return sorted(value)
        case int() | float() | str():
            return value
    return as_mapping(value)
