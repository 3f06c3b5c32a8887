"""Waiting for mail: what came since a place in the journal, which of it is wanted, and why the rest is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mailpit_py.checks.wanted import Mismatch, Wanted
from mailpit_py.mail import read
from mailpit_py.storage import INBOX, AttemptSummary, Change, Cursor, Query, Store, Summary

NEWEST = 1_000  # rows that are looked at where the journal does not say what came
BEAT = 15.0
BY_QUERY = Mismatch("query", "the search", "it")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that came, and which filters it does not pass."""

    summary: Summary
    mismatches: tuple[Mismatch, ...]


class Watch:
    """Mail that came after `since`, or that an inbox has and gets, seen with filters. For one thread.

    `matches` and `near_misses` are in the order of arrival. `refused` are transactions that ended
    without a message. `removed` has the ids of matches that are gone again, and `unseen` counts
    messages that were removed before they could be looked at. `cursor` is how far it has looked.
    Where somebody may see the inbox only for a while, `holds` says whether that goes on.
    """

    def __init__(
        self,
        store: Store,
        inbox: str,
        wanted: Wanted,
        *,
        query: Query | None = None,
        since: Cursor | None = None,
    ) -> None:
        self.holds: Callable[[], bool] = _always
        self.matches: list[Seen] = []
        self.near_misses: list[Seen] = []
        self.refused: list[AttemptSummary] = []
        self.removed: list[str] = []
        self.unseen = 0
        self.cursor = since
        self._store = store
        self._inbox = inbox
        self._wanted = wanted
        self._query = query
        self._newest = 0

    @property
    def closed(self) -> bool:
        """True if the sandbox has stopped, or what let one see the inbox holds no more: nothing more can come."""
        return self._store.journal.closed or not self.holds()

    def run(self, timeout: float, *, count: int = 1, beat: float = BEAT) -> Iterator[None]:
        """Look until `count` messages match, `timeout` seconds are over or it is closed.

        Yields after each `beat` seconds, so that the caller can see whether its own peer is still
        there; the whole timeout passes for a `count` that is never reached.
        """
        journal = self._store.journal
        deadline = time.monotonic() + timeout
        beaten = time.monotonic()
        while True:
            tick = journal.tick  # read before the table, so that no wake is missed
            if self.closed:
                return
            self.look()
            now = time.monotonic()
            if len(self.matches) >= count or now >= deadline:
                return
            if now - beaten >= beat:
                beaten = now
                yield
            journal.wait(tick, min(deadline - now, beaten + beat - now))

    def forget_what_is_hidden(self) -> None:
        """Know nothing any more, if who waits may not see the inbox any more: it came in that moment."""
        if not self.holds():
            self.matches, self.near_misses, self.refused, self.removed = [], [], [], []

    def look(self) -> None:
        """Take in what has happened since the last look."""
        if self.cursor is None:
            self._look_at_list()
        while self.cursor is not None:
            changes = self._store.changes(self.cursor, inbox=self._inbox)
            if changes.resync:
                self._look_at_list()
                return
            self.cursor = changes.cursor
            if not changes.items:
                return
            self._take(changes.items)

    def _look_at_list(self) -> None:
        """Look at the newest rows that were not seen yet: the journal does not reach back that far."""
        page = self._store.page(self._inbox, limit=NEWEST, mailbox=None, refused=True)
        self._look_at([row for row in reversed(page.items) if row.id > self._newest])
        self.cursor = page.cursor

    def _take(self, changes: Iterable[Change]) -> None:
        arrived: dict[str, None] = {}
        removed: set[str] = set()
        for change in changes:
            if change.kind == "added":
                arrived |= {ref.public_id: None for ref in change.refs if ref.mailbox in (INBOX, "")}
            elif change.kind == "removed":
                removed |= {ref.public_id for ref in change.refs}
            elif change.kind == "cleared":
                removed |= {seen.summary.public_id for seen in self.matches} | arrived.keys()
        if arrived:
            rows = self._store.summaries(self._inbox, tuple(arrived))
            self._look_at(sorted(rows, key=lambda row: row.id))
            self.unseen += len(arrived) - len(rows)
        gone = (seen.summary.public_id for seen in self.matches if seen.summary.public_id in removed)
        self.removed += [one for one in gone if one not in self.removed]

    def _look_at(self, rows: list[Summary | AttemptSummary]) -> None:
        found = self._found(rows)
        for row in rows:
            self._newest = max(self._newest, row.id)
            if isinstance(row, AttemptSummary):
                self.refused.append(row)
                continue
            mismatches = self._mismatches(row, found)
            if mismatches is None:
                self.unseen += 1
            else:
                (self.near_misses if mismatches else self.matches).append(Seen(row, mismatches))

    def _found(self, rows: list[Summary | AttemptSummary]) -> set[str] | None:
        """The ids that the search finds among these rows; None without a search."""
        if self._query is None or not rows:
            return None
        after = str(rows[0].id - 1)
        page = self._store.page(self._inbox, query=self._query, after=after, limit=10 * NEWEST, mailbox=None)
        return {row.public_id for row in page.items}

    def _mismatches(self, row: Summary, found: set[str] | None) -> tuple[Mismatch, ...] | None:
        """What keeps a message from being wanted; None if it is gone."""
        by_query = (BY_QUERY,) if found is not None and row.public_id not in found else ()
        if self._wanted.is_anything:
            return by_query
        stored, raw = self._store.message(self._inbox, row.public_id), self._store.raw(self._inbox, row.public_id)
        if stored is None or raw is None:
            return None
        return (*self._wanted.mismatches(read(raw), stored.envelope), *by_query)


def _always() -> bool:
    return True
