"""Retention: how much mail is kept. The writer prunes by count and bytes by itself; age needs a clock's push."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from threading import Event, Thread

from mailpit_py.config import Config
from mailpit_py.errors import StorageError
from mailpit_py.storage import Limits, Store

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0


def limits(config: Config) -> Limits:
    """The limits that the options ask for; 0 messages means no limit."""
    return Limits(
        max_messages=config.max if config.max > 0 else None,
        max_age_seconds=config.max_age_seconds,
        max_bytes=config.max_total_bytes,
    )


class Retention:
    """Prunes a store by age, at once and then each `interval` seconds, on a thread of its own.

    Wall time decides; moving the sandbox's clock never removes mail. Without an age limit there
    is no thread.
    """

    def __init__(self, store: Store, *, interval: float = SWEEP_SECONDS) -> None:
        self._store = store
        self._interval = interval
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to prune, if there is an age limit."""
        if self._store.options.limits.max_age_seconds is not None:
            self._thread = Thread(target=self._run, name="mailpit-retention", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread; call it before the store closes."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def sweep(self) -> Future[int]:
        """Prune now; the result is how many messages and attempts went."""
        return self._store.prune()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if removed := self.sweep().result():
                    logger.info("retention removed=%d", removed)
            except StorageError as error:
                logger.warning("retention is tried again in %d s: %s", self._interval, error)
            self._stopped.wait(self._interval)
