"""APPEND: a message is put into the sandbox (RFC 9051 §6.3.12, RFC 6855 §4)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from mailpit_py.quantity import instant_of
from mailpit_py.servers.imap.flagging import flags
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.work import Work, ask

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session

_DATE_TIME = re.compile(
    rb'"([ \d]\d)-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(\d{4}) '
    rb'(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"',
    re.IGNORECASE,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def append(session: Session, scanner: Scanner) -> Work[str | None]:
    """APPEND (RFC 9051 §6.3.12), with flags and a date where these are given; returns APPENDUID.

    Raises Bad for a message that is no literal, No for one that is empty or too large, or no such mailbox.
    """
    name = scanner.mailbox()
    scanner.space()
    given: list[str] = []
    if scanner.peek(b"("):
        given = flags(scanner)
        scanner.space()
    received_at = None
    if scanner.peek(b'"'):
        received_at = date_time(scanner)
        scanner.space()
    raw = _message(session, scanner)
    scanner.end()
    reader = session.reader
    assert reader is not None
    placed = yield from ask(lambda desk: desk.append(reader, name, raw, flags=given, received_at=received_at))
    yield from session.catch_up()
    return None if placed is None else f"[APPENDUID {placed[0]} {placed[1]}] APPEND completed"


def _message(session: Session, scanner: Scanner) -> bytes:
    is_wrapped = scanner.skip(b"UTF8 (")
    if is_wrapped and "UTF8=ACCEPT" not in session.enabled:
        raise Bad("UTF8=ACCEPT is not enabled")
    if scanner.peek(b'"'):
        raise Bad("the message is a literal")
    raw = scanner.string()
    if is_wrapped:
        scanner.pass_over(b")")
    limit = session.settings.largest_append_bytes
    if limit and len(raw) > limit:
        raise No(f"at most {limit} octets", "TOOBIG")
    if not raw:
        raise No("there is nothing in the message", "CANNOT")
    return raw


def date_time(scanner: Scanner) -> int:
    """Read a date-time in UTC microseconds. Raises Bad."""
    day, month, year, hour, minute, second, sign, hours, minutes = scanner.take(_DATE_TIME, "a date-time").groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        local = datetime(
            int(year),
            MONTHS.index(month.decode().lower()) + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=timezone(offset),
        )
        return instant_of(local)
    except (ValueError, OverflowError):
        raise Bad("there is no such date") from None
