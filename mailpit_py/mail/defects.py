"""What is wrong in a message that the walk itself does not meet: fields, bodies, line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpit_py.mail import charset, encoding
from mailpit_py.mail.part import Defect, Part, defect

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message

# RFC 5322 §3.6 and RFC 2045 §3: at most one of each.
_ONCE_NAMES = b"""
from sender reply-to to cc bcc date subject message-id in-reply-to references mime-version
content-type content-transfer-encoding content-disposition content-id
"""
_ONCE = frozenset(_ONCE_NAMES.split())
_LARGEST_BODY = 1 << 20


def find(message: Message) -> tuple[Defect, ...]:
    """Return all defects of a message, the ones that the walk recorded included."""
    if not message.raw:
        return (defect("empty-message"),)
    found = _of_octets(message)
    found += _of_header(message)
    is_ascii = message.raw.isascii()
    for part in message.parts():
        found += part.defects
        if not (is_ascii and part.section.is_unique):
            found += _of_fields(part)
        if not part.children:
            found += _of_body(part)
    return tuple(found)


def _of_octets(message: Message) -> list[Defect]:
    codes = []
    if message.line_ends.has_bare_lf:
        codes.append("bare-lf")
    if message.line_ends.has_bare_cr:
        codes.append("bare-cr")
    if b"\0" in message.raw:
        codes.append("nul")
    return [defect(code) for code in codes]


def _of_header(message: Message) -> list[Defect]:
    names = message.root.section.names
    codes = []
    if b"from" not in names:
        codes.append("missing-from")
    if b"date" not in names:
        codes.append("missing-date")
    elif message.date is None:
        codes.append("bad-date")
    return [defect(code) for code in codes]


def _of_fields(part: Part) -> list[Defect]:
    codes = []
    section = part.section
    if not section.is_unique:
        seen = [row[0] for row in section.rows]
        if any(seen.count(name) > 1 for name in _ONCE if name in section.names):
            codes.append("duplicate-field")
    octets = part.raw[part.header_start : part.header_end]
    if not octets.isascii() and charset.decode_with_reason(octets, "utf-8")[1]:
        codes.append("raw-8bit-field")
    return [defect(code, part.path) for code in codes]


def _of_body(part: Part) -> list[Defect]:
    codes = []
    octets = part.body
    if flaw := encoding.flaw(octets, part.encoding):
        codes.append(flaw)
    is_read = part.content_type.startswith("text/") and len(octets) <= _LARGEST_BODY
    if is_read and (reason := part.reading[1]):
        codes.append(reason)
    return [defect(code, part.path) for code in codes]
