"""What SQL is taught: conditions on what no column and no index has, for rows that other conditions left over."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from mailpit_py.mail import read_values
from mailpit_py.mail.date import on_clock
from mailpit_py.storage.compression import unpack_head
from mailpit_py.storage.word import fold

HEADER_BYTES = 256 << 10
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FIELDS = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*")


def head_of(connection: sqlite3.Connection, encoding: int, raw: bytes | None, number: int) -> bytes:
    """The beginning of a content, in which the header section is.

    Of a large one SQL hands over no `raw`: to read it whole costs ten times as much as to look for the
    header section at its beginning.
    """
    if raw is None:
        with connection.blobopen("content", "raw", number, readonly=True) as blob:
            raw = blob.read(HEADER_BYTES)
    return unpack_head(encoding, raw, HEADER_BYTES)


def header_holds(head: bytes, name: str, text: str) -> bool:
    """True if the header section has a field `name` with `text` in its decoded value, both in small letters."""
    seen = _seen(head, name, text)
    if seen is not None:
        return seen
    return any(text in fold(value) for _, value in read_values(head, [name]))


def _seen(head: bytes, name: str, text: str) -> bool | None:
    """What a look at the octets tells: it costs a tenth of reading the fields, and nearly always it is enough.

    A value may be folded between words, and said in encoded words or other letters; then it is read.
    """
    end = _EMPTY_LINE.search(head)
    lower = (head[: end.start()] if end else head).lower()
    sought = name.encode("ascii", "replace")
    if sought not in lower:
        return False
    if b"=?" in lower or not lower.isascii() or not text.isascii():
        return None
    if not all(word.encode() in lower for word in text.split()):
        return False
    return _stands_on_its_line(lower, sought + b":", text.encode()) or None


def _stands_on_its_line(lower: bytes, name: bytes, text: bytes) -> bool:
    """True if the first field of this name has the text before its first fold, and all before it are fields too."""
    start = lower.find(b"\n" + name) + 1
    if not (start or lower.startswith(name)):
        return False
    value = lower[start + len(name) :].partition(b"\n")[0]
    fields = _FIELDS.match(lower)
    return text in value and fields is not None and fields.end() >= start


def sent_within(head: bytes, since: int, until: int) -> bool:
    """True if the Date field, read on its writer's clock, is of `since <= t < until`."""
    for _, text in read_values(head, ["date"]):
        at = on_clock(text)
        return at is not None and since <= at < until
    return False


def correspondent_holds(  # noqa: PLR0913 - the columns of a row, as SQL hands them over
    field: str, text: str, name: str, address: str, to_first: str, others: str | None
) -> bool:
    """True if `text`, folded, stands in a name or address of `from`, `to` or `reply_to`.

    A message that was stored without these columns is left to the index, which knows less.
    """
    if others is None:
        return True
    if field == "from":
        pairs = [(name, address)]
    else:
        given = json.loads(others) if others else {}
        pairs = given.get(field) or (json.loads(to_first) if field == "to" and to_first else [])
    return any(text in fold(f"{one} <{mailbox}>") for one, mailbox in pairs)


def teach(connection: sqlite3.Connection) -> None:
    """Let the SQL of a connection call these; contents are handed over as encoding, octets or null, and number."""

    def of_head(holds: Callable[..., bool]) -> Callable[..., bool]:
        def held(encoding: int, raw: bytes | None, number: int, *more: Any) -> bool:
            return holds(head_of(connection, encoding, raw, number), *more)

        return held

    connection.create_function("header_holds", 5, of_head(header_holds), deterministic=True)
    connection.create_function("sent_within", 5, of_head(sent_within), deterministic=True)
    connection.create_function("correspondent_holds", 6, correspondent_holds, deterministic=True)
