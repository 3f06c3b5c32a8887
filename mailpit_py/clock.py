"""Time, as one object that is handed to whoever needs it."""

from __future__ import annotations

import time


class Clock:
    """Wall time: what drives time-outs, retention by age, transcripts and the moment of receipt."""

    def wall(self) -> int:
        """Now, in UTC microseconds."""
        return time.time_ns() // 1000
