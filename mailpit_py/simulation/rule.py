"""Rules: which moments of which dialogues they take, what happens then, and how often."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_address
from types import MappingProxyType
from typing import Any

from mailpit_py.simulation import mapping
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.matcher import Matcher
from mailpit_py.simulation.outcome import (
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
    SizeLimit,
    Throttle,
    TlsFailure,
    stages_of,
)
from mailpit_py.simulation.stage import Stage

_LAST = frozenset({Stage.CONTENT, Stage.AFTER})
_WITH_RECIPIENT = frozenset({Stage.RCPT, Stage.DATA}) | _LAST
_WITH_SENDER = frozenset({Stage.MAIL}) | _WITH_RECIPIENT


class Scope(StrEnum):
    """What has a counter, a quota or a rate of its own."""

    GLOBAL = "global"
    RECIPIENT = "recipient"
    DOMAIN = "domain"
    MESSAGE_ID = "message-id"
    CLIENT = "client"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Match:
    """What must be true of a moment; what is not given is true of all.

    `larger` and `smaller` are bytes and exclude their bound; `notify` is one keyword of RFC 3461
    §4.1 that must be among the recipient's.
    """

    recipient: Matcher | None = None
    sender: Matcher | None = None
    subject: Matcher | None = None
    header: tuple[tuple[str, Matcher], ...] = ()
    larger: int | None = None
    smaller: int | None = None
    client: IPv4Network | IPv6Network | None = None
    identity: Matcher | None = None
    inbox: Matcher | None = None
    notify: str = ""

    tests: tuple[tuple[str, Matcher], ...] = field(init=False, compare=False, repr=False, default=())

    def __post_init__(self) -> None:
        """Gather the tests of texts with the names under which Facts has them."""
        named = [(name, getattr(self, name)) for name in ("recipient", "sender", "identity", "inbox")]
        named.append(("header:subject", self.subject))
        named += [(f"header:{name.lower()}", matcher) for name, matcher in self.header]
        object.__setattr__(self, "tests", tuple((name, matcher) for name, matcher in named if matcher))

    def holds(self, facts: Facts) -> bool:
        """True if everything that is asked for is so."""
        for name, matcher in self.tests:
            if not any(map(matcher.matches, facts.texts(name))):
                return False
        return self._fits(facts)

    def _fits(self, facts: Facts) -> bool:
        if self.larger is not None and (facts.size_bytes is None or facts.size_bytes <= self.larger):
            return False
        if self.smaller is not None and (facts.size_bytes is None or facts.size_bytes >= self.smaller):
            return False
        if self.notify and self.notify not in facts.notify.upper().split(","):
            return False
        return self.client is None or _lies_in(facts.client, self.client)

    def known_at(self) -> Iterator[tuple[str, frozenset[Stage]]]:
        """Yield each field that is asked for with the stages at which it is known."""
        for name in ("recipient", "notify"):
            if getattr(self, name):
                yield name, _WITH_RECIPIENT
        if self.sender:
            yield "sender", _WITH_SENDER
        for name in ("larger", "smaller"):
            if getattr(self, name) is not None:
                yield name, _WITH_SENDER
        for name in ("subject", "header"):
            if getattr(self, name):
                yield name, _LAST


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Of the tries that match it acts on those that its numbers choose, counted by `scope`:

    `after` skips that many, then `first` takes that many, or `every` takes each so-manyth; `max` ends
    it after so many actions; `probability` throws the dice for each try that is left. Without a name
    its content is its name for dice and counters, so that the order of rules or an id changes nothing.
    """

    outcome: Outcome
    stage: Stage
    name: str = ""
    match: Match = field(default_factory=Match)
    provider: str = ""
    probability: float = 1.0
    every: int = 0
    first: int = 0
    after: int = 0
    max: int = 0
    scope: Scope = Scope.GLOBAL
    expires_at: int | None = None
    enabled: bool = True

    @property
    def key(self) -> str:
        """The rule's name, else a digest of its content."""
        return self.name or content_key(self)

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages at which the rule has a say."""
        return stages_of(self.outcome, self.stage)

    @property
    def counts(self) -> bool:
        """True if its next answer depends on how often it has matched."""
        return bool(self.every or self.first or self.after or self.max or self.probability < 1)

    def is_over(self, now: int) -> bool:
        """True if it is switched off or has expired."""
        return not self.enabled or (self.expires_at is not None and self.expires_at <= now)

    def chooses(self, count: int, fired: int) -> bool:
        """True if the rule takes its `count`-th match, from 1, having acted `fired` times; dice apart."""
        count -= self.after
        if count <= 0 or (self.max and fired >= self.max):
            return False
        if self.first and count > self.first:
            return False
        return not self.every or count % self.every == 0

    def scoped(self, facts: Facts) -> str:
        """Return what the counter of this moment belongs to, empty for the global one."""
        match self.scope:
            case Scope.RECIPIENT:
                return f"{facts.inbox} {facts.recipient.lower()}"
            case Scope.DOMAIN:
                return facts.recipient.rpartition("@")[2].lower()
            case Scope.MESSAGE_ID:
                return facts.message_id
            case Scope.CLIENT:
                return facts.client
            case Scope.INBOX:
                return facts.inbox
        return ""


_STAGES: Mapping[type[Outcome], tuple[Stage, ...]] = MappingProxyType(
    {
        Throttle: (Stage.DATA,),
        Discard: (Stage.CONTENT,),
        TlsFailure: (Stage.STARTTLS, Stage.CONNECT),
        HideKeywords: (Stage.HELO,),
        ConnectionLimit: (Stage.CONNECT,),  # when its connections are counted
        Later: (Stage.AFTER,),
        Greylist: (Stage.RCPT,),
        Quota: (Stage.RCPT,),
        SizeLimit: (Stage.RCPT, Stage.MAIL, Stage.CONTENT),
    }
)
_DROPS = MappingProxyType({Moment.MID_DATA: (Stage.DATA,), Moment.AFTER_CONTENT: (Stage.CONTENT,)})


def stages_for(outcome: Outcome) -> tuple[Stage, ...]:
    """Return the stages that a rule with this outcome may name, the default first; empty for any, RCPT first."""
    if isinstance(outcome, Drop):
        return _DROPS.get(outcome.moment, ())
    return _STAGES.get(type(outcome), ())


def scope_for(outcome: Outcome, stage: Stage) -> Scope:
    """Return the scope of a rule that names none: a quota is a mailbox's, a rate a mailbox's or a client's."""
    if isinstance(outcome, Quota | Rate):
        return Scope.RECIPIENT if stage in _WITH_RECIPIENT else Scope.CLIENT
    return Scope.GLOBAL


def stages_with(scope: Scope) -> frozenset[Stage]:
    """Return the stages at which a scope is known."""
    match scope:
        case Scope.RECIPIENT | Scope.DOMAIN:
            return _WITH_RECIPIENT
        case Scope.MESSAGE_ID:
            return _LAST
    return frozenset(Stage)


def content_key(rule: Rule) -> str:
    """Return a digest of what the rule says; name, expiry and being switched on are not part of it."""
    parts: dict[str, Any] = {name: str(getattr(rule, name)) for name in _NUMBERS}
    parts["match"] = match_mapping(rule.match)
    parts["outcome"] = mapping.as_mapping(rule.outcome)
    written = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return f"#{blake2b(written.encode(), digest_size=6).hexdigest()}"


def match_mapping(match: Match) -> dict[str, Any]:
    """Return a match as JSON takes it; what is not asked for is left out."""
    parts: dict[str, Any] = {name: getattr(match, name) for name in ("larger", "smaller")}
    parts |= {name: matcher.source for name, matcher in match.tests if ":" not in name}
    parts["subject"] = match.subject.source if match.subject else None
    parts["header"] = {name: matcher.source for name, matcher in match.header} or None
    parts["client"] = str(match.client) if match.client else None
    parts["notify"] = match.notify or None
    return {name: part for name, part in parts.items() if part is not None}


_NUMBERS = ("stage", "provider", "probability", "every", "first", "after", "max", "scope")


def _lies_in(client: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(client) in network
    except ValueError:
        return False
