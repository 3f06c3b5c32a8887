"""What a reader by IMAP finds and changes: folders, their items and flags; copies, moves and what is expunged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import NotFound
from mailpit_py.mail.limits import DEFAULT
from mailpit_py.storage import filing, reading
from mailpit_py.storage.compression import unpack, unpack_head
from mailpit_py.storage.context import Submit
from mailpit_py.storage.engine import Reading
from mailpit_py.storage.flag import FlagChange
from mailpit_py.storage.folder import Folder, Item, News, Opened, Place, find_place, items_sql
from mailpit_py.storage.listing import Scope, Search, Window, find
from mailpit_py.storage.octets import Octets
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.query import All, Node, Query
from mailpit_py.storage.value import Changes, Cursor

Searching = Callable[..., AbstractContextManager[tuple[Connection, Scope, Search]]]

HEAD_BYTES = DEFAULT.header_bytes
_PACKING_BYTES = 1_024  # what zstd adds at most to octets that it cannot pack
_CHUNK = 500
_MOST_IDS = 5_000  # more of them are read by reading all
# What moves a message into a folder, within it or out of it.
_TELLING = frozenset({"added", "changed", "moved", "removed", "filed", "tagged"})
_ALL_ANEW = frozenset({"cleared", "tags", "mailboxes"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A mailbox that is there, or a tag: its name, and whether it is subscribed."""

    name: str
    is_tag: bool
    is_subscribed: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """How much is in a mailbox."""

    name: str
    total: int
    unread: int


class Folders:
    """The folders of a store. May be used from any thread; what it writes are futures."""

    def __init__(self, submit: Submit, reading: Reading, searching: Searching, epoch: str, octets: Octets) -> None:
        self._submit = submit
        self._reading = reading
        self._searching = searching
        self._epoch = epoch
        self._octets = octets

    # reads

    def names(self, inbox: str) -> tuple[Listed, ...]:
        """The mailboxes of an inbox in the order of their making, then its tags in the order of the alphabet."""
        with self._reading() as connection:
            boxes = connection.exec_driver_sql(
                "SELECT b.name, 0, b.subscribed FROM mailbox b JOIN inbox i ON i.id = b.inbox_id "
                "WHERE i.name = ? ORDER BY b.id",
                (inbox,),
            ).all()
            tags = connection.exec_driver_sql(
                "SELECT t.name, 1, 1 FROM tag t JOIN inbox i ON i.id = t.inbox_id WHERE i.name = ? AND EXISTS "
                "(SELECT 1 FROM placement_tag pt JOIN placement p ON p.id = pt.placement_id JOIN mailbox b "
                "ON b.id = p.mailbox_id WHERE pt.tag_id = t.id AND b.inbox_id = t.inbox_id) "
                "ORDER BY t.name COLLATE NOCASE",
                (inbox,),
            ).all()
        return tuple(Listed(name, bool(is_tag), bool(subscribed)) for name, is_tag, subscribed in [*boxes, *tags])

    def totals(self, inbox: str) -> tuple[Totals, ...]:
        """The mailboxes of an inbox in the order of their making, with their counters."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT b.name, b.total, b.unread FROM mailbox b JOIN inbox i ON i.id = b.inbox_id "
                "WHERE i.name = ? ORDER BY b.id",
                (inbox,),
            ).all()
        return tuple(Totals(*row) for row in rows)

    def open(self, folder: Folder, last: Opened | None = None) -> Opened:
        """The folder as it is now; `last` itself if nothing has happened since. Raises NotFound."""
        with self._reading() as connection:
            if last is not None and last.cursor == reading.head(connection, self._epoch):
                return last
            place = find_place(connection, folder)
            if place is None:
                raise NotFound(f"there is no folder {folder.tag or folder.mailbox!r}")
            items = _items(connection, folder, place)
            return Opened(folder, place, items, reading.head(connection, self._epoch))

    def has(self, folder: Folder) -> bool:
        """True if the folder is there."""
        with self._reading() as connection:
            return find_place(connection, folder) is not None

    def news(self, folder: Folder, cursor: Cursor) -> News:
        """What happened in the folder after `cursor`."""
        with self._reading() as connection:
            here = reading.head(connection, self._epoch)
            ids = _touched(_changes(connection, cursor, here, folder.inbox))
            place = find_place(connection, folder)
            if place is None:
                return News(None, (), None, here)
            if ids is not None and not ids:
                return News(frozenset(), (), place, here)
            return News(ids, _items(connection, folder, place, ids), place, here)

    def found(self, inbox: str, node: Node) -> frozenset[int]:
        """The ids of the messages in any mailbox of an inbox of which the condition holds. Raises NotFound."""
        query = Query("", All((node,)))
        with self._searching(inbox, None, query, refused=False) as (connection, scope, search):
            return frozenset(number for number, _ in find(connection, scope, search, Window(limit=-1)))

    def octets(self, ids: Sequence[int], *, utf8: bool) -> dict[int, int]:
        """The size of each of these messages as it is sent to a reader that takes `utf8`, or to another."""
        with self._reading() as connection:
            return self._octets.measure(connection, ids, utf8=utf8)

    def received(self, ids: Sequence[int]) -> dict[int, int]:
        """When each of these messages was received, in UTC microseconds."""
        with self._reading() as connection:
            return _by_id(connection, "SELECT id, received_at FROM message WHERE id IN", ids)

    def public_ids(self, ids: Sequence[int]) -> dict[int, str]:
        """The public id of each of these messages."""
        with self._reading() as connection:
            return _by_id(connection, "SELECT id, public_id FROM message WHERE id IN", ids)

    def international(self, ids: Iterable[int]) -> frozenset[int]:
        """Those of these messages that came with SMTPUTF8 (RFC 6531)."""
        with self._reading() as connection:
            found = _by_id(connection, "SELECT id, 1 FROM message WHERE smtputf8 = 1 AND id IN", tuple(ids))
            return frozenset(found)

    def fitting(self, ids: Sequence[int], size_bytes: int, *, of_each: int = 1 << 62) -> int:
        """How many of these messages (at most 500), from the first on, are not larger together; at least one.

        `of_each` is how much of each message counts.
        """
        with self._reading() as connection:
            sizes: dict[int, int] = _by_id(connection, "SELECT id, size_bytes FROM message WHERE id IN", ids)
        totals = accumulate(min(sizes.get(number, 0), of_each) for number in ids)
        return max(1, sum(total <= size_bytes for total in totals))

    def raws(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of each of these messages (at most 500) exactly as received."""
        with self._reading() as connection:
            sql = f"SELECT message_id, encoding, raw FROM content WHERE message_id IN ({marks(ids)})"
            rows = connection.exec_driver_sql(sql, tuple(ids))
            return {number: unpack(encoding, content) for number, encoding, content in rows}

    def heads(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The first HEAD_BYTES of each of these messages (at most 500): more is never read of a header section."""
        with self._reading() as connection:
            sql = f"SELECT message_id, encoding, substr(raw, 1, ?) FROM content WHERE message_id IN ({marks(ids)})"
            rows = connection.exec_driver_sql(sql, (HEAD_BYTES + _PACKING_BYTES, *ids))
            return {number: unpack_head(encoding, content, HEAD_BYTES) for number, encoding, content in rows}

    def uid_of(self, folder: Folder, public_id: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the newest UID of a message in a mailbox, or None if it is not there."""
        with self._reading() as connection:
            row = connection.exec_driver_sql(
                "SELECT b.uidvalidity, max(p.uid) FROM message m JOIN placement p ON p.message_id = m.id "
                "JOIN mailbox b ON b.id = p.mailbox_id JOIN inbox i ON i.id = b.inbox_id "
                "WHERE m.public_id = ? AND i.name = ? AND b.name = ? GROUP BY b.id",
                (public_id, folder.inbox, folder.mailbox),
            ).first()
        return None if row is None else (int(row[0]), int(row[1]))

    # writes

    def flag(
        self, folder: Folder, items: Iterable[Item], change: FlagChange, *, unchanged_since: int | None = None
    ) -> list[Future[list[int]]]:
        """Change flags; the results are the UIDs of items whose MODSEQ is above `unchanged_since`, left as they are."""
        return self._in_pieces(items, lambda some: filing.flagging(folder, some, change, unchanged_since))

    def copy(self, folder: Folder, items: Iterable[Item], mailbox: str) -> list[Future[list[tuple[int, int]]]]:
        """Put messages into another mailbox too; the results are pairs of their UIDs, here and there."""
        return self._in_pieces(items, lambda some: filing.copying(folder, some, mailbox))

    def move(self, folder: Folder, items: Iterable[Item], mailbox: str) -> list[Future[list[tuple[int, int]]]]:
        """Move messages into another mailbox; the results are pairs of their UIDs, before and after."""
        return self._in_pieces(items, lambda some: filing.moving(folder, some, mailbox))

    def expunge(self, folder: Folder, items: Iterable[Item]) -> list[Future[int]]:
        """End what is flagged \\Deleted: in Trash for good, in a tag's folder of the tag; else it goes to Trash."""
        return self._in_pieces(items, lambda some: filing.expunging(folder, some))

    def make(self, inbox: str, mailbox: str) -> Future[bool]:
        """Make a mailbox; False if it is there."""
        return self._submit(lambda context: filing.make(context, inbox, mailbox))

    def rename(self, inbox: str, old: str, new: str) -> Future[None]:
        """Rename a mailbox and those below it. The future raises NotFound or Taken."""
        return self._submit(lambda context: filing.rename(context, inbox, old, new))

    def drop(self, inbox: str, mailbox: str) -> Future[int]:
        """Remove a mailbox, and move what is in it to Trash; the result is how many messages that are."""
        return self._submit(lambda context: filing.drop(context, inbox, mailbox))

    def subscribe(self, inbox: str, mailbox: str, *, subscribed: bool) -> Future[None]:
        """Keep whether a mailbox is subscribed; it is made if it is not there."""
        return self._submit(lambda context: filing.subscribe(context, inbox, mailbox, subscribed=subscribed))

    def _in_pieces(self, items: Iterable[Item], work: Callable[[Sequence[int]], Any]) -> list[Future[Any]]:
        return [self._submit(work(some)) for some in _pieces([one.placement_id for one in items])]


def _items(connection: Connection, folder: Folder, place: Place, ids: frozenset[int] | None = None) -> tuple[Item, ...]:
    if ids is None:
        sql, parameters = items_sql(folder, place)
        return tuple(map(Item._make, connection.exec_driver_sql(sql, tuple(parameters))))
    found: list[Item] = []
    for some in _pieces(sorted(ids)):
        sql, parameters = items_sql(folder, place, f"AND p.message_id IN ({marks(some)})")
        found += map(Item._make, connection.exec_driver_sql(sql, (*parameters, *some)))
    return tuple(sorted(found))


def _changes(connection: Connection, cursor: Cursor, here: Cursor, inbox: str) -> Iterator[Changes]:
    while cursor != here:
        changes = reading.changes(connection, cursor, here, inbox=inbox, limit=_CHUNK)
        yield changes
        cursor = changes.cursor


def _touched(batches: Iterable[Changes]) -> frozenset[int] | None:
    """The ids of the messages that something happened to; None for all, or so many that all are read."""
    ids: set[int] = set()
    for changes in batches:
        if changes.resync or len(ids) > _MOST_IDS:
            return None
        for change in changes.items:
            if change.kind in _ALL_ANEW:
                return None
            if change.kind in _TELLING:
                ids.update(ref.id for ref in change.refs if not ref.is_attempt)
    return frozenset(ids)


def _by_id(connection: Connection, select: str, ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for some in _pieces(ids):
        found.update((row[0], row[1]) for row in connection.exec_driver_sql(f"{select} ({marks(some)})", tuple(some)))
    return found


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
