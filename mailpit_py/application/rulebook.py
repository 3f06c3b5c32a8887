"""The rules of a sandbox in their order: edited one at a time, kept in the database, used at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from threading import RLock
from typing import Any

from mailpit_py.application.clock import Clock
from mailpit_py.errors import NotFound
from mailpit_py.identity import new_public_id
from mailpit_py.quantity import instant_of
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.rule import Rule
from mailpit_py.simulation.rule_mapping import as_mapping, load, load_all
from mailpit_py.storage import PATIENCE, Store
from mailpit_py.storage.simulation_state import RuleRow

RULES_AT_MOST = 10_000
FILE, API = "file", "api"


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule with the id under which it is edited; `origin` is `file` or `api`, `inbox` whose it is, empty for all."""

    id: str
    rule: Rule
    origin: str = API
    inbox: str = ""

    @property
    def key(self) -> str:
        """The rule's name, else a digest of its content."""
        return self.rule.key


class RuleBook:
    """All rules. Every method may be called from any thread; a change that fails leaves everything as it was.

    Reading waits for a change that is under way: whoever the journal told of one finds it. Methods
    that take a rule as a mapping raise RuleError with every field that cannot be used; those that
    name one take its id or its key and raise NotFound. A rule that is added begins anew: what was
    remembered under its key, of one that is gone, is forgotten by `forget`. `inbox` is whose rules
    are meant; without one, those that are for all inboxes.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        use: Callable[[Sequence[KeptRule]], None],
        forget: Callable[[Set[tuple[str, str]]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._use = use
        self._forget = forget
        self._editing = RLock()
        self._rules: tuple[KeptRule, ...] = ()

    def load(self, file_rules: Sequence[Rule]) -> None:
        """Read the rules of the database; those of a file stand first and replace what it gave before."""
        rows = self._store.simulation.rules()
        known = {row.key: row.public_id for row in rows if not row.inbox}
        first = [KeptRule(known.get(rule.key) or new_public_id(), rule, FILE) for rule in file_rules]
        taken = {one.key for one in first}
        kept = [KeptRule(row.public_id, load(row.body), API, row.inbox) for row in rows if row.origin != FILE]
        with self._editing:
            rules = (*first, *(one for one in kept if one.inbox or one.key not in taken))
            if [_row(one) for one in rules] == list(rows):
                self._take(rules)
            else:
                _check([one for one in rules if not one.inbox])
                self._forget({("", one.key) for one in first} - {("", key) for key in known})
                self._write(rules)

    @property
    def rules(self) -> tuple[KeptRule, ...]:
        """All rules in their order: those for all inboxes, then those of each."""
        with self._editing:
            return self._rules

    def of(self, inbox: str = "") -> tuple[KeptRule, ...]:
        """The rules of an inbox, or those for all, in their order."""
        return tuple(one for one in self.rules if one.inbox == inbox)

    def find(self, name: str, *, inbox: str = "") -> KeptRule:
        """Return the rule with this id or key. Raises NotFound."""
        for one in self.of(inbox):
            if name in (one.id, one.key):
                return one
        raise NotFound(f"there is no rule {name!r}")

    def add(self, value: object, *, position: int | None = None, inbox: str = "") -> KeptRule:
        """Add a rule, at the end or so many rules from the first."""
        added = KeptRule(new_public_id(), read_rule(value), inbox=inbox)
        with self._editing:
            rules = self.of(inbox)
            at = len(rules) if position is None else position
            self._save(inbox, (*rules[:at], added, *rules[at:]))
        return added

    def replace_all(self, values: Sequence[object], *, inbox: str = "") -> tuple[KeptRule, ...]:
        """Make these all rules there are, in this order; those whose key stays keep their id."""
        loaded = read_rules(values)
        with self._editing:
            known = {one.key: one for one in self.of(inbox)}
            rules = tuple(
                replace(known[rule.key], rule=rule)
                if rule.key in known
                else KeptRule(new_public_id(), rule, inbox=inbox)
                for rule in loaded
            )
            self._save(inbox, rules)
        return rules

    def replace(self, name: str, value: object, *, position: int | None = None, inbox: str = "") -> KeptRule:
        """Put another rule in the place of one, or at `position`."""
        rule = read_rule(value)
        with self._editing:
            changed = replace(self.find(name, inbox=inbox), rule=rule)
            self._save(inbox, _moved(self.of(inbox), changed, position))
        return changed

    def change(self, name: str, parts: Mapping[str, Any], *, position: int | None = None, inbox: str = "") -> KeptRule:
        """Change parts of a rule, as a merge of mappings; None takes a part back to its default."""
        with self._editing:
            merged = {**as_mapping(self.find(name, inbox=inbox).rule), **parts}
            kept = {key: part for key, part in merged.items() if part is not None}
            return self.replace(name, kept, position=position, inbox=inbox)

    def delete(self, name: str, *, inbox: str = "") -> KeptRule:
        """Delete a rule; its counters stay until they are reset, or it is added again."""
        with self._editing:
            gone = self.find(name, inbox=inbox)
            self._save(inbox, tuple(one for one in self.of(inbox) if one is not gone))
        return gone

    def clear(self, *, inbox: str = "") -> int:
        """Delete all rules; return how many there were."""
        with self._editing:
            count = len(self.of(inbox))
            self._save(inbox, ())
        return count

    def disown(self, inbox: str) -> None:
        """Drop the rules of an inbox that is gone, whose rows went with it."""
        with self._editing:
            if self.of(inbox):
                self._take(tuple(one for one in self.rules if one.inbox != inbox))

    def _save(self, inbox: str, own: tuple[KeptRule, ...]) -> None:
        """Let these be the rules of an inbox, or those for all; those of others stay as they are."""
        _check(own)
        names = {(one.inbox, one.key) for one in self.rules}
        self._forget({(inbox, one.key) for one in own} - names)
        others = tuple(one for one in self.rules if one.inbox != inbox)
        self._write((*others, *own) if inbox else (*own, *others), inbox)

    def _write(self, rules: tuple[KeptRule, ...], inbox: str = "") -> None:
        if len(rules) > RULES_AT_MOST:
            raise RuleError(
                [Problem("rules", f"there can be {RULES_AT_MOST:_} at most, those of all inboxes together")]
            )
        self._store.simulation.save_rules([_row(one) for one in rules], inbox=inbox).result(PATIENCE)
        self._take(rules)

    def _take(self, rules: tuple[KeptRule, ...]) -> None:
        self._rules = rules
        self._use(rules)


def read_rule(value: object) -> Rule:
    """Return the rule of a mapping whose `expires_at` may also be RFC 3339, as JSON and TOML have it.

    Raises RuleError.
    """
    return load(_with_instant(value))


def read_rules(values: Sequence[object]) -> tuple[Rule, ...]:
    """Return rules in their order. Raises RuleError whose fields begin with `rules.0` and so on."""
    return load_all([_with_instant(value) for value in values])


def _with_instant(value: object) -> object:
    """Return a mapping with its expiry in microseconds; what is no instant is left for the reader to refuse."""
    if not isinstance(value, Mapping) or not isinstance(given := value.get("expires_at"), str | datetime):
        return value
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except ValueError:
        raise RuleError([Problem("expires_at", "an instant such as 2026-11-23T12:00:00Z")]) from None
    return {**value, "expires_at": instant_of(moment)}


def _row(one: KeptRule) -> RuleRow:
    return RuleRow(one.id, one.key, one.origin, as_mapping(one.rule), one.inbox)


def _moved(rules: tuple[KeptRule, ...], changed: KeptRule, position: int | None) -> tuple[KeptRule, ...]:
    if position is None:
        return tuple(changed if one.id == changed.id else one for one in rules)
    others = [one for one in rules if one.id != changed.id]
    return (*others[:position], changed, *others[position:])


def _check(rules: Sequence[KeptRule]) -> None:
    """Raise RuleError if there are too many, or two share a key and so dice and counters."""
    if len(rules) > RULES_AT_MOST:
        raise RuleError([Problem("rules", f"there can be {RULES_AT_MOST:_} at most")])
    keys: set[str] = set()
    for one in rules:
        if one.key in keys:
            raise RuleError([Problem("name", _same(one.rule))])
        keys.add(one.key)


def _same(rule: Rule) -> str:
    if rule.name:
        return f"another rule is called {rule.name}"
    return "another rule says the same; a name of its own gives it counters of its own"
