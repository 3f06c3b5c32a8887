"""Rules as plain mappings, as TOML, YAML and JSON give them, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Any

from mailpit_py.simulation import mapping
from mailpit_py.simulation.catalogue import PROVIDERS
from mailpit_py.simulation.matcher import Matcher
from mailpit_py.simulation.outcome import Accept, Drop, Moment, Outcome, Quota, SizeLimit
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.rule import Match, Rule, Scope, match_mapping, scope_for, stages_for, stages_with
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.syntax import SyntaxProblem

NAME_CHARACTERS_AT_MOST = 200
COUNT_AT_MOST = 1_000_000_000
NOTIFY = frozenset({"NEVER", "SUCCESS", "FAILURE", "DELAY"})
_STAGE_NAMES: Mapping[str, Stage] = MappingProxyType(
    {stage.value.lower(): stage for stage in Stage} | {"ehlo": Stage.HELO, "end_of_data": Stage.CONTENT}
)


def load_all(values: Sequence[object]) -> tuple[Rule, ...]:
    """Return rules in their order. Raises RuleError whose fields begin with `rules.0` and so on.

    Two rules of one name are refused: they would share dice and counters.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    for number, value in enumerate(values):
        try:
            rule = load(value)
        except RuleError as error:
            problems += [Problem(f"rules.{number}.{problem.field}", problem.reason) for problem in error.problems]
            continue
        if rule.name and any(rule.name == other.name for other in rules):
            problems.append(Problem(f"rules.{number}.name", f"another rule is called {rule.name}"))
        rules.append(rule)
    if problems:
        raise RuleError(problems)
    return tuple(rules)


def load(value: object) -> Rule:
    """Return the rule of a mapping such as `as_mapping` gives. Raises RuleError with every mistake found."""
    if not isinstance(value, Mapping):
        raise RuleError([Problem("rule", "a table")])
    reader = _Reader(value, "")
    reader.refuse_unknown({*_READERS, "outcome", "stage"})
    outcome, stage = reader.outcome()
    parts = reader.read_all(_READERS)
    parts.setdefault("scope", scope_for(outcome, stage))
    if reader.problems:
        raise RuleError(reader.problems)
    rule = Rule(outcome, stage, **parts)
    _check_stage(rule)
    return rule


def as_mapping(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON takes it; numbers that are not set are left out."""
    parts: dict[str, Any] = {"name": rule.name, "stage": rule.stage.value, "outcome": mapping.as_mapping(rule.outcome)}
    parts |= {"match": match_mapping(rule.match), "provider": rule.provider, "scope": rule.scope.value}
    parts |= {name: getattr(rule, name) for name in ("every", "first", "after", "max")}
    kept = {name: part for name, part in parts.items() if part}
    kept |= {"probability": rule.probability, "enabled": rule.enabled}
    return kept if rule.expires_at is None else kept | {"expires_at": rule.expires_at}


def _check_stage(rule: Rule) -> None:
    """Raise RuleError if the outcome cannot happen at the stage, or something is not known at it yet."""
    problems = []
    allowed = stages_for(rule.outcome)
    if allowed and rule.stage not in allowed:
        problems.append(Problem("stage", f"this outcome happens at {' or '.join(allowed)}"))
    elif not allowed and rule.stage is Stage.AFTER:
        problems.append(Problem("stage", "only what follows a message can happen at AFTER, such as ndr+5.1.1"))
    if isinstance(rule.outcome, Quota | SizeLimit) and rule.counts:
        problems.append(Problem("outcome", "looks at each message twice: it takes no dice and no counts"))
    for name, stages in rule.match.known_at():
        if rule.stage not in stages:
            problems.append(Problem(f"match.{name}", f"is not known at {rule.stage}"))
    if rule.stage not in stages_with(rule.scope):
        problems.append(Problem("scope", f"{rule.scope} is not known at {rule.stage}"))
    if problems:
        raise RuleError(problems)


class _Reader:
    """Reads the keys of one mapping and gathers what is wrong with them."""

    def __init__(self, value: Mapping[Any, Any], path: str) -> None:
        self.value = value
        self.path = path
        self.problems: list[Problem] = []

    def refuse_unknown(self, known: set[str]) -> None:
        unknown = sorted(str(name) for name in self.value if name not in known)
        reason = f"is not known here: {', '.join(sorted(known))}"
        self.problems += [Problem(f"{self.path}{name}", reason) for name in unknown]

    def read(self, name: str, read: Callable[[Any, str], Any]) -> Any:
        """Return the value of a key, read; None if it is absent or wrong."""
        if self.value.get(name) is None:
            return None
        try:
            return read(self.value[name], f"{self.path}{name}")
        except RuleError as error:
            self.problems += error.problems
            return None

    def read_all(self, readers: Mapping[str, Callable[[Any, str], Any]]) -> dict[str, Any]:
        """Return the values of all keys that are there and right."""
        values = {name: self.read(name, read) for name, read in readers.items()}
        return {name: value for name, value in values.items() if value is not None}

    def outcome(self) -> tuple[Outcome, Stage]:
        """Return the outcome, and the stage that is named or belongs to it."""
        given = self.value.get("outcome")
        stage: Stage | None = self.read("stage", _stage)
        try:
            if isinstance(given, str):
                plan = mapping.plan_of(given)
                if stage and given.strip().lower() == "drop":
                    return _drop_at(stage), stage
                return plan.outcome, stage or plan.stage
            outcome = mapping.load(given)
        except RuleError as error:
            self.problems += error.problems
            return Accept(), Stage.RCPT
        return outcome, stage or (*stages_for(outcome), Stage.RCPT)[0]


def _drop_at(stage: Stage) -> Drop:
    """Return the drop of a rule that names a stage and nothing else: there and then."""
    moments = {Stage.DATA: Moment.MID_DATA, Stage.CONTENT: Moment.AFTER_CONTENT}
    return Drop(moments.get(stage, Moment.BEFORE_REPLY))


def _match(value: object, path: str) -> Match:
    if not isinstance(value, Mapping):
        raise RuleError([Problem(path, "a table")])
    reader = _Reader(value, f"{path}.")
    reader.refuse_unknown(set(_MATCH_READERS))
    parts = reader.read_all(_MATCH_READERS)
    if reader.problems:
        raise RuleError(reader.problems)
    return Match(**parts)


def _matcher(value: object, path: str) -> Matcher:
    if not isinstance(value, str) or not value:
        raise RuleError([Problem(path, "a text such as *@example.com, or a pattern such as /invoice/i")])
    try:
        return Matcher(value)
    except SyntaxProblem as problem:
        raise RuleError([Problem(path, str(problem))]) from None


def _header(value: object, path: str) -> tuple[tuple[str, Matcher], ...]:
    if not isinstance(value, Mapping):
        raise RuleError([Problem(path, "a table of field names and texts")])
    return tuple((str(name), _matcher(text, f"{path}.{name}")) for name, text in value.items())


def _client(value: object, path: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise RuleError([Problem(path, "an address or a network such as 192.0.2.0/24")]) from None


def _notify(value: object, path: str) -> str:
    if str(value).upper() not in NOTIFY:
        raise RuleError([Problem(path, f"one of {', '.join(sorted(NOTIFY))}")])
    return str(value).upper()


def _stage(value: object, path: str) -> Stage:
    found = _STAGE_NAMES.get(str(value).lower())
    if found is None:
        raise RuleError([Problem(path, f"one of {', '.join(Stage)}")])
    return found


def _scope(value: object, path: str) -> Scope:
    found = next((scope for scope in Scope if scope.value == str(value).lower().replace("_", "-")), None)
    if found is None:
        raise RuleError([Problem(path, f"one of {', '.join(Scope)}")])
    return found


def _name(value: object, path: str) -> str:
    if not isinstance(value, str) or len(value) > NAME_CHARACTERS_AT_MOST or value.startswith("#"):
        raise RuleError([Problem(path, f"a text of at most {NAME_CHARACTERS_AT_MOST} characters that has no # first")])
    return value


def _provider(value: object, path: str) -> str:
    if not isinstance(value, str) or (value and value not in PROVIDERS):
        raise RuleError([Problem(path, f"one of {', '.join(PROVIDERS)}")])
    return value


def _probability(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise RuleError([Problem(path, "a number from 0 to 1")])
    return float(value)


def _count(value: object, path: str) -> int:
    if type(value) is not int or not 0 <= value <= COUNT_AT_MOST:
        raise RuleError([Problem(path, f"a whole number from 0 to {COUNT_AT_MOST:_}")])
    return value


def _instant(value: object, path: str) -> int:
    if type(value) is not int:
        raise RuleError([Problem(path, "an instant in microseconds")])
    return value


def _enabled(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise RuleError([Problem(path, "true or false")])
    return value


_READERS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {"name": _name, "provider": _provider, "probability": _probability, "every": _count, "first": _count,
     "after": _count, "max": _count, "expires_at": _instant, "enabled": _enabled, "match": _match, "scope": _scope}
)  # fmt: skip
_MATCH_READERS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {"recipient": _matcher, "sender": _matcher, "subject": _matcher, "header": _header, "larger": _count,
     "smaller": _count, "client": _client, "identity": _matcher, "inbox": _matcher, "notify": _notify}
)  # fmt: skip
