"""What the API answers to who waits for mail and takes things from it, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailpit_py.api.schemas import Answer, Attempt, Summary


class Mismatch(Answer):
    """One filter that a message does not pass."""

    filter: str
    wanted: str
    found: str


class NearMiss(Answer):
    """A message that came and is not what was waited for."""

    message: Summary
    mismatches: list[Mismatch]


class Waited(Answer):
    """What came while somebody waited; oldest first."""

    ok: bool = Field(description="What was waited for is so: enough matched, or with `none` nothing did.")
    found: bool = Field(description="At least `count` messages matched.")
    messages: list[Summary] = Field(description="What matched.")
    near_misses: list[NearMiss] = Field(description="The newest 50 that did not match, and why.")
    refused: list[Attempt] = Field(description="The newest 50 transactions that ended without a message.")
    seen: int = Field(description="How many messages were looked at.")
    removed: list[str] = Field(description="Matches that came and were deleted or pruned again.")
    unseen: int = Field(description="Messages that came and were gone before they could be looked at.")
    closed: bool = Field(description="Before it was decided the sandbox stopped, or the token lost its inbox.")
    cursor: str = Field(description="For `since`: to wait for what comes after all this.")
    waited_ms: int


class FoundLink(Answer):
    """A link that a reader can follow."""

    url: str
    text: str = Field(description="What a reader clicks on; in plain text, the words before the address.")
    where: Literal["html", "text"]


class FoundCode(Answer):
    """A one-time code."""

    code: str
    context: str = Field(description="The line in which it stands.")


class Extract(Answer):
    """What a test takes from a message."""

    links: list[FoundLink]
    codes: list[FoundCode] = Field(description="What looks like a one-time code; exactly one is the usual case.")
    text: str = Field(description="The readable text; that of the HTML if there is no other.")
