"""What the API of simulation answers, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mailpit_py.api.report_schemas import Step
from mailpit_py.api.schemas import Answer, Attempt, Instant, Reply


class Cause(Answer):
    """What decided."""

    trigger: str = Field(description="header, address, rule, profile, chaos or suppression.")
    rule: str = Field(description="The key of the rule, or the address.")
    count: int = Field(description="Which try of its counter this was; 0 if it counts none.")
    seed: int | None
    explanation: str


class Rule(Answer):
    """One rule."""

    id: str
    key: str = Field(description="Its name, else a digest of its content.")
    position: int
    origin: Literal["api", "file"]
    inbox: str = Field(description="Whose it is; empty for all.")
    name: str
    stage: str
    outcome: dict[str, Any]
    match: dict[str, Any]
    provider: str
    probability: float
    every: int
    first: int
    after: int
    max: int
    scope: str
    expires_at: Instant | None
    enabled: bool
    tries: int = Field(description="How often it has matched, if it counts, in all scopes together.")
    acted: int = Field(description="How often it has acted, if it counts.")


class Rules(Answer):
    """All rules; the first that matches and acts decides."""

    items: list[Rule]


class Preview(Answer):
    """Which stored messages a rule would have matched."""

    matched: int
    looked_at: int
    ids: list[str]


class Record(Answer):
    """One thing that is remembered between tries."""

    key: str
    kind: str = Field(description="count, greylist, quota, rate or suppression.")
    owner: list[str] = Field(description="Whose it is: `address`, inbox, sender, recipient; or `rule`, key, scope.")
    count: int = Field(description="Tries or messages so far.")
    fired: int = Field(description="How often it has acted or refused.")
    size_bytes: int
    first_at: Instant | None
    last_at: Instant | None
    expires_at: Instant | None
    note: str


class State(Answer):
    """Everything that is remembered and still counts."""

    items: list[Record]


class Reset(Answer):
    """How many records were forgotten."""

    reset: int


class Profile(Answer):
    """In whose words a domain answers, and how often it fails without being asked to."""

    domain: str = Field(description="With `*.` in front it is the domain and all below it.")
    provider: str
    bounce: float = Field(description="The share of its addresses that bounce, each for good.")
    defer: float = Field(description="The share of tries that are put off.")
    bounces: list[str]
    deferrals: list[str]
    origin: Literal["built-in", "start", "api"] = Field(description="start: a file or an option.")


class Profiles(Answer):
    """The profiles that count, by domain."""

    items: list[Profile]


class ChaosTrigger(Answer):
    """One trigger of chaos."""

    ErrorCode: int
    Probability: int


class Chaos(Answer):
    """Mailpit's triggers."""

    enabled: bool
    triggers: dict[str, ChaosTrigger]


class Simulation(Answer):
    """What is switched on."""

    seed: int
    grammar: bool
    drop_ins: bool
    suppression: bool
    domains: list[str] = Field(description="The sandbox's own domains, where the whole grammar holds.")
    profiles: list[Profile]
    chaos: Chaos
    rule_count: int
    record_count: int


class Cell(Answer):
    """What one provider says about one cause."""

    scenario: str
    provider: str
    stage: str
    reply: Reply
    is_permanent: bool
    address: str = Field(description="Mail to it is answered so.")
    explanation: str
    advice: str = Field(description="What a client should do.")


class ProviderName(Answer):
    """A column of the catalogue."""

    name: str
    title: str


class Catalogue(Answer):
    """Scenario x provider; where a provider has no cell, its address gets the generic words."""

    providers: list[ProviderName]
    items: list[Cell]


class Explanation(Answer):
    """What mail to an address would meet."""

    address: str
    acts: bool
    verb: str
    stage: str
    scenario: str
    provider: str
    label: str
    reply: Reply | None
    sentences: list[str]
    hint: str


class ExplainedAttempt(Attempt):
    """A refused transaction, and what decided."""

    message_id: str = Field(description="Empty if the content was not seen.")
    cause: Cause | None


class Attempts(Answer):
    """One page of attempts, newest first."""

    items: list[ExplainedAttempt]
    next: str | None


class TryRecipient(Answer):
    """What was answered about one recipient in one try."""

    address: str
    accepted: bool
    reply: Reply
    cause: Cause | None = Field(description="Null for the usual course.")


class Created(Answer):
    """What became of a message that was put in."""

    id: str
    kept: bool = Field(description="False where everybody discards it: then there is no message of this id.")
    recipients: list[TryRecipient] = Field(description="The answer for each, those who get it first.")


class Try(Answer):
    """One try of a mail."""

    kind: Literal["message", "attempt"]
    id: str
    at: Instant
    pause_ms: int | None = Field(description="Since the try before; null for the first.")
    stage: str
    reply: Reply
    cause: Cause | None
    recipients: list[TryRecipient]


class ForeignReport(Answer):
    """A report of another system about one of the accepted ones."""

    kind: str = Field(description="failure, delay, delivered, auto-reply, complaint or receipt.")
    message: str
    received_at: Instant


class Timeline(Answer):
    """All tries of one mail, the oldest first."""

    joined_by: Literal["message-id", "content", "envelope"]
    message_id: str
    reverse_path: str
    tries: list[Try]
    steps: list[Step] = Field(description="What follows the accepted ones, and what became of it.")
    reports: list[ForeignReport] = Field(description="What other systems have reported about them, oldest first.")
