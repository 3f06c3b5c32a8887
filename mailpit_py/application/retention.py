"""Retention: how much mail is kept. The writer prunes by count and bytes by itself; age needs a clock's push."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from threading import Event, Lock, Thread

from mailpit_py.application.inboxbook import InboxBook
from mailpit_py.config import Config
from mailpit_py.errors import NotFound, StorageError
from mailpit_py.storage import Limits, Store

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
DEMO_MESSAGES = 1_000


def limits(config: Config) -> Limits:
    """The limits that the options ask for; 0 messages means no limit, but in demo mode."""
    most = config.max if config.max > 0 else None
    if config.demo_mode:
        most = min(most or DEMO_MESSAGES, DEMO_MESSAGES)
    return Limits(
        max_messages=most,
        max_age_seconds=config.max_age_seconds,
        max_bytes=config.max_total_bytes,
    )


class Retention:
    """Prunes a store by age, at once and then each `interval` seconds, on a thread of its own.

    Wall time decides; moving the sandbox's clock never removes mail. Inboxes that nobody has used
    for long enough go, too. While nothing has an age limit there is no thread.
    """

    def __init__(self, store: Store, *, inboxes: InboxBook | None = None, interval: float = SWEEP_SECONDS) -> None:
        self._store = store
        self._inboxes = inboxes
        self._interval = interval
        self._stopped = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to prune, as soon as there is an age limit."""
        self._look()
        if self._inboxes is not None:
            self._inboxes.on_change.append(self._look)

    def stop(self) -> None:
        """End the thread; call it before the store closes."""
        with self._starting:
            self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def sweep(self) -> Future[int]:
        """Prune now; the result is how many messages and attempts went."""
        if self._inboxes is not None:
            self._inboxes.expire()
        return self._store.prune()

    def _look(self) -> None:
        """Make the thread once it has something to do."""
        has_span = self._inboxes is not None and self._inboxes.has_span
        if not has_span and self._store.options.limits.max_age_seconds is None:
            return
        with self._starting:
            if self._thread is None and not self._stopped.is_set():
                self._thread = Thread(target=self._run, name="mailpit-retention", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if removed := self.sweep().result():
                    logger.info("retention removed=%d", removed)
            except (StorageError, NotFound) as error:
                logger.warning("retention is tried again in %d s: %s", self._interval, error)
            self._stopped.wait(self._interval)
