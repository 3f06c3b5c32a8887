"""What the API of plans, clocks and bounces takes, as pydantic models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mailpit_py.api.models import INBOX, Arguments

YEAR = 366 * 86_400
Inbox = Annotated[str, StringConstraints(pattern=INBOX)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=320)]


class ClockBody(Arguments):
    """Whose clock."""

    inbox: Inbox = Field("default", description="The inbox.")


class Move(ClockBody):
    """How far to move a clock: exactly one of `seconds` and `to`."""

    seconds: float | None = Field(None, ge=0, le=100 * YEAR, description="So many seconds forward.")
    to: datetime | None = Field(None, description="To this instant of sandbox time, RFC 3339.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.seconds is None) == (self.to is None):
            raise ValueError("name exactly one of seconds and to")
        return self


class Freeze(ClockBody):
    """Where a clock shall stand still."""

    at: datetime | None = Field(None, description="At this instant of sandbox time, RFC 3339; now without it.")


class NewBounce(Arguments):
    """What shall follow a message. `scenario`, or `status`, or `code` with `text`, is what a failure tells."""

    kind: Literal["failure", "delay", "expiry", "success", "complaint", "auto-reply", "challenge", "receipt"] = Field(
        "failure", description="Which report; expiry is a delay warning and then a failure."
    )
    scenario: str = Field("", max_length=100, description="A cause of the catalogue, as in mailbox_full.")
    status: str = Field("", max_length=11, description="An enhanced code, as in 5.1.1.")
    code: int = Field(0, ge=0, le=599, description="A reply code from 400 on.")
    text: str = Field("", max_length=1_000, description="The reply's text.")
    provider: str = Field("", max_length=40, description="In whose words the server refused.")
    dialect: str = Field("", max_length=40, description="In whose form the report is; that of the provider without it.")
    recipients: list[Address] = Field(
        default_factory=list, max_length=1_000, description="Only for these of the message; all without it."
    )
    delay: float = Field(0, ge=0, le=365 * 86_400, description="After so many seconds of sandbox time.")
    nasty: list[Literal["encoded-subject", "rewritten-recipient", "nested", "truncated", "base64-status"]] = Field(
        default_factory=list, max_length=5, description="What spoils the report on its way."
    )
    redact: bool = Field(False, description="Hide the recipient in a complaint.")
    ignore_notify: bool = Field(False, description="Report also where NOTIFY says no, as some servers do.")
    preview: bool = Field(False, description="Only show what would be made.")

    @property
    def refusal(self) -> dict[str, Any]:
        """What a failure tells, as rules have it; empty for the usual cause."""
        names = ("scenario", "status", "code", "text", "provider")
        return {name: value for name in names if (value := getattr(self, name))}


def microseconds(at: datetime | None) -> int | None:
    """An instant as UTC microseconds; one without a zone is UTC."""
    if at is None:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    passed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
