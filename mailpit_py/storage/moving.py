"""Moving and copying messages into a mailbox of their inbox, which is made when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from mailpit_py.storage.context import Box, Context
from mailpit_py.storage.flag import DELETED
from mailpit_py.storage.messages import PLACED, count_up, remove, totals
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.tags import renumber
from mailpit_py.storage.value import INBOX, TRASH, Ref

_CHUNK = 500


def move(context: Context, inbox: str, rows: Sequence[Any], mailbox: str, *, anew: bool = False) -> list[Any]:
    """Move these placements (rows of PLACED, of one inbox) and return those that moved, with their new `uid`s.

    Each keeps its read state, pin, flags and tags, and gets the next UID of the mailbox (RFC 3501
    §2.3.1.1); in Trash none is flagged as deleted. What is there already gets a new UID too if
    `anew`, and else stays.
    """
    leaving = sorted((row for row in rows if anew or row.mailbox != mailbox), key=lambda row: (row.mailbox_id, row.uid))
    if not leaving:
        return []
    box = make_room(context, inbox, mailbox, leaving)
    for mailbox_id, group in groupby(leaving, key=lambda row: row.mailbox_id):
        count_up(context, mailbox_id, **{name: -number for name, number in totals(list(group)).items()})
    modseq = count_up(context, box.id, uidnext=len(leaving), **totals(leaving))
    placed = list(enumerate(leaving, box.uidnext))
    context.execute(
        "UPDATE placement SET mailbox_id = ?, uid = ?, modseq = ?, flags = ? WHERE id = ?",
        [(box.id, uid, modseq, flags_in(mailbox, row.flags), row.placement_id) for uid, row in placed],
    )
    if back := [row.placement_id for row in leaving if row.mailbox == TRASH != mailbox]:
        renumber(context, back)  # a folder of a tag has not had them meanwhile
    _record(context, box, placed, mailbox)
    return [(row, uid) for uid, row in placed]


def copy(context: Context, inbox: str, rows: Sequence[Any], mailbox: str) -> list[Any]:
    """Put these placements (rows of PLACED, of one inbox) into another mailbox too; return them with their new UIDs.

    A message is in a mailbox once: what is there already only gets a new UID.
    """
    here = [row for row in rows if row.mailbox == mailbox]
    others = sorted((row for row in rows if row.mailbox != mailbox), key=lambda row: (row.mailbox_id, row.uid))
    done = move(context, inbox, here, mailbox, anew=True)
    if not others:
        return done
    box = make_room(context, inbox, mailbox, others)
    modseq = count_up(context, box.id, uidnext=len(others), **totals(others))
    placed = list(enumerate(others, box.uidnext))
    context.execute(
        "INSERT INTO placement (mailbox_id, uid, message_id, seen, pinned, flags, modseq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (box.id, uid, row.message_id, row.seen, row.pinned, flags_in(mailbox, row.flags), modseq)
            for uid, row in placed
        ],
    )
    context.record(box.inbox_id, "moved" if mailbox == INBOX else "filed", refs_of(placed, mailbox))
    return [*done, *((row, uid) for uid, row in placed)]


def _record(context: Context, box: Box, placed: Sequence[tuple[int, Any]], mailbox: str) -> None:
    """Write to the journal what was moved; what neither was in INBOX nor is, only readers of folders see."""
    for kind, is_seen in (("moved", True), ("filed", False)):
        some = [(uid, row) for uid, row in placed if (INBOX in (row.mailbox, mailbox)) is is_seen]
        if some:
            context.record(box.inbox_id, kind, refs_of(some, mailbox))


def make_room(context: Context, inbox: str, mailbox: str, coming: Sequence[Any]) -> Box:
    """Return a mailbox, made if it is not there, in which none of these messages is, but where they come from it."""
    box = mailbox_for(context, inbox, mailbox)
    for start in range(0, len(coming), _CHUNK):
        some = [row for row in coming[start : start + _CHUNK] if row.mailbox_id != box.id]
        where = f"WHERE p.mailbox_id = ? AND p.message_id IN ({marks(some)})"
        if there := context.execute(PLACED + where, (box.id, *(row.message_id for row in some))).all():
            remove(context, there)
    return context.mailbox(inbox, mailbox)


def mailbox_for(context: Context, inbox: str, name: str) -> Box:
    """Return a mailbox, made if it is not there. UIDVALIDITY rises with each that is made (RFC 9051 §2.3.1.1)."""
    context.execute(
        "INSERT INTO mailbox (inbox_id, name, uidvalidity) "
        "SELECT ?, ?, ? + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'mailbox'), 0) "
        "WHERE true ON CONFLICT (inbox_id, name) DO NOTHING",
        (context.inbox_id(inbox), name, max(1, context.now // 1_000_000)),
    )
    return context.mailbox(inbox, name)


def flags_in(mailbox: str, flags: str) -> str:
    """Flags as they go with a message into a mailbox."""
    return flags if mailbox != TRASH else " ".join(word for word in flags.split() if word != DELETED)


def refs_of(placed: Sequence[tuple[int, Any]], mailbox: str) -> list[Ref]:
    """What the journal says of placements (rows of PLACED) with their new UIDs."""
    return [Ref(row.public_id, row.message_id, mailbox, uid, bool(row.seen), bool(row.pinned)) for uid, row in placed]
