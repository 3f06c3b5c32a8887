"""Header sections split into fields, and a field's value decoded (RFC 5322 §2.2, RFC 2047)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailpit_py.mail import charset, encoding

FIELD = re.compile(
    rb"([!-9;-~]++)[ \t]*+:([^\r\n]*+(?:(?:\r\r?\n|\n|\r)[ \t][^\r\n]*+)*+)(?:\r(?:\r?\n)?|\n|\Z)",
)
_FOLD = re.compile(rb"(?:\r\r?\n|\n|\r)[ \t]?")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?")
_UNSAFE = re.compile(r"[\r\n\0]+")


@dataclass(slots=True)
class Field:
    """One header field. `raw` is the value as received, folds kept; `start:end` is the field's span.

    `value` is decoded and unfolded; at most `limit` bytes of it are searched for encoded words.
    """

    name: str
    raw: bytes
    start: int
    end: int
    limit: int = 16_384

    @property
    def value(self) -> str:
        """The value as a reader shows it: unfolded, encoded words decoded, trimmed."""
        return decode_value(self.raw, self.limit)


def unfold(raw: bytes) -> bytes:
    """Return a field's value on one line (RFC 5322 §2.2.3), trimmed."""
    if b"\n" in raw or b"\r" in raw:
        raw = _FOLD.sub(b" ", raw)
    return raw.strip(b" \t\r\n")


def text_of(raw: bytes) -> str:
    """Return a field's value as text with encoded words left alone: UTF-8, else windows-1252."""
    line = unfold(raw)
    return line.decode("ascii") if line.isascii() else charset.decode(line)


def decode_value(raw: bytes, limit: int = 16_384) -> str:
    """Return a field's value as a reader shows it; beyond `limit` bytes encoded words stay."""
    if len(raw) > limit:
        return decode_words(text_of(raw[:limit])) + text_of(raw[limit:])
    return decode_words(text_of(raw))


def glimpse(section: bytes, names: Iterable[str]) -> list[tuple[str, str]] | None:
    """Return (name, value) of what may be fields with these names, in a section in small letters.

    All such fields are among them, in no order; a line that is no field may be, too. This costs a
    fraction of reading the section. None where that is needed: a value is more than ASCII, or lines
    do not all end in CRLF.
    """
    if not section.count(b"\r\n") == section.count(b"\n") == section.count(b"\r"):
        return None
    lines = b"\n" + section
    found: list[tuple[str, str]] = []
    for name in names:
        opening = b"\n" + name.encode("utf-8", "replace")
        start = lines.find(opening)
        while start >= 0:
            start += len(opening)
            value = _glimpse_value(lines, start)
            if b"=?" in value or not value.isascii():
                return None
            before, colon, text = value.partition(b":")
            if colon and not before.strip(b" \t"):
                found.append((name, text_of(text)))
            start = lines.find(opening, start)
    return found


def _glimpse_value(lines: bytes, start: int) -> bytes:
    """What follows up to the end of the line and of the lines that are folded behind it."""
    end = lines.find(b"\n", start)
    while lines.startswith((b" ", b"\t"), end + 1) and end >= 0:
        end = lines.find(b"\n", end + 1)
    return lines[start:] if end < 0 else lines[start:end]


@dataclass(slots=True)
class _Word:
    start: int
    end: int
    charset: str
    octets: bytes


def _words(text: str) -> Iterator[_Word]:
    """The encoded words of a text in order. An opening without an end ends the search: linear."""
    position = 0
    while match := _WORD.search(text, position):
        end = text.find("?=", match.end())
        if end < 0:
            return
        payload = text[match.end() : end].encode("utf-8", "replace")
        octets = _decode_q(payload) if match[2] in "qQ" else encoding.decode_base64(payload)
        position = end + 2
        yield _Word(match.start(), position, match[1].lower(), octets)


def _decode_q(payload: bytes) -> bytes:
    return binascii.a2b_qp(payload, header=True)


def _flush(out: list[str], run: list[bytes], name: str) -> None:
    if run:
        out.append(_UNSAFE.sub(" ", charset.decode(b"".join(run), name)))
        run.clear()


def decode_words(text: str) -> str:
    """Return `text` with its encoded words decoded (RFC 2047), also inside quoted strings.

    Neighbours in one charset are joined as bytes first, since senders split characters. Time and
    memory are linear in the length of `text`. Line ends and NULs that were encoded become spaces.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    run: list[bytes] = []
    name = ""
    position = 0
    for word in _words(text):
        gap = text[position : word.start]
        adjacent = position > 0 and (not gap or gap.isspace())
        if not adjacent or word.charset != name:
            _flush(out, run, name)
        if not adjacent:
            out.append(gap)
        run.append(word.octets)
        name, position = word.charset, word.end
    _flush(out, run, name)
    out.append(text[position:])
    return "".join(out)
