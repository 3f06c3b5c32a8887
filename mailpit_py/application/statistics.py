"""What happened since the start: counts that nobody needs to keep."""

from __future__ import annotations

import sys
import time
from threading import Lock


class Statistics:
    """Messages taken and refused. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._started = time.monotonic()
        self.accepted = 0
        self.accepted_bytes = 0
        self.rejected = 0
        self.ignored = 0

    def accept(self, size_bytes: int) -> None:
        """Count a message that was kept."""
        with self._lock:
            self.accepted += 1
            self.accepted_bytes += size_bytes

    def ignore(self) -> None:
        """Count a message that was taken, and was there already."""
        with self._lock:
            self.ignored += 1

    def reject(self, recipients: int = 1) -> None:
        """Count refused recipients, or a message that was refused whole."""
        with self._lock:
            self.rejected += recipients

    @property
    def uptime(self) -> int:
        """Whole seconds since the start."""
        return int(time.monotonic() - self._started)

    def as_mapping(self, deleted: int) -> dict[str, int]:
        """The numbers under Mailpit's names; `deleted` is how many messages went since the start."""
        return {
            "Uptime": self.uptime,
            "Memory": memory_bytes(),
            "MessagesDeleted": deleted,
            "SMTPAccepted": self.accepted,
            "SMTPAcceptedSize": self.accepted_bytes,
            "SMTPRejected": self.rejected,
            "SMTPIgnored": self.ignored,
        }


def memory_bytes() -> int:
    """How much memory this process has in use; where the system does not say, the most it ever had."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return _most_memory()
    import resource

    return pages * resource.getpagesize()


def _most_memory() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
