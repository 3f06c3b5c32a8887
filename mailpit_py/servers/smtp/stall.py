"""Waiting on purpose: silence before a reply, and content read slowly, by timers of the loop and never by a thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.simulation.outcome import STALL_SECONDS_AT_MOST, STALLS_AT_ONCE, Throttle

logger = logging.getLogger(__name__)

_TICK = 0.05


class Stalls:
    """How many connections of a listener are kept waiting at the moment."""

    def __init__(self, limit: int = STALLS_AT_ONCE) -> None:
        self.count = 0
        self._limit = limit

    def enter(self) -> bool:
        """Count one more; False if there are enough."""
        if self.count >= self._limit:
            return False
        self.count += 1
        return True

    def leave(self) -> None:
        """Count one less."""
        self.count -= 1


class Stall:
    """What keeps one connection waiting: one silence, or one slow reading, at a time.

    `feed` takes content that was held, `resume` is called after a silence. `is_silent` is True
    while a reply is held back.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        stalls: Stalls,
        conversation: Conversation,
        *,
        feed: Callable[[bytes], None],
        resume: Callable[[], None],
    ) -> None:
        self.is_silent = False
        self._loop = loop
        self._stalls = stalls
        self._conversation = conversation
        self._feed = feed
        self._resume = resume
        self._is_counted = False
        self._timer: asyncio.TimerHandle | None = None
        self._backlog = bytearray()
        self._bytes_per_second = 0
        self._ends_at = 0.0

    def begin(self) -> bool:
        """Begin the pause that the conversation has come to; True if nothing may be said for a while."""
        conversation = self._conversation
        conversation.buffer += self.release()
        self._is_counted = self._stalls.enter()
        if not self._is_counted:
            logger.warning("session=%s not kept waiting: too many are", conversation.session.public_id)
            conversation.go_on("not kept waiting: too many connections are already")
        elif isinstance(conversation.pause, Throttle):
            self._read_slowly(conversation.pause.bytes_per_second)
        else:
            self.is_silent = True
            self._timer = self._loop.call_later(min(conversation.pause, STALL_SECONDS_AT_MOST), self._speak)
        return self.is_silent

    def _read_slowly(self, bytes_per_second: int) -> None:
        """Pass content on slowly; all at once after the longest time that anybody may be kept waiting."""
        self._bytes_per_second = bytes_per_second
        self._ends_at = self._loop.time() + STALL_SECONDS_AT_MOST
        came, self._conversation.buffer = self._conversation.buffer, bytearray()
        self.holds(came)
        self._conversation.go_on()

    @property
    def is_slow(self) -> bool:
        """True while what comes in is read slowly."""
        return self._bytes_per_second > 0

    @property
    def is_full(self) -> bool:
        """True while there is something to pass on."""
        return bool(self._backlog)

    def holds(self, data: bytes | bytearray | memoryview) -> bool:
        """Take what came in, if it is read slowly."""
        if not self.is_slow:
            return False
        self._backlog += data
        if self._timer is None and self._backlog:
            self._timer = self._loop.call_later(self._pause, self._pass_on)
        return True

    def release(self) -> bytes:
        """Wait no longer; return what has not been passed on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_counted:
            self._is_counted = False
            self._stalls.leave()
        self.is_silent, self._bytes_per_second = False, 0
        rest = bytes(self._backlog)
        del self._backlog[:]
        return rest

    def _speak(self) -> None:
        self.release()
        self._conversation.go_on()
        self._resume()

    @property
    def _pause(self) -> float:
        return max(_TICK, 1 / self._bytes_per_second)

    def _pass_on(self) -> None:
        is_over = self._loop.time() >= self._ends_at
        size = len(self._backlog) if is_over else max(1, round(self._bytes_per_second * self._pause))
        data = bytes(self._backlog[:size])
        del self._backlog[:size]
        self._timer = self._loop.call_later(self._pause, self._pass_on) if self._backlog else None
        self._feed(data)
        if self.is_slow and not self._conversation.is_in_content:
            self._feed(self.release())
