"""What Mailpit's lists show of a message, read at once for as many as there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from mailpit_py.mail import read
from mailpit_py.mail.arrangement import counts
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.storage.compression import unpack
from mailpit_py.storage.listing import Scope, Search, Window, count_all, find, tags_of
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.query import Query
from mailpit_py.storage.row import FIRST, decode_all, plain
from mailpit_py.storage.value import INBOX

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message

OUTLINE_COLUMNS = ("correspondents", "attached_count", "inline_count")
NO_OUTLINE: tuple[Any, ...] = ("", 0, 0)
AT_ONCE = 500
LISTS = ("to", "cc", "bcc", "reply_to")
_ROWS = (
    "SELECT p.id, m.id, m.public_id, m.message_id_header, p.seen, m.from_name, m.from_address, m.subject, "
    "m.received_at, s.auth_identity, m.size_bytes, m.attached_count, m.snippet, m.to_first, m.correspondents "
    "FROM placement p CROSS JOIN message m ON m.id = p.message_id LEFT JOIN session s ON s.id = m.session_id "
)
Searching = Callable[..., AbstractContextManager[tuple[Connection, Scope, Search]]]
_dump = json.JSONEncoder(separators=(",", ":")).encode


Pair = Sequence[str]
"""A name, which may be empty, and an address."""


class Outline(NamedTuple):
    """One message as Mailpit's lists show it; plain tuples, as a list may have all messages in it.

    `bcc` are the header's, and then the envelope's recipients that the header names nowhere.
    """

    public_id: str
    message_id: str
    seen: bool
    sender: Pair
    subject: str
    received_at: int
    username: str
    size_bytes: int
    attached: int
    snippet: str
    tags: tuple[str, ...] = ()
    to: Sequence[Pair] = ()
    cc: Sequence[Pair] = ()
    bcc: Sequence[Pair] = ()
    reply_to: Sequence[Pair] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: how many messages in all, how many of them unread, and those that were asked for."""

    total: int
    unread: int
    items: list[Outline]


def outline_row(message: Message, envelope: Envelope) -> tuple[Any, ...]:
    """The columns of OUTLINE_COLUMNS. Lists that are empty, or stand in the row as they are, are left out."""
    if _are_all_in_to(message, envelope):
        return ("", *counts(message.root))
    lists = correspondents(message, envelope)
    if len(lists["to"]) <= FIRST:
        lists["to"] = []
    given = {name: pairs for name, pairs in lists.items() if pairs}
    return (_dump(given) if given else "", *counts(message.root))


def _are_all_in_to(message: Message, envelope: Envelope) -> bool:
    """True for most mail: the recipients are those of a short To, and there are no other lists."""
    if message.cc or message.bcc or message.reply_to or len(message.to) > FIRST:
        return False
    return {one.address for one in envelope.recipients} <= {one.address for one in message.to}


def correspondents(message: Message, envelope: Envelope) -> dict[str, list[tuple[str, str]]]:
    """Every name and address of To, Cc, Bcc and Reply-To."""
    fields = dict(zip(LISTS, (message.to, message.cc, message.bcc, message.reply_to), strict=True))
    lists = {name: [(plain(one.name), plain(one.address)) for one in found] for name, found in fields.items()}
    named = {address.lower() for name in LISTS[:3] for _, address in lists[name]}
    hidden = dict.fromkeys(plain(one.address) for one in envelope.recipients if one.address.lower() not in named)
    lists["bcc"] += [("", address) for address in hidden]
    return lists


class Outlines:
    """Reads outlines of a store; `searching` compiles a search for a mailbox of an inbox, as lists do."""

    def __init__(self, searching: Searching) -> None:
        self._searching = searching

    def of(self, inbox: str, public_ids: Sequence[str]) -> dict[str, Outline]:
        """The outlines of these messages by public id; those that are gone are left out. Raises NotFound."""
        with self._searching(inbox, None, None, refused=False) as (connection, scope, _):
            return {one.public_id: one for one in outlines(connection, _placements(connection, scope, public_ids))}

    def pages(
        self, inbox: str, query: Query | None, *, skip: int = 0, limit: int | None = None
    ) -> Iterator[list[Outline]]:
        """Yield the messages that a search finds, or all, newest first and some at a time. Raises NotFound, QueryError.

        Whoever lets each page go before the next is spared the work of a collector that looks through all of them.
        """
        with self._searching(inbox, INBOX, query, refused=False) as (connection, scope, search):
            window = Window(skip=skip, limit=-1 if limit is None else limit)
            places = [place for _, place in find(connection, scope, search, window) if place is not None]
            for start in range(0, len(places), AT_ONCE):
                yield outlines(connection, places[start : start + AT_ONCE])

    def search(self, inbox: str, query: Query, *, skip: int, limit: int) -> Found:
        """The messages that a search finds, newest first, and how many these are. Raises NotFound, QueryError."""
        with self._searching(inbox, INBOX, query, refused=False) as (connection, scope, search):
            tally = count_all(connection, scope, search, Window(skip=skip, limit=limit))
            return Found(tally.total, tally.unread, outlines(connection, tally.placements))


def _placements(connection: Connection, scope: Scope, public_ids: Sequence[str]) -> list[int]:
    """Where these messages are in an inbox: in INBOX, else where they were moved to."""
    places: dict[int, int] = {}
    for start in range(0, len(public_ids), AT_ONCE):
        some = tuple(public_ids[start : start + AT_ONCE])
        rows = connection.exec_driver_sql(
            "SELECT m.id, p.id FROM message m JOIN placement p ON p.message_id = m.id JOIN mailbox b "
            f"ON b.id = p.mailbox_id WHERE m.public_id IN ({marks(some)}) AND b.inbox_id = coalesce(?, b.inbox_id) "
            "ORDER BY b.name = ?, p.id",
            (*some, scope.inbox_id, INBOX),
        )
        places.update((row[0], row[1]) for row in rows)
    return list(places.values())


def outlines(connection: Connection, placement_ids: Sequence[int]) -> list[Outline]:
    """The outlines of what stands at these places, in their order; what is gone is left out."""
    found: dict[int, Outline] = {}
    for start in range(0, len(placement_ids), AT_ONCE):
        some = tuple(placement_ids[start : start + AT_ONCE])
        rows = connection.exec_driver_sql(f"{_ROWS}WHERE p.id IN ({marks(some)})", some).all()
        tags = tags_of(connection, some)
        to = decode_all([row[-2] for row in rows])
        lists = decode_all([row[-1] for row in rows])
        for row, first, given in zip(rows, to, lists, strict=True):
            shown = {"to": first, **given} if isinstance(given, dict) else {"to": first}
            found[row[0]] = _outline(connection, row, shown, tags.get(row[0], ()))
    return [found[one] for one in placement_ids if one in found]


def _outline(connection: Connection, row: Any, given: Mapping[str, Any], tags: tuple[str, ...]) -> Outline:
    (_, number, public_id, message_id, seen, name, address, *rest, username, size, attached, snippet, _, _) = row
    if attached is None:  # stored by a version that did not count
        again, attached = _read_again(connection, number)
        given = {**given, **again}
    subject, received_at = rest
    return Outline(
        public_id, message_id, bool(seen), (name, address), subject, received_at, username or "", size, attached,
        snippet, tags, *(given.get(one, ()) for one in LISTS),
    )  # fmt: skip


def _read_again(connection: Connection, number: int) -> tuple[Mapping[str, Any], int]:
    content = connection.exec_driver_sql("SELECT encoding, raw FROM content WHERE message_id = ?", (number,)).one()
    message = read(unpack(*content))
    rows = connection.exec_driver_sql(
        "SELECT address FROM delivery WHERE owner_id = ? AND accepted = 1 ORDER BY position", (number,)
    )
    envelope = Envelope("", tuple(Recipient(address) for (address,) in rows))
    return correspondents(message, envelope), counts(message.root)[0]
