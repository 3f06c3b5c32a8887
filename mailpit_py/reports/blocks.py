"""Blocks of `name: value` lines, as the machine-readable parts have them (RFC 3464 §2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailpit_py.mail import charset
from mailpit_py.mail.header import decode_words

_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)", re.S)
_COMMENT = re.compile(r"\([^()]*\)")
_MOST_BLOCKS = 2_000
_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a block: its name as written, its value unfolded and decoded."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """The fields between two blank lines."""

    entries: tuple[Entry, ...]

    def value(self, name: str) -> str:
        """The first value of this name in any case, or `''`."""
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of this name in any case."""
        return tuple(entry.value for entry in self.entries if entry.name.lower() == name.lower())

    def typed(self, name: str) -> tuple[str, str]:
        """The value as type and text: `rfc822; a@b` gives `('rfc822', 'a@b')`, the type in lower case.

        Without a semicolon the type is empty.
        """
        kind, semicolon, text = self.value(name).partition(";")
        return (kind.strip().lower(), text.strip()) if semicolon else ("", kind.strip())


def parse(octets: bytes) -> tuple[Block, ...]:
    """Return the blocks of a part's decoded body. Never raises; lines that are no field are skipped."""
    found: list[Block] = []
    for lines in _paragraphs(charset.decode(octets, "utf-8")):
        entries = tuple(_entries(lines))
        if entries:
            found.append(Block(entries))
        if len(found) >= _MOST_BLOCKS:
            break
    return tuple(found)


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in _LINE_END.split(text):
        if line.strip():
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _entries(lines: list[str]) -> Iterator[Entry]:
    name, pieces, count = "", [""], 0
    for line in lines:
        if line[0] in " \t" and name:
            pieces.append(line.strip())
            continue
        match = _NAME.fullmatch(line)
        if match is None or count >= _MOST_FIELDS:
            continue
        if name:
            yield _entry(name, pieces)
        name, pieces, count = match[1], [match[2].strip()], count + 1
    if name:
        yield _entry(name, pieces)


def _entry(name: str, pieces: list[str]) -> Entry:
    return Entry(name, decode_words(" ".join(pieces)).strip())


def without_comments(value: str) -> str:
    """Return a value without the comments in parentheses (RFC 5322 §3.2.2)."""
    return _COMMENT.sub("", value).strip()
