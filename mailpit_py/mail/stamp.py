"""Dates of header fields from UTC microseconds (RFC 5322 §3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def instant(at: int, offset_hours: int = 0) -> datetime:
    """Return the wall time of an instant, so many hours east of UTC."""
    return _EPOCH + timedelta(microseconds=at, hours=offset_hours)


def rfc5322(at: int, zone: str = "+0000", offset_hours: int = 0) -> str:
    """Return a date-time; `zone` is written as it is and has to agree with the offset."""
    local = instant(at, offset_hours)
    return f"{_DAYS[local.weekday()]}, {unnamed(at, zone, offset_hours)}"


def unnamed(at: int, zone: str = "+0000", offset_hours: int = 0) -> str:
    """Return a date-time without the day of the week."""
    local = instant(at, offset_hours)
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month} {local.year:04} {local.hour:02}:{local.minute:02}:{local.second:02} {zone}"


def internal_date(at: int) -> str:
    """Return a date-time as IMAP has it, without its quotes (RFC 9051 §9: date-time)."""
    local = instant(at)
    day = f"{local.day:2}-{_MONTHS[local.month - 1]}-{local.year:04}"
    return f"{day} {local.hour:02}:{local.minute:02}:{local.second:02} +0000"


def compact(at: int) -> str:
    """Return fourteen digits, year first, as message ids have them."""
    local = instant(at)
    return f"{local.year:04}{local.month:02}{local.day:02}{local.hour:02}{local.minute:02}{local.second:02}"


def unix(at: int) -> int:
    """Return whole seconds since 1970."""
    return at // 1_000_000


def span(duration: int) -> str:
    """Say a duration in microseconds in the largest unit that fits, as mail servers do."""
    seconds = max(duration, 0) // 1_000_000
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}" + ("" if count == 1 else "s")
    return f"{seconds} second" + ("" if seconds == 1 else "s")
