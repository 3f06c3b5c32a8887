"""A message as line-oriented protocols send it: every line ends in CRLF, whatever was stored."""

from __future__ import annotations

import re

_BARE_LF = re.compile(rb"(?<!\r)\n")


def with_crlf(raw: bytes) -> bytes:
    """Return the message with CRLF at the end of each line, the last one too; nothing else is changed."""
    lines = crlf_lines(raw)
    return lines if lines.endswith(b"\r\n") or not lines else lines + b"\r\n"


def crlf_lines(raw: bytes) -> bytes:
    """Return octets with CRLF for each line end that they have."""
    return raw if raw.count(b"\n") == raw.count(b"\r\n") else _BARE_LF.sub(b"\r\n", raw)


def octets(raw: bytes) -> int:
    """How many octets `with_crlf` returns, without making them."""
    bare = raw.count(b"\n") - raw.count(b"\r\n")
    return len(raw) + bare + (0 if raw.endswith(b"\n") or not raw else 2)


def stuffed(lines: bytes) -> bytes:
    """Return lines that end in CRLF as a multi-line response sends them, with its end (RFC 1939 §3)."""
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def top(lines: bytes, count: int) -> bytes:
    """Return the header section, the empty line and `count` lines of the body (RFC 1939 §7, TOP).

    `lines` end in CRLF; a message without a body has no empty line to return.
    """
    end = 0 if lines.startswith(b"\r\n") else lines.find(b"\r\n\r\n") + 2
    if end == 1:
        return lines
    end += 2
    for _ in range(count):
        following = lines.find(b"\r\n", end)
        if following < 0:
            return lines
        end = following + 2
    return lines[:end]
