"""How the writer is woken: at once, or once for all that comes in one turn of an event loop."""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Any

CallSoon = Callable[[Callable[[], None]], Any]


class Waker:
    """Calls `wake` on behalf of whoever has queued something. Thread-safe.

    A writer that is woken for the first message of a turn takes the interpreter's lock from the
    loop in the midst of the others, and commits that one message alone.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._own = local()

    def defer(self, call_soon: CallSoon) -> None:
        """From now on wake for the calling thread through `call_soon`, which calls at the end of a turn."""
        self._own.call_soon, self._own.is_due = call_soon, False

    def __call__(self) -> None:
        """Something was queued."""
        call_soon: CallSoon | None = getattr(self._own, "call_soon", None)
        if call_soon is None:
            self._wake()
        elif not self._own.is_due:
            self._own.is_due = True
            call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._own.is_due = False
        self._wake()
