"""What the API of inboxes takes and answers, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.models import Arguments
from mailpit_py.api.schemas import Answer, Counts
from mailpit_py.config.inbox import FIELD_NAME, INBOX_HEADER, INBOX_NAME, SHORTEST_TTL

CENTURY = 36_525 * 86_400
Way = Literal["plus", "header", "auth", "domain"]


class InboxSettings(Arguments):
    """What can be set on an inbox. A limit of null is that of the sandbox, 0 is none."""

    ttl_seconds: int | None = Field(
        None, ge=SHORTEST_TTL, le=CENTURY, description="It goes so long after its last use; null for never."
    )
    max_messages: int | None = Field(None, ge=0, description="Keep so many messages; 0 keeps all.")
    max_age_seconds: int | None = Field(None, ge=0, le=CENTURY, description="Keep messages so long; 0 for ever.")
    max_bytes: int | None = Field(None, ge=0, description="Keep so many bytes of messages; 0 sets no limit.")


class NewInbox(InboxSettings):
    """A new inbox."""

    name: str = Field("", pattern=rf"^({INBOX_NAME.pattern})?$", description="Its name; one is made up without it.")
    token: bool = Field(True, description="Issue a token that opens this inbox and no other.")


class NewRouting(Arguments):
    """What names the inbox of a mail, until the next start."""

    by: list[Way] = Field(max_length=4, description="The ways in their order; none: all mail is in one inbox.")
    header: str = Field(
        INBOX_HEADER, pattern=rf"^{FIELD_NAME.pattern}$", description="The field of the way `header`, and of keys."
    )


class InboxLimits(Answer):
    """What is kept; null is as the sandbox does it, 0 sets no limit."""

    max_messages: int | None
    max_age_seconds: int | None
    max_bytes: int | None


class Inbox(Answer):
    """One inbox."""

    name: str
    origin: Literal["", "options", "api", "mail"] = Field(description="Who made it; nobody made the first one.")
    key: str = Field(description="Mail to `anything+KEY@any.domain`, or with the key in the header field, comes here.")
    has_token: bool
    created_at: str
    used_at: str | None
    ttl_seconds: int | None
    expires_at: str | None
    limits: InboxLimits
    counts: Counts


class Inboxes(Answer):
    """The inboxes that the request sees, the oldest first."""

    items: list[Inbox]


class IssuedInbox(Inbox):
    """An inbox with its token, which is shown this once."""

    token: str = Field(
        description="For `Authorization: Bearer`, and as the password of Basic, SMTP and POP3; empty without one."
    )


class Routing(Answer):
    """What names the inbox of a mail."""

    by: list[Way]
    header: str
