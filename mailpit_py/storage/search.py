"""From a search to SQL: every value is a parameter, every word that reaches FTS5 is quoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isqrt
from typing import Any

from mailpit_py.storage.fulltext import COLUMNS, SHORTEST_TERM
from mailpit_py.storage.query import (
    All,
    Correspondent,
    Either,
    Flag,
    HeaderField,
    Node,
    Not,
    Received,
    Sent,
    Size,
    Text,
)
from mailpit_py.storage.word import fold, split

SMALL_GROUP = 10
_HEAD = "c.encoding, CASE WHEN length(c.raw) <= 65536 THEN c.raw END, c.message_id"  # length() reads no content
_HEADER = f"EXISTS (SELECT 1 FROM content c WHERE c.message_id = p.message_id AND header_holds({_HEAD}, ?, ?))"
_SENT = (
    "(m.date IS NOT NULL AND ((m.date >= ? AND m.date < ?) OR (m.date >= ? AND m.date < ? AND EXISTS "
    f"(SELECT 1 FROM content c WHERE c.message_id = p.message_id AND sent_within({_HEAD}, ?, ?)))))"
)
_DAY = 86_400_000_000
_INBOX = "(SELECT id FROM inbox WHERE name = ? COLLATE NOCASE)"
_CORRESPONDENT = "correspondent_holds(?, ?, m.from_name, m.from_address, m.to_first, m.correspondents)"
# Those of a sub-select on `message` have a partial index.
_FLAGS = {
    "attachment": "p.message_id IN (SELECT id FROM message WHERE attachment_count > 0)",
    "inline": "p.message_id IN (SELECT id FROM message WHERE inline_count > 0)",
    "html": "m.has_html = 1",
    "tagged": "EXISTS (SELECT 1 FROM placement_tag pt WHERE pt.placement_id = p.id)",
    "report": "p.message_id IN (SELECT message_id FROM report)",
    "bounced": (
        "EXISTS (SELECT 1 FROM plan_step s WHERE s.message_id = p.message_id "
        "AND s.kind = 'failure' AND s.state = 'done')"
    ),
    "unread": "p.seen = 0",
    "read": "p.seen = 1",
    "pinned": "p.pinned = 1",
    "refused": "p.message_id IN (SELECT id FROM message WHERE refused_count > 0)",
}

Terms = Callable[[str, str], Sequence[str] | None]
"""(part, kind) -> words of the index with `part` inside (`infix`) or at their end (`suffix`); None: too many."""


@dataclass(slots=True)
class Condition:
    """A search compiled for messages: an FTS5 expression that drives it, if any, and conditions on `p` and `m`."""

    match: str | None = None
    where: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    @property
    def reads_content(self) -> bool:
        """True if a condition reads the content of each message that is left to it."""
        return any(" content c " in clause for clause in self.where)

    @property
    def needs_message(self) -> bool:
        """True if a condition looks at the message row."""
        return any("m." in clause for clause in self.where)


class Compiler:
    """Compiles one search; `terms` looks words up in the index, None means that there is no index."""

    def __init__(self, terms: Terms | None) -> None:
        self._terms = terms
        self._parameters: list[Any] = []

    def compile(self, node: All) -> Condition:
        """Return the SQL condition for all of `node`'s parts."""
        matches: list[str] = []
        refusals: list[str] = []
        rest: list[Node] = []
        for part in node.nodes:
            inverse = isinstance(part, Not)
            expression = self._match(part.node if isinstance(part, Not) else part)
            if expression is None:
                rest.append(part)
            else:
                (refusals if inverse else matches).append(expression)
        condition = Condition()
        if matches:
            condition.match = " AND ".join(f"({one})" for one in matches)
            if refusals:
                condition.match = f"({condition.match}) NOT ({' OR '.join(f'({one})' for one in refusals)})"
        else:
            condition.where = [f"NOT {self._found(one)}" for one in refusals]
        condition.where += [self._clause(part) for part in rest]
        condition.parameters = self._parameters
        return condition

    # FTS5 expressions

    def _match(self, node: Node) -> str | None:
        """An FTS5 expression that means exactly `node`, or None if the index alone cannot say it."""
        if isinstance(node, Text):
            return self._match_text(node) if node.field in ("", *COLUMNS) else None
        if isinstance(node, All | Either) and node.nodes:
            parts = [self._match(one) for one in node.nodes]
            if any(part is None for part in parts):
                return None
            return (" AND " if isinstance(node, All) else " OR ").join(f"({part})" for part in parts)
        return None

    def _match_text(self, node: Text) -> str | None:
        if self._terms is None:
            return None
        folded = fold(node.text.strip())
        words = split(folded)
        if not words:
            return None
        starts = node.whole or not split(folded[0])
        ends = node.whole or not split(folded[-1])
        phrases = self._phrases(words, starts=starts, ends=ends)
        if phrases is None:
            return None
        expression = any_of(phrases)
        return f"{{{node.field}}} : ({expression})" if node.field else expression

    def _phrases(self, words: list[str], *, starts: bool, ends: bool) -> list[str] | None:
        """Phrases that cover the text; `starts` and `ends` say that a word begins or ends at the text's edge."""
        assert self._terms is not None
        first = words[0]
        if len(words) == 1 and not starts and not ends:
            if len(first) == 1 or (len(first) < SHORTEST_TERM and not first.isascii()):
                return None  # nearly every message has it, or it is a word of a script without spaces
            if len(first) < SHORTEST_TERM:
                return [_phrase(words) + " *"]
            found = self._terms(first, "infix")
            return None if found is None else [_phrase([one]) for one in dict.fromkeys([first, *found])]
        heads: Sequence[str] | None = [first]
        if not starts:
            heads = self._terms(first, "suffix")
        if heads is None:
            return None
        tail = "" if ends else " *"
        return [_phrase([head, *words[1:]]) + tail for head in dict.fromkeys([first, *heads])]

    # SQL conditions

    def _found(self, expression: str) -> str:
        self._parameters.append(expression)
        return "p.message_id IN (SELECT rowid FROM search WHERE search MATCH ?)"

    def _clause(self, node: Node) -> str:
        if (expression := self._match(node)) is not None:
            return self._found(expression)
        match node:
            case Not(inner):
                return f"NOT {self._clause(inner)}"
            case All(nodes):
                return "(" + " AND ".join([self._clause(one) for one in nodes] or ["1"]) + ")"
            case Either(nodes):
                return "(" + " OR ".join([self._clause(one) for one in nodes] or ["0"]) + ")"
            case Flag(name):
                return f"({_FLAGS[name]})"
            case _:
                return self._leaf(node)

    def _leaf(self, node: Text | Correspondent | HeaderField | Received | Sent | Size) -> str:
        match node:
            case Text():
                return self._text_clause(node)
            case Correspondent(name, text) | HeaderField(name, text):
                self._parameters.extend((name.lower(), fold(text.strip())))
                return _CORRESPONDENT if isinstance(node, Correspondent) else _HEADER
            case Sent(since, until):
                first, last = -(1 << 61) if since is None else since, 1 << 61 if until is None else until
                # no clock is a whole day off: what is farther from both ends need not be read
                self._parameters.extend((first + _DAY, last - _DAY, first - _DAY, last + _DAY, first, last))
                return _SENT
            case Received() | Size():
                return self._range(node)

    def _range(self, node: Received | Size) -> str:
        if isinstance(node, Received):
            bounds = (("m.received_at >= ?", node.since), ("m.received_at < ?", node.until))
        else:
            bounds = (("m.size_bytes > ?", node.above), ("m.size_bytes < ?", node.below))
        given = [(clause, _bounded(value)) for clause, value in bounds if value is not None]
        self._parameters.extend(value for _, value in given)
        return "(" + " AND ".join(clause for clause, _ in given) + ")"

    def _text_clause(self, node: Text) -> str:
        if node.field == "tag":
            self._parameters.append(node.text)
            return (
                "EXISTS (SELECT 1 FROM placement_tag pt JOIN tag t ON t.id = pt.tag_id "
                "WHERE pt.placement_id = p.id AND t.name = ? COLLATE NOCASE)"
            )
        if node.field == "inbox":
            self._parameters.append(node.text)
            return f"p.mailbox_id IN (SELECT b.id FROM mailbox b WHERE b.inbox_id IN {_INBOX})"
        if node.field == "message_id":
            self._parameters.append(contains(node.text.strip("<> ")))
            # the first condition is what lets the index alone be read, a tenth of the table
            named = "message_id_header <> '' AND message_id_header LIKE ? ESCAPE '\\'"
            return f"p.message_id IN (SELECT id FROM message WHERE {named})"
        if node.field == "public_id":
            self._parameters.append(node.text)
            return "p.message_id IN (SELECT id FROM message WHERE public_id = ?)"
        columns = (node.field,) if node.field else COLUMNS
        self._parameters.extend([contains(node.text)] * len(columns))
        likes = " OR ".join(f"b.\"{column}\" LIKE ? ESCAPE '\\'" for column in columns)
        return f"EXISTS (SELECT 1 FROM body b WHERE b.message_id = p.message_id AND ({likes}))"


def compile_for_attempts(node: All) -> tuple[str, list[Any]]:
    """Return a condition on the row `a` of an attempt, with its parameters.

    An attempt has no content: its texts are the envelope and the reply.
    """
    parameters: list[Any] = []
    return _attempt_clause(node, parameters), parameters


def _attempt_clause(node: Node, parameters: list[Any]) -> str:
    match node:
        case Not(inner):
            return f"NOT {_attempt_clause(inner, parameters)}"
        case All(nodes):
            return "(" + " AND ".join([_attempt_clause(one, parameters) for one in nodes] or ["1"]) + ")"
        case Either(nodes):
            return "(" + " OR ".join([_attempt_clause(one, parameters) for one in nodes] or ["0"]) + ")"
        case Text(text, column) if column in ("", "sender", "addressed"):
            parameters.append(contains(fold(text)))
            return ("a.reverse_path" if column == "sender" else "a.haystack") + " LIKE ? ESCAPE '\\'"
        case Text(text, "inbox"):
            parameters.append(text)
            return f"a.inbox_id IN {_INBOX}"
        case Received(since, until):
            parameters.extend((_bounded(since or 0), _bounded((1 << 62) if until is None else until)))
            return "(a.at >= ? AND a.at < ?)"
        case Flag(name):
            return "1" if name == "refused" else "0"
        case _:
            return "0"


def contains(text: str) -> str:
    """The LIKE pattern, with `\\` as its escape, for `text` standing anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def any_of(phrases: Sequence[str]) -> str:
    """The FTS5 expression for messages with any of these phrases.

    FTS5 asks every member of an OR anew at each row, and makes an OR within an OR one with it. What
    is subtracted, nothing, keeps groups apart: a word that is a part of a hundred others is found,
    and counted, in half the time.
    """
    size = max(SMALL_GROUP, isqrt(len(phrases)))
    if len(phrases) <= 2 * size:
        return " OR ".join(phrases)
    groups = [phrases[start : start + size] for start in range(0, len(phrases), size)]
    return " OR ".join(f'(({" OR ".join(group)}) NOT "")' for group in groups)


def _phrase(words: Sequence[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'


def _bounded(value: int) -> int:
    """Within what SQLite stores; a search for a size of 10^30 finds nothing instead of failing."""
    return max(-(1 << 62), min(value, 1 << 62))
