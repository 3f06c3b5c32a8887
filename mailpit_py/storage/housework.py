"""When the writer does what besides its jobs: a small plan, without threads or SQL of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from mailpit_py.storage import upkeep
from mailpit_py.storage.context import Context
from mailpit_py.storage.fulltext import FullText
from mailpit_py.storage.value import Limits

# While mail comes without a pause it goes before the index, until so many messages wait for that: a search that
# finds them waiting takes a fifth of a second longer. Larger batches cost less for each message, and hold up commits.
INDEX_LAG = 2_000
INDEX_BATCH = 500
INDEX_PAUSE = 0.02
IDLE_PAUSE = 30.0
BACK_OFF = 1.0
TRIM_EVERY = 1_000  # transactions
VACUUM_PAGES = 256
MERGED_PAGES = 128  # 5 ms
LAZY_GROUPS = 50  # under load, what was cleared is drained once in so many groups; pruning keeps pace with adding

Chore = Callable[[Context], int | None]


class Housework:
    """Knows what is outstanding; used by the writer's thread only."""

    def __init__(self, limits: Limits, index: FullText, *, vacuum: bool = True) -> None:
        self._limits = limits
        self._index = index
        self._prune = True
        self._unpruned = 0
        self._drain = True
        self._may_vacuum = self._vacuum = vacuum
        self._untidy = True
        self._groups = 0
        self._untrimmed = TRIM_EVERY
        self._quiet_until = 0.0

    def note(self, context: Context) -> None:
        """Take in what a committed transaction did."""
        if context.last_id is not None or context.attempted:
            self._prune = True
        self._unpruned += context.added
        self._drain = self._drain or context.cleared
        self._vacuum = self._vacuum or (self._may_vacuum and context.removed > 0)
        self._untidy = self._untidy or context.removed > 0
        self._untrimmed += context.changed

    def back_off(self, now: float) -> None:
        """Leave everything for a moment: it has just failed."""
        self._index.leave_merging()
        self._quiet_until = now + BACK_OFF

    @property
    def is_quiet(self) -> bool:
        """True for a moment after a failure."""
        return self._quiet_until > time.monotonic()

    def pause(self, committed_id: int) -> float:
        """How many seconds the writer may wait for a job before it should look here again."""
        if (quiet := self._quiet_until - time.monotonic()) > 0:
            return quiet
        outstanding = self._prune or self._drain or self._is_unindexed(committed_id)
        return INDEX_PAUSE if outstanding else 0.001 if self._vacuum or self._index.wants_merging else IDLE_PAUSE

    def due(self, committed_id: int, *, idle: bool, urgent: bool) -> Iterator[Chore]:
        """Yield the chores whose time has come. `idle`: no job came; `urgent`: a search waits for the index."""
        if self.is_quiet:
            return
        self._groups += 1
        lazily = idle or self._groups % LAZY_GROUPS == 0
        wanted = urgent or idle or committed_id - self._index.watermark >= INDEX_LAG
        if wanted and self._is_unindexed(committed_id):
            yield self._apply
        if (idle or self._unpruned >= upkeep.CHUNK) and self._prune:
            yield self._prune_chunk
        if lazily and self._drain:
            yield self._drain_chunk
        if self._untrimmed >= TRIM_EVERY and lazily:
            self._untrimmed = 0
            yield upkeep.trim
        if idle:
            yield from self._for_idle_time()

    def _for_idle_time(self) -> Iterator[Chore]:
        if self._untidy and self._index.may_need_tidying:
            self._untidy = False
            yield self._tidy
        if self._index.wants_merging:
            yield self._merge_some
        if self._vacuum:
            yield self._vacuum_some

    def _is_unindexed(self, committed_id: int) -> bool:
        return self._index.enabled and self._index.watermark < committed_id

    def _apply(self, context: Context) -> int:
        return self._index.apply(context.connection, INDEX_BATCH, context.next_id() - 1)

    def _prune_chunk(self, context: Context) -> None:
        self._unpruned = 0
        self._prune = upkeep.prune(context, self._limits) > 0

    def _drain_chunk(self, context: Context) -> None:
        self._drain = upkeep.drain(context)

    def _tidy(self, context: Context) -> None:
        self._index.tidy_if_due(context.connection)

    def _merge_some(self, context: Context) -> None:
        self._index.merge(context.connection, MERGED_PAGES)

    def _vacuum_some(self, context: Context) -> None:
        self._vacuum = upkeep.vacuum(context, VACUUM_PAGES)
