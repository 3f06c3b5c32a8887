"""Strings and lists as IMAP answers write them (RFC 9051 §4.3, §4.4 and §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

NIL = b"NIL"
_LONGEST_QUOTED = 1_000
_FORBIDDEN = re.compile(r"[\0\r\n]+")
_SPECIAL = re.compile(rb"([\"\\])")
_ATOM = re.compile(r"[!#$&'+,./0-9:;<=>?@A-Z^_`a-z|}~-]+")


def string(text: str, *, utf8: bool) -> bytes:
    """Return text as a quoted string, or as a literal where it is long.

    Line ends and NULs, which no string may hold, become spaces. Without `utf8` the answer is ASCII:
    whoever has other characters encodes them first, and what is left of them becomes `?`.
    """
    octets = _FORBIDDEN.sub(" ", text).encode("utf-8" if utf8 else "ascii", "replace")
    if len(octets) > _LONGEST_QUOTED:
        return b"{%d}\r\n%b" % (len(octets), octets)
    return b'"' + _SPECIAL.sub(rb"\\\1", octets) + b'"'


def nstring(text: str | None, *, utf8: bool) -> bytes:
    """Return text as `string` does, or NIL for None."""
    return NIL if text is None else string(text, utf8=utf8)


def atom_or_string(text: str) -> bytes:
    """Return an ASCII text bare if it may be (RFC 9051 §9: astring), else quoted."""
    return text.encode("ascii") if _ATOM.fullmatch(text) else string(text, utf8=False)


def parenthesised(items: Iterable[bytes], separator: bytes = b" ") -> bytes:
    """Return a list of what is already written, NIL if it is empty."""
    inside = separator.join(items)
    return b"(%b)" % inside if inside else NIL
