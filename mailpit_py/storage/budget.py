"""Back-pressure: a bound on the content that is being read, queued and written, and a floor of free disk space."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Condition

from mailpit_py.errors import StorageFull


class Budget:
    """Counts content in flight against a limit. Thread-safe; nothing blocks but `acquire`.

    A server charges what it reads (`charge`), pauses reading while `is_over`, is called back when
    there is room again (`subscribe`), and refunds the same number when the content is stored or dropped.
    """

    def __init__(self, limit_bytes: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit_bytes = limit_bytes
        self._clock = clock
        self._eased = Condition()
        self._used = 0
        self._waiting = 0
        self._progress_at = clock()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next_key = 0

    @property
    def used_bytes(self) -> int:
        """What is in flight now."""
        return self._used

    @property
    def is_over(self) -> bool:
        """True while as much as the limit, or more, is in flight: stop reading."""
        return self._used >= self.limit_bytes

    def charge(self, size_bytes: int) -> None:
        """Count `size_bytes` more, also beyond the limit."""
        with self._eased:
            if self._used == 0:
                self._progress_at = self._clock()
            self._used += size_bytes

    def refund(self, size_bytes: int) -> None:
        """Give `size_bytes` back; wake waiters and call subscribers if that made room."""
        with self._eased:
            was_over = self.is_over
            self._used = max(0, self._used - size_bytes)
            self._progress_at = self._clock()
            if self._waiting:
                self._eased.notify_all()
            callbacks = list(self._callbacks.values()) if was_over and not self.is_over else []
        for callback in callbacks:
            callback()

    def acquire(self, size_bytes: int, timeout: float = 30) -> None:
        """Wait for room, then charge. Raises StorageFull if nothing was refunded for `timeout` seconds.

        Content larger than the whole limit is let through alone.
        """
        with self._eased:
            while self._used and self._used + size_bytes > self.limit_bytes:
                before = self._progress_at
                if not self._wait(timeout) and self._progress_at == before:
                    raise StorageFull("too much content is waiting to be stored")
            self.charge(size_bytes)

    def _wait(self, timeout: float) -> bool:
        self._waiting += 1
        try:
            return self._eased.wait(timeout)
        finally:
            self._waiting -= 1

    def is_stalled(self, seconds: float = 30) -> bool:
        """True if the limit is exceeded and nothing was refunded for `seconds`: refuse with 452 4.3.1."""
        if not self.is_over:  # seen without the lock: each message asks
            return False
        with self._eased:
            return self.is_over and self._clock() - self._progress_at > seconds

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called, on whatever thread refunds, each time there is room again; returns the undo.

        The callback must not block: an event loop's `call_soon_threadsafe` is meant.
        """
        with self._eased:
            key, self._next_key = self._next_key, self._next_key + 1
            self._callbacks[key] = callback

        def unsubscribe() -> None:
            with self._eased:
                self._callbacks.pop(key, None)

        return unsubscribe


class Disk:
    """Knows whether the disk under a folder has less than `floor_bytes` free; it looks once a second."""

    def __init__(self, folder: Path, floor_bytes: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._floor_bytes = floor_bytes
        self._clock = clock
        self._look_at = 0.0
        self._is_low = False

    def is_low(self) -> bool:
        """True while there is too little room to take another message."""
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + 1.0
            self._is_low = shutil.disk_usage(self._folder).free < self._floor_bytes
        return self._is_low
