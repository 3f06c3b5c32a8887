"""What the API of the relay answers, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer, Instant


class RelayRecipient(Answer):
    """One recipient of what goes on."""

    address: str
    state: Literal["waiting", "sent", "failed"]
    code: int = Field(description="The server's reply; 0 without one.")
    text: str


class RelayItem(Answer):
    """A message that goes on to a real server."""

    id: str
    message: str = Field(description="The id of the stored message; empty once it is gone.")
    kind: Literal["release", "relay", "forward"]
    state: Literal["waiting", "sent", "partly", "failed", "cancelled"]
    subject: str
    reverse_path: str
    recipients: list[RelayRecipient]
    size_bytes: int
    created_at: Instant
    next_at: Instant | None = Field(description="When it is tried next; null once it has ended.")
    tries: int
    retried: bool = Field(description="False for what is tried once only.")
    said: str = Field(description="Why the last try failed, or empty.")


class RelayItems(Answer):
    """Items of the queue, newest first."""

    items: list[RelayItem]
    next: str | None


class RelayRoute(Answer):
    """A server to which mail goes on. Passwords are not shown."""

    host: str
    port: int
    encryption: Literal["none", "starttls", "tls"]
    auth: str = Field(description="plain, login, cram-md5 or empty.")


class RelayStatus(Answer):
    """Where mail may go, and what goes by itself."""

    release: RelayRoute | None = Field(description="Null if nothing can be released.")
    allowed_recipients: str = Field(description="Release only to those in which this expression is found.")
    blocked_recipients: str
    return_path: str
    override_from: str
    automatic: Literal["none", "all", "matching"]
    matching: str
    forward: RelayRoute | None
    forward_to: list[str]
