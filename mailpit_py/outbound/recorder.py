"""Writes tries down a few at a time: soon enough that a kill repeats little, seldom enough to cost little."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from mailpit_py.storage.agenda import SinkTables
from mailpit_py.storage.sink import TryEnd

AT_ONCE = 100
WAIT = 0.02  # seconds that a try waits for company


class Recorder:
    """Collects the tries of one lane, and hands them to the writer. Belongs to the loop that made it."""

    def __init__(self, sinks: SinkTables) -> None:
        self._sinks = sinks
        self._waiting: list[TryEnd] = []
        self._timer: asyncio.TimerHandle | None = None
        self._written: list[Future[int]] = []

    def note(self, end: TryEnd) -> None:
        """Take a try; it is written in a moment."""
        self._waiting.append(end)
        if len(self._waiting) >= AT_ONCE:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT, self.flush)

    def flush(self) -> None:
        """Hand over what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._written.append(self._sinks.record_all(self._waiting))
            self._waiting = []

    async def done(self) -> None:
        """Return when everything is committed. Raises StorageError if the store could not."""
        self.flush()
        await asyncio.gather(*map(asyncio.wrap_future, self._written))
        self._written.clear()
