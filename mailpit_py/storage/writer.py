"""The one thread that writes: jobs queue up, a group of them shares a transaction, futures follow its COMMIT."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from threading import Condition, Thread
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from mailpit_py.errors import MailpitError, StorageError, StorageFull
from mailpit_py.mail.envelope import Receipt
from mailpit_py.storage import deliveries, messages
from mailpit_py.storage.compression import Compressor
from mailpit_py.storage.context import Context, Continue, Statements
from mailpit_py.storage.engine import roll_back, translate
from mailpit_py.storage.fulltext import FullText
from mailpit_py.storage.housework import Housework
from mailpit_py.storage.journal import Journal
from mailpit_py.storage.prepare import Prepared, bare
from mailpit_py.storage.value import Closing, Removed, StoreOptions
from mailpit_py.storage.waker import Waker

logger = logging.getLogger(__name__)

GROUP_JOBS = 200
GROUP_BYTES = 16 << 20
CLOSING_PAUSE = 0.01
# Many messages at once: a group waits so long for as many as the last one had. To commit each half
# of them alone costs a fifth of all processor time more.
LINGER_FROM = 3
LINGER_SECONDS = 0.003


@dataclass(slots=True, eq=False)
class Job:
    """Something to be written: a message (`prepared`), ends of sessions, or other work on the open transaction.

    The future gives what the work returned, or `answer`.

    Work that returns a `Continue` is put back to the end of the queue, so that long work lets
    others write in between.
    """

    future: Future[Any]
    prepared: Prepared | None = None
    work: Callable[[Context], Any] | None = None
    closings: list[Closing] | None = None
    answer: Any = None
    is_begun: bool = False

    @property
    def size_bytes(self) -> int:
        """The content that the job carries."""
        return len(self.prepared.arrival.raw) if self.prepared else 0

    def begin(self) -> bool:
        """Mark the job as running; False if it was cancelled before."""
        self.is_begun = self.is_begun or self.future.set_running_or_notify_cancel()
        return self.is_begun


@dataclass(slots=True)
class _Queue:
    """Jobs that wait, and what wakes the writer.

    The ends of sessions wait apart, many in one job: nobody waits for them, so they go with the next
    group or, if none comes, in a moment.
    """

    jobs: deque[Job] = field(default_factory=deque)
    closings: deque[Job] = field(default_factory=deque)
    moved: Condition = field(default_factory=Condition)
    closing: bool = False
    barrier: int = 0  # a search waits until the index covers this id
    wanted: int = 0  # fewer jobs do not wake the writer


class Watch(Protocol):
    """Who wants to know what deletion makes room for."""

    @property
    def is_watching(self) -> bool:
        """False while nobody needs to look."""

    def free(self, removed: Sequence[Removed]) -> None:
        """Take in what is gone; called on the writer's thread after the commit, and must not wait."""


class Writer:
    """Owns the write connection. Thread-safe; `submit` returns at once."""

    def __init__(self, engine: Engine, index: FullText, journal: Journal, options: StoreOptions) -> None:
        self._engine = engine
        self._index = index
        self._journal = journal
        self._options = options
        self._queue = _Queue()
        self._statements = Statements()
        self._compressor = Compressor(options.compression)
        self._housework = Housework(options.limits, index, vacuum=options.vacuum)
        self.agenda = Journal()
        self.committed_id = 0
        self.watch: Watch | None = None
        self.waker = Waker(self._wake)
        self._is_committing = False
        self._last_size = 0
        self._thread = Thread(target=self._run, name="mailpit-writer", daemon=True)

    def start(self, committed_id: int) -> None:
        """Begin to write; `committed_id` is the highest message id that the database has."""
        self.committed_id = committed_id
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job. Its future fails with StorageError if the store is closing."""
        with self._queue.moved:
            is_open = not self._queue.closing
            if is_open:
                self._queue.jobs.append(job)
        if is_open:
            self.waker()
        else:
            job.future.set_exception(StorageError("the store is closed"))

    def end_session(self, closing: Closing) -> Future[Any]:
        """Queue the end of a session; those that are written together share a future, which cannot be cancelled."""
        with self._queue.moved:
            if self._queue.closing:
                closed: Future[Any] = Future()
                closed.set_exception(StorageError("the store is closed"))
                return closed
            waiting = self._queue.closings
            is_news = not waiting
            ends = waiting[-1].closings if waiting else None
            if ends is None or len(ends) >= GROUP_JOBS:
                ends = []
                waiting.append(Job(Future(), closings=ends))
                waiting[-1].begin()
            ends.append(closing)
            future = waiting[-1].future
        if is_news:
            self.waker()
        return future

    def _wake(self) -> None:
        with self._queue.moved:
            if len(self._queue.jobs) >= self._queue.wanted:
                self._queue.moved.notify_all()

    def wait_for_index(self, timeout: float = 10) -> None:
        """Wait until every message that is committed now can be searched; give up after `timeout` seconds."""
        queue = self._queue
        with queue.moved:
            # Others may already see a commit whose id is not noted yet.
            queue.moved.wait_for(lambda: not self._is_committing, timeout)
            target = self.committed_id
            if not self._index.enabled or self._index.watermark >= target:
                return
            queue.barrier = max(queue.barrier, target)
            queue.moved.notify_all()
            if queue.moved.wait_for(lambda: self._index.watermark >= target or queue.closing, timeout):
                return
        logger.warning("the search index is behind: watermark=%d, wanted=%d", self._index.watermark, target)

    def close(self) -> None:
        """Write what is queued, then end the thread."""
        self.agenda.close()
        with self._queue.moved:
            self._queue.closing = True
            self._queue.moved.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    # the thread

    def _run(self) -> None:
        try:
            with self._engine.connect() as connection:
                while True:
                    group = self._take()
                    if group:
                        self._write(connection, group)
                    elif self._queue.closing:
                        return
                    self._keep_house(connection, idle=not group)
        finally:
            self._end()

    def _end(self) -> None:
        """Let nobody wait for a thread that is gone, whatever ended it."""
        with self._queue.moved:
            self._queue.closing = True
            jobs = [*self._queue.jobs, *self._queue.closings]
            self._queue.jobs.clear()
            self._queue.closings.clear()
            self._queue.moved.notify_all()
        for job in jobs:
            job.future.set_exception(StorageError("the store is closed"))

    def _take(self) -> list[Job]:
        queue = self._queue
        with queue.moved:
            if self._may_pause() and not queue.closings:
                queue.moved.wait(self._housework.pause(self.committed_id))
            if self._may_pause() and queue.closings:
                queue.moved.wait(CLOSING_PAUSE)
            self._linger()
            group: list[Job] = []
            size = 0
            while queue.jobs and len(group) < GROUP_JOBS and size < GROUP_BYTES:
                group.append(queue.jobs.popleft())
                size += group[-1].size_bytes
            if queue.closings:
                group.append(queue.closings.popleft())
        self._last_size = sum(job.prepared is not None for job in group)
        return [job for job in group if job.begin()]

    def _linger(self) -> None:
        """Let a group become as large as the last one; the lock is held."""
        queue = self._queue
        if queue.jobs and self._last_size >= LINGER_FROM:
            queue.wanted = self._last_size
            queue.moved.wait_for(lambda: len(queue.jobs) >= queue.wanted or not self._may_linger(), LINGER_SECONDS)
            queue.wanted = 0

    def _may_linger(self) -> bool:
        return not self._queue.closing and not self._is_awaited()

    def _may_pause(self) -> bool:
        return not self._queue.jobs and self._may_linger()

    def _write(self, connection: Connection, group: list[Job]) -> None:
        try:
            self._settle(group, self._transact(connection, lambda context: _carry_out(context, group)))
        except Exception as error:  # whatever went wrong, no job may hang or hurt another
            if len(group) == 1:
                self._give_up_on(connection, group[0], error)
                return
            logger.info("a group of %d jobs failed and is retried one by one: %s", len(group), translate(error))
            for job in group:
                self._write(connection, [job])

    def _give_up_on(self, connection: Connection, job: Job, error: Exception) -> None:
        """The last resort for a message is raw and envelope, for ends of sessions each alone; everything else fails."""
        if job.closings is not None and len(job.closings) > 1:
            for closing in job.closings:
                self._write(connection, [Job(Future(), closings=[closing])])
            job.future.set_result(job.answer)
            return
        is_final = isinstance(error, MailpitError) or isinstance(translate(error), StorageFull)
        if job.prepared is None or is_final or not job.prepared.readable:
            job.future.set_exception(error if isinstance(error, MailpitError) else translate(error))
            return
        arrival = job.prepared.arrival
        logger.error("message=%s cannot be stored as read, only raw: %s", arrival.public_id, translate(error))
        job.prepared = bare(arrival, self._compressor)
        self._write(connection, [job])

    def _settle(self, group: Sequence[Job], results: Sequence[Any]) -> None:
        for job, result in zip(group, results, strict=True):
            if isinstance(result, Continue):
                rest = Job(job.future, work=result.work, is_begun=True)
                with self._queue.moved:
                    self._queue.jobs.append(rest)
            else:
                job.future.set_result(result)

    def _transact(self, connection: Connection, work: Callable[[Context], Any]) -> Any:
        """Run `work` in one transaction; return what it returned once that is committed."""
        context = Context(connection, self._statements, self._index, self._options.wall())
        context.ignores_duplicates = self._options.ignore_duplicates
        context.watches_removal = self.watch is not None and self.watch.is_watching
        try:
            connection.begin()
            result = work(context)
            self._is_committing = True
            connection.commit()
            self.committed_id = context.last_id or self.committed_id
        except BaseException:
            roll_back(connection)
            raise
        finally:
            self._note_commit()
        self._journal.removed_messages += context.removed_messages
        self._housework.note(context)
        if context.changed:
            self._journal.ring()
        if context.on_agenda:
            self.agenda.ring()
        if self.watch is not None and context.freed:
            self.watch.free(context.freed)
        return result

    def _note_commit(self) -> None:
        with self._queue.moved:
            self._is_committing = False
            self._queue.moved.notify_all()

    def _keep_house(self, connection: Connection, *, idle: bool) -> None:
        """Between groups: the index, pruning, what was cleared. A failure is logged and tried again later."""
        try:
            for chore in self._housework.due(self.committed_id, idle=idle, urgent=self._is_awaited()):
                self._do_chore(connection, chore)
        except Exception as error:
            logger.warning("upkeep of the database failed and is tried again: %s", translate(error))
            self._housework.back_off(time.monotonic())

    def _do_chore(self, connection: Connection, chore: Callable[[Context], int | None]) -> None:
        watermark = self._transact(connection, chore)
        if watermark is not None:
            with self._queue.moved:
                self._index.watermark = watermark
                self._queue.moved.notify_all()

    def _is_awaited(self) -> bool:
        """True if a search waits for the index, and nothing speaks against going on with it now."""
        return self._queue.barrier > self._index.watermark and not self._housework.is_quiet


def _answer(job: Job, *, is_kept: bool) -> Any:
    """What the future of a message gives: its answer; a receipt says of what is not kept that it was there already."""
    return job.answer if is_kept or not isinstance(job.answer, Receipt) else job.answer.passed_over()


def _carry_out(context: Context, group: Sequence[Job]) -> list[Any]:
    """Run a group in its order; the ends of sessions are its last jobs, and are stored together."""
    results: list[Any] = []
    for kind, run in groupby(group, key=lambda job: (job.prepared is not None, job.closings is not None)):
        jobs = list(run)
        match kind:
            case (True, _):
                kept = messages.take(context, [job.prepared for job in jobs if job.prepared is not None])
                results += [_answer(job, is_kept=one) for job, one in zip(jobs, kept, strict=True)]
                continue
            case (_, True):
                deliveries.close_sessions(context, [one for job in jobs for one in job.closings or ()])
            case _:
                results += [job.work(context) for job in jobs if job.work is not None]
                continue
        results += [job.answer for job in jobs]
    return results
