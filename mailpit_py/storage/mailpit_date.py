"""Dates as people write them into Mailpit's searches, the month before the day; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from mailpit_py.quantity import instant_of

_MONTH_NAMES = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
_MONTHS = _MONTH_NAMES.split()
_WEEKDAY = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]{0,6},? )?"
_NAME = r"(?P<name>[A-Z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"'?(?P<year>\d{4}|\d\d)"
_SECOND = r":(?P<second>\d\d)(?:[., ](?P<fraction>\d{1,9}))?"
_CLOCK = rf"(?P<hour>\d{{1,2}})(?::(?P<minute>\d{{1,2}})(?:{_SECOND})?)?(?: ?(?P<half>AM|PM))?"
_TIME = rf"(?:(?:T|:|,? (?:AT )?){_CLOCK})?"
_ZONE = r"(?: ?(?P<zone>[A-Z]{1,5}))?(?: ?(?P<offset>[+-]\d\d(?::?\d\d)?)(?: [A-Z]{3,5})?)?(?: \([^()]*\))?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})(?:(?P<by>[-/.:])(?P<month>\d{{1,2}})(?:(?P=by){_DAY}{_TIME}{_ZONE})?)?",
        rf"(?P<month>\d{{1,2}})(?P<by>[/.]){_DAY}(?P=by){_YEAR}{_TIME}{_ZONE}",
        rf"{_WEEKDAY}{_NAME} {_DAY}(?:ST|ND|RD|TH)?,? {_YEAR}{_TIME}{_ZONE}",
        rf"{_WEEKDAY}{_DAY}(?P<by>[ /-]){_NAME}(?P=by){_YEAR}{_TIME}{_ZONE}",
        rf"(?P<year>\d{{4}})-{_NAME}-{_DAY}{_TIME}{_ZONE}",
        rf"{_WEEKDAY}{_NAME} {_DAY} {_CLOCK}{_ZONE} (?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})年(?P<month>\d{{1,2}})月{_DAY}日",
    )
)
_DIGITS = {4: "%Y", 8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}
_PARTS_OF_A_SECOND = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_HOURS_EAST = {"Z": 0, "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7}
_HOURS_EAST |= {"PDT": -7, "PST": -8, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9}


def instant(text: str, zone: tzinfo | None = None) -> int | None:
    """Read a date as people write it, or the digits of a clock; UTC microseconds, or None.

    What names no offset is of `zone`, or of this machine's.
    """
    text = " ".join(text.upper().split())
    try:
        if text.isascii() and text.isdigit():
            moment = _of_digits(text)
        else:
            moment = next((_read(found) for form in _FORMS if (found := form.fullmatch(text))), None)
        if moment is None:
            return None
        if moment.tzinfo is None and zone is not None:
            moment = moment.replace(tzinfo=zone)
        return instant_of(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _of_digits(text: str) -> datetime | None:
    """A year, a day, a second, or what a clock has counted since 1970. Raises ValueError."""
    if form := _DIGITS.get(len(text)):
        return datetime.strptime(text, form)
    parts = _PARTS_OF_A_SECOND.get(len(text))
    if parts is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(text) * 1_000_000 // parts)


def _read(found: re.Match[str]) -> datetime | None:
    """The date that was found. Raises ValueError for one that is in no calendar."""
    parts = found.groupdict()
    zone = _zone(parts.get("zone"), parts.get("offset"))
    month = _month(parts.get("name")) or int(parts.get("month") or 1)
    fraction = (parts.get("fraction") or "").ljust(6, "0")[:6]
    day, minute, second = int(parts.get("day") or 1), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    return datetime(_year(parts["year"]), month, day, _hour(parts), minute, second, int(fraction), zone)


def _year(digits: str) -> int:
    """Of two digits those of 1969 to 2068."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)


def _month(name: str | None) -> int | None:
    """The number of a month, named in full or by three letters; None without a name. Raises ValueError."""
    if name is None:
        return None
    return next((number for number, full in enumerate(_MONTHS, 1) if name in (full, full[:3])), 0) or _refuse(name)


def _refuse(text: str) -> int:
    raise ValueError(f"{text} is no part of a date")


def _hour(parts: dict[str, str | None]) -> int:
    """The hour of a day of 24. Raises ValueError."""
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        return _refuse(str(hour))
    return hour % 12 + (12 if half == "PM" else 0)


def _zone(name: str | None, offset: str | None) -> tzinfo | None:
    """What is said of the zone, digits before letters; None if nothing is. Raises ValueError."""
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[3:].lstrip(":") or 0)
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    if not name:
        return None
    return timezone(timedelta(hours=_HOURS_EAST[name])) if name in _HOURS_EAST else _unknown(name)


def _unknown(name: str) -> tzinfo:
    raise ValueError(f"{name} is no zone")
