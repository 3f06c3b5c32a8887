"""What the API answers about this sandbox, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer, Counts


class SmtpAddress(Answer):
    """Where mail can be sent to."""

    host: str
    port: int
    path: str = Field(description="The socket file, if it is one.")
    tls: Literal["none", "starttls", "tls"]
    protocol: Literal["smtp", "lmtp"]
    inbox: str = Field(description="The one for which all mail is that comes here; usually empty.")


class Http(Answer):
    """Where this page is, as this client reached it."""

    url: str


class Auth(Answer):
    """Who must show a password."""

    smtp: Literal["any", "file", "off"]
    ui: bool


class Limits(Answer):
    """What is kept and taken; null sets no limit."""

    max_messages: int | None
    max_age: int | None = Field(description="In seconds.")
    max_bytes: int | None
    max_message_size_bytes: int | None


class Database(Answer):
    """Where mail is kept."""

    path: str | None = Field(description="Null for a temporary one.")
    temporary: bool
    size_bytes: int


class Checks(Answer):
    """Which checks of a message there are."""

    html: bool = Field(description="What mail programs support is known.")
    spam: Literal["", "spamassassin", "postmark", "rspamd"] = Field(description="The spam filter, if there is one.")


class Info(Answer):
    """This sandbox."""

    name: str
    version: str
    label: str
    smtp: list[SmtpAddress]
    http: Http
    auth: Auth
    limits: Limits
    remote_content: Literal["always", "ask", "never"]
    checks: Checks
    database: Database
    inboxes: list[str]
    inbox: str | None = Field(description="The one that the token opens; null for a request that sees all.")
    counts: Counts
    cursor: str
