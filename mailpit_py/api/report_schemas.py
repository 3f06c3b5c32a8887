"""What the API of plans, clocks and reports answers, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer, Instant, Reply


class StepRecipient(Answer):
    """What a step tells of one recipient."""

    address: str
    reply: Reply | None = Field(description="The other server's reply; null if no server answered.")
    status: str = Field(description="The enhanced status code, or empty.")
    text: str = Field(description="The reply's text, or the queue's own words.")
    remote_mta: str
    scenario: str = Field(description="The cause, by its name in the catalogue, or empty.")
    decided_by: str = Field(description="The trigger and the address or rule, empty for what was asked for by hand.")


class Step(Answer):
    """One step of a message's plan. `due_at` and `accepted_at` are sandbox time, `done_at` is wall time."""

    id: int
    kind: str = Field(description="failure, delay, delivered, auto-reply, complaint, challenge or receipt.")
    message: str = Field(description="The id of the message that it follows.")
    accepted_at: Instant
    due_at: Instant
    state: Literal["pending", "done", "skipped", "failed"]
    done_at: Instant | None
    reason: str = Field(description="Why something of it was not made, or empty.")
    dialect: str
    recipients: list[StepRecipient]
    reports: list[str] = Field(description="The ids of the messages that it made.")


class Plan(Answer):
    """What follows a message, the first step to be due first."""

    items: list[Step]


class Clock(Answer):
    """How the clock of an inbox stands."""

    inbox: str
    now: Instant = Field(description="Sandbox time.")
    wall: Instant = Field(description="The time of day.")
    offset_seconds: float = Field(description="How far sandbox time is from the time of day.")
    is_frozen: bool
    next_due_at: Instant | None = Field(description="When the next step of a plan is due.")


class Advanced(Answer):
    """A move of a clock, with all that was due on the way; everything is committed."""

    clock: Clock
    before: Instant
    count: int = Field(description="How many steps were due on the way.")
    steps: list[Step] = Field(description="At most the first 500, in their order.")


class PreviewedReport(Answer):
    """A report that would be made."""

    reverse_path: str
    recipient: str = Field(description="Where it would go.")
    about: list[str]
    size_bytes: int
    raw: str = Field(description="As UTF-8; octets that are none are replaced.")


class Bounced(Answer):
    """What a bounce on request came to: `steps`, or with `preview` what would be made."""

    steps: list[Step]
    reports: list[PreviewedReport]
    reason: str = Field(description="Why something of it would not be made, or empty.")


class Dialect(Answer):
    """The form of one mail system's reports."""

    name: str
    title: str
    actions: list[str] = Field(description="What it reports at all: failed, delayed, delivered, relayed, expanded.")
    shares: bool = Field(description="Whether recipients that fail together share a report.")
    is_standard: bool = Field(description="Whether its reports have the form of RFC 3464.")


class Dialects(Answer):
    """All dialects, the standard first."""

    items: list[Dialect]


class ReportField(Answer):
    """One field of the machine-readable part."""

    name: str
    value: str


class Outcome(Answer):
    """What a report says about one recipient; what it does not say is empty."""

    address: str
    original_address: str
    action: str
    status: str
    status_meaning: str
    reply_code: int
    diagnostic_type: str
    diagnostic: str
    remote_mta: str
    last_attempt: Instant | None
    will_retry_until: Instant | None
    log_id: str
    is_final: bool
    is_transient_cause: bool
    explanation: str = Field(description="A few sentences for people.")
    fields: list[ReportField]


class Finding(Answer):
    """A deviation from the report's RFC."""

    code: str
    level: Literal["must", "should", "note"]
    text: str
    section: str
    detail: str


class ReportOriginal(Answer):
    """What a report tells of the message it is about, and that message if it is here."""

    id: str | None = Field(description="The message in this inbox, if it is there.")
    message_id: str
    subject: str
    reverse_path: str
    envelope_id: str
    is_whole: bool = Field(description="Whether the report returns all of it.")


class PathLayer(Answer):
    """One layer of an encoded reverse-path, the outermost first."""

    scheme: str = Field(description="VERP, BATV, SRS0 or SRS1.")
    address: str
    explanation: str


class Report(Answer):
    """A report as it was understood, in plain words, held against its RFC."""

    kind: Literal["delivery-status", "feedback", "disposition", "auto-reply"]
    style: str
    agent: str = Field(description="The dialect that it seems to be in, or empty.")
    path: str = Field(description="The part that was read.")
    explanation: str
    reporting_mta: str
    arrival: Instant | None
    fields: list[ReportField]
    outcomes: list[Outcome]
    original: ReportOriginal
    return_path: list[PathLayer] = Field(description="The layers of the address that it came to.")
    verdict: Literal["right", "deviates", "wrong"] = Field(description="wrong: an RFC says MUST; deviates: SHOULD.")
    findings: list[Finding]
