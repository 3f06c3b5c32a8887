"""What the API of simulation takes, as pydantic models; rules themselves are checked by their own reader."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mailpit_py.api.models import INBOX, Arguments, InboxQuery, OneInboxQuery


class Anything(BaseModel):
    """Any JSON object, to be checked by who knows better."""

    model_config = ConfigDict(extra="allow")

    @property
    def members(self) -> dict[str, Any]:
        """The object as it came."""
        return dict(self.__pydantic_extra__ or {})


class NewRule(Arguments):
    """A rule. Only `outcome` is needed; what an answer has besides (`id`, `key`, `inbox`, `tries`) is passed over."""

    name: str = Field("", max_length=200, description="Its key for dice, counters and paths; must be unique.")
    outcome: str | dict[str, Any] = Field(
        description="Words as of an address (`mailbox_full+gmail`, `greylist+30s`), or a table with `kind`."
    )
    stage: str | None = Field(None, description="CONNECT, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, CONTENT or AFTER.")
    match: dict[str, Any] = Field(
        default_factory=dict,
        description="recipient, sender, subject, identity and inbox (a glob, or /expression/i), header (by name), "
        "larger and smaller (bytes), client (address or network), notify. All that is given must hold.",
    )
    provider: str = Field("", description="In whose words it answers.")
    probability: float = Field(1, ge=0, le=1, description="The dice, for each try that is left by the numbers.")
    every: int = Field(0, ge=0, description="Take each so-manyth try.")
    first: int = Field(0, ge=0, description="Take so many tries, then let all pass.")
    after: int = Field(0, ge=0, description="Let so many tries pass first.")
    max: int = Field(0, ge=0, description="Act so many times at most.")
    scope: str = Field("global", description="What has counters: global, recipient, domain, message-id, client, inbox.")
    expires_at: str | None = Field(None, description="RFC 3339, sandbox time; from then on it does nothing.")
    enabled: bool = True
    position: int | None = Field(None, ge=0, description="Where it stands; the first rule that matches wins.")


class RuleList(Arguments):
    """All rules in their order; those whose key stays keep their id."""

    rules: list[NewRule]


class ListOfAnything(Arguments):
    """All rules, each to be checked by its reader."""

    rules: list[Any] = Field(max_length=10_000)


class NewProfile(Arguments):
    """A domain profile; `domain` may be left out where the path names it, `origin` of an answer is passed over."""

    domain: str = Field("", max_length=255, description="A domain, or `*.` and a domain.")
    provider: str = Field("generic", description="In whose words it answers.")
    bounce: float = Field(0, ge=0, le=1, description="The share of its addresses that do not exist or refuse.")
    defer: float = Field(0, ge=0, le=1, description="The share of tries that are put off.")
    bounces: list[str] = Field(default_factory=list, description="The scenarios that addresses bounce with.")
    deferrals: list[str] = Field(default_factory=list, description="The scenarios that tries are put off with.")


class ProfileList(Arguments):
    """All profiles that are set."""

    profiles: list[NewProfile]


class ListOfProfiles(Arguments):
    """All profiles, each to be checked by its reader."""

    profiles: list[Any] = Field(max_length=1_000)


class PreviewRequest(Arguments):
    """A rule that is tried on mail that is there."""

    rule: NewRule
    limit: int = Field(200, ge=1, le=1_000, description="How many of the newest messages are looked at.")


class PreviewOfAnything(Arguments):
    """A rule to be checked by its reader."""

    rule: Any
    limit: int = Field(200, ge=1, le=1_000)


class RulesQuery(Arguments):
    """Whose rules."""

    inbox: str | None = Field(
        None, pattern=INBOX, description="The rules of this inbox, which stand before those for all; those without it."
    )


class StateQuery(OneInboxQuery):
    """Which records: all, or those to which everything that is given applies."""

    key: str = Field("", max_length=4_000, description="The record with exactly this key.")
    rule: str = Field("", max_length=200, description="Those of the rule with this key.")
    recipient: str = Field("", max_length=320, description="Those of this recipient, in any case.")


class GrammarQuery(Arguments):
    """Which address to explain."""

    address: str = Field(max_length=1_000, description="The recipient as it would be given to RCPT.")


class AttemptsQuery(InboxQuery):
    """Which attempts."""

    recipient: str = Field("", max_length=320, description="Those with this recipient, in any case.")
    rule: str = Field("", max_length=2_000, description="Those that this rule (or address) decided.")
    trigger: Literal["", "header", "suppression", "address", "rule", "profile", "chaos"] = Field(
        "", description="Those that this kind of cause decided."
    )
    before: str | None = Field(None, max_length=100, description="Older than this; take it from `next`.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


class Switches(Arguments):
    """What to switch until the next start; what is left out stays."""

    seed: int | None = Field(None, ge=0, lt=1 << 63, description="The seed of all dice.")
    grammar: bool | None = Field(None, description="Addresses, drop-ins and header fields that ask for a failure.")
    drop_ins: bool | None = Field(None, description="The addresses of hosted simulators.")
    suppression: bool | None = Field(None, description="Refuse an address after a hard bounce until it is reset.")
    chaos_enabled: bool | None = Field(None, description="Whether chaos may act.")
    chaos: dict[str, Any] | None = Field(
        None, description='As Mailpit has it: {"Sender": {"ErrorCode": 451, "Probability": 10}, ...}.'
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name what to switch")
        return self
