"""What IMAP's SORT orders messages by (RFC 5256 §3, RFC 5957)."""

from __future__ import annotations

import unicodedata

from mailpit_py.mail import address, date, header
from mailpit_py.mail.address import Address
from mailpit_py.mail.limits import DEFAULT
from mailpit_py.mail.part import Section
from mailpit_py.mail.subject import base_subject
from mailpit_py.mail.walk import walk_header

CRITERIA = ("ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO")


def sort_key(raw: bytes, criterion: str, *, arrived_at: int, size_octets: int) -> int | str:
    """Return what one of `CRITERIA` compares; keys of one criterion are of one type.

    `arrived_at` is the internal date in UTC microseconds, which also stands in for a Date field that
    is none. What is not there is sorted first. Raises ValueError for another criterion.
    """
    if criterion == "ARRIVAL":
        return arrived_at
    if criterion == "SIZE":
        return size_octets
    section = walk_header(raw, DEFAULT)
    if criterion == "DATE":
        sent = date.parse(header.text_of(section.value(b"date") or b""))
        return arrived_at if sent is None else sent
    if criterion == "SUBJECT":
        return casemap(base_subject(header.decode_value(section.value(b"subject") or b"")))
    if criterion not in CRITERIA:
        raise ValueError(f"nothing is sorted by {criterion}")
    first = _first(section, criterion.removeprefix("DISPLAY").lower().encode())
    return casemap(_displayed(first) if criterion.startswith("DISPLAY") else address.split(first.address)[0])


def casemap(text: str) -> str:
    """Return what i;unicode-casemap compares: titlecase, taken apart (RFC 5051 §2)."""
    if text.isascii():
        return text.upper()
    return unicodedata.normalize("NFKD", "".join(letter.title() for letter in text))


def _first(section: Section, name: bytes) -> Address:
    found = address.parse(section.value(name) or b"", 1)
    return found[0] if found else Address("", "")


def _displayed(one: Address) -> str:
    """The name, else the address (RFC 5957 §3)."""
    return one.name or one.address
