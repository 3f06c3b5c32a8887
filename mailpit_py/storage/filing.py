"""What a reader by IMAP changes, each as work for the writer; items are named by the ids of their placements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mailpit_py.errors import NotFound, Taken
from mailpit_py.storage.context import Context, Work
from mailpit_py.storage.flag import DELETED, FlagChange, columns_of, flags_of
from mailpit_py.storage.folder import Folder, find_place
from mailpit_py.storage.messages import PLACED, relabel, remove
from mailpit_py.storage.moving import copy, mailbox_for, move
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.tags import detach, tag_uids
from mailpit_py.storage.value import TRASH

Pairs = list[tuple[int, int]]


def _placed(context: Context, folder: Folder, placement_ids: Sequence[int]) -> list[Any]:
    """The rows of PLACED that are still in the folder."""
    place = find_place(context.connection, folder)
    if place is None or not placement_ids:
        return []
    if folder.tag:
        where = (
            f"WHERE p.id IN ({marks(placement_ids)}) AND b.inbox_id = ? AND b.name <> ? "
            "AND EXISTS (SELECT 1 FROM placement_tag pt WHERE pt.placement_id = p.id AND pt.tag_id = ?)"
        )
        parameters: tuple[Any, ...] = (*placement_ids, place.inbox_id, TRASH, place.row_id)
    else:
        where, parameters = (
            f"WHERE p.id IN ({marks(placement_ids)}) AND p.mailbox_id = ?",
            (*placement_ids, place.row_id),
        )
    rows: list[Any] = context.execute(PLACED + where, parameters).all()
    return rows


def flagging(folder: Folder, placement_ids: Sequence[int], change: FlagChange, unchanged_since: int | None) -> Work:
    """The work that changes flags; its result is the UIDs of what was changed since (RFC 7162 §3.1.3).

    Stored sequences are one less than what is told of them, see `folder.py`.
    """

    def work(context: Context) -> list[int]:
        rows = _placed(context, folder, placement_ids)
        late = {row.uid for row in rows if unchanged_since is not None and row.modseq >= unchanged_since}
        marked = []
        for row in rows:
            old = flags_of(row.seen, row.pinned, row.flags)
            new = change.apply(old)
            if row.uid not in late and new != old:
                marked.append((row, *columns_of(new)))
        relabel(context, marked)
        return sorted(late)

    return work


def copying(folder: Folder, placement_ids: Sequence[int], mailbox: str) -> Work:
    """The work that copies; its result is pairs of UIDs."""
    return _carrying(folder, placement_ids, lambda context, rows: copy(context, folder.inbox, rows, mailbox))


def moving(folder: Folder, placement_ids: Sequence[int], mailbox: str) -> Work:
    """The work that moves; its result is pairs of UIDs."""
    return _carrying(folder, placement_ids, lambda context, rows: move(context, folder.inbox, rows, mailbox, anew=True))


def _carrying(folder: Folder, placement_ids: Sequence[int], carry: Callable[[Context, list[Any]], list[Any]]) -> Work:
    def work(context: Context) -> Pairs:
        rows = _placed(context, folder, placement_ids)
        before = _uids(context, folder, rows)
        return sorted((before[row.placement_id], uid) for row, uid in carry(context, rows))

    return work


def _uids(context: Context, folder: Folder, rows: Sequence[Any]) -> dict[int, int]:
    """The UID that each placement (a row of PLACED) has in the folder."""
    place = find_place(context.connection, folder)
    if folder.tag and place is not None:
        return tag_uids(context, place.row_id, [row.placement_id for row in rows])
    return {row.placement_id: row.uid for row in rows}


def expunging(folder: Folder, placement_ids: Sequence[int]) -> Work:
    """The work that lets go of what is flagged as deleted; its result is how many that were."""

    def work(context: Context) -> int:
        rows = [row for row in _placed(context, folder, placement_ids) if DELETED in row.flags.split()]
        place = find_place(context.connection, folder)
        if folder.tag and place is not None:
            detach(context, place.row_id, rows)
            relabel(context, [(row, row.seen, row.pinned, _without_deleted(row.flags)) for row in rows])
        elif folder.is_trash:
            remove(context, rows)
        else:
            move(context, folder.inbox, rows, TRASH)
        return len(rows)

    return work


def _without_deleted(flags: str) -> str:
    return " ".join(word for word in flags.split() if word != DELETED)


def make(context: Context, inbox: str, mailbox: str) -> bool:
    """Make a mailbox; False if it is there."""
    if find_place(context.connection, Folder(inbox, mailbox)) is not None:
        return False
    box = mailbox_for(context, inbox, mailbox)
    context.record(box.inbox_id, "mailboxes", [])
    return True


def rename(context: Context, inbox: str, old: str, new: str) -> None:
    """Rename a mailbox and those below it. Raises NotFound, and Taken if one of the new names is."""
    inbox_id = context.inbox_id(inbox)
    sql = "SELECT id, name FROM mailbox WHERE inbox_id = ? AND (name = ? OR substr(name, 1, ?) = ?)"
    rows = context.execute(sql, (inbox_id, old, len(old) + 1, f"{old}/")).all()
    if old not in (row.name for row in rows):
        raise NotFound(f"there is no mailbox {old!r}")
    for row in rows:
        name = new + row.name[len(old) :]
        if find_place(context.connection, Folder(inbox, name)) is not None:
            raise Taken(f"there is a mailbox {name!r} already")
        context.execute("UPDATE mailbox SET name = ? WHERE id = ?", (name, row.id))
    context.record(inbox_id, "mailboxes", [])


def drop(context: Context, inbox: str, mailbox: str) -> int:
    """Remove a mailbox, and move what is in it to Trash. Raises NotFound."""
    box = context.mailbox(inbox, mailbox)
    rows = context.execute(PLACED + "WHERE p.mailbox_id = ?", (box.id,)).all()
    move(context, inbox, rows, TRASH)
    context.execute("DELETE FROM mailbox WHERE id = ?", (box.id,))
    context.record(box.inbox_id, "mailboxes", [])
    return len(rows)


def subscribe(context: Context, inbox: str, mailbox: str, *, subscribed: bool) -> None:
    """Keep whether a mailbox is subscribed."""
    box = mailbox_for(context, inbox, mailbox)
    context.execute("UPDATE mailbox SET subscribed = ? WHERE id = ?", (int(subscribed), box.id))
