"""What the API answers, as pydantic models: for the OpenAPI document and the tests, never on the way of an answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(description="RFC 3339, UTC, microseconds.", examples=["2026-11-23T12:00:00.000000Z"])]


class Answer(BaseModel):
    """The base of all answers; built only when the document is asked for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Reply(Answer):
    """What the server said to one SMTP command."""

    code: int = Field(examples=[550])
    status: str = Field(description="The enhanced status code (RFC 3463), or empty.", examples=["5.1.1"])
    text: str


class Correspondent(Answer):
    """A display name and an address; either may be empty."""

    name: str
    address: str


class Defect(Answer):
    """Something wrong in the message that was worked around."""

    code: str = Field(examples=["bare-lf"])
    text: str = Field(description="One plain sentence.")
    path: str = Field(description="The part in which it was found.")


class Part(Answer):
    """One MIME part."""

    path: str = Field(description="Numbered as IMAP does (RFC 3501 §6.4.5); a root multipart has none.")
    content_type: str
    charset: str
    encoding: str = Field(description="The transfer encoding, empty if none is declared.")
    disposition: str
    filename: str
    content_id: str
    size_bytes: int = Field(description="Octets when decoded.")
    encoded_bytes: int = Field(description="Octets as received.")
    is_message: bool
    parameters: dict[str, str]
    defects: list[Defect]


class PartTree(Part):
    """One MIME part with the parts inside it."""

    children: list[PartTree]


class Counts(Answer):
    """The totals of an inbox."""

    total: int
    unread: int
    pinned: int
    files: int = Field(description="Messages with attachments.")
    refused: int = Field(
        description="What `is:refused` finds: attempts, and messages that some recipients did not get."
    )
    attempts: int = Field(description="Transactions that ended without a message.")
    size_bytes: int


class Summary(Answer):
    """A message as a row of a list."""

    kind: Literal["message"]
    id: str
    inbox: str
    mailbox: str
    received_at: Instant
    size_bytes: int
    reverse_path: str = Field(description="MAIL FROM; empty for the null reverse-path.")
    from_: Correspondent | None = Field(alias="from")
    to: list[Correspondent] = Field(description="At most the first five.")
    recipients: list[str] = Field(description="RCPT TO; at most the first five.")
    recipient_count: int
    refused_count: int = Field(description="Recipients of this transaction that were refused.")
    subject: str
    snippet: str
    attachment_count: int
    defect_count: int
    has_text: bool
    has_html: bool
    readable: bool = Field(description="False if the content could not be taken apart; raw and envelope are there.")
    seen: bool
    pinned: bool
    tags: list[str]
    message_id: str
    date: Instant | None
    source: str = Field(description="smtp, lmtp, api or ingest; report for what the sandbox wrote itself.")
    report: str = Field(
        description="What a report, ours or another system's, tells: failure, delay, delivered, auto-reply, "
        "complaint, challenge or receipt; empty for other mail."
    )


class AttemptRecipient(Answer):
    """A recipient of a refused transaction, and what was said to it."""

    address: str
    reply: Reply


class Attempt(Answer):
    """A transaction that ended without a message, as a row of a list."""

    kind: Literal["attempt"]
    id: str
    inbox: str
    received_at: Instant
    stage: str = Field(description="MAIL, RCPT, DATA, CONTENT or AUTH.")
    reverse_path: str
    recipients: list[AttemptRecipient]
    recipient_count: int
    reply: Reply = Field(description="The reply that ended it.")
    size_bytes: int
    session_id: str


Row = Annotated[Summary | Attempt, Field(discriminator="kind")]


class MessageList(Answer):
    """One page of rows, newest first."""

    items: list[Row]
    next: str | None = Field(description="For `before`: the rows after these; null at the end.")
    previous: str | None = Field(description="For `after`: the rows before these; null at the newest.")
    total: int = Field(description="How many rows match in all.")
    counts: Counts
    cursor: str = Field(description="Where to begin following the inbox live, without a gap.")


class Recipient(Answer):
    """One forward-path with its parameters as given (RFC 3461)."""

    address: str
    notify: str
    orcpt: str
    reply: Reply


class Envelope(Answer):
    """What MAIL and RCPT said, apart from the content."""

    reverse_path: str
    ret: str
    envid: str
    auth: str
    body: str = Field(description="7BIT, 8BITMIME, BINARYMIME or empty.")
    smtputf8: bool
    size: int | None
    recipients: list[Recipient]
    refused: list[Recipient]


class Session(Answer):
    """One connection."""

    id: str
    opened_at: Instant
    closed_at: Instant | None = Field(description="Null while it is open.")
    ending: str
    listener: str
    peer: str
    protocol: str
    helo: str
    tls_version: str
    tls_cipher: str
    auth_mechanism: str
    auth_identity: str
    message_count: int
    attempt_count: int


class Line(Answer):
    """One line of a dialogue; credentials are masked."""

    at: Instant
    side: Literal["C", "S", "*"] = Field(description="Client, server, or a note of the sandbox.")
    text: str


class SessionList(Answer):
    """Connections, newest first."""

    items: list[Session]
    next: str | None


class SessionDetail(Session):
    """One connection with all that was said on it."""

    lines: list[Line]


class Transcript(Answer):
    """The dialogue that carried a message."""

    session: Session | None
    lines: list[Line]


class AttemptDetail(Attempt):
    """A refused transaction with its envelope and dialogue."""

    envelope: Envelope
    session: Session | None
    lines: list[Line]


class ReportLink(Answer):
    """A report and a message that belong together; `message` is the other one, null if it is gone."""

    kind: str = Field(description="failure, delay, delivered, auto-reply, complaint, challenge or receipt.")
    message: str | None


class Detail(Summary):
    """One message with everything but its bodies."""

    to: list[Correspondent]
    recipients: list[str] = Field(description="RCPT TO.")
    cc: list[Correspondent]
    bcc: list[Correspondent]
    reply_to: list[Correspondent]
    sender: list[Correspondent]
    attachments: list[Part] = Field(description="The parts that a mail reader lists as files.")
    inline: list[Part] = Field(description="The parts that the HTML embeds.")
    parts: PartTree
    defects: list[Defect]
    envelope: Envelope
    session: Session | None
    remote_hosts: list[str] = Field(description="Hosts from which the HTML would load something.")
    remote_count: int = Field(description="How many things the HTML would load from the network.")
    simulation_hint: str | None
    report_of: ReportLink | None = Field(description="What this is a report about; its message is null if not here.")
    reports: list[ReportLink] = Field(
        description="Reports about this message: the sandbox's own, and those of others that name it."
    )


class HeaderField(Answer):
    """One header field."""

    name: str
    value: str = Field(description="Decoded and unfolded.")
    raw: str = Field(description="As received, its folds kept.")


class Headers(Answer):
    """The header section, from the top."""

    fields: list[HeaderField]


class Hop(Answer):
    """One Received field, taken apart."""

    from_: str = Field(alias="from")
    from_address: str
    by: str
    with_: str = Field(alias="with")
    id: str
    for_: str = Field(alias="for")
    tls: str
    at: Instant | None
    delay_ms: int | None = Field(description="Since the hop before; negative if a clock is wrong.")
    raw: str


class Path(Answer):
    """The way of a message, oldest hop first."""

    hops: list[Hop]


class Changed(Answer):
    """How many messages a change was for."""

    changed: int


class Deleted(Answer):
    """How many messages were deleted."""

    deleted: int


class FieldError(Answer):
    """What is wrong with one field or parameter."""

    field: str
    reason: str


class ProblemDetails(Answer):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:mailpit-py:problem:not-found"])
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
