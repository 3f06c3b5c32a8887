"""Mailboxes of an address field, as senders write them (RFC 5322 §3.4 and §4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from mailpit_py.mail import header


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: `name` decoded, `address` without angle brackets; either may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class GroupMark:
    """Where a group begins, with its name, or where it ends (RFC 5322 §3.4)."""

    name: str
    is_end: bool = False


_ATEXT = r"[^\s\"(),:;<>@\[\]\\]"
_SIMPLE = re.compile(rf"\s*+(?:\"([^\"\\]*+)\"|([^\"(),:;<>@\[\]\\]*+))\s*+<({_ATEXT}++@{_ATEXT}++)>\s*+", re.A)
_BARE = re.compile(rf"\s*+({_ATEXT}++@{_ATEXT}++)\s*+", re.A)
_UNUSUAL = re.compile(r"[\"()\\:;\[\]]|=\?")
_TOKEN = re.compile(
    r"(?P<space>\s++)"
    r"|(?P<special>[,;:])"
    r"|(?P<atom>(?:=\?[^?\s]{1,99}\?[bBqQ]\?[^?]*+\?=|\[[^\[\]\s]{0,255}\]|[^\s\"(),:;<>])++)"
    r"|(?P<other>.)",
    re.S | re.A,
)
_QUOTED = re.compile(r"\"(?:[^\"\\]++|\\.)*+\"", re.S)
_ANGLE = re.compile(r"<((?:[^<>\"]++|\"(?:[^\"\\]++|\\.)*+\")*+)>", re.S)
_OPEN_ANGLE = re.compile(r"<([^<>,;]*+)>?")
_COMMENT = re.compile(r"[^()\\]++|\\.?|[()]", re.S)
_ROUTE = re.compile(r"\s*+@[^:\"]*+:")
_UNQUOTE = re.compile(r"\\(.)", re.S)
_BLANKS = " \t\r\n"  # beyond ASCII, as U+00A0, they are letters of a name: RFC 6532 §3.2
_SPACE = re.compile(rf"[{_BLANKS}]++")


def parse(raw: bytes, limit: int = 1_000) -> tuple[Address, ...]:
    """Return the mailboxes of a field's value in order; groups are opened, their names dropped.

    At most `limit`. Encoded words are decoded after the text was split, so an encoded comma parts
    nothing. Never raises; linear in the length of `raw`.
    """
    return parse_text(header.text_of(raw), limit)


def parse_text(text: str, limit: int = 1_000) -> tuple[Address, ...]:
    """Like `parse`, for a value that is already text; encoded words are still decoded."""
    if found := _usual(text, limit, header.decode_words):
        return found
    items = _Reader(text, header.decode_words).items()
    return tuple(islice((item for item in items if isinstance(item, Address)), limit))


def parse_marked(text: str, limit: int = 1_000) -> tuple[Address | GroupMark, ...]:
    """Like `parse_text`, with marks where groups begin and end; encoded words are left alone.

    A group that begins ends, even where its sender or `limit` cuts it off; none holds another.
    """
    if found := _usual(text, limit, str):
        return found
    items = list(islice(_Reader(text, str).items(), limit))
    marks = [item for item in items if isinstance(item, GroupMark)]
    return (*items, GroupMark("", is_end=True)) if marks and not marks[-1].is_end else tuple(items)


def split(address: str) -> tuple[str, str]:
    """The local part without its quotes, and the domain; either may be empty (RFC 5322 §3.4.1)."""
    local, _, domain = address.rpartition("@") if "@" in address else (address, "", "")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = _UNQUOTE.sub(r"\1", local[1:-1])
    return local, domain


def _usual(text: str, limit: int, name: Callable[[str], str]) -> tuple[Address, ...]:
    """The mailboxes of a list that is written in the usual way; none of another one."""
    if "," not in text or _UNUSUAL.search(text):
        plain = _plain(text, name)
        return (plain,) if plain else ()
    found = [_plain(item, name) for item in text.split(",")[: limit + 1]]
    return () if None in found else tuple(address for address in found[:limit] if address is not None)


def _plain(text: str, name: Callable[[str], str]) -> Address | None:
    """The mailbox of a text that is exactly one, written in the usual way."""
    if match := _SIMPLE.fullmatch(text):
        quoted, words, address = match.groups()
        return Address(name(_joined(words) if quoted is None else quoted), name(address))
    match = _BARE.fullmatch(text)
    return Address("", name(match[1])) if match else None


def _joined(text: str) -> str:
    """The words of a name, one space between them."""
    return _SPACE.sub(" ", text).strip(_BLANKS) if "  " in text or "\t" in text else text.strip(_BLANKS)


def _addr_spec(text: str) -> str:
    """What stood between angle brackets, without a source route and white space."""
    if route := _ROUTE.match(text):
        text = text[route.end() :]
    return text.strip() if '"' in text else _SPACE.sub("", text)


class _Reader:
    """One pass over an address list. What an unclosed quote, bracket or comment costs is paid once."""

    def __init__(self, text: str, name: Callable[[str], str]) -> None:
        self.text = text
        self.name = name  # what is made of a name once its words are put together, and of an address
        self.in_group = False
        self.phrase: list[str | None] = []  # the words before an angle address, unquoted; None for white space
        self.words: list[str] = []  # the same as written, one item a word: an address without brackets
        self.joined = False
        self.comment = ""
        self.pending: Address | None = None
        self.closes = {'"': True, "<": True, "(": True}

    def items(self) -> Iterator[Address | GroupMark]:
        """Mailboxes in order, and a mark where a group begins and where it ends."""
        position = 0
        while position < len(self.text):
            char = self.text[position]
            end = self.enclosed(char, position) if self.closes.get(char) else 0
            if end:
                if char == "<":
                    yield from self.finish(self.text[position + 1 : end - 1])
                position = end
                continue
            match = (_OPEN_ANGLE if char == "<" else _TOKEN).match(self.text, position)
            assert match is not None  # between them they take any character
            yield from self.finish(match[1]) if char == "<" else self.take(match)
            position = match.end()
        yield from self.finish(None)
        yield from self.flush()
        yield from self.end_group()

    def enclosed(self, char: str, position: int) -> int:
        """Read a quoted string, angle address or comment; return its end, or 0 if it never closes."""
        if char == "(":
            end = self.comment_end(position)
            if end:
                self.comment = self.comment or self.text[position + 1 : end - 1]
                self.joined = False
        else:
            match = (_QUOTED if char == '"' else _ANGLE).match(self.text, position)
            end = match.end() if match else 0
            if match and char == '"':
                self.phrase.append(None)  # a word of its own, whatever stands beside it
                self.add(match[0], _UNQUOTE.sub(r"\1", match[0][1:-1]))
                self.phrase.append(None)
        if not end:
            self.closes[char] = False
        return end

    def comment_end(self, position: int) -> int:
        depth = 0
        for match in _COMMENT.finditer(self.text, position):
            if match[0] == "(":
                depth += 1
            elif match[0] == ")":
                depth -= 1
                if not depth:
                    return match.end()
        return 0

    def add(self, word: str, shown: str) -> None:
        self.phrase.append(shown)
        if self.joined and self.words:
            self.words[-1] += word
        else:
            self.words.append(word)
        self.joined = True

    def take(self, match: re.Match[str]) -> Iterator[Address | GroupMark]:
        kind, token = match.lastgroup, match[0]
        if kind == "space":
            self.phrase.append(None)
            self.joined = False
        elif kind == "special":
            yield from self.special(token)
        elif token not in ("(", ")", ">"):
            self.add(token, token)

    def special(self, token: str) -> Iterator[Address | GroupMark]:
        """Obey a comma, a semicolon or a colon."""
        if token != ":":
            yield from self.finish(None)
            yield from self.flush()
            if token == ";":
                yield from self.end_group()
        elif any("@" in word for word in self.words):
            self.add(token, token)
        else:
            yield from self.flush()
            yield from self.end_group()
            yield GroupMark(self.phrase_name())
            self.in_group = True
            self.clear()

    def phrase_name(self) -> str:
        """The name that the words make, one space between them; a quoted one keeps its own."""
        runs = (run for is_space, run in groupby(self.phrase, lambda word: word is None) if not is_space)
        return self.name(" ".join("".join(map(str, run)) for run in runs))

    def end_group(self) -> Iterator[GroupMark]:
        """End the group that is open, if one is."""
        if self.in_group:
            yield GroupMark("", is_end=True)
        self.in_group = False

    def clear(self) -> None:
        self.phrase.clear()
        self.words.clear()
        self.comment = ""
        self.joined = False

    def finish(self, angle: str | None) -> Iterator[Address]:
        """End what was gathered: with an angle address, or (None) at a comma or the end."""
        if angle is not None:
            yield from self.flush()
            self.pending = Address(self.phrase_name(), self.name(_addr_spec(angle)))
            self.clear()
            return
        bare = list(self.bare_addresses())
        if bare or self.pending is None:
            yield from self.flush()
            yield from bare[:-1]
            self.pending = bare[-1] if bare else self.nameless()
        comment, self.comment = self.comment, ""
        if self.pending is not None and not self.pending.name and comment:
            self.pending = Address(self.name(_joined(_UNQUOTE.sub(r"\1", comment))), self.pending.address)
        self.clear()

    def nameless(self) -> Address | None:
        """Words without an at sign: one is a local mailbox, several are a name without an address."""
        text = self.phrase_name()
        if not text:
            return None
        return Address("", text) if len(self.words) == 1 and " " not in text else Address(text, "")

    def bare_addresses(self) -> Iterator[Address]:
        """Addresses without angle brackets, several when commas are missing."""
        before: list[str] = []
        for word in _merged(self.words):
            if "@" in word.strip("@"):
                yield Address(self.name(" ".join(before)), self.name(word))
                before = []
            else:
                before.append(word)

    def flush(self) -> Iterator[Address]:
        if self.pending is not None and (self.pending.address or self.pending.name):
            yield self.pending
        self.pending = None


def _merged(words: list[str]) -> list[str]:
    """Words with white space around `@` and `.` removed, where an address is in them (§4.4)."""
    if not any("@" in word for word in words):
        return []
    merged: list[str] = []
    for word in words:
        if merged and (word[0] in "@." or merged[-1][-1] in "@."):
            merged[-1] += word
        else:
            merged.append(word)
    return merged
