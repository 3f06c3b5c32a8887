"""The live feed: one tailer follows the journal and fills rings of encoded frames that all clients share."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from mailpit_py.api import frames
from mailpit_py.api.frames import Rows
from mailpit_py.errors import NotFound, StorageError
from mailpit_py.storage import EVERY_INBOX, AttemptSummary, Change, Changes, Counts, Cursor, Store, Summary

logger = logging.getLogger(__name__)

PAUSE = 0.05
IDLE = 15.0
RING_BYTES = 4 << 20


class Form(Protocol):
    """How changes look on the wire; `frames` is ours."""

    def hello(self, cursor: Cursor, totals: Counts) -> bytes:
        """The first frame for a new client."""

    def resync(self, cursor: Cursor) -> bytes:
        """The frame for a client that must read its lists anew."""

    def build(self, start: Cursor, changes: Sequence[Change], rows: Rows, totals: Counts) -> list[bytes]:
        """Frames for the changes of one inbox that follow `start`, in order."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The frames of one round of the tailer: everything after `start` up to `end`, both sequence numbers."""

    start: int
    end: int
    frames: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """The octets of all frames."""
        return sum(map(len, self.frames))


@dataclass(slots=True)
class Ring:
    """The newest frames of one inbox. It lacks nothing that came after `floor`, a sequence number."""

    floor: int
    batches: deque[Batch] = field(default_factory=deque)
    size: int = 0

    def add(self, batch: Batch) -> None:
        """Keep a batch; the oldest ones leave when there is no more room."""
        if not batch.frames:
            return
        self.batches.append(batch)
        self.size += batch.size
        while self.size > RING_BYTES:
            oldest = self.batches.popleft()
            self.size -= oldest.size
            self.floor = oldest.end

    def after(self, seq: int) -> list[bytes] | None:
        """The frames that a client at `seq` lacks, or None if they cannot be had from here without a repetition.

        That is so for a client further behind than the ring reaches, and for one in the middle of a
        batch.
        """
        later = [batch for batch in self.batches if batch.end > seq]
        if seq < self.floor or (later and later[0].start < seq):
            return None
        return [frame for batch in later for frame in batch.frames]


class Feed:
    """Live changes of `store` for any number of clients. Every method may be called from any thread.

    The tailer works only while somebody listens. After each round it rests for `pause` seconds, so
    that a burst of mail becomes few frames while a single mail is told at once. `form` says how a
    change looks on the wire.
    """

    def __init__(self, store: Store, form: Form = frames, *, pause: float = PAUSE) -> None:
        self._store = store
        self._form = form
        self._pause = pause
        self._moved = threading.Condition()  # guards what follows
        self._tail = store.head()
        self._rings: dict[str, Ring] = {}
        self._gone: set[str] = set()
        self._listeners = 0
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        """True when the feed has ended for good."""
        return self._closed.is_set()

    @property
    def listeners(self) -> int:
        """How many clients listen now."""
        return self._listeners

    def close(self) -> None:
        """End every subscription, and the tailer."""
        self._closed.set()
        self.wake()
        self._store.journal.ring()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def wake(self) -> None:
        """Let every subscription look whether its client is still there."""
        with self._moved:
            self._moved.notify_all()

    def follow(self, inbox: str, after: Cursor | None, alive: Callable[[], bool]) -> Iterator[bytes]:
        """Yield encoded frames until the client is no longer `alive` or the feed closes.

        A client that comes with `after` first gets what it missed, or the word that it must read its
        lists anew. Then one frame without changes says where it stands.
        """
        with self._listening():
            cursor = self._store.head()
            if after is not None:
                cursor = yield from self._catch_up(inbox, after)
            yield self._form.hello(cursor, self._store.counts(inbox))
            while alive() and not self.closed:
                batch, reached = self._collect(inbox, cursor, alive)
                if batch is None:
                    cursor = yield from self._catch_up(inbox, cursor)
                else:
                    yield from batch
                    cursor = reached

    @contextmanager
    def _listening(self) -> Iterator[None]:
        with self._moved:
            self._listeners += 1
            self._moved.notify_all()
            if self._thread is None and not self.closed:
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._moved:
                self._listeners -= 1

    def _collect(self, inbox: str, cursor: Cursor, alive: Callable[[], bool]) -> tuple[list[bytes] | None, Cursor]:
        """Wait for frames after `cursor`; None instead of frames for a client that the ring has left behind.

        Raises NotFound once the inbox is gone.
        """
        with self._moved:
            self._moved.wait_for(lambda: self._tail.seq > cursor.seq or self.closed or not alive(), IDLE)
            if inbox in self._gone:
                raise NotFound(f"there is no inbox {inbox!r} any more")
            ring = self._rings.setdefault(inbox, Ring(self._tail.seq))
            return ring.after(cursor.seq), max(self._tail, cursor)

    def _catch_up(self, inbox: str, cursor: Cursor) -> Generator[bytes, None, Cursor]:
        """Yield what followed `cursor`, read from the store; return where the client then stands.

        That is where the tailer stands, if it is further: from there the rings go on.
        """
        changes = self._store.changes(cursor)
        if changes.resync:
            yield self._form.resync(changes.cursor)
            return changes.cursor
        tail = self._tail
        if cursor < tail < changes.cursor:
            changes = Changes(tuple(one for one in changes.items if one.cursor <= tail), tail)
        yield from self._build(inbox, cursor, changes)
        return changes.cursor

    def _build(self, inbox: str, start: Cursor, changes: Changes) -> tuple[bytes, ...]:
        mine = [change for change in changes.items if inbox in (change.inbox, EVERY_INBOX)]
        if not mine:
            return ()
        try:
            totals = self._store.counts(inbox)
        except NotFound:  # it went after this had happened in it
            return ()
        return tuple(self._form.build(start, mine, self._summaries, totals))

    def _summaries(self, inbox: str, public_ids: tuple[str, ...]) -> Sequence[Summary | AttemptSummary]:
        try:
            return self._store.summaries(inbox, public_ids)
        except NotFound:
            return ()

    def _run(self) -> None:
        journal = self._store.journal
        while not journal.closed:
            self._await_listener()
            tick = journal.tick  # read before the table and before `closed`, so that no wake is missed
            if self.closed:
                break
            try:
                news = self._publish(self._store.changes(self._tail))
            except StorageError as error:
                logger.error("the feed cannot read the journal: %s", error)
                news = True
            if news:
                self._closed.wait(self._pause)
            else:
                journal.wait(tick, IDLE)
        self._closed.set()
        self.wake()

    def _await_listener(self) -> None:
        """Sleep while nobody listens; what happens meanwhile is left to the store."""
        with self._moved:
            if self._listeners:
                return
            self._moved.wait_for(lambda: self._listeners or self.closed)
            self._tail = self._store.head()
            self._rings.clear()

    def _publish(self, changes: Changes) -> bool:
        """Put what happened into the rings and wake the clients; False if nothing has happened."""
        if not (changes.items or changes.resync):
            return False
        start, end = self._tail, changes.cursor
        inboxes = [] if changes.resync else self._inboxes()
        built = {inbox: Batch(start.seq, end.seq, self._build(inbox, start, changes)) for inbox in inboxes}
        names = self._names() if any(change.kind == "inboxes" for change in changes.items) else None
        with self._moved:
            self._tail = end
            if names is not None:
                self._gone = (self._gone | self._rings.keys()) - names
            for inbox in list(self._rings):
                if inbox in built:
                    self._rings[inbox].add(built[inbox])
                else:
                    self._rings[inbox] = Ring(end.seq)
            self._moved.notify_all()
        return True

    def _names(self) -> set[str]:
        return {*self._store.inbox_table.names(), EVERY_INBOX}

    def _inboxes(self) -> list[str]:
        with self._moved:
            return list(self._rings)
