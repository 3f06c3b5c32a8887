"""Reports of other systems, recognised as they come: what each tells, and which message it is about."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpit_py.mail.message import Message
    from mailpit_py.reports import ReadReport
    from mailpit_py.storage.context import Context

NAMES_AT_MOST = 20  # Message-IDs of one report that are looked for
_KINDS = MappingProxyType({"feedback": "complaint", "disposition": "receipt", "auto-reply": "auto-reply"})
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True)
class Kin:
    """What a report tells, in the words for steps of plans, and the Message-IDs by which it names its original."""

    kind: str
    message_ids: tuple[str, ...]


def recognise(message: Message, reverse_path: str) -> Kin | None:
    """Return what a message is as a report, or None for one that is none. Ordinary mail costs two looks."""
    may_be = not reverse_path or message.root.content_type == "multipart/report" or message.field("Auto-Submitted")
    if not may_be:
        return None
    from mailpit_py.reports import understand  # with all dialects: only once something may be a report

    read = understand(message)
    return None if read is None else Kin(_kind(read), read.original.message_ids[:NAMES_AT_MOST])


def _kind(read: ReadReport) -> str:
    if known := _KINDS.get(read.kind.value):
        return known
    actions = {one.action for one in read.outcomes}
    if "failed" in actions or not actions:
        return "failure"
    if "delayed" in actions:
        return "delay"
    return "delivered" if actions <= _ARRIVED else "failure"


def link(context: Context, inbox: str, number: int, public_id: str, kin: Kin) -> int | None:
    """Keep that a message is a report; return the id of its original if that is here."""
    found = named(context.connection, context.inbox_id(inbox), kin.message_ids, public_id)
    original = found.id if found is not None else None
    sql = "INSERT INTO report (message_id, original_id, step_id, kind) VALUES (?, ?, NULL, ?)"
    context.execute(sql, (number, original, kin.kind))
    return original


def named(connection: Connection, inbox_id: int | None, message_ids: Sequence[str], but: str) -> Any:
    """Return the row of the oldest message with one of these Message-IDs, reports of ours apart, or None."""
    for one in message_ids[:NAMES_AT_MOST]:
        found = connection.exec_driver_sql(
            "SELECT m.id, m.public_id FROM message m WHERE m.message_id_header = ? AND m.message_id_header <> '' "
            "AND m.public_id <> ? AND m.source <> 'report' AND EXISTS (SELECT 1 FROM placement p "
            "JOIN mailbox b ON b.id = p.mailbox_id WHERE p.message_id = m.id "
            "AND b.inbox_id = coalesce(?, b.inbox_id)) ORDER BY m.id LIMIT 1",
            (one, but, inbox_id),
        ).first()
        if found is not None:
            return found
    return None
