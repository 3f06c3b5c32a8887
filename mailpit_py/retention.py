"""Retention by age: a timer that asks the store to remove what has become too old."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from mailpit_py.errors import StorageError
from mailpit_py.storage import Store

logger = logging.getLogger(__name__)

INTERVAL = 15.0


class Retention:
    """Asks `store` to prune every `interval` seconds while it is entered; count and bytes need no timer."""

    def __init__(self, store: Store, *, interval: float = INTERVAL) -> None:
        self._store = store
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def __enter__(self) -> Self:
        if self._store.options.limits.max_age_seconds is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                removed = self._store.prune().result()
            except StorageError as error:
                logger.warning("old messages could not be removed: %s", error)
            else:
                logger.debug("removed=%s", removed)
