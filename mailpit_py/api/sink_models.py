"""What the API of sinks takes, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.models import Arguments, OneInboxQuery

EventKind = Literal["delivered", "deferred", "bounced", "complained", "suppressed", "auto_replied", "opened", "clicked"]


class NewSink(Arguments):
    """Where reports or events of an inbox go besides."""

    kind: Literal["smtp", "webhook"] = Field(description="Reports to an SMTP server, or events to a webhook.")
    target: str = Field(
        max_length=2_000,
        description="`host:port`, or a URL, which may have a name and a password for Basic authentication.",
    )
    provider: str = Field("", max_length=50, description="In whose form a webhook speaks; see `/webhooks/keys`.")
    secret: str = Field("", max_length=500, description="The app's own signing secret (mailgun, resend, standard).")
    events: list[EventKind] = Field(default_factory=list, max_length=20, description="Only these; empty for all.")
    signature_version: Literal["1", "2"] = Field("1", description="Of SNS: SHA-1 or SHA-256.")
    certificate_url: str = Field("", max_length=2_000, description="Of SNS: said as SigningCertURL instead of our own.")
    confirmed: bool = Field(False, description="Of SNS: take the subscription for confirmed without asking the app.")
    enabled: bool = True


class SinkChanges(Arguments):
    """What to change; what is left out stays, the password in a URL too."""

    target: str | None = Field(None, max_length=2_000)
    provider: str | None = Field(None, max_length=50)
    secret: str | None = Field(None, max_length=500)
    events: list[EventKind] | None = Field(None, max_length=20)
    signature_version: Literal["1", "2"] | None = None
    certificate_url: str | None = Field(None, max_length=2_000)
    confirmed: bool | None = None
    enabled: bool | None = None


class AttemptsOfSinksQuery(OneInboxQuery):
    """Which attempts: all, or those to which everything that is given applies."""

    sink: str = Field("", max_length=22, description="To this sink.")
    message: str = Field("", max_length=22, description="About this message.")
    state: Literal["", "pending", "delivered", "given-up", "cancelled"] = Field("", description="In this state.")
    before: str | None = Field(None, max_length=100, description="Older than this; take it from `next`.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


class SinkTrialWish(Arguments):
    """As whose mail the trial is."""

    reverse_path: str = Field("bounces@app.example", max_length=320, description="Where its report is addressed.")


class FeedbackChange(Arguments):
    """Who shall get complaints."""

    address: str = Field(max_length=320, description="Empty: as the option says, or abuse@ the reverse-path's domain.")


class ReaderAction(Arguments):
    """What a reader did."""

    kind: Literal["opened", "clicked"]
    recipients: list[str] | None = Field(None, max_length=1_000, description="Who; without it everybody who has it.")
    link: str = Field("", max_length=2_000, description="What was clicked.")
