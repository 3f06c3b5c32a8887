"""Mailpit's search language, with OR and brackets added, read into the same tree as ours; pure.

Words are split at blanks alone; quotes keep blanks together wherever they stand, and vanish. All
terms must hold. What is no term of the language is searched for as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from mailpit_py.errors import QueryError
from mailpit_py.storage.mailpit_date import instant
from mailpit_py.storage.query import (
    MAX_LENGTH,
    NOTHING,
    All,
    Correspondent,
    Either,
    Flag,
    Node,
    Not,
    Parser,
    Query,
    Received,
    Size,
    Text,
    Token,
    read_header_term,
    storable,
)

_FOLDED_AWAY = re.compile(r"[\ufeff\n\t><\",;()\s]+")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s?(k|kb|m|mb)?", re.I)
MILLISECOND = 1_000  # microseconds; Mailpit counts the time of arrival in these
_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "is:read": "read",
        "is:unread": "unread",
        "is:tagged": "tagged",
        "is:bounced": "bounced",
        "has:attachment": "attachment",
        "has:attachments": "attachment",
        "has:inline": "inline",
        "has:inlines": "inline",
        "has:report": "report",
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A search as understood. `ignored` are the terms that mean nothing; one of only such terms finds nothing."""

    query: Query
    ignored: tuple[str, ...]


def parse(text: str, zone: tzinfo | None = None) -> Reading:
    """Return the meaning of `text`; dates without an offset are of `zone`, or of this machine's.

    Raises QueryError for a search that is too long, too deep or has too many terms.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"a search has at most {MAX_LENGTH} characters", MAX_LENGTH)
    text = storable(text)
    reader = _Reader(zone)
    node = Parser(list(_tokens(text)), reader.term).parse()
    return Reading(Query(text, node if node.nodes else All((NOTHING,))), tuple(reader.ignored))


def clean(text: str) -> str:
    """`text` in small letters, with punctuation that separates addresses turned into single blanks."""
    return _FOLDED_AWAY.sub(" ", text).strip().replace("\u0130", "i").lower()  # Python's lower() makes two of that İ


def size_bytes(text: str) -> int:
    """Read a size as in `10`, `1.5M` or `2 kb`, by 1024; 0 for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        return 0
    return int(float(match[1]) * 1_024 ** " km".index((match[2] or " ")[0].lower()))


def _tokens(text: str) -> Iterator[Token[str]]:
    """Pieces of a search. A bracket groups at the edge of a word; elsewhere it is text."""
    depth = 0
    for start, word in _words(text):
        rest = word
        while (sign := re.match(r"[-!]?\(", rest)) and len(rest) > sign.end():
            if sign[0] != "(":
                yield Token("not", start, "")
            yield Token("open", start, "")
            depth += 1
            rest = rest[sign.end() :]
        stripped = rest.rstrip(")")
        closing = min(len(rest) - len(stripped), depth)
        rest = rest[: len(rest) - closing]
        if rest == "OR":
            yield Token("or", start, "")
        elif rest:
            yield Token("term", start, rest.replace('"', "").strip())
        for _ in range(closing):
            yield Token("close", start, "")
        depth -= closing


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Words with their places: split at blanks outside quotes; an open quote ends with the text."""
    for match in re.finditer(r'(?:[^ "]|"[^"]*(?:"|\Z))+', text):
        yield match.start(), match[0]


class _Reader:
    """Reads the terms of one search, and notes which of them mean nothing."""

    def __init__(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self.ignored: list[str] = []

    def term(self, word: str) -> Node:
        is_negated = len(word) > 1 and word[0] in "-!"
        node = self._positive(word[1:] if is_negated else word)
        if node == All(()):
            self.ignored.append(word)
            return node
        if is_negated:
            return _opposite(node) if isinstance(node, Received) else Not(node)
        return node

    def _positive(self, word: str) -> Node:
        if flag := _FLAGS.get(word.lower()):
            return Flag(flag)
        name, colon, value = word.partition(":")
        node = self._filter(name.lower(), value) if colon else None
        if node is not None:
            return node
        text = clean(word)
        return Text(text) if text else All(())

    def _filter(self, name: str, value: str) -> Node | None:
        """The meaning of `name:value`; None if it is ordinary text, All(()) if it is a filter that means nothing."""
        if name in ("before", "after"):
            moment = instant(clean(value), self._zone)
            if moment is None:
                return All(())
            moment -= moment % MILLISECOND
            return Received(until=moment + MILLISECOND) if name == "before" else Received(since=moment)
        if name in ("larger", "smaller"):
            size = size_bytes(clean(value))
            return (Size(above=size) if name == "larger" else Size(below=size)) if size else None
        if name == "header":
            return read_header_term(value)
        reader = _FIELDS.get(name)
        if reader is None:
            return None
        text = value.strip() if name in ("subject", "inbox") else clean(value)
        return reader(text) if text else All(())


def _opposite(span: Received) -> Received:
    """What a negated date finds: with Mailpit the millisecond that is named belongs to both sides."""
    if span.until is not None:
        return Received(since=span.until - MILLISECOND)
    return Received(until=(span.since or 0) + MILLISECOND)


def _addressed(text: str) -> Node:
    return Either(tuple(Text(text, column) for column in ("sender", "addressed", "copied", "blind")))


_FIELDS: Mapping[str, Callable[[str], Node]] = MappingProxyType(
    {
        "from": lambda text: All((Text(text, "sender"), Correspondent("from", text))),
        "to": lambda text: All((Text(text, "addressed"), Correspondent("to", text))),
        "cc": lambda text: Text(text, "copied"),
        "bcc": lambda text: Text(text, "blind"),
        "reply-to": lambda text: All((Text(text, "sender"), Correspondent("reply_to", text))),
        "addressed": _addressed,
        "subject": lambda text: Text(text, "subject"),
        "message-id": lambda text: Text(text, "message_id"),
        "tag": lambda text: Text(text, "tag"),
        "inbox": lambda text: Text(text, "inbox"),
    }
)
