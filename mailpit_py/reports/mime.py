"""MIME parts written: entities, multiparts with a boundary that is checked, returned messages."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterable
from itertools import count

from mailpit_py.mail.field import LONGEST, clean, cut_octets, field, parameter

HEADER_BYTES = 300_000  # as much of a message as is searched for its header section
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LONG_LINE = re.compile(rb"[^\r\n]{999,}")
_HEADER_END = re.compile(rb"\r\n\r\n|\A\r\n")


def entity(fields: Iterable[bytes], body: bytes) -> bytes:
    """Return a header section, the blank line and a body that ends its last line."""
    return b"".join(fields) + b"\r\n" + (body if body.endswith(b"\r\n") or not body else body + b"\r\n")


def multipart(parts: Iterable[bytes], boundary: str, preamble: str = "") -> bytes:
    """Return the body of a multipart (RFC 2046 §5.1.1)."""
    delimiter = b"--" + boundary.encode()
    opening = f"{preamble}\r\n\r\n".encode() if preamble else b""
    inner = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    return opening + inner + delimiter + b"--\r\n"


def boundary(parts: Iterable[bytes], candidate: Callable[[int], str]) -> str:
    """Return the first of `candidate(0), candidate(1), ...` that occurs in no part."""
    joined = b"\n".join(parts)
    return next(text for number in count() if (text := candidate(number)).encode() not in joined)


def text(lines: str) -> bytes:
    """Return text for people as UTF-8 octets: control characters cleaned, CRLF, no line over 998."""
    octets = [clean(line).rstrip(" ").encode() for line in lines.replace("\r\n", "\n").split("\n")]
    return b"\r\n".join(piece for line in octets for piece in cut_octets(line, LONGEST))


def base64(octets: bytes) -> bytes:
    """Return `octets` as base64 in lines of 76 characters (RFC 2045 §6.8)."""
    lines = (binascii.b2a_base64(octets[at : at + 57], newline=False) for at in range(0, len(octets), 57))
    return b"".join(line + b"\r\n" for line in lines)


def on_the_wire(raw: bytes) -> bytes:
    """Return a message as a mail server passes it on: CRLF only, lines over 998 octets continued."""
    is_right = raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    lines = raw if is_right else _LINE_END.sub(b"\r\n", raw)
    has_long = any(
        len(line) > LONGEST for line in lines.split(b"\r\n")
    )  # the expression alone looks at each octet anew
    return _LONG_LINE.sub(_continue, lines) if has_long else lines


def _continue(match: re.Match[bytes]) -> bytes:
    return b"\r\n ".join(cut_octets(match[0], LONGEST - 1))


def header_section(raw: bytes) -> bytes:
    """Return the header section of a message, fit for the wire, without the blank line."""
    lines = on_the_wire(raw[:HEADER_BYTES])
    end = _HEADER_END.search(lines)
    section = lines[: end.start()] if end else lines
    return section if section.endswith(b"\r\n") or not section else section + b"\r\n"


def report(fields: Iterable[bytes], report_type: str, parts: list[bytes], candidate: Callable[[int], str]) -> bytes:
    """Return a multipart/report message of these parts (RFC 6522 §3)."""
    mark = boundary(parts, candidate)
    kind = f"multipart/report; report-type={report_type}; {parameter('boundary', mark)}"
    content = [field("MIME-Version", "1.0"), field("Content-Type", kind), *eight_bit(*parts)]
    return entity([*fields, *content], multipart(parts, mark))


def text_part(lines: str) -> bytes:
    """Return text for people as a part."""
    body = text(lines)
    charset = "us-ascii" if body.isascii() else "utf-8"
    return entity([field("Content-Type", f"text/plain; charset={charset}"), *eight_bit(body)], body)


def eight_bit(*bodies: bytes) -> list[bytes]:
    """Return the field that says 8bit, if any of the bodies is (RFC 2045 §6.2)."""
    return [] if all(body.isascii() for body in bodies) else [field("Content-Transfer-Encoding", "8bit")]


def declared(body: bytes) -> list[bytes]:
    """Return the fields that a bare text needs beyond ASCII; none for ASCII, as old systems write it."""
    if body.isascii():
        return []
    kind = field("Content-Type", "text/plain; charset=utf-8")
    return [field("MIME-Version", "1.0"), kind, *eight_bit(body)]
