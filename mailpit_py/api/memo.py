"""Answers that hold until the journal moves: the first page of a list, for every page that asks again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from mailpit_py.storage import Journal

Value = TypeVar("Value")
ROOM = 64


class Memo:
    """Values by key, forgotten as soon as anything in the store changes.

    The journal moves before a write is confirmed, so whoever has seen a confirmation never gets an
    older answer.
    """

    def __init__(self, journal: Journal, room: int = ROOM) -> None:
        self._journal = journal
        self._room = room
        self._tick = -1
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made anew unless it was made since the last change."""
        tick = self._journal.tick  # read before the store, so that a value is never newer than its tick
        with self._lock:
            if tick > self._tick:
                self._tick = tick
                self._values.clear()
            if tick == self._tick and key in self._values:
                self._values.move_to_end(key)
                return self._values[key]  # type: ignore[return-value]  # a key always has values of one type
        value = make()
        with self._lock:
            if tick == self._tick:
                self._values[key] = value
                if len(self._values) > self._room:
                    self._values.popitem(last=False)
        return value
