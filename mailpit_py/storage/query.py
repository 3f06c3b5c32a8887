"""The search language: from the text that a person types to a tree of typed conditions; pure.

    search      = alternative
    alternative = sequence *( "OR" sequence )
    sequence    = *( [ "-" | "!" ] ( "(" alternative [ ")" ] | term ) )      all must hold
    term        = [ name ":" ] ( word | DQUOTE *any [ DQUOTE ] )

What is not understood is searched for as it stands, so every prefix of a search that somebody is
still typing has a meaning; only a known name with an impossible value is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from mailpit_py.errors import QueryError
from mailpit_py.quantity import instant_of

MAX_LENGTH = 2_000
MAX_TERMS = 64
MAX_DEPTH = 16
BROAD_LETTERS = 4

FIELDS = {
    "from": "sender",
    "to": "addressed",
    "cc": "copied",
    "bcc": "blind",
    "subject": "subject",
    "filename": "files",
    "message-id": "message_id",
    "tag": "tag",
    "inbox": "inbox",
    "reply-to": "reply_to",
}
FLAGS = {
    "has:attachment": "attachment",
    "has:attachments": "attachment",
    "has:html": "html",
    "has:inline": "inline",
    "has:report": "report",
    "is:tagged": "tagged",
    "is:bounced": "bounced",
    "is:unread": "unread",
    "is:read": "read",
    "is:pinned": "pinned",
    "is:refused": "refused",
}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) | (?P<not>[-!](?=[^\s)]))
      | (?:(?P<name>[A-Za-z]+(?:-[A-Za-z]+)?):(?=[^\s)]))?
        (?: "(?P<phrase>[^"]*)(?:"|$) | (?P<word>[^\s()"]+(?:\([^\s()"]*\)[^\s()"]*)*) )
    )""",
    re.VERBOSE,
)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.I)
_SPAN = re.compile(r"(\d{1,6})([smhdw])")
_SPAN_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SIZE = re.compile(r"(\d{1,15})(?:\.(\d))?([kmg]?)(?:i?b)?", re.I)


Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Text:
    """The text stands somewhere: in the subject, addresses, body or file names, or in `field` alone.

    `whole` asks for whole words in this order (a quoted phrase), else a part of a word is enough.
    """

    text: str
    field: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Correspondent:
    """The text stands in the names and addresses of one header field: `from`, `to` or `reply_to`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A field of this name is there, with the text in its value if one is given."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`attachment`, `inline`, `html`, `report`, `tagged`, `bounced`, `unread`, `read`, `pinned` or `refused` holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Received:
    """Received in `since <= t < until` (UTC microseconds); None leaves that end open."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The Date field, read on its writer's clock as if that were UTC, has `since <= t < until` (UTC microseconds)."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """Larger than `above` bytes, or smaller than `below`."""

    above: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """Every condition holds; without any it is true."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one condition holds."""

    nodes: tuple[Node, ...]


Node = Text | Correspondent | HeaderField | Flag | Received | Sent | Size | Not | All | Either
NOTHING = Either(())


@dataclass(frozen=True, slots=True)
class Query:
    """A search: its text as typed, and its meaning."""

    text: str
    node: All

    @property
    def is_empty(self) -> bool:
        """True if everything matches."""
        return not self.node.nodes

    @property
    def asks_for_refused(self) -> bool:
        """True if `is:refused` is asked for, so that attempts belong to the answer."""
        return _mentions_refused(self.node)

    @property
    def is_broad(self) -> bool:
        """True if it looks for a text so short that a hundred words may have it inside."""
        return any(not one.whole and len(one.text) <= BROAD_LETTERS for one in _texts(self.node))

    @property
    def only_flag(self) -> str:
        """The name of the flag that is all it asks for, as in `is:unread`; empty if there is more to it."""
        nodes = self.node.nodes
        return nodes[0].name if len(nodes) == 1 and isinstance(nodes[0], Flag) else ""


def _mentions_refused(node: Node) -> bool:
    if isinstance(node, All | Either):
        return any(_mentions_refused(one) for one in node.nodes)
    return node == Flag("refused")


def _texts(node: Node) -> Iterator[Text]:
    match node:
        case Text():
            yield node
        case All(nodes) | Either(nodes):
            for one in nodes:
                yield from _texts(one)
        case Not(inner):
            yield from _texts(inner)


def parse(text: str, *, now: int) -> Query:
    """Return the meaning of `text`; `now` (UTC microseconds) anchors spans as in `after:2h`.

    Raises QueryError with the position for a value that its name cannot have, and for a search
    that is too long or too deep.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"a search has at most {MAX_LENGTH} characters", MAX_LENGTH)
    text = storable(text)
    return Query(text, Parser(list(_tokens(text)), lambda word: _term(word, now)).parse())


def storable(text: str) -> str:
    """`text` without lone surrogates and NUL, which cannot stand in a stored text."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Token(Generic[Word]):
    """A piece of a search: `open`, `close`, `not`, `or`, or a `term` with what was read of it."""

    kind: str
    start: int
    word: Word


class Parser(Generic[Word]):
    """Recursive descent over the tokens of one search; `read` gives the meaning of a term.

    Raises QueryError for more terms than are taken.
    """

    def __init__(self, tokens: Sequence[Token[Word]], read: Callable[[Word], Node]) -> None:
        self._tokens = tokens
        self._read = read
        self._next = 0
        terms = [token for token in tokens if token.kind == "term"]
        if len(terms) > MAX_TERMS:
            raise QueryError(f"a search has at most {MAX_TERMS} terms", terms[MAX_TERMS].start)

    def parse(self) -> All:
        """The meaning of all tokens. Raises QueryError if brackets are too deep."""
        parts: list[Node] = []
        while self._next < len(self._tokens):
            parts.append(self._alternative(0))
            self._take("close")
        return _flat(parts)

    def _alternative(self, depth: int) -> Node:
        options = [self._sequence(depth)]
        while self._take("or"):
            options.append(self._sequence(depth))
        options = [option for option in options if option.nodes]
        if len(options) > 1:
            return Either(tuple(_single(option) for option in options))
        return options[0] if options else All(())

    def _sequence(self, depth: int) -> All:
        nodes: list[Node] = []
        while (token := self._peek()) is not None and token.kind not in ("close", "or"):
            nodes.append(self._factor(depth))
        return _flat(nodes)

    def _factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise QueryError("too many brackets inside each other", self._tokens[self._next].start)
        if self._take("not"):
            if self._peek() is None:
                return All(())
            inner = self._factor(depth + 1)
            return inner if inner == All(()) else Not(inner)
        if self._take("open"):
            inner = self._alternative(depth + 1)
            self._take("close")
            return inner
        token = self._tokens[self._next]
        self._next += 1
        return self._read(token.word) if token.kind == "term" else All(())

    def _peek(self) -> Token[Word] | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, kind: str) -> bool:
        token = self._peek()
        if token is None or token.kind != kind:
            return False
        self._next += 1
        return True


def _tokens(text: str) -> Iterator[Token[re.Match[str]]]:
    text = text.rstrip()
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:  # a lone sign that starts nothing
            position += 1
            continue
        yield Token(_kind(token), token.end() - len(token[0].lstrip()), token)
        position = token.end()


def _kind(token: re.Match[str]) -> str:
    if token["word"] == "OR" and token["name"] is None:
        return "or"
    kind = token.lastgroup or ""
    return "term" if kind in ("phrase", "word") else kind


def _single(node: All) -> Node:
    return node.nodes[0] if len(node.nodes) == 1 else node


def _flat(nodes: list[Node]) -> All:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, All) else (node,))
    return All(tuple(flat))


def _term(token: re.Match[str], now: int) -> Node:
    whole = token["phrase"] is not None
    value = token["phrase"] if whole else token["word"]
    name = (token["name"] or "").lower()
    if name == "reply-to":
        return All((Text(value, "sender"), Correspondent("reply_to", value)))
    if name in FIELDS:
        return Text(value, FIELDS[name])
    if name in _READERS:
        return _READERS[name](token, name, value, now)
    if name:  # not a name that we know: the text as it stands, as in http://example.com
        return Text(f"{token['name']}:{value}", whole=whole)
    return Text(value, whole=whole) if value.strip() else All(())


def _position(token: re.Match[str]) -> int:
    return token.start("phrase") if token["phrase"] is not None else token.start("word")


def _flag(token: re.Match[str], name: str, value: str, now: int) -> Node:
    flag = FLAGS.get(f"{name}:{value.lower()}")
    if flag is None:
        choices = " or ".join(known for known in FLAGS if known.startswith(name) and not known.endswith("s"))
        raise QueryError(f"there is no {name}:{value}; write {choices}", _position(token))
    return Flag(flag)


def _received(token: re.Match[str], name: str, value: str, now: int) -> Node:
    instant = _instant(value, now)
    if instant is None:
        raise QueryError(f"{name}: takes 2026-01-31, 2026-01-31T12:00:00Z or an age as in 2h", _position(token))
    return Received(until=instant) if name == "before" else Received(since=instant)


def _instant(value: str, now: int) -> int | None:
    if span := _SPAN.fullmatch(value.lower()):
        return now - int(span[1]) * _SPAN_SECONDS[span[2]] * 1_000_000
    if not _INSTANT.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return instant_of(moment)


def _size(token: re.Match[str], name: str, value: str, now: int) -> Node:
    match = _SIZE.fullmatch(value)
    if match is None:
        raise QueryError(f"{name}: takes a size as in 500, 10k or 2MB", _position(token))
    tenths = int(match[1]) * 10 + int(match[2] or 0)
    size = tenths * 1_024 ** " kmg".index(match[3].lower() or " ") // 10
    return Size(above=size) if name == "larger" else Size(below=size)


def _header(token: re.Match[str], name: str, value: str, now: int) -> Node:
    field = read_header_term(value)
    if field is None:
        raise QueryError("header: takes a name, or a name and a part of its value: X-Mailer=acme", _position(token))
    return field


def read_header_term(value: str) -> HeaderField | None:
    """Read `Name` or `Name=text`; None for what is no name of a field (RFC 5322 §2.2)."""
    field, _, text = value.partition("=")
    return HeaderField(field, text) if re.fullmatch(r"[!-9;-~]{1,200}", field) else None


_READERS: dict[str, Callable[[re.Match[str], str, str, int], Node]] = {
    "has": _flag,
    "header": _header,
    "is": _flag,
    "before": _received,
    "after": _received,
    "larger": _size,
    "smaller": _size,
}
