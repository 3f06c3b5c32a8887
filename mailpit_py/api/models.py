"""What the API takes, checked on arrival, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

PUBLIC_ID = r"^[0-9A-Za-z]{22}$"
PublicId = Annotated[str, StringConstraints(pattern=PUBLIC_ID)]
INBOX = r"^[0-9A-Za-z._@-]{1,64}$"
INBOX_OR_ALL = r"^(?:[0-9A-Za-z._@-]{1,64}|\*)$"
MAX_IDS = 20_000
TagName = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_.@-](?:[A-Za-z0-9 _.@-]*[A-Za-z0-9_.@-])?$")
]


class Arguments(BaseModel):
    """The base of everything that is taken: unknown names are refused, because a typing error is a request, too."""

    model_config = ConfigDict(extra="forbid")


class InboxQuery(Arguments):
    """Where to look."""

    inbox: str = Field(
        "default", pattern=INBOX_OR_ALL, description="The inbox, or `*` to look across all; with a token its own."
    )


class OneInboxQuery(InboxQuery):
    """Whose thing it is that every inbox has for itself."""

    inbox: str = Field("default", pattern=INBOX, description="The inbox; with a token its own.")


class AnyInboxQuery(Arguments):
    """Where to look, if not everywhere."""

    inbox: str | None = Field(None, pattern=INBOX, description="Only in this inbox; with a token always in its own.")


class ListQuery(InboxQuery):
    """Which rows of a list."""

    query: str = Field("", max_length=2_000, description="A search, as in `from:ann has:attachment -invoice`.")
    before: str | None = Field(None, max_length=100, description="Rows older than this; take it from `next`.")
    after: str | None = Field(None, max_length=100, description="Rows newer than this; take it from `previous`.")
    skip: int = Field(0, ge=0, le=100_000_000, description="Pass over so many rows first.")
    limit: int = Field(50, ge=1, le=200, description="How many rows at most.")
    mailbox: str = Field("INBOX", max_length=200, description="The folder inside the inbox.")
    refused: bool = Field(False, description="Also list transactions that ended without a message.")

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.before is not None and self.after is not None:
            raise ValueError("before and after exclude each other")
        return self


class FolderQuery(InboxQuery):
    """In which folder `query` and `all` look."""

    mailbox: str | None = Field(
        None,
        max_length=200,
        description="The folder inside the inbox. Without it `query` looks in INBOX, and `all` is all there is.",
    )


class WaitQuery(InboxQuery):
    """Which message to wait for, and how long. All filters that are given must hold."""

    to: str | None = Field(None, max_length=320, description="An address of To, or a recipient of the envelope.")
    cc: str | None = Field(None, max_length=320, description="An address of Cc.")
    bcc: str | None = Field(None, max_length=320, description="A recipient that is neither in To nor in Cc.")
    from_: str | None = Field(None, alias="from", max_length=320, description="An address of From, or MAIL FROM.")
    subject: str | None = Field(None, max_length=1_000, description="Text in the subject.")
    text: str | None = Field(None, max_length=1_000, description="Text in the readable text.")
    html: str | None = Field(None, max_length=1_000, description="Text in the HTML source.")
    header: str | None = Field(
        None, max_length=4_000, description="`Name: text` in such a field, or `Name`; several on lines of their own."
    )
    attachment: str | None = Field(None, max_length=300, description="A file of this name; `*` for any.")
    query: str = Field("", max_length=2_000, description="A search, as in `has:attachment -invoice`.")
    since: str | None = Field(
        None,
        max_length=100,
        description="Only what came after this cursor; `now` for the moment of the request. "
        "Without it, what the inbox has already counts, too.",
    )
    count: int = Field(1, ge=1, le=100, description="How many messages must match.")
    none: bool = Field(False, description="Nothing is to match: `ok` is true if nothing did until the end.")
    timeout: float = Field(10, ge=0, le=600, description="Seconds to wait at most.")


class ExtractQuery(InboxQuery):
    """What to take from a message."""

    link: str | None = Field(None, max_length=1_000, description="Only links whose text or address has this in it.")


class SessionsQuery(AnyInboxQuery):
    """Which connections."""

    before: str | None = Field(None, max_length=100, description="Sessions older than this; take it from `next`.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


class HtmlQuery(InboxQuery):
    """How to show a message's HTML."""

    remote: bool | None = Field(
        None,
        description="Let the mail load things from the network; without it, as the sandbox is set.",
    )


class RawQuery(InboxQuery):
    """How to hand over a message's bytes."""

    download: bool = Field(False, description="As a file to keep.")


class PartQuery(InboxQuery):
    """How to hand over a part."""

    download: bool = Field(False, description="The exact octets, as a file to keep.")
    source: bool = Field(False, description="The part as received, its header section and encoding included.")
    as_: str | None = Field(None, alias="as", pattern="^text$", description="`text`: decoded to UTF-8 plain text.")


class EventsQuery(InboxQuery):
    """Where to begin following."""

    after: str | None = Field(None, max_length=100, description="The cursor of a list or of an earlier frame.")


class Marks(Arguments):
    """What to change on a message; what is left out stays."""

    seen: bool | None = Field(None, description="Read or unread.")
    pinned: bool | None = Field(None, description="Pinned messages are never removed by retention.")
    tags: list[TagName] | None = Field(None, max_length=100, description="These tags and no others.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.seen is None and self.pinned is None and self.tags is None:
            raise ValueError("name what to change: seen, pinned or tags")
        return self


class Choice(Arguments):
    """Which messages: exactly one of `ids`, `query` and `all`."""

    ids: list[PublicId] | None = Field(None, max_length=MAX_IDS, description="These; unknown ids are no error.")
    query: str | None = Field(None, min_length=1, max_length=2_000, description="What this search finds.")
    all: bool | None = Field(None, description="`true`: everything in the inbox.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [self.ids is not None, self.query is not None, self.all is True]
        if sum(named) != 1 or self.all is False:
            raise ValueError("name exactly one of ids, query and all (all only as true)")
        return self


class ChoiceWithMarks(Marks, Choice):
    """Which messages, and what to change on them."""


class PutIn(Arguments):
    """How a message is put in, and where."""

    inbox: str | None = Field(None, pattern=INBOX, description="Into this inbox, whatever the message says.")
    simulate: bool = Field(True, description="Whether addresses, header fields, rules and the like decide on it.")


class NewMessage(Arguments):
    """A message to put in as if it had come by SMTP: `raw`, or fields to write one from."""

    raw: str | None = Field(None, description="The whole message; line ends become CRLF.")
    reverse_path: str = Field("", max_length=320, description="MAIL FROM; the From address without it.")
    recipients: list[Annotated[str, Field(max_length=320)]] = Field(
        default_factory=list, max_length=100, description="RCPT TO; the addresses of To, Cc and Bcc without it."
    )
    from_: str = Field("", alias="from", max_length=1_000, description="The From field.")
    to: list[Annotated[str, Field(max_length=1_000)]] = Field(default_factory=list, max_length=100)
    subject: str = Field("", max_length=10_000)
    text: str = Field("", description="The plain text.")
    html: str = Field("", description="The HTML; with both, the message is multipart/alternative.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        composed = bool(self.from_ or self.to or self.subject or self.text or self.html)
        if (self.raw is None) == (not composed):
            raise ValueError("give either raw, or some of from, to, subject, text and html")
        return self


class ChoiceToMove(Choice):
    """Which messages, and the folder they go to."""

    to: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", description="A folder of the inbox.")


class Nothing(Arguments):
    """An empty object."""


class NewName(Arguments):
    """Another name for a tag."""

    name: TagName
