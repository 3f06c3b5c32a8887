"""What SEARCH asks for (RFC 9051 §6.4.4, RFC 7162 §3.1.5): keys read, and what the store's own search knows of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailpit_py.mail import date
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.sequence import NumberSet
from mailpit_py.storage import query

KEYS_AT_MOST = 200
DEPTH_AT_MOST = 32
CHARSETS = ("US-ASCII", "UTF-8")
_DAY = 86_400_000_000
_DATE = re.compile(rb"(?P<quote>\"?)(\d{1,2})-([A-Za-z]{3})-(\d{4})(?P=quote)")
_SET_BEGINS = (*(b"%d" % digit for digit in range(10)), b"*", b"$")
_ENTRY = re.compile(rb"\"(?:[^\"\\\r\n]|\\[\"\\])*\" (?:all|priv|shared) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Flagged:
    """The flag is set."""

    flag: str


@dataclass(frozen=True, slots=True)
class Named:
    """The message is named by its number or UID."""

    numbers: NumberSet
    by_uid: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """MODSEQ is at least this (RFC 7162 §3.1.5)."""

    modseq: int


@dataclass(frozen=True, slots=True)
class Sized:
    """RFC822.SIZE is larger than `above`, or smaller than `below`, in octets."""

    above: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store's search answers: texts, header fields, dates."""

    node: query.Node


@dataclass(frozen=True, slots=True)
class Not:
    """The key does not hold."""

    key: Key


@dataclass(frozen=True, slots=True)
class Every:
    """All keys hold; without any it is true."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one key holds; without any it is false."""

    keys: tuple[Key, ...]


Key = Flagged | Named | Changed | Sized | Stored | Not | Every | Either
NOTHING = Either(())


def parse(scanner: Scanner) -> Every:
    """Read the keys up to the end of the command. Raises Bad."""
    return _Reader(scanner).run()


def check_charset(name: str) -> None:
    """Raise No for a charset that is not known (RFC 9051 §7.1: BADCHARSET)."""
    if name.upper() not in CHARSETS:
        raise No(f"texts are read as {' or '.join(CHARSETS)}", f"BADCHARSET ({' '.join(CHARSETS)})")


def merged(key: Key) -> Key:
    """The same with everything that the store's search can answer at once as one condition."""
    match key:
        case Not(inner):
            one = merged(inner)
            return Stored(query.Not(one.node)) if isinstance(one, Stored) else Not(one)
        case Every(keys) | Either(keys):
            return _joined(key, tuple(map(merged, keys)))
        case _:
            return key


def _joined(key: Every | Either, keys: tuple[Key, ...]) -> Key:
    nodes = tuple(one.node for one in keys if isinstance(one, Stored))
    others = tuple(one for one in keys if not isinstance(one, Stored))
    if len(nodes) < 2 and others:
        return Every(keys) if isinstance(key, Every) else Either(keys)
    if not nodes:
        return key
    joined = Stored(query.All(nodes) if isinstance(key, Every) else query.Either(nodes))
    if not others:
        return joined
    # what the session knows by itself comes first: it may spare the search
    return Every((*others, joined)) if isinstance(key, Every) else Either((*others, joined))


class _Reader:
    """Recursive descent over the keys of one command."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._count = 0

    def run(self) -> Every:
        keys = [self.key(0)]
        while self._scanner.skip(b" "):
            keys.append(self.key(0))
        self._scanner.end()
        return Every(tuple(keys))

    def key(self, depth: int) -> Key:
        self._count += 1
        if self._count > KEYS_AT_MOST or depth > DEPTH_AT_MOST:
            raise Bad("the search is too long or too deep")
        scanner = self._scanner
        if scanner.peek(b"("):
            return Every(tuple(scanner.listed(lambda: self.key(depth + 1), may_be_empty=False)))
        if any(map(scanner.peek, _SET_BEGINS)):
            return Named(scanner.number_set(), by_uid=False)
        word = scanner.atom()
        if word == "NOT":
            scanner.space()
            return Not(self.key(depth + 1))
        if word == "OR":
            scanner.space()
            first = self.key(depth + 1)
            scanner.space()
            return Either((first, self.key(depth + 1)))
        return self.simple(word)

    def simple(self, word: str) -> Key:
        if word in _PLAIN:
            return _PLAIN[word]
        read = _FOLLOWED.get(word)
        if read is None:
            raise Bad(f"there is no search key {word}")
        self._scanner.space()
        return read(self._scanner)


def _flags() -> dict[str, Key]:
    keys: dict[str, Key] = {}
    for name in ("Answered", "Deleted", "Draft", "Flagged", "Seen"):
        keys[name.upper()] = Flagged(f"\\{name}")
        keys[f"UN{name.upper()}"] = Not(Flagged(f"\\{name}"))
    return keys


# RFC 9051 appendix E: \\Recent is no more, and nothing ever has it.
_PLAIN: Mapping[str, Key] = {
    **_flags(),
    "ALL": Every(()),
    "OLD": Every(()),
    "NEW": NOTHING,
    "RECENT": NOTHING,
}


def _text(scanner: Scanner) -> str:
    return query.storable(scanner.text())


def _field(name: str, column: str) -> Callable[[Scanner], Key]:
    """A key for a header field that has a column in the index: what the index finds is read to be sure."""
    return lambda scanner: _in_field(name, column, _text(scanner))


def _in_field(name: str, column: str, text: str) -> Stored:
    held: query.Node = query.HeaderField(name, text)
    if not column or not text.strip():  # RFC 9051 §6.4.4: with an empty text, that the field is there
        return Stored(held)
    if name in ("from", "to"):  # the row knows most of it without reading the message
        held = query.Either((query.Correspondent(name, text), held))
    return Stored(query.All((query.Text(text, column), held)))


def _subject(scanner: Scanner) -> Key:
    return _all_of(_text(scanner), lambda text: query.Text(text, "subject"))


def _body(scanner: Scanner) -> Key:
    return _all_of(_text(scanner), lambda text: query.Text(text, "text"))


def _anywhere(scanner: Scanner) -> Key:
    return _all_of(_text(scanner), lambda text: query.Either((query.Text(text), query.Text(text, "message_id"))))


def _all_of(text: str, node: Callable[[str], query.Node]) -> Key:
    """Every message has an empty text (§6.4.4)."""
    return Stored(node(text)) if text.strip() else Every(())


def _header(scanner: Scanner) -> Key:
    name = _text(scanner).lower()
    scanner.space()
    return _in_field(name, _COLUMNS.get(name, ""), _text(scanner))


def _keyword(scanner: Scanner) -> Key:
    return Flagged(scanner.flag())


def _uid(scanner: Scanner) -> Key:
    return Named(scanner.number_set(), by_uid=True)


def _email_id(scanner: Scanner) -> Key:
    return Stored(query.Text(_text(scanner), "public_id"))


def _thread_id(scanner: Scanner) -> Key:
    scanner.text()
    return NOTHING  # RFC 8474 §6: there are no threads


def _modseq(scanner: Scanner) -> Key:
    if scanner.peek(b'"'):
        scanner.take(_ENTRY, "an entry name")  # of which flag: here MODSEQ is the message's
    return Changed(scanner.number())


def _day(scanner: Scanner) -> int:
    """The beginning of a day in UTC microseconds. Raises Bad."""
    _, day, month, year = scanner.take(_DATE, "a date").groups()
    at = date.parse(f"{day.decode()}-{month.decode()}-{year.decode()} 00:00:00 +0000")
    if at is None:
        raise Bad("there is no such day")
    return at


def _dated(node: Callable[..., query.Node], bound: str) -> Callable[[Scanner], Key]:
    def read(scanner: Scanner) -> Key:
        day = _day(scanner)
        if bound == "before":
            return Stored(node(until=day))
        return Stored(node(since=day) if bound == "since" else node(since=day, until=day + _DAY))

    return read


_COLUMNS: Mapping[str, str] = {
    "from": "sender",
    "to": "addressed",
    "cc": "copied",
    "bcc": "blind",
    "subject": "subject",
    "reply-to": "sender",
    "message-id": "message_id",
}
_FOLLOWED: Mapping[str, Callable[[Scanner], Key]] = {
    "BCC": _field("bcc", "blind"),
    "BEFORE": _dated(query.Received, "before"),
    "BODY": _body,
    "CC": _field("cc", "copied"),
    "EMAILID": _email_id,
    "FROM": _field("from", "sender"),
    "HEADER": _header,
    "KEYWORD": _keyword,
    "LARGER": lambda scanner: Sized(above=scanner.number()),
    "MODSEQ": _modseq,
    "ON": _dated(query.Received, "on"),
    "SENTBEFORE": _dated(query.Sent, "before"),
    "SENTON": _dated(query.Sent, "on"),
    "SENTSINCE": _dated(query.Sent, "since"),
    "SINCE": _dated(query.Received, "since"),
    "SMALLER": lambda scanner: Sized(below=scanner.number()),
    "SUBJECT": _subject,
    "TEXT": _anywhere,
    "THREADID": _thread_id,
    "TO": _field("to", "addressed"),
    "UID": _uid,
    "UNKEYWORD": lambda scanner: Not(_keyword(scanner)),
}
