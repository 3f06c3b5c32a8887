"""The rules in their order, laid out so that those that cannot match are not looked at.

Each rule hangs on one of its own tests: an exact text, a domain, or three letters in a row that its
matches must contain, the rarest among all rules. A moment is asked for these once, however many
rules there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import chain

from mailpit_py.simulation.facts import TEXT_CHARACTERS_AT_MOST, Facts
from mailpit_py.simulation.matcher import Matcher
from mailpit_py.simulation.rule import Rule
from mailpit_py.simulation.stage import Stage

_GRAM = 3
_NETWORK = "client/"
_ENVELOPE = ("sender", "recipient")
_FIELD = "header:"
_TEXTS_REMEMBERED = 1_024  # senders, recipients and subjects come again


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A rule with its place in the order and its key, which is costly to compute."""

    place: int
    rule: Rule
    key: str


class RuleIndex:
    """Rules that can be asked for candidates. Immutable once built."""

    __slots__ = ("_stages", "rules")

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        placed = [Placed(place, rule, rule.key) for place, rule in enumerate(rules)]
        stages = {stage for rule in rules for stage in rule.stages}
        self._stages = {stage: _StageIndex([at for at in placed if stage in at.rule.stages]) for stage in stages}

    def candidates(self, stage: Stage, facts: Facts) -> Sequence[Placed]:
        """Return the rules that may match at this moment, in their order; all that do are among them."""
        index = self._stages.get(stage)
        return index.candidates(facts) if index else ()

    def is_silent(self, stage: Stage, reverse_path: str, recipient: str) -> bool:
        """True if no rule can match at a stage for this envelope, but for those of certain header fields.

        Of these `is_silent_about` tells once they are known; whatever else will be known changes nothing.
        """
        index = self._stages.get(stage)
        return index is None or index.is_silent(Facts(reverse_path=reverse_path, recipient=recipient))

    def fields_at(self, stage: Stage) -> Set[str]:
        """Return the names of the header fields, in lower case, that `is_silent_about` has to know."""
        index = self._stages.get(stage)
        return index.fields.keys() if index else frozenset()

    def is_silent_about(self, stage: Stage, fields: Sequence[tuple[str, str]]) -> bool:
        """True if a silent stage stays so with these fields: all that `fields_at` asks for, by lower-case name."""
        index = self._stages.get(stage)
        return index is None or index.is_silent_about(fields)


class _StageIndex:
    """The rules of one stage by what they hang on."""

    __slots__ = ("_elsewhere", "_open", "_texts", "fields")

    def __init__(self, placed: Iterable[Placed]) -> None:
        hung = [(at, _anchors(at.rule)) for at in placed]
        frequency = Counter(anchor for _, anchors in hung for anchor in anchors)
        self._texts: dict[str, dict[str, list[Placed]]] = {}
        self._open: list[Placed] = []
        for at, anchors in hung:
            if anchors:
                name, text = min(anchors, key=lambda anchor: frequency[anchor])
                self._texts.setdefault(name, {}).setdefault(text, []).append(at)
            else:
                self._open.append(at)
        self.fields = {
            name.removeprefix(_FIELD): frozenset(texts)
            for name, texts in self._texts.items()
            if name.startswith(_FIELD)
        }
        others = self._texts.keys() - {*_ENVELOPE, *(_FIELD + name for name in self.fields)}
        self._elsewhere = [*self._open, *chain.from_iterable(chain(*(self._texts[name].values() for name in others)))]

    def candidates(self, facts: Facts) -> Sequence[Placed]:
        found: set[Placed] | None = None
        for name, by_text in self._texts.items():
            for key in _keys_at(name, facts) & by_text.keys():
                found = (found or set()) | set(by_text[key])
        if found is None:
            return self._open
        return sorted(found.union(self._open), key=lambda at: at.place)

    def is_silent(self, facts: Facts) -> bool:
        return not any(_allows(at.rule, facts) for at in self._with_envelope(facts))

    def is_silent_about(self, fields: Sequence[tuple[str, str]]) -> bool:
        return all(self.fields[name].isdisjoint(_keys(text[:TEXT_CHARACTERS_AT_MOST])) for name, text in fields)

    def _with_envelope(self, facts: Facts) -> Iterator[Placed]:
        """Yield the rules that an envelope does not rule out by what they hang on."""
        yield from self._elsewhere
        for name in _ENVELOPE:
            by_text = self._texts.get(name, {})
            for key in _keys_at(name, facts) & by_text.keys():
                yield from by_text[key]


def _allows(rule: Rule, facts: Facts) -> bool:
    """True if a rule's tests of the envelope hold."""
    asked = (one for one in rule.match.tests if one[0] in _ENVELOPE)
    return all(any(matcher.matches(text) for text in facts.texts(name)) for name, matcher in asked)


def _anchors(rule: Rule) -> list[tuple[str, str]]:
    """Return everything that a rule could hang on, as (name of the text, key)."""
    anchors = [(name, key) for name, matcher in rule.match.tests for key in _demands(matcher)]
    if network := rule.match.client:
        anchors.append((f"{_NETWORK}{network.prefixlen}", _prefix(network.network_address, network.prefixlen)))
    return anchors


def _keys_at(name: str, facts: Facts) -> Set[str]:
    """Return all keys that this moment has under a name."""
    if name.startswith(_NETWORK):
        return _client_keys(facts.client, int(name.removeprefix(_NETWORK)))
    texts = facts.texts(name)
    return _keys(texts[0]) if len(texts) == 1 else frozenset().union(*map(_keys, texts))


def _demands(matcher: Matcher) -> set[str]:
    """Return keys of which each text that matches has every one."""
    if matcher.exact is not None:
        return {f"={matcher.exact}"}
    # Lower case of some other letters depends on their neighbours, so that only ASCII is safe to look for.
    grams = {gram for literal in matcher.literals for gram in _grams(literal) if gram.isascii()}
    tail = matcher.source.lower()[1:]
    is_domain = matcher.literals == {tail} and tail.rfind("@") == 0
    return grams | {tail} if is_domain else grams


@lru_cache(_TEXTS_REMEMBERED)
def _keys(text: str) -> frozenset[str]:
    text = text.lower()
    return frozenset(_grams(text) | {f"={text}", f"@{text.rpartition('@')[2]}"})


def _grams(text: str) -> set[str]:
    return {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}


def _prefix(address: IPv4Address | IPv6Address, length: int) -> str:
    """Return the first `length` bits of an address, with its version."""
    return f"{address.version}/{int(address) >> (address.max_prefixlen - length)}"


def _client_keys(client: str, length: int) -> set[str]:
    try:
        address = ip_address(client)
    except ValueError:
        return set()
    return {_prefix(address, length)} if length <= address.max_prefixlen else set()
