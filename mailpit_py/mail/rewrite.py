"""Header fields set and left out in a message's bytes; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailpit_py.mail.message import Message


def with_fields(message: Message, changed: Mapping[str, str], *, without: Sequence[str] = ()) -> bytes:
    """Return the bytes with fields set, in their place or else on top in CRLF lines, and fields left out.

    Of several fields of a name that is set the first is, and the others go. Values are one line.
    """
    raw, left, fields = message.raw, dict(changed), message.fields
    gone = {name.lower() for name in without}
    names = {name.lower(): name for name in changed}
    first = {one.name.lower(): one for one in reversed(fields)}
    for one in reversed(fields):
        key = one.name.lower()
        if key in names and first[key] is one:
            raw = raw[: one.start] + f"{one.name}: {left.pop(names[key])}".encode() + raw[one.end :]
        elif key in names or key in gone:
            raw = raw[: one.start] + raw[_line_end(raw, one.end) :]
    return on_top("".join(f"{name}: {value}\r\n" for name, value in left.items()), raw, has_header=bool(fields))


def on_top(lines: str, raw: bytes, *, has_header: bool) -> bytes:
    """Return the bytes below some more fields; a text without a header section stays a body."""
    gap = b"" if has_header or not lines or raw[:1] in (b"\r", b"\n") else b"\r\n"
    return lines.encode() + gap + raw


def _line_end(raw: bytes, place: int) -> int:
    """Where the line end at `place` is over."""
    for end in (b"\r\r\n", b"\r\n", b"\n", b"\r"):
        if raw.startswith(end, place):
            return place + len(end)
    return place
