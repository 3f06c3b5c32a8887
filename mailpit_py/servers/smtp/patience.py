"""How long a connection may take: its age, its silence, and what counts as activity."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mailpit_py.servers.smtp.settings import SmtpSettings

# So many octets of content count as activity; fewer, an octet now and then, do not.
PROGRESS_BYTES = 1024


class Patience:
    """The clock of one connection, with one timer. Times are seconds of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: SmtpSettings) -> None:
        self._loop = loop
        self._settings = settings
        self._opened_at = self._active_at = loop.time()
        self._held_up_at: float | None = None
        self._octets = 0
        self._timer: asyncio.TimerHandle | None = None

    def renew(self) -> None:
        """Note that something happened."""
        self._active_at = self._loop.time()
        self._octets = 0

    def progress(self, size_bytes: int) -> None:
        """Note that content came."""
        self._octets += size_bytes
        if self._octets >= PROGRESS_BYTES:
            self.renew()

    def hold_up(self) -> None:
        """Note that the client is not read: from now on its silence is not its own."""
        self._held_up_at = self._loop.time()

    def go_on(self) -> None:
        """Note that the client is read again; its silence goes on from where it was."""
        if self._held_up_at is not None:
            self._active_at += self._loop.time() - self._held_up_at
            self._held_up_at = None

    @property
    def silence(self) -> float:
        """For how long the client has done nothing, while it could."""
        return max(0.0, (self._held_up_at or self._loop.time()) - self._active_at)

    @property
    def left(self) -> float:
        """How long the connection may still last if nothing happens; infinite without limits."""
        settings, left = self._settings, float("inf")
        if settings.session_timeout:
            left = self._opened_at + settings.session_timeout - self._loop.time()
        return min(left, settings.idle_timeout - self.silence) if settings.idle_timeout else left

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        """Set the timer, in place of what it was set to."""
        self.cancel()
        self._timer = self._loop.call_later(delay, call)

    def cancel(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
