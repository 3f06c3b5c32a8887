"""Tags of messages: given, replaced, renamed and dropped. Two that differ in case alone are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from itertools import count, groupby
from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import NotFound, Taken
from mailpit_py.storage.context import Box, Context, Continue, Submit, Work
from mailpit_py.storage.engine import Reading
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.value import Ref, Selection

CHUNK = 200
# A tag lives as long as a message of its inbox has it; one that is only waiting to be dropped is not seen.
_LIVES = (
    "EXISTS (SELECT 1 FROM placement_tag pt JOIN placement p ON p.id = pt.placement_id "
    "JOIN mailbox b ON b.id = p.mailbox_id WHERE pt.tag_id = t.id AND b.inbox_id = t.inbox_id)"
)
_NAMES = (
    "SELECT min(t.name) AS name FROM tag t JOIN inbox i ON i.id = t.inbox_id "
    f"WHERE (i.name = ? OR ? = '*') AND {_LIVES} GROUP BY t.name COLLATE NOCASE"
)
_COUNTS = (
    "SELECT min(t.name) AS name, count(*) FROM tag t JOIN inbox i ON i.id = t.inbox_id "
    "JOIN placement_tag pt ON pt.tag_id = t.id JOIN placement p ON p.id = pt.placement_id "
    "JOIN mailbox b ON b.id = p.mailbox_id AND b.inbox_id = t.inbox_id WHERE (i.name = ? OR ? = '*') "
    "GROUP BY t.name COLLATE NOCASE"
)
_TAGGED = (
    "SELECT m.public_id, m.id, b.name AS mailbox, p.uid, p.seen, p.pinned, p.id AS placement_id, b.inbox_id "
    "FROM placement p JOIN mailbox b ON b.id = p.mailbox_id JOIN message m ON m.id = p.message_id "
)

# UIDVALIDITY rises with each tag that is made, as it does with mailboxes.
_NEW_TAG = (
    "INSERT INTO tag (inbox_id, name, uidvalidity) VALUES (?, ?, ? + "
    "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'tag'), 0)) RETURNING id"
)

Choose = Callable[[str, Selection], Any]


class TagTables:
    """The tags of a store. Writes are futures that are resolved after COMMIT."""

    def __init__(self, submit: Submit, reading: Reading, choose: Choose) -> None:
        self._submit = submit
        self._reading = reading
        self._choose = choose

    def names(self, inbox: str) -> tuple[str, ...]:
        """All tags of an inbox in the order of the alphabet, case aside."""
        with self._reading() as connection:
            return _names(connection, inbox)

    def counts(self, inbox: str) -> dict[str, int]:
        """How many messages have each tag, in the order of the alphabet."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql(f"{_COUNTS} ORDER BY 1 COLLATE NOCASE", (inbox, inbox)).all()
        return {row[0]: row[1] for row in rows}

    def replace(self, inbox: str, selection: Selection, names: Sequence[str]) -> Future[int]:
        """Give the selected messages these tags and no others; the result is how many messages those are."""
        return self._submit(_replacing(self._choose(inbox, selection).placements, tuple(names)))

    def rename(self, inbox: str, old: str, new: str) -> Future[None]:
        """Give a tag another name. The future raises NotFound, or Taken if another tag has that name."""
        return self._submit(lambda context: _rename(context, inbox, old, new))

    def drop(self, inbox: str, name: str) -> Future[None]:
        """Take a tag from all messages. The future raises NotFound."""
        return self._submit(lambda context: _drop(context, inbox, name))


def _names(connection: Connection, inbox: str) -> tuple[str, ...]:
    rows = connection.exec_driver_sql(f"{_NAMES} ORDER BY 1 COLLATE NOCASE", (inbox, inbox))
    return tuple(row[0] for row in rows)


def attach(context: Context, box: Box, tagged: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Give new messages of a mailbox, named by their UIDs, their first tags."""
    rows = []
    for uid, names in tagged:
        sql = "SELECT id FROM placement WHERE mailbox_id = ? AND uid = ?"
        placement_id = context.execute(sql, (box.id, uid)).scalar_one()
        rows += [(placement_id, _tag_id(context, box.inbox_id, name)) for name in names]
    _link(context, rows)


def detach(context: Context, tag_id: int, rows: Sequence[Any]) -> None:
    """Take a tag from placements (rows of PLACED, of one inbox)."""
    context.execute(
        "DELETE FROM placement_tag WHERE placement_id = ? AND tag_id = ?",
        [(row.placement_id, tag_id) for row in rows],
    )
    refs = [Ref(row.public_id, row.message_id, row.mailbox, row.uid, bool(row.seen), bool(row.pinned)) for row in rows]
    context.record(rows[0].inbox_id, "tagged", refs)
    drop_unused(context)


def renumber(context: Context, placement_ids: Sequence[int]) -> None:
    """Give placements new UIDs in the folders of their tags, as to messages that came just now."""
    for placement_id in placement_ids:
        for (tag_id,) in context.execute(
            "SELECT tag_id FROM placement_tag WHERE placement_id = ?", (placement_id,)
        ).all():
            sql = "UPDATE placement_tag SET uid = ? WHERE placement_id = ? AND tag_id = ?"
            context.execute(sql, (_next_uids(context, tag_id, 1), placement_id, tag_id))


def tag_uids(context: Context, tag_id: int, placement_ids: Sequence[int]) -> dict[int, int]:
    """The UID of each of these placements in the folder of a tag."""
    sql = f"SELECT placement_id, uid FROM placement_tag WHERE tag_id = ? AND placement_id IN ({marks(placement_ids)})"
    return {row[0]: row[1] for row in context.execute(sql, (tag_id, *placement_ids))}


def _next_uids(context: Context, tag_id: int, count: int) -> int:
    """Take so many UIDs of a tag's folder, and return the first."""
    sql = "UPDATE tag SET uidnext = uidnext + ? WHERE id = ? RETURNING uidnext"
    return int(context.execute(sql, (count, tag_id)).scalar_one()) - count


def drop_unused(context: Context) -> None:
    """Drop the tags that no message has any more."""
    context.execute("DELETE FROM tag WHERE NOT EXISTS (SELECT 1 FROM placement_tag WHERE tag_id = tag.id)")


def _link(context: Context, rows: list[tuple[int, int]]) -> None:
    """Give placements tags: pairs of their ids. Each gets the next UID of the tag's folder."""
    numbers = {tag_id: _next_uids(context, tag_id, count) for tag_id, count in Counter(tag for _, tag in rows).items()}
    uids = {tag_id: count(first) for tag_id, first in numbers.items()}
    if rows:
        context.execute(
            "INSERT OR IGNORE INTO placement_tag (placement_id, tag_id, uid) VALUES (?, ?, ?)",
            [(placement_id, tag_id, next(uids[tag_id])) for placement_id, tag_id in sorted(rows)],
        )


def _tag_id(context: Context, inbox_id: int, name: str) -> int:
    """The tag of this name, made if there is none; the spelling of a tag that lives stays."""
    sql = f"SELECT t.id, t.name, {_LIVES} FROM tag t WHERE t.inbox_id = ? AND t.name = ? COLLATE NOCASE"
    row = context.execute(sql, (inbox_id, name)).first()
    if row is None:
        result = context.execute(_NEW_TAG, (inbox_id, name, max(1, context.now // 1_000_000)))
        return int(result.scalar_one())
    if not row[2] and row[1] != name:
        context.execute("UPDATE tag SET name = ? WHERE id = ?", (name, row[0]))
    return int(row[0])


def _replacing(keys: Sequence[int], names: tuple[str, ...]) -> Work:
    """The work that replaces the tags of placements, a piece a transaction."""

    def step(start: int, done: int) -> Work:
        def work(context: Context) -> Any:
            now_done = done + _replace(context, keys[start : start + CHUNK], names)
            if start + CHUNK < len(keys):
                return Continue(step(start + CHUNK, now_done))
            drop_unused(context)
            return now_done

        return work

    return step(0, 0)


def _replace(context: Context, keys: Sequence[int], names: tuple[str, ...]) -> int:
    sql = f"{_TAGGED} WHERE p.id IN ({marks(keys)}) AND b.inbox_id IS NOT NULL"
    rows = context.execute(f"{sql} ORDER BY b.inbox_id", tuple(keys)).all() if keys else []
    for inbox_id, group in groupby(rows, key=lambda row: row.inbox_id):
        members = list(group)
        tag_ids = [_tag_id(context, inbox_id, name) for name in names]
        context.execute(
            # what stays keeps its UID
            f"DELETE FROM placement_tag WHERE placement_id = ? AND tag_id NOT IN ({marks(tag_ids)})",
            [(row.placement_id, *tag_ids) for row in members],
        )
        _link(context, [(row.placement_id, tag_id) for row in members for tag_id in tag_ids])
        refs = [Ref(one.public_id, one.id, one.mailbox, one.uid, bool(one.seen), bool(one.pinned)) for one in members]
        context.record(inbox_id, "tagged", refs)
    return len(rows)


def _find(context: Context, inbox: str, name: str) -> list[Any]:
    """The tag of an inbox, or of every inbox, that is called so."""
    sql = (
        "SELECT t.id, t.inbox_id FROM tag t JOIN inbox i ON i.id = t.inbox_id "
        f"WHERE (i.name = ? OR ? = '*') AND t.name = ? COLLATE NOCASE AND {_LIVES}"
    )
    rows: list[Any] = context.execute(sql, (inbox, inbox, name)).all()
    return rows


def _rename(context: Context, inbox: str, old: str, new: str) -> None:
    rows = _find(context, inbox, old)
    if not rows:
        raise NotFound(f"tag not found: {old}")
    own = {row.id for row in rows}
    inboxes = {row.inbox_id for row in rows}
    if any(one.inbox_id in inboxes and one.id not in own for one in _find(context, inbox, new)):
        raise Taken(f"tag already exists: {new}")
    for row in rows:
        unseen = "DELETE FROM tag WHERE inbox_id = ? AND name = ? COLLATE NOCASE AND id <> ?"
        context.execute(unseen, (row.inbox_id, new, row.id))
        context.execute("UPDATE tag SET name = ? WHERE id = ?", (new, row.id))
        context.record(row.inbox_id, "tags", [])


def _drop(context: Context, inbox: str, name: str) -> None:
    rows = _find(context, inbox, name)
    if not rows:
        raise NotFound(f"tag not found: {name}")
    for row in rows:
        context.execute("DELETE FROM placement_tag WHERE tag_id = ?", (row.id,))
        context.execute("DELETE FROM tag WHERE id = ?", (row.id,))
        context.record(row.inbox_id, "tags", [])
