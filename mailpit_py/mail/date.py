"""Dates as senders write them, to UTC microseconds (RFC 5322 §3.3 and §4.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_ZONES = {"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
_ZONES |= {"cet": 1, "cest": 2, "met": 1, "mest": 2, "bst": 1, "eet": 2, "eest": 3, "msk": 3, "jst": 9}
_SECOND = r"\s{0,9}[:.]\s{0,9}(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?"
_TIME = rf"(?P<hour>\d{{1,2}})\s{{0,9}}[:.]\s{{0,9}}(?P<minute>\d{{1,2}})(?:{_SECOND})?"
_ZONE = r"(?:\s{0,9}(?P<zone>[+-]\s?\d{1,2}:?\d{2}(?!\d)|[a-z]{1,5}(?:[+-]\d{4})?))?"
_MONTH = r"(?P<month>[a-z]{3})[a-z]{0,6}\.?"
_DAY = r"(?P<day>\d{1,2})"
_WEEKDAY = r"(?:[^\W\d]{2,12}\.?\s{0,9},?)?\s{0,9}"
_FORMS = (
    re.compile(
        rf"{_WEEKDAY}{_DAY}[\s-]{{0,9}}{_MONTH}[\s,-]{{0,9}}(?P<year>\d{{2,4}})[\s,]{{1,9}}{_TIME}{_ZONE}", re.I
    ),
    re.compile(
        rf"{_WEEKDAY}{_MONTH}\s{{1,9}}{_DAY}\s{{1,9}}{_TIME}(?:\s{{1,9}}[a-z]{{3,4}})?\s{{1,9}}(?P<year>\d{{4}}){_ZONE}",
        re.I,
    ),
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[T\s]{{1,9}}{_TIME}{_ZONE}", re.I),
)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMMENT = re.compile(r"\([^()]*+\)")
_NO_OFFSET = re.compile(r"[^\d+-]")
_LONGEST = 200


def parse(text: str) -> int | None:
    """Return the instant in UTC microseconds, or None if the text is no date. Never raises.

    Without a zone, and for military letters, UTC is meant (RFC 5322 §4.3). Two-digit years are of
    1950 to 2049. A comment after the date is ignored.
    """
    text = text[:_LONGEST].strip()
    if "(" in text:
        text = _COMMENT.sub(" ", text).strip()
    for form in _FORMS:
        if match := form.match(text):
            return _instant(match)
    return None


def _instant(match: re.Match[str]) -> int | None:
    year, month, day, hour, minute, second, digits, zone = match.group(*_PARTS)
    number = _MONTHS.get(month.lower(), 0) or (int(month) if month.isdigit() else 0)
    whole = 59 if second == "60" else int(second or 0)
    fraction = int(digits.ljust(6, "0")[:6]) if digits else 0
    offset = _offset(zone or "")
    try:
        local = datetime(_year(year), number, int(day), int(hour), int(minute), whole, fraction, UTC)
    except ValueError:
        return None
    if offset is None:
        return None
    since = local - _EPOCH
    return (since.days * 86_400 + since.seconds - offset * 60) * 1_000_000 + since.microseconds


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(zone: str) -> int | None:
    """Minutes east of UTC; None for an offset of a day or more."""
    digits = _NO_OFFSET.sub("", zone)
    if len(digits) > 3:
        minutes = int(digits[1:-2]) * 60 + int(digits[-2:])
        if minutes >= 24 * 60:
            return None
        return -minutes if digits[0] == "-" else minutes
    return _ZONES.get(zone.lower(), 0) * 60


def offset_minutes(text: str) -> int:
    """How far east of UTC the clock of a date's writer was; 0 for what is no date."""
    text = _COMMENT.sub(" ", text[:_LONGEST]).strip()
    for form in _FORMS:
        if match := form.match(text):
            return _offset(match["zone"] or "") or 0
    return 0


def on_clock(text: str) -> int | None:
    """Like `parse`, but what the writer's own clock showed, as if it went by UTC: the day is the writer's."""
    at = parse(text)
    return None if at is None else at + offset_minutes(text) * 60_000_000
