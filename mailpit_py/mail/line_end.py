"""How the lines of a message end."""

from __future__ import annotations

from typing import NamedTuple


class LineEnds(NamedTuple):
    """Which ends other than CRLF occur: an LF alone, a CR alone (RFC 5322 §2.3)."""

    has_bare_lf: bool
    has_bare_cr: bool


def line_ends(raw: bytes) -> LineEnds:
    """Count the ends of all lines."""
    pairs = raw.count(b"\r\n")
    return LineEnds(raw.count(b"\n") != pairs, raw.count(b"\r") != pairs)
