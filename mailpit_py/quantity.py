"""Ages, sizes and instants as people write them (30m, 7d; 500k, 2G; 2026-11-23T12:00:00Z), and as they are counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

LONGEST = 100_000 * 86400  # seconds of an age
SECOND = 1_000_000  # microseconds, in which instants are counted
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(text: str) -> int:
    """Read an age. Raises ValueError with advice."""
    match = re.fullmatch(r"(\d+)\s*([mhd])", text.strip())
    if match is None:
        raise ValueError(f"write an age as 30m, 12h or 7d, not {text!r}")
    if not int(match[1]):
        raise ValueError("an age of 0 would keep nothing; leave it out to keep everything")
    seconds = int(match[1]) * {"m": 60, "h": 3600, "d": 86400}[match[2]]
    if seconds > LONGEST:
        raise ValueError("an age has at most 100,000 days; leave it out to keep everything")
    return seconds


def bytes_of(text: str) -> int:
    """Read a size in bytes, units of 1024. Raises ValueError with advice."""
    match = re.fullmatch(r"(\d+)\s*([kMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f"write a size as 500k, 200M or 2G, not {text!r}")
    if not int(match[1]):
        raise ValueError("a size of 0 would keep nothing; leave it out to set no limit")
    power: int = " kmgt".index(match[2].lower() or " ")
    return int(match[1]) << (10 * power)


def microseconds_of(text: str) -> int:
    """Read an instant of RFC 3339, in UTC if it names no zone. Raises ValueError with advice."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"write an instant as 2026-11-23T12:00:00Z, not {text!r}") from None
    return instant_of(moment)


def instant_of(moment: datetime) -> int:
    """Return a moment in UTC microseconds; one that names no zone is in UTC."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def moment_of(at: int) -> datetime:
    """Return an instant, in UTC microseconds, as a moment in UTC. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=at)
