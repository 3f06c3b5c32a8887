"""What simulation remembers between tries, of each inbox by itself: in memory at once, in the database soon after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from threading import Lock

from mailpit_py.application.clock import Clock
from mailpit_py.simulation.state import Change, Record, after_deletion, parts_of, void_keys
from mailpit_py.storage import DEFAULT_INBOX, Removed, Store

RECORDS_AT_MOST = 100_000
PRUNE_EVERY = 1_000  # changes


class Memory:
    """The records of all inboxes. `lock` is held by whoever calls, but for `pending` and what says otherwise."""

    def __init__(self, store: Store, clock: Clock, lock: Lock) -> None:
        self._store = store
        self._clock = clock
        self._lock = lock
        self._states: dict[str, dict[str, Record]] = {}
        self._pending: Future[None] | None = None
        self._batch: dict[str, Record | None] | None = None  # what the writer has not yet begun to write
        self._quotas: set[tuple[str, str]] = set()
        self._unpruned = 0
        self._load()

    def of(self, inbox: str) -> Mapping[str, Record]:
        """What is remembered of an inbox, by key."""
        return self._states.get(inbox, {})

    @property
    def inboxes(self) -> tuple[str, ...]:
        """The inboxes of which something is remembered."""
        return tuple(self._states)

    @property
    def pending(self) -> Future[None] | None:
        """The promise that all that has been remembered so far is committed; None if it is already. Needs no lock."""
        future = self._pending
        return None if future is None or future.done() else future

    @property
    def is_watching(self) -> bool:
        """True while a mailbox counts what it holds. Needs no lock."""
        return bool(self._quotas)

    def apply(self, inbox: str, changes: Sequence[Change]) -> Future[None] | None:
        """Take changes into memory, and queue them for the database in the same order."""
        if not changes:
            return None
        state = self._states.setdefault(inbox, {})
        for change in changes:
            if change.record is None:
                state.pop(change.key, None)
                self._quotas.discard((inbox, change.key))
            else:
                state[change.key] = change.record
                if change.record.kind == "quota":
                    self._quotas.add((inbox, change.key))
        written = {_kept(inbox, change.key): change.record for change in changes}
        self._unpruned += len(changes)
        if self._unpruned >= PRUNE_EVERY:
            written |= dict.fromkeys(self._prune())
        return self._queue(written)

    def forget(self, inbox: str) -> None:
        """Forget all of an inbox that is gone."""
        self.apply(inbox, [Change(key, None) for key in self.of(inbox)])
        self._states.pop(inbox, None)

    def free(self, removed: Iterable[Removed]) -> None:
        """Give the mailboxes that count what they hold the room that deletion made."""
        for one in removed:
            state = self.of(one.inbox)
            held = {key: state[key] for inbox, key in self._quotas if inbox == one.inbox}
            if one.recipient:
                changes = after_deletion(held, one.inbox, one.recipient, one.messages, one.size_bytes)
                self.apply(one.inbox, changes)
            else:
                self.apply(one.inbox, [Change(key, None) for key in held if _is_in(key, one.inbox)])

    def _queue(self, written: Mapping[str, Record | None]) -> Future[None] | None:
        if self._batch is None:
            batch: dict[str, Record | None] = {}
            self._batch = batch
            self._pending = self._store.simulation.save_state(lambda: self._seal(batch))
        self._batch.update(written)
        return self._pending

    def _seal(self, batch: dict[str, Record | None]) -> Iterable[Change]:
        """Return what is to be written now; what is remembered from here on goes into the next batch."""
        with self._lock:
            if self._batch is batch:
                self._batch = None
            return [Change(key, record) for key, record in batch.items()]

    def _prune(self) -> list[str]:
        """Forget what is void in the time of its inbox, and what is too much; return the keys of the rows."""
        self._unpruned = 0
        gone = [(inbox, key) for inbox, state in self._states.items() for key in self._void(inbox, state)]
        if (excess := sum(map(len, self._states.values())) - len(gone) - RECORDS_AT_MOST) > 0:
            kept = {(inbox, key) for inbox, state in self._states.items() for key in state}.difference(gone)
            gone += sorted(kept, key=lambda one: self._states[one[0]][one[1]].last_at)[:excess]
        for inbox, key in gone:
            del self._states[inbox][key]
        self._quotas.difference_update(gone)
        self._states = {inbox: state for inbox, state in self._states.items() if state}
        return [_kept(inbox, key) for inbox, key in gone]

    def _void(self, inbox: str, state: Mapping[str, Record]) -> Sequence[str]:
        return void_keys(state, self._clock.sandbox(inbox))

    def _load(self) -> None:
        for row, record in self._store.simulation.state().items():
            inbox, key = _split(row)
            self._states.setdefault(inbox, {})[key] = record
            if record.kind == "quota":
                self._quotas.add((inbox, key))
        if gone := self._prune():
            self._store.simulation.save_state(lambda: [Change(key, None) for key in gone])


def _kept(inbox: str, key: str) -> str:
    """The key of a row: that of the record, which begins with a bracket, behind the name of any but the first inbox."""
    return key if inbox == DEFAULT_INBOX else f"{inbox} {key}"


def _split(row: str) -> tuple[str, str]:
    inbox, _, key = row.partition(" ")
    return (DEFAULT_INBOX, row) if row.startswith("[") else (inbox, key)


def _is_in(key: str, inbox: str) -> bool:
    """True if a quota counts mail of an inbox, perhaps among that of others."""
    _, owner, whose, *_ = parts_of(key)
    return owner == "rule" or whose == inbox
