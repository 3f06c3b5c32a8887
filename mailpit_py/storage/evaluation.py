"""A search held against one message that no index has yet; pure.

It agrees with the index but for the edges of words: a text that stands in the text matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailpit_py.mail import Message, date
from mailpit_py.mail.header import text_of
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What a search can ask of a message that has just come: unread, without pin and without tags.

    `texts` are the columns that a search looks through.
    """

    message: Message
    texts: Mapping[str, str]
    received_at: int
    inline_count: int


def matches(node: Node, facts: Facts) -> bool:
    """True if the search finds the message."""
    match node:
        case All(nodes):
            return all(matches(one, facts) for one in nodes)
        case Either(nodes):
            return any(matches(one, facts) for one in nodes)
        case Not(inner):
            return not matches(inner, facts)
        case Text(text, column):
            return _stands(text, column, facts)
        case _:
            return _holds(node, facts)


def _holds(node: Correspondent | HeaderField | Flag | Received | Sent | Size, facts: Facts) -> bool:
    message = facts.message
    match node:
        case Correspondent(field, text):
            people = {"from": message.from_[:1], "to": message.to, "reply_to": message.reply_to}[field]
            return any(fold(text) in fold(f"{one.name} <{one.address}>") for one in people)
        case HeaderField(name, text):
            named = [one for one in message.fields if one.name.lower() == name.lower()]
            return any(fold(text) in fold(one.value) for one in named)
        case Received(since, until):
            return (since or 0) <= facts.received_at < (1 << 62 if until is None else until)
        case Sent(since, until):
            sent = message.field("date")
            at = date.on_clock(text_of(sent.raw)) if sent else None
            return at is not None and (since is None or at >= since) and (until is None or at < until)
        case Size(above, below):
            size = len(message.raw)
            return (above is None or size > above) and (below is None or size < below)
        case Flag(name):
            return _flagged(name, facts)


def _flagged(name: str, facts: Facts) -> bool:
    message = facts.message
    return {
        "attachment": bool(message.attachments),
        "inline": facts.inline_count > 0,
        "html": message.has_html,
        "report": message.root.content_type == "multipart/report",
        "unread": True,
    }.get(name, False)


def _stands(text: str, column: str, facts: Facts) -> bool:
    if column == "message_id":
        return text.strip("<> ").lower() in facts.message.message_id.lower()
    if column in ("tag", "inbox"):
        return False
    columns = [facts.texts[column]] if column else facts.texts.values()
    words = " ".join(split(fold(text)))
    if not words:
        return any(fold(text) in fold(one) for one in columns)
    return any(words in " ".join(split(fold(one))) for one in columns)
