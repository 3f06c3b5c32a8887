"""Writing messages: adding, marking and removing them, with their counters and journal entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress, groupby
from typing import Any

from mailpit_py.storage import kinship, planned
from mailpit_py.storage.context import Context
from mailpit_py.storage.deliveries import keep_dialogues, let_sessions_go
from mailpit_py.storage.flag import FLAGGED, SEEN, columns_of
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.prepare import MESSAGE_COLUMNS, Prepared
from mailpit_py.storage.tags import attach
from mailpit_py.storage.value import INBOX, Ref, Removed

_MESSAGE_ID = MESSAGE_COLUMNS.index("message_id_header") - 2  # the ids before it are given by the writer
_IS_THERE = (
    "SELECT 1 FROM inbox i JOIN mailbox b ON b.inbox_id = i.id JOIN placement p ON p.mailbox_id = b.id "
    "JOIN message m ON m.id = p.message_id WHERE i.name = ? AND m.message_id_header = ? LIMIT 1"
)
PLACED = (
    "SELECT p.id AS placement_id, p.mailbox_id, p.uid, p.message_id, p.seen, p.pinned, p.flags, p.modseq, "
    "b.name AS mailbox, b.inbox_id, m.public_id, m.received_at, m.size_bytes, m.attachment_count, m.refused_count, "
    "m.session_id "
    "FROM placement p JOIN mailbox b ON b.id = p.mailbox_id JOIN message m ON m.id = p.message_id "
)


def take(context: Context, batch: Sequence[Prepared]) -> Sequence[bool]:
    """Store a batch, or what of it is wanted; return for each message whether it was."""
    wanted = _wanted(context, batch) if context.ignores_duplicates else [True] * len(batch)
    if any(wanted):
        add(context, list(compress(batch, wanted)))
    return wanted


def _wanted(context: Context, batch: Sequence[Prepared]) -> list[bool]:
    """Which messages have no Message-ID that is in their inbox already."""
    known: set[tuple[str, str]] = set()
    wanted = []
    for one in batch:
        name = (one.arrival.inbox, str(one.message[_MESSAGE_ID]))
        wanted.append(not (name[1] and (name in known or context.execute(_IS_THERE, name).first())))
        known.add(name)
    return wanted


def add(context: Context, batch: Sequence[Prepared]) -> None:
    """Store a batch of messages: each row of each table in one statement for all of them."""
    first_id = context.next_id()
    numbered = list(enumerate(batch, first_id))
    dialogues = [(number, one.arrival.transaction.session, one.dialogue) for number, one in numbered]
    keep_dialogues(context, dialogues, "messages")
    statements, write = context.statements, context.write
    write(
        statements.message,
        [(number, one.arrival.transaction.session.public_id, *one.message) for number, one in numbered],
    )
    write(statements.content, [(number, one.encoding, one.content) for number, one in numbered])
    write(statements.body, [(number, *one.body) for number, one in numbered])
    if deliveries := [(number, *row) for number, one in numbered for row in one.deliveries]:
        write(statements.delivery, deliveries)
    for number, one in numbered:
        if one.arrival.steps:
            planned.add(context, one.arrival.inbox, number, one.arrival.steps)
    by_mailbox = defaultdict(list)
    for number, one in numbered:
        by_mailbox[one.arrival.inbox, one.arrival.mailbox].append((number, one))
    for (inbox, mailbox), members in by_mailbox.items():
        _place(context, inbox, mailbox, members)
    _link(context, numbered)
    context.last_id = first_id + len(batch) - 1
    context.added += len(batch)


def _link(context: Context, numbered: Sequence[tuple[int, Prepared]]) -> None:
    """Keep which of these are reports of other systems, and tell of their originals that something happened."""
    found = [
        kinship.link(context, one.arrival.inbox, number, one.arrival.public_id, one.kin)
        for number, one in numbered
        if one.kin is not None
    ]
    if originals := [number for number in found if number is not None]:
        note(context, originals)


def _place(context: Context, inbox: str, mailbox: str, members: list[tuple[int, Prepared]]) -> None:
    box = context.mailbox(inbox, mailbox)
    modseq = box.highest_modseq + 1
    placed = list(enumerate(members, box.uidnext))
    context.write(context.statements.placement, [(box.id, uid, number, modseq) for uid, (number, _) in placed])
    flagged = [(uid, one.arrival.flags) for uid, (_, one) in placed if one.arrival.flags]
    counted = (
        *(box.uidnext + len(members), modseq, len(members)),
        len(members) - sum(SEEN in flags for _, flags in flagged),
        sum(FLAGGED in flags for _, flags in flagged),
        sum(one.has_files for _, one in members),
        sum(len(one.arrival.raw) for _, one in members),
        sum(bool(one.arrival.transaction.envelope.refused) for _, one in members),
    )
    context.update(
        "UPDATE mailbox SET uidnext = ?, highest_modseq = ?, total = total + ?, unread = unread + ?, "
        "pinned = pinned + ?, files = files + ?, size_bytes = size_bytes + ?, refused = refused + ? WHERE id = ?",
        (*counted, box.id),
    )
    if flagged:
        sql = "UPDATE placement SET seen = ?, pinned = ?, flags = ? WHERE mailbox_id = ? AND uid = ?"
        context.execute(sql, [(*columns_of(flags), box.id, uid) for uid, flags in flagged])
    if tagged := [(uid, one.tags) for uid, (_, one) in placed if one.tags]:
        attach(context, box, tagged)
    refs = [
        Ref(one.arrival.public_id, number, mailbox, uid, SEEN in one.arrival.flags, FLAGGED in one.arrival.flags)
        for uid, (number, one) in placed
    ]
    context.record(box.inbox_id, "added", refs)


def note(context: Context, message_ids: Sequence[int]) -> None:
    """Write to the journal that something happened to what became of messages (at most 500)."""
    ids = sorted(set(message_ids))
    where = f"WHERE p.message_id IN ({marks(ids)}) ORDER BY p.message_id, p.id"
    by_inbox: dict[int, dict[int, Ref]] = defaultdict(dict)
    for row in context.execute(PLACED + where, tuple(ids)).all():
        if row.inbox_id is not None:
            ref = Ref(row.public_id, row.message_id, row.mailbox, row.uid, bool(row.seen), bool(row.pinned))
            by_inbox[row.inbox_id].setdefault(row.message_id, ref)
    for inbox_id, refs in by_inbox.items():
        context.record(inbox_id, "delivery", list(refs.values()))


def mark(context: Context, rows: Sequence[Any], *, seen: bool | None, pinned: bool | None) -> int:
    """Set read state and pins of these placements (rows of PLACED); return how many changed."""
    marked = []
    for row in rows:
        new_seen = row.seen if seen is None else int(seen)
        new_pinned = row.pinned if pinned is None else int(pinned)
        if (new_seen, new_pinned) != (row.seen, row.pinned):
            marked.append((row, new_seen, new_pinned, row.flags))
    relabel(context, marked)
    return len(marked)


def relabel(context: Context, marked: list[tuple[Any, int, int, str]]) -> None:
    """Give each of these placements (rows of PLACED) its new read state, pin and other flags."""
    marked.sort(key=lambda one: int(one[0].mailbox_id))
    for mailbox_id, group in groupby(marked, key=lambda one: one[0].mailbox_id):
        members = list(group)
        unread = sum(row.seen - new_seen for row, new_seen, _, _ in members)
        pins = sum(new_pinned - row.pinned for row, _, new_pinned, _ in members)
        modseq = count_up(context, mailbox_id, unread=unread, pinned=pins)
        context.execute(
            "UPDATE placement SET seen = ?, pinned = ?, flags = ?, modseq = ? WHERE id = ?",
            [(new_seen, new_pinned, flags, modseq, row.placement_id) for row, new_seen, new_pinned, flags in members],
        )
        refs = [_ref(row, new_seen, new_pinned) for row, new_seen, new_pinned, _ in members]
        context.record(members[0][0].inbox_id, "changed", refs)


def remove(context: Context, rows: Iterable[Any]) -> int:
    """Remove these placements (rows of PLACED), and the messages that have no other; return how many.

    What frees pages comes first, so that deleting also works when there is no room.
    """
    ordered = sorted(rows, key=lambda row: (row.mailbox_id, row.uid))
    if not ordered:
        return 0
    if context.watches_removal:
        context.freed += _freed(context, ordered)
    context.execute("DELETE FROM placement WHERE id = ?", [(row.placement_id,) for row in ordered])
    _bury(context, {row.message_id: row.session_id for row in ordered})
    for mailbox_id, group in groupby(ordered, key=lambda row: row.mailbox_id):
        members = list(group)
        count_up(context, mailbox_id, **{name: -number for name, number in totals(members).items()})
        if members[0].inbox_id is not None:
            _record_removed(context, members)
    context.removed += len(ordered)
    context.removed_messages += sum(row.inbox_id is not None for row in ordered)  # what was cleared was counted then
    return len(ordered)


def _record_removed(context: Context, rows: Sequence[Any]) -> None:
    """Write to the journal what was removed from a mailbox; a copy that leaves another one is `filed`."""
    left = {row.placement_id for row in rows if row.mailbox != INBOX and _is_placed(context, row.message_id)}
    for kind, is_left in (("removed", False), ("filed", True)):
        some = [row for row in rows if (row.placement_id in left) is is_left]
        if some:
            context.record(some[0].inbox_id, kind, [_ref(row, row.seen, row.pinned) for row in some])


def _freed(context: Context, rows: Sequence[Any]) -> list[Removed]:
    """Return the room that each recipient gets; what was cleared before has been told already."""
    freed = []
    for inbox_id, group in groupby(rows, key=lambda row: row.inbox_id):
        ids = [row.message_id for row in group]
        if inbox_id is None:
            continue
        sql = (
            "SELECT (SELECT name FROM inbox WHERE id = ?), d.address, count(*), sum(m.size_bytes) FROM delivery d "
            f"JOIN message m ON m.id = d.owner_id WHERE d.owner_id IN ({marks(ids)}) "
            "AND d.accepted = 1 GROUP BY d.address"
        )
        freed += [Removed(*row) for row in context.execute(sql, (inbox_id, *ids)).all()]
    return freed


def _bury(context: Context, sessions: dict[int, int | None]) -> None:
    """Delete the messages among these (with their sessions) whose last placement is gone."""
    dead = [number for number in sessions if not _is_placed(context, number)]
    if not dead:
        return
    keys = [(number,) for number in dead]
    context.execute("DELETE FROM content WHERE message_id = ?", keys)
    context.index.forget(context.connection, dead)
    for table, key in (("body", "message_id"), ("delivery", "owner_id"), ("message", "id")):
        context.execute(f"DELETE FROM {table} WHERE {key} = ?", keys)
    let_sessions_go(context, [(number, sessions[number]) for number in dead])


def _is_placed(context: Context, number: int) -> bool:
    return context.execute("SELECT 1 FROM placement WHERE message_id = ? LIMIT 1", (number,)).first() is not None


def totals(rows: Sequence[Any]) -> dict[str, int]:
    """What these placements (rows of PLACED) are worth in the counters of their mailbox."""
    return {
        "total": len(rows),
        "unread": sum(not row.seen for row in rows),
        "pinned": sum(row.pinned for row in rows),
        "files": sum(row.attachment_count > 0 for row in rows),
        "size_bytes": sum(row.size_bytes for row in rows),
        "refused": sum(row.refused_count > 0 for row in rows),
    }


def count_up(context: Context, mailbox_id: int, **deltas: int) -> int:
    """Add to a mailbox's counters, and return its next modification sequence (RFC 7162 §3.1)."""
    changes = "".join(f", {name} = {name} + ?" for name in deltas)
    context.execute(
        f"UPDATE mailbox SET highest_modseq = highest_modseq + 1{changes} WHERE id = ?", (*deltas.values(), mailbox_id)
    )
    row = context.execute("SELECT highest_modseq FROM mailbox WHERE id = ?", (mailbox_id,)).one()
    return int(row[0])


def _ref(row: Any, seen: int, pinned: int) -> Ref:
    return Ref(row.public_id, row.message_id, row.mailbox, row.uid, bool(seen), bool(pinned))
