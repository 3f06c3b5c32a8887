"""Time, as one object that is handed to whoever needs it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from mailpit_py.errors import ClockError, NotFound, StorageError
from mailpit_py.quantity import SECOND
from mailpit_py.storage import DEFAULT_INBOX, PATIENCE
from mailpit_py.storage.agenda import ClockTables

FURTHEST = 100 * 366 * 86_400 * SECOND  # from wall time: dates stay ones that mail can carry


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock of sandbox time stands: so far from wall time, or still at an instant; microseconds."""

    offset_us: int = 0
    frozen_at: int | None = None

    def at(self, wall: int) -> int:
        """The sandbox time at an instant of wall time."""
        return wall + self.offset_us if self.frozen_at is None else self.frozen_at


_RUNNING = Reading()


class Clock:
    """Wall time, and the sandbox time of each inbox.

    Wall time drives time-outs, retention by age, transcripts and the moment of receipt. Sandbox
    time, which tests can turn, drives plans, greylisting, rates, retries of webhooks, and the dates
    inside reports. Thread-safe.
    """

    _readings: Mapping[str, Reading] = MappingProxyType({})
    _tables: ClockTables | None = None

    def __init__(self) -> None:
        self._lock = Lock()

    def wall(self) -> int:
        """Now, in UTC microseconds."""
        return time.time_ns() // 1000

    def sandbox(self, inbox: str = DEFAULT_INBOX) -> int:
        """Now for an inbox, in UTC microseconds."""
        return self.reading(inbox).at(self.wall())

    def reading(self, inbox: str = DEFAULT_INBOX) -> Reading:
        """How the clock of an inbox stands."""
        return self._readings.get(inbox, _RUNNING)

    def keep_in(self, tables: ClockTables) -> None:
        """Take over how the clocks stood, and keep every change from now on."""
        if self._tables is None:
            self._tables = tables
            self._readings = {inbox: Reading(*kept) for inbox, kept in tables.all().items()}

    def move(self, inbox: str, to: int | None = None, *, by: int = 0) -> tuple[int, int]:
        """Go forward to an instant of sandbox time, or by so much; a clock that stands still stands there then.

        Returns the time before and after once that is committed. Raises ClockError for an instant
        that lies behind.
        """
        with self._lock:
            wall, reading = self.wall(), self.reading(inbox)
            now = reading.at(wall)
            to = now + by if to is None else to
            if to < now:
                raise ClockError("time goes forward only; reset the clock to come back to the time of day")
            if reading.frozen_at is None:
                self._set(inbox, Reading(reading.offset_us + to - now), wall)
            else:
                self._set(inbox, Reading(reading.offset_us, to), wall)
        return now, to

    def freeze(self, inbox: str, at: int | None = None) -> None:
        """Stand still, now or at an instant of sandbox time, which may lie behind."""
        with self._lock:
            wall, reading = self.wall(), self.reading(inbox)
            self._set(inbox, Reading(reading.offset_us, reading.at(wall) if at is None else at), wall)

    def resume(self, inbox: str) -> None:
        """Run on from where the clock stands."""
        with self._lock:
            wall, reading = self.wall(), self.reading(inbox)
            self._set(inbox, Reading(reading.at(wall) - wall), wall)

    def reset(self, inbox: str) -> None:
        """Go with wall time again."""
        with self._lock:
            self._set(inbox, _RUNNING, self.wall())

    def forget(self, inbox: str) -> None:
        """Forget the clock of an inbox that is gone."""
        with self._lock:
            self._readings = {name: one for name, one in self._readings.items() if name != inbox}

    def _set(self, inbox: str, reading: Reading, wall: int) -> None:
        """Keep a reading, then let it count; the lock is held."""
        if abs(reading.at(wall) - wall) > FURTHEST:
            raise ClockError("that is more than a hundred years away")
        before = self._readings
        self._readings = {**before, inbox: reading}  # first: the commit wakes those who look at it
        if self._tables is None:
            return
        try:
            self._tables.save(inbox, reading.offset_us, reading.frozen_at).result(PATIENCE)
        except (StorageError, NotFound):
            self._readings = before
            raise
