"""What the API of sinks answers, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer, Instant


class Sink(Answer):
    """Where reports or events of an inbox go besides."""

    id: str
    kind: Literal["smtp", "webhook"]
    target: str = Field(description="Without its password.")
    has_password: bool
    provider: str
    events: list[str] = Field(description="The kinds that go there; empty for all.")
    has_secret: bool = Field(description="Whether it signs with a secret of the app's own.")
    signature_version: str
    certificate_url: str
    is_waiting: bool = Field(description="Whether the app has still to confirm (SNS); nothing else goes there before.")
    enabled: bool
    origin: str = Field(description="`options` for one that was made by the options at the start.")
    created_at: Instant


class Sinks(Answer):
    """The sinks of an inbox, the oldest first."""

    items: list[Sink]


class SinkAttempt(Answer):
    """One thing on its way to one sink."""

    id: str
    sink: str = Field(description="Empty if it is gone.")
    kind: str
    event: dict[str, Any] = Field(description="What happened: its `kind`, the recipient, what was said.")
    message: str = Field(description="What it is about; empty if that is gone.")
    report: str = Field(description="The report that is handed over, if it is one.")
    stable_id: str = Field(description="What every try bears: the report's Message-ID, or the webhook's id.")
    state: Literal["pending", "delivered", "given-up", "cancelled"]
    tries: int
    due_at: Instant = Field(description="When the next try is due, in sandbox time.")
    created_at: Instant
    done_at: Instant | None


class SinkAttempts(Answer):
    """A page of attempts, newest first."""

    items: list[SinkAttempt]
    next: str | None


class SinkTry(Answer):
    """One try."""

    number: int
    at: Instant = Field(description="Wall time.")
    took_ms: float
    ok: bool
    code: int = Field(description="The SMTP reply's or the HTTP status; 0 without an answer.")
    request: str
    response: str
    error: str


class SinkAttemptWithTries(SinkAttempt):
    """One thing on its way to one sink, with every try."""

    all_tries: list[SinkTry]


class ProviderKeys(Answer):
    """What an app needs to check the webhooks of one provider."""

    name: str
    title: str
    proof: Literal["secret", "public_key", "certificate", "none"]
    value: str = Field(description="The secret, the public key or the certificate; empty where nothing is signed.")
    events: list[str] = Field(description="The kinds of event that it tells.")
    batch: int = Field(description="How many events one request may hold.")
    pauses: list[float] = Field(description="The seconds before each repeat, as the provider has them.")


class WebhookKeys(Answer):
    """What an app needs to check webhooks."""

    items: list[ProviderKeys]
    certificate_url: str = Field(description="Where SNS's certificate is, as its messages say.")
    outbound_allow: str = Field(description="Where targets may be.")


class SinkTrial(Answer):
    """What a trial sends."""

    message: str = Field(description="The mail that the sandbox wrote for it; it is in the inbox.")
    kind: str = Field(description="The kind of event: bounced, or what else goes to this sink.")


class Feedback(Answer):
    """Who gets the complaints of an inbox."""

    address: str = Field(description="Set for this inbox; empty if it is not.")
    default: str = Field(description="What `--fbl-address` says for all; empty for abuse@ the reverse-path's domain.")


class EventsTold(Answer):
    """How many events are on their way."""

    events: int
