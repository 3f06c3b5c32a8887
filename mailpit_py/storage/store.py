"""The store: one database file, one writer, any number of readers. The only door to this room."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.mail.envelope import Line, Session
from mailpit_py.storage import deliveries, listing, migrate, query, reading, selecting, upkeep
from mailpit_py.storage.agenda import Access, Agenda
from mailpit_py.storage.budget import Budget, Disk
from mailpit_py.storage.compression import Compressor
from mailpit_py.storage.context import Work
from mailpit_py.storage.engine import create_file, reader_engine, storage_errors, translate, writer_engine
from mailpit_py.storage.folders import Folders
from mailpit_py.storage.fulltext import FullText
from mailpit_py.storage.inbox import InboxTable
from mailpit_py.storage.journal import Journal
from mailpit_py.storage.listing import Scope, Search, Window
from mailpit_py.storage.lock import FileLock
from mailpit_py.storage.maildrops import Maildrops
from mailpit_py.storage.octets import Octets
from mailpit_py.storage.opening import state_of
from mailpit_py.storage.outline import Outlines
from mailpit_py.storage.prepare import prepare
from mailpit_py.storage.query import Query
from mailpit_py.storage.reindex import Reindexing
from mailpit_py.storage.relays import RelayTables
from mailpit_py.storage.simulation_state import SimulationTables
from mailpit_py.storage.tags import TagTables
from mailpit_py.storage.timeline import Timeline, timeline
from mailpit_py.storage.value import (
    DEFAULT_INBOX,
    EVERY_INBOX,
    INBOX,
    Arrival,
    Attempt,
    AttemptPage,
    AttemptSummary,
    Changes,
    Closing,
    Counts,
    Cursor,
    Page,
    Selection,
    SessionRecord,
    Stored,
    StoredAttempt,
    StoreOptions,
    Summary,
    Wanted,
)
from mailpit_py.storage.waker import CallSoon
from mailpit_py.storage.writer import Job, Watch, Writer

POOL_FROM_BYTES = 64 << 10
FILE_NAME = "mailpit.db"


class Store:
    """Messages, attempts and sessions in one database. Thread-safe; `close` it, or use it as a context manager.

    Writes answer with futures that are resolved after COMMIT and fail with StorageFull or another
    StorageError. Reads see everything whose future is resolved, also in searches, and each call sees
    one state of the database. NotFound is raised for an inbox or mailbox that is not there.
    """

    def __init__(self, path: Path, options: StoreOptions, *, is_temporary: bool) -> None:
        self.path = path
        self.options = options
        self.is_temporary = is_temporary
        self.journal = Journal()
        self._compressor = Compressor(options.compression)
        self.budget = Budget(options.budget_bytes)
        self._disk = Disk(path.parent, options.free_floor_bytes)
        synchronous = "OFF" if is_temporary else "FULL" if options.durable else "NORMAL"
        self._engine = writer_engine(path, synchronous=synchronous, max_page_count=options.max_page_count)
        self._readers = reader_engine(path)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="mailpit-prepare")
        self.epoch, self._index, last_id = self._open_database()
        self._writer = Writer(self._engine, self._index, self.journal, options)
        self._writer.start(last_id)
        self.simulation = SimulationTables(self._submit, self._reading)
        access = Access(self._submit, self._reading, self._compressor, self._why_full)
        self.agenda, octets = Agenda(access, self._writer.agenda), Octets()
        self.inbox_table, self.reindexing = InboxTable(self._submit, self._reading), Reindexing(self._submit)
        self.tags, self.outlines = TagTables(self._submit, self._reading, self._choose), Outlines(self._searching)
        self.relay = RelayTables(self._submit, self._reading)
        self.maildrops = Maildrops(self._submit, self._reading, self._choose, octets)
        self.folders = Folders(self._submit, self._reading, self._searching, self.epoch, octets)

    @classmethod
    def open(cls, path: Path | None = None, options: StoreOptions | None = None) -> Self:
        """Open or create the database; None makes a private temporary one that `close` or exit removes.

        Raises StorageForeign, leaving the file as it is, if it is not ours or is of a newer version,
        and StorageError if another store has it open.
        """
        options = options or StoreOptions()
        return cls._open_temporary(options) if path is None else cls._open_alone(path, options)

    @classmethod
    def _open_alone(cls, path: Path, options: StoreOptions) -> Self:
        lock = FileLock(path)
        with ExitStack() as held:
            held.callback(lock.release)
            if lock.path.exists():
                # before a look at the header: to close the file ends the POSIX locks that SQLite
                # holds on it for another store of this process
                lock.acquire()
            migrate.check_file(path)
            lock.acquire()  # not earlier: a foreign file gets no lock file beside it
            create_file(path)
            store = cls(path, options, is_temporary=False)
            store._held = held.pop_all()
        return store

    @classmethod
    def _open_temporary(cls, options: StoreOptions) -> Self:
        folder = tempfile.mkdtemp(prefix="mailpit-py-")  # mode 0700
        create_file(Path(folder, FILE_NAME))
        store = cls(Path(folder, FILE_NAME), options, is_temporary=True)
        store._remove_folder = weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
        return store

    _remove_folder: weakref.finalize[..., Any] | None = None
    _held: ExitStack | None = None

    def _open_database(self) -> tuple[str, FullText, int]:
        try:
            with storage_errors():
                migrate.bring_to_head(self._engine, self.path, now=self.options.wall(), wal=self.options.wal)
                return state_of(self._engine)
        except BaseException:
            self._dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is queued, close all connections, remove a temporary database. Idempotent."""
        self.journal.close()
        self._pool.shutdown()
        self._writer.close()
        self._dispose()
        if self._held is not None:
            self._held.close()
        if self._remove_folder is not None:
            self._remove_folder()

    def _dispose(self) -> None:
        self._pool.shutdown()
        self._readers.dispose()
        self._engine.dispose()

    # writes

    def add(self, arrival: Arrival, answer: Any = None) -> Future[Any]:
        """Store a message: all of it, and the future gives `answer`; or nothing, and it gives an exception."""
        future: Future[Any] = Future()
        size = len(arrival.raw)
        if reason := self._why_full():
            future.set_exception(StorageFull(reason))
            return future
        self.budget.charge(size)
        future.add_done_callback(lambda _: self.budget.refund(size))
        if size < POOL_FROM_BYTES:
            self._prepare(future, arrival, answer)
            return future
        try:
            self._pool.submit(self._prepare, future, arrival, answer)
        except RuntimeError:
            future.set_exception(StorageError("the store is closed"))
        return future

    def gather(self, call_soon: CallSoon) -> None:
        """Let what the calling thread adds in one turn of its event loop go into one group."""
        self._writer.waker.defer(call_soon)

    def _why_full(self) -> str:
        if self.budget.is_stalled():
            return "the store makes no progress"
        return "the disk is nearly full" if self._disk.is_low() else ""

    def _prepare(self, future: Future[Any], arrival: Arrival, answer: Any) -> None:
        """Read and compress a message on the thread at hand, and queue it: the writer only writes.

        What two threads do in turn costs more in changes between them than a small message is worth.
        """
        try:
            prepared = prepare(arrival, self._compressor)
        except Exception as error:  # memory is short: the sender is told, nothing hangs
            future.set_exception(translate(error))
        else:
            self._writer.submit(Job(future, prepared=prepared, answer=answer))

    def refuse(self, attempt: Attempt) -> Future[None]:
        """Store a transaction that ended without a message."""
        return self._submit(lambda context: deliveries.refuse(context, attempt))

    def close_session(
        self, session: Session, lines: tuple[Line, ...] = (), *, closed_at: int, ending: str
    ) -> Future[None]:
        """Store how a session ended, with the lines since its last transaction; nobody needs to wait for it."""
        return self._writer.end_session(Closing(session, lines, closed_at, ending))

    def mark(
        self, inbox: str, selection: Selection, *, seen: bool | None = None, pinned: bool | None = None
    ) -> Future[int]:
        """Set the read state or the pin of the selected messages; the result is how many changed."""
        chosen = self._choose(inbox, selection)
        return self._submit(selecting.marking(chosen, seen=seen, pinned=pinned))

    def delete(self, inbox: str, selection: Selection, *, progress: selecting.Progress | None = None) -> Future[int]:
        """Delete the selected messages and attempts; the result is how many are gone.

        Many are deleted in pieces between which others write; everything goes at once.
        """
        if selection == Selection.everything():
            return self._submit(lambda context: upkeep.clear_all(context, inbox))
        return self._submit(selecting.deleting(self._choose(inbox, selection), progress))

    def watch_removal(self, watch: Watch) -> None:
        """Tell `watch` from now on what deletion and pruning make room for."""
        self._writer.watch = watch

    def prune(self) -> Future[int]:
        """Remove what is older than the limits allow, as a timer asks for; count and bytes need no asking."""
        return self._submit(upkeep.sweep(self.options.limits))

    def _choose(self, inbox: str, selection: Selection) -> selecting.Chosen:
        if selection.query is not None:
            self._writer.wait_for_index()
        with self._reading() as connection:
            scope = Scope.find(connection, inbox, selection.mailbox)
            return selecting.choose(connection, scope, selection, has_index=self._index.enabled)

    def _submit(self, work: Work) -> Future[Any]:
        future: Future[Any] = Future()
        self._writer.submit(Job(future, work=work))
        return future

    # reads

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(), self._readers.connect() as connection:
            connection.begin()
            yield connection

    def parse_query(self, text: str) -> Query:
        """Read a search as typed. Raises QueryError with a position."""
        return query.parse(text, now=self.options.wall())

    def page(  # noqa: PLR0913 - keyword-only, one for each thing that a list can be asked for
        self,
        inbox: str = DEFAULT_INBOX,
        *,
        query: Query | None = None,
        before: str | None = None,
        after: str | None = None,
        skip: int = 0,
        limit: int = 50,
        mailbox: str | None = INBOX,
        refused: bool = False,
    ) -> Page:
        """Return rows, newest first: older than `before`, or the ones just above `after`, or the newest.

        `skip` passes over rows counted on the index alone. `mailbox=None` looks into all mailboxes;
        `refused` puts attempts between the messages. Raises QueryError for a `before` or `after`
        that no page gave out.
        """
        window = Window(listing.parse_key(before), listing.parse_key(after), skip, limit)
        with self._searching(inbox, mailbox, query, refused=refused) as (connection, scope, search):
            return listing.page(connection, scope, search, window, reading.head(connection, self.epoch))

    def count(
        self,
        inbox: str = DEFAULT_INBOX,
        query: Query | None = None,
        *,
        mailbox: str | None = INBOX,
        refused: bool = False,
        limit: int | None = None,
    ) -> int:
        """How many rows a page with the same arguments has in all; counting stops at `limit`."""
        with self._searching(inbox, mailbox, query, refused=refused) as (connection, scope, search):
            return listing.count(connection, scope, search, limit)

    @contextmanager
    def _searching(
        self, inbox: str, mailbox: str | None, query: Query | None, *, refused: bool
    ) -> Iterator[tuple[Connection, Scope, Search]]:
        if query is not None and not query.is_empty:
            self._writer.wait_for_index()
        with self._reading() as connection:
            scope = Scope.find(connection, inbox, mailbox)
            yield connection, scope, Search.compile(connection, query, has_index=self._index.enabled, refused=refused)

    def counts(self, inbox: str = DEFAULT_INBOX) -> Counts:
        """The totals of an inbox, without its Trash, from counters."""
        with self._reading() as connection:
            return listing.counts(connection, Scope.find(connection, inbox, INBOX))

    def summaries(self, inbox: str, public_ids: tuple[str, ...]) -> tuple[Summary | AttemptSummary, ...]:
        """The list rows of these messages and attempts, newest first; those that are gone are left out."""
        with self._reading() as connection:
            scope = Scope.find(connection, inbox)
            chosen = selecting.choose(connection, scope, Selection.ids(public_ids), has_index=self._index.enabled)
            items: list[Summary | AttemptSummary] = [
                one for one, _ in listing.summaries(connection, inbox, chosen.placements)
            ]
            items += listing.attempts(connection, inbox, chosen.attempts)
        return tuple(sorted(items, key=lambda item: item.id, reverse=True))

    def message(self, inbox: str, public_id: str) -> Stored | None:
        """One message with its envelope and session, or None."""
        with self._reading() as connection:
            return reading.message(connection, Scope.find(connection, inbox), public_id)

    def raw(self, inbox: str, public_id: str) -> bytes | None:
        """A message's bytes exactly as received, or None."""
        with self._reading() as connection:
            return reading.raw(connection, Scope.find(connection, inbox), public_id)

    def attempt(self, inbox: str, public_id: str) -> StoredAttempt | None:
        """One attempt with its envelope and session, or None."""
        with self._reading() as connection:
            return reading.attempt(connection, Scope.find(connection, inbox), public_id)

    def transcript(self, inbox: str, public_id: str) -> tuple[Line, ...]:
        """The dialogue of a message or attempt: the session's beginning, then its own lines. Raises NotFound."""
        with self._reading() as connection:
            return reading.transcript(connection, Scope.find(connection, inbox), public_id)

    def timeline(self, inbox: str, public_id: str) -> Timeline | None:
        """All tries of the mail to which a message or attempt belongs, with the pauses between; None for no such id."""
        with self._reading() as connection:
            return timeline(connection, Scope.find(connection, inbox), public_id)

    def attempts(self, inbox: str, wanted: Wanted, *, before: str | None = None, limit: int = 50) -> AttemptPage:
        """Attempts, newest first, older than `before`; `next` of the page is for older ones."""
        with self._reading() as connection:
            scope = Scope.find(connection, inbox)
            items, following = reading.attempts(connection, scope, wanted, listing.parse_key(before), limit)
        return AttemptPage(items, None if following is None else str(following))

    def session(self, public_id: str, *, inbox: str = EVERY_INBOX) -> tuple[SessionRecord, tuple[Line, ...]] | None:
        """A session with its whole dialogue, or with what concerns one inbox of it, or None."""
        with self._reading() as connection:
            return reading.session(connection, public_id, Scope.single(connection, inbox))

    def sessions(
        self, *, inbox: str = EVERY_INBOX, limit: int = 50, before: str | None = None
    ) -> tuple[tuple[SessionRecord, ...], str | None]:
        """The newest sessions, and what to give as `before` for older ones: all, or those that concern one inbox."""
        with self._reading() as connection:
            scope = Scope.single(connection, inbox)
            records, following = reading.sessions(connection, limit, listing.parse_key(before), scope)
        return records, None if following is None else str(following)

    def head(self) -> Cursor:
        """The place after the newest entry of the journal."""
        with self._reading() as connection:
            return reading.head(connection, self.epoch)

    def changes(self, cursor: Cursor, *, inbox: str = EVERY_INBOX, limit: int = 500) -> Changes:
        """What happened after `cursor`, oldest first: in one inbox, or in all."""
        with self._reading() as connection:
            here = reading.head(connection, self.epoch)
            return reading.changes(connection, cursor, here, inbox=inbox, limit=limit)

    def size_bytes(self) -> int:
        """The size of the database, without the log beside it, which the next checkpoint empties."""
        with self._reading() as connection:
            return reading.size_bytes(connection)
