"""The journal's bell: it wakes whoever follows the table `change`, and says when the store closes."""

from __future__ import annotations

from threading import Condition


class Journal:
    """A count of commits that changed something. Thread-safe.

    Read `tick` before the table: a change that comes between the two moves the tick, so `wait`
    returns at once and no wake is missed.
    """

    def __init__(self) -> None:
        self._moved = Condition()
        self._tick = 0
        self._closed = False
        self.removed_messages = 0  # deleted or pruned since the store was opened

    @property
    def tick(self) -> int:
        """How often the journal has grown since the store was opened."""
        return self._tick

    @property
    def closed(self) -> bool:
        """True from the moment at which the store begins to close; nobody waits after that."""
        return self._closed

    def ring(self) -> None:
        """Wake all who wait: there are new changes."""
        with self._moved:
            self._tick += 1
            self._moved.notify_all()

    def wait(self, tick: int, timeout: float | None = None) -> bool:
        """Wait until the journal has grown beyond `tick` or closes; False if `timeout` seconds passed first."""
        with self._moved:
            return self._moved.wait_for(lambda: self._tick != tick or self._closed, timeout)

    def close(self) -> None:
        """Wake all who wait, for good."""
        with self._moved:
            self._closed = True
            self._moved.notify_all()
