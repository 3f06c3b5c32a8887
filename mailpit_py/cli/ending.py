"""What ends a server: SIGINT or SIGTERM, whichever thread of the process the system gives it to."""

from __future__ import annotations

import signal
import socket
from types import TracebackType
from typing import Self

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Ending:
    """Waits for one of the signals, from when it is entered. For the main thread alone, once in a process.

    Python's handlers run on the main thread, and while that waits for a lock a signal wakes it only if
    the system hands it over there. On a busy machine it may go to a thread that starts another one in
    this moment, and then nobody would hear of it. The octet that Python writes for each signal,
    on whatever thread, wakes whoever reads.
    """

    def __enter__(self) -> Self:
        self._heard, self._told = socket.socketpair()
        self._told.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for number in NUMBERS:
            signal.signal(number, lambda *_: None)  # for good: a second one does not break off the stop
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        self._heard.close()
        self._told.close()

    def wait(self) -> None:
        """Return once one of the signals has come, at once if it has come already."""
        while self._heard.recv(1)[0] not in NUMBERS:
            pass
