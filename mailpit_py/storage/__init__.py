"""Keeping mail: one SQLite database, one writer, a journal. The only room that knows SQLAlchemy and Alembic."""

from mailpit_py.storage.agenda import Agenda
from mailpit_py.storage.budget import Budget
from mailpit_py.storage.cause import Cause
from mailpit_py.storage.flag import DELETED, SEEN, FlagChange, is_flag
from mailpit_py.storage.flag import SYSTEM as SYSTEM_FLAGS
from mailpit_py.storage.folder import Folder, Item, News, Opened, Place
from mailpit_py.storage.folders import Listed
from mailpit_py.storage.inbox import Inbox, InboxTable
from mailpit_py.storage.journal import Journal
from mailpit_py.storage.maildrops import Entry
from mailpit_py.storage.outline import Outline
from mailpit_py.storage.query import Query
from mailpit_py.storage.relay import NewRelayItem, RelayItem, RelayPage, RelayRecipient, RelayState
from mailpit_py.storage.simulation_state import RuleRow
from mailpit_py.storage.sink import (
    AttemptState,
    NewSinkAttempt,
    Sink,
    SinkAttempt,
    SinkAttemptPage,
    SinkKind,
    SinkTry,
)
from mailpit_py.storage.step import NewStep, ReportLink, Step, StepEnd, StepOriginal, StepState
from mailpit_py.storage.store import Store
from mailpit_py.storage.timeline import Timeline, Try
from mailpit_py.storage.value import (
    DEFAULT_INBOX,
    EVERY_INBOX,
    INBOX,
    PATIENCE,
    TRASH,
    Arrival,
    Attempt,
    AttemptPage,
    AttemptSummary,
    Change,
    Changes,
    Correspondent,
    Counts,
    Cursor,
    Limits,
    Page,
    Ref,
    Removed,
    Selection,
    SessionRecord,
    Stored,
    StoredAttempt,
    StoreOptions,
    Summary,
    Tagger,
    Wanted,
)
from mailpit_py.storage.waker import CallSoon

__all__ = [
    "DEFAULT_INBOX",
    "DELETED",
    "EVERY_INBOX",
    "INBOX",
    "PATIENCE",
    "SEEN",
    "SYSTEM_FLAGS",
    "TRASH",
    "Agenda",
    "Arrival",
    "Attempt",
    "AttemptPage",
    "AttemptState",
    "AttemptSummary",
    "Budget",
    "CallSoon",
    "Cause",
    "Change",
    "Changes",
    "Correspondent",
    "Counts",
    "Cursor",
    "Entry",
    "FlagChange",
    "Folder",
    "Inbox",
    "InboxTable",
    "Item",
    "Journal",
    "Limits",
    "Listed",
    "NewRelayItem",
    "NewSinkAttempt",
    "NewStep",
    "News",
    "Opened",
    "Outline",
    "Page",
    "Place",
    "Query",
    "Ref",
    "RelayItem",
    "RelayPage",
    "RelayRecipient",
    "RelayState",
    "Removed",
    "ReportLink",
    "RuleRow",
    "Selection",
    "SessionRecord",
    "Sink",
    "SinkAttempt",
    "SinkAttemptPage",
    "SinkKind",
    "SinkTry",
    "Step",
    "StepEnd",
    "StepOriginal",
    "StepState",
    "Store",
    "StoreOptions",
    "Stored",
    "StoredAttempt",
    "Summary",
    "Tagger",
    "Timeline",
    "Try",
    "Wanted",
    "is_flag",
]
