"""What Mailpit's lists show beyond a summary: all correspondents, who logged in, how many files are attached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from mailpit_py.mail import read
from mailpit_py.mail.arrangement import counts
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.storage.compression import unpack
from mailpit_py.storage.engine import Reading
from mailpit_py.storage.listing import Scope
from mailpit_py.storage.row import FIRST, decode_all, plain
from mailpit_py.storage.value import Correspondent

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message

OUTLINE_COLUMNS = ("correspondents", "attached_count", "inline_count")
NO_OUTLINE: tuple[Any, ...] = ("", 0, 0)
AT_ONCE = 500
LISTS = ("to", "cc", "bcc", "reply_to")
_dump = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Outline:
    """`bcc` are the header's, and then the envelope's recipients that the header names nowhere."""

    to: tuple[Correspondent, ...]
    cc: tuple[Correspondent, ...]
    bcc: tuple[Correspondent, ...]
    reply_to: tuple[Correspondent, ...]
    username: str
    attached: int


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
    """Reads outlines of a store."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def of(self, inbox: str, public_ids: Sequence[str]) -> dict[str, Outline]:
        """The outlines of these messages by public id; those that are gone are left out. Raises NotFound."""
        with self._reading() as connection:
            return outlines(connection, Scope.find(connection, inbox), public_ids)


def outlines(connection: Connection, scope: Scope, public_ids: Sequence[str]) -> dict[str, Outline]:
    """The outlines of these messages of an inbox; those that are gone are left out."""
    found: dict[str, Outline] = {}
    for start in range(0, len(public_ids), AT_ONCE):
        some = tuple(public_ids[start : start + AT_ONCE])
        marks = ", ".join("?" * len(some))
        rows = connection.exec_driver_sql(
            "SELECT m.id, m.public_id, m.to_first, m.correspondents, m.attached_count, s.auth_identity "
            "FROM message m LEFT JOIN session s ON s.id = m.session_id "
            f"WHERE m.public_id IN ({marks}) AND EXISTS (SELECT 1 FROM placement p JOIN mailbox b "
            "ON b.id = p.mailbox_id WHERE p.message_id = m.id AND b.inbox_id = coalesce(?, b.inbox_id))",
            (*some, scope.inbox_id),
        ).all()
        first = decode_all([row.to_first for row in rows])
        found |= {row.public_id: _outline(connection, row, to) for row, to in zip(rows, first, strict=True)}
    return found


def _outline(connection: Connection, row: Any, to_first: list[Any]) -> Outline:
    attached = row.attached_count
    if attached is None:  # stored by a version that did not count
        lists, attached = _read_again(connection, row.id)
    else:
        lists = json.loads(row.correspondents) if row.correspondents else {}
    shown = {"to": to_first, **lists}
    to, cc, bcc, reply_to = (_people(shown.get(name, ())) for name in LISTS)
    return Outline(to, cc, bcc, reply_to, row.auth_identity or "", attached)


def _people(pairs: Iterable[Any]) -> tuple[Correspondent, ...]:
    return tuple(Correspondent(*pair) for pair in pairs)


def _read_again(connection: Connection, number: int) -> tuple[Mapping[str, Any], int]:
    content = connection.exec_driver_sql("SELECT encoding, raw FROM content WHERE message_id = ?", (number,)).one()
    message = read(unpack(*content))
    rows = connection.exec_driver_sql(
        "SELECT address FROM delivery WHERE owner_id = ? AND accepted = 1 ORDER BY position", (number,)
    )
    envelope = Envelope("", tuple(Recipient(address) for (address,) in rows))
    return correspondents(message, envelope), counts(message.root)[0]
