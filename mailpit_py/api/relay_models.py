"""What the API of the relay takes, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mailpit_py.api.models import PUBLIC_ID, Arguments, InboxQuery

State = Literal["", "waiting", "sent", "partly", "failed", "cancelled"]


class ReleaseRequest(Arguments):
    """To whom a message is released."""

    recipients: list[Annotated[str, Field(max_length=320)]] = Field(min_length=1, max_length=100)
    retry: bool = Field(True, description="Try again later if the server cannot be reached or says 4xx.")


class RelayQuery(InboxQuery):
    """Which items of the queue."""

    state: State = Field("", description="Only in this state.")
    message: str = Field("", pattern=f"{PUBLIC_ID}|^$", description="Only of the message with this id.")
    before: str | None = Field(None, max_length=100, description="Items older than this; take it from `next`.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")
