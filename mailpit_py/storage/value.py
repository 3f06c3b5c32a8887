"""The values that cross the store's boundary: what goes in, what comes out, how it is chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpit_py.mail.envelope import Envelope, Line, Reply, Session, Transaction
from mailpit_py.storage.cause import NO_CAUSE, Cause
from mailpit_py.storage.query import Query

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message
    from mailpit_py.storage.step import NewStep

PATIENCE = 60.0  # seconds that a caller waits for a commit: far more than the largest deletion takes
DEFAULT_INBOX = "default"
EVERY_INBOX = "*"  # where a call looks across all inboxes; the name of none
INBOX = "INBOX"
TRASH = "Trash"  # made when something is first moved there; until then it is empty


def _wall() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept in each inbox; None sets no limit. Pinned messages always stay.

    `max_messages` counts messages, `max_age_seconds` is measured from their arrival in wall time,
    `max_bytes` is the sum of their sizes as received.
    """

    max_messages: int | None = 500
    max_age_seconds: int | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """How a store is opened.

    `durable` makes a commit survive a power cut (synchronous=FULL); without it, it survives a
    crash of the process. `compression` is zstd's level, 0 stores raw bytes. `budget_bytes` bounds
    the content that is in flight and queued; with less than `free_floor_bytes` free on the disk
    messages are refused, so that reading and deleting still work. With `ignore_duplicates` a message
    whose Message-ID its inbox has already is not stored again. Without `wal` the journal is one to
    roll back, which network file systems need; without `vacuum` the file never shrinks. `wall` gives
    the time in UTC microseconds.
    """

    limits: Limits = Limits()
    compression: int = 1
    durable: bool = False
    budget_bytes: int = 256 << 20
    free_floor_bytes: int = 16 << 20
    max_page_count: int | None = None
    ignore_duplicates: bool = False
    wal: bool = True
    vacuum: bool = True
    wall: Callable[[], int] = _wall

    def __post_init__(self) -> None:
        if not 0 <= self.compression <= 3:
            raise ValueError("compression is 0, 1, 2 or 3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message to be kept: its raw bytes exactly as received, and the transaction that brought it.

    `message` is the same bytes as read by `mailpit_py.mail.read`; without it the store reads them.
    `source` says how it came: `smtp`, `lmtp`, `api`, `ingest`, `imap`, or `report` for the sandbox's own.
    `causes` say what decided about each recipient, the accepted ones first; what is missing at the
    end is the usual course. `steps` are what shall follow; `tagger` says with which tags it is kept,
    `flags` with which flags of IMAP.
    """

    public_id: str
    transaction: Transaction
    raw: bytes
    received_at: int
    inbox: str = DEFAULT_INBOX
    mailbox: str = INBOX
    message: Message | None = None
    source: str = "smtp"
    causes: tuple[Cause, ...] = ()
    steps: tuple[NewStep, ...] = ()
    tagger: Tagger | None = None
    flags: frozenset[str] = frozenset()


Tagger = Callable[[Arrival, "Message", Mapping[str, str]], Iterable[str]]
"""What gives an arrival its tags: the arrival, its content as read, and the texts that a search looks through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A transaction that ended without a message: where it ended, and with which reply.

    `raw` is the content if it was seen: what is kept of it is by what to know it again. `cause` is
    what decided; `causes` say it for each recipient, the accepted ones first.
    """

    public_id: str
    transaction: Transaction
    stage: str
    reply: Reply
    at: int
    inbox: str = DEFAULT_INBOX
    size_bytes: int = 0
    raw: bytes | None = None
    cause: Cause = NO_CAUSE
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a session: when, how, and the lines of its dialogue since the last transaction."""

    session: Session
    lines: tuple[Line, ...]
    closed_at: int
    ending: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages of an inbox a change is for; build it with one of the three class methods."""

    public_ids: tuple[str, ...] | None = None
    query: Query | None = None
    mailbox: str | None = None  # None for wherever in the inbox they are

    @classmethod
    def ids(cls, public_ids: Iterable[str]) -> Selection:
        """The messages (and, when deleting, the attempts) with these public ids; unknown ones are passed over."""
        return cls(public_ids=tuple(dict.fromkeys(public_ids)))

    @classmethod
    def matching(cls, query: Query, mailbox: str = INBOX) -> Selection:
        """What a search with `query` in a mailbox finds when the change is carried out."""
        return cls(query=query, mailbox=mailbox)

    @classmethod
    def everything(cls, mailbox: str | None = None) -> Selection:
        """All messages of the inbox, pinned ones too, and all attempts; or all messages of one of its mailboxes."""
        return cls(mailbox=mailbox)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the journal of one database; its text is `<epoch>.<seq>`."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor's text. Raises ValueError for anything else."""
        epoch, dot, seq = text.partition(".")
        if not (dot and epoch.isascii() and epoch.isalnum() and seq.isascii() and seq.isdigit() and len(seq) < 19):
            raise ValueError("a cursor is written as <epoch>.<number>")
        return cls(epoch, int(seq))


@dataclass(frozen=True, slots=True)
class Correspondent:
    """One address of a header field with its display name, which may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One message as a list row. `to` and `recipients` are the first five of each.

    `id` orders messages and attempts by arrival and is never reused; `public_id` is its name outside.
    `readable` is False for a message whose content could not be taken apart: raw and envelope only.
    `report` is what it tells of another message, in the words for steps of plans; empty for no report.
    """

    id: int
    public_id: str
    inbox: str
    mailbox: str
    uid: int
    received_at: int
    size_bytes: int
    source: str
    session_id: str
    reverse_path: str
    from_: Correspondent | None
    to: tuple[Correspondent, ...]
    recipients: tuple[str, ...]
    recipient_count: int
    refused_count: int
    subject: str
    snippet: str
    message_id: str
    date: int | None
    attachment_count: int
    defect_count: int
    has_text: bool
    has_html: bool
    readable: bool
    seen: bool
    pinned: bool
    flags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """One transaction without a message as a list row, its recipients with their replies."""

    id: int
    public_id: str
    inbox: str
    received_at: int
    stage: str
    reverse_path: str
    recipients: tuple[tuple[str, Reply], ...]
    recipient_count: int
    reply: Reply
    size_bytes: int
    session_id: str
    message_id: str = ""
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first. `next` (older rows) goes into `before`, `previous` (newer rows) into `after`.

    `cursor` is the place in the journal at which exactly these rows were true.
    """

    items: tuple[Summary | AttemptSummary, ...]
    next: str | None
    previous: str | None
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which attempts: of a recipient (in any case), decided by a rule (its key), or by a kind of trigger."""

    recipient: str = ""
    rule: str = ""
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Attempts, newest first; `next` goes into `before` for older ones."""

    items: tuple[AttemptSummary, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Totals of an inbox: messages, unread, pinned, with files; bytes as received; what was refused.

    `refused` is what a search for `is:refused` finds: `attempts`, of which nothing was kept, and the
    messages of which some recipients were refused.
    """

    total: int = 0
    unread: int = 0
    pinned: int = 0
    files: int = 0
    refused: int = 0
    attempts: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A connection as it was last known. `closed_at` is None while it is open; `ending` says how it ended."""

    session: Session
    closed_at: int | None
    ending: str
    messages: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One message with its envelope and the session that carried it; the raw bytes are read apart.

    `causes` say what decided about each recipient, the accepted ones first; None is the usual course.
    """

    summary: Summary
    envelope: Envelope
    session: SessionRecord | None
    causes: tuple[Cause | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """One attempt with its envelope and the session in which it was made; `causes` as with Stored."""

    summary: AttemptSummary
    envelope: Envelope
    session: SessionRecord | None
    causes: tuple[Cause | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A message or attempt named in a change. `mailbox` is empty and `uid` 0 for an attempt."""

    public_id: str
    id: int
    mailbox: str
    uid: int
    seen: bool = False
    pinned: bool = False

    @property
    def is_attempt(self) -> bool:
        """True for a refused attempt."""
        return self.mailbox == ""


@dataclass(frozen=True, slots=True)
class Removed:
    """Room that deletion made: so many messages of a recipient, so large together; no recipient for all of an inbox."""

    inbox: str
    recipient: str = ""
    messages: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the journal.

    `kind` is `added`, `changed`, `tagged`, `removed`, `moved` (to where the refs say), `delivery`
    (something became of a message), `filed` (copied, moved or removed, but not into or out of
    INBOX), or without refs `cleared`, `rules`, `clock`, `sinks`, `relay`, `tags` or `mailboxes` (one has
    another name, is new, or is gone), or `inboxes`, which is told of the first inbox.
    """

    cursor: Cursor
    inbox: str
    kind: str
    refs: tuple[Ref, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after a cursor, oldest first; `cursor` is where to go on.

    `resync` means that the answer cannot be given from the journal: read the lists anew, then
    follow from `cursor`.
    """

    items: tuple[Change, ...]
    cursor: Cursor
    resync: bool = False
