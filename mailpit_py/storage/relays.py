"""The relay queue's table: items wait here for their next try, over restarts, and stay for a while when ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import StorageFull
from mailpit_py.storage.compression import Compressor, unpack
from mailpit_py.storage.context import Context, Submit, Work
from mailpit_py.storage.journal import Journal
from mailpit_py.storage.listing import parse_key
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.relay import NewRelayItem, RelayItem, RelayPage, RelayRecipient, RelayState
from mailpit_py.storage.value import Cursor

Reading = Callable[[], AbstractContextManager[Connection]]

WAITING_AT_MOST = 10_000
ENDED_KEPT = 1_000
LEVEL = 1
CURSOR = "relay_cursor"

_COLUMNS = (
    *("public_id", "inbox_id", "message_id", "kind", "state", "subject", "reverse_path", "recipients"),
    *("encoding", "raw", "size_bytes", "created_at", "next_at", "is_retried"),
)
_INSERT = f"INSERT INTO relay_item ({', '.join(_COLUMNS)}) VALUES ({marks(_COLUMNS)})"
_SELECT = (
    "SELECT r.*, i.name AS inbox, coalesce(m.public_id, '') AS message FROM relay_item r "
    "JOIN inbox i ON i.id = r.inbox_id LEFT JOIN message m ON m.id = r.message_id"
)


class RelayTables:
    """The queue. Writes are futures that are resolved after COMMIT; `bell` rings after each."""

    def __init__(self, submit: Submit, reading: Reading) -> None:
        self._submit = submit
        self._reading = reading
        self._compressor = Compressor(LEVEL)
        self.bell = Journal()

    def add(self, items: Sequence[NewRelayItem], *, cursor: Cursor | None = None) -> Future[None]:
        """Queue items, to be tried at once; and keep how far the journal was read for them.

        StorageFull if 10,000 are waiting already.
        """
        prepared = [(one, *self._compressor.pack(one.raw)) for one in items]
        return self._ringing(lambda context: _add(context, prepared, cursor))

    def record(
        self, public_id: str, recipients: Sequence[RelayRecipient], said: str, *, next_at: int | None
    ) -> Future[bool]:
        """Keep what a try has brought. Without `next_at` the item has ended; False if it had been ended meanwhile."""
        return self._ringing(lambda context: _record(context, public_id, recipients, said, next_at))

    def retry(self, public_id: str, *, at: int) -> Future[bool]:
        """Let an item that waits be tried now; False if there is none."""
        sql = "UPDATE relay_item SET next_at = ? WHERE public_id = ? AND next_at IS NOT NULL"
        return self._ringing(
            lambda context: _told(context, public_id, bool(context.execute(sql, (at, public_id)).rowcount))
        )

    def cancel(self, public_id: str) -> Future[bool]:
        """End an item that waits; False if there is none."""
        return self._ringing(lambda context: _end(context, public_id, RelayState.CANCELLED))

    def due(self, at: int, *, limit: int = 100) -> tuple[RelayItem, ...]:
        """Items whose next try is due at `at`, in that order."""
        return self._read(f"{_SELECT} WHERE r.next_at <= ? ORDER BY r.next_at, r.id LIMIT ?", (at, limit))

    def next_due(self) -> int | None:
        """When the next try is due, or None if nothing waits."""
        with self._reading() as connection:
            found = connection.exec_driver_sql("SELECT min(next_at) FROM relay_item WHERE next_at IS NOT NULL")
            value: int | None = found.scalar()
            return value

    def item(self, public_id: str) -> RelayItem | None:
        """One item, or None."""
        return next(iter(self._read(f"{_SELECT} WHERE r.public_id = ?", (public_id,))), None)

    def raw(self, public_id: str) -> bytes | None:
        """What is sent; None once the item has ended."""
        with self._reading() as connection:
            row = connection.exec_driver_sql(
                "SELECT encoding, raw FROM relay_item WHERE public_id = ?", (public_id,)
            ).first()
        return None if row is None or row.raw is None else unpack(row.encoding, row.raw)

    def page(
        self, inbox: str, *, state: str = "", message: str = "", before: str | None = None, limit: int = 50
    ) -> RelayPage:
        """Items of an inbox, newest first: in a state, of a message (its public id)."""
        key = parse_key(before)
        wanted = [("i.name = ?", inbox), ("r.state = ?", state), ("m.public_id = ?", message), ("r.id < ?", key)]
        used = [(words, value) for words, value in wanted if value]
        sql = f"{_SELECT} WHERE {' AND '.join(words for words, _ in used)} ORDER BY r.id DESC LIMIT ?"
        found = self._read(sql, (*(value for _, value in used), limit + 1))
        return RelayPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)

    def cursor(self) -> Cursor | None:
        """How far the journal was read for the queue; None if it is not read for it."""
        with self._reading() as connection:
            row = connection.exec_driver_sql("SELECT value FROM meta WHERE key = ?", (CURSOR,)).first()
        return Cursor.parse(row.value) if row else None

    def forget_cursor(self) -> Future[None]:
        """Read the journal for the queue no more: what comes from now on is not relayed later."""
        return self._submit(lambda context: context.execute("DELETE FROM meta WHERE key = ?", (CURSOR,)) and None)

    def _read(self, sql: str, parameters: tuple[Any, ...]) -> tuple[RelayItem, ...]:
        with self._reading() as connection:
            return tuple(map(_item, connection.exec_driver_sql(sql, parameters).all()))

    def _ringing(self, work: Work) -> Future[Any]:
        future = self._submit(work)
        future.add_done_callback(lambda _: self.bell.ring())
        return future


def _add(context: Context, prepared: Sequence[tuple[NewRelayItem, int, bytes]], cursor: Cursor | None) -> None:
    waiting = context.execute("SELECT count(*) FROM relay_item WHERE next_at IS NOT NULL").scalar_one()
    if waiting + len(prepared) > WAITING_AT_MOST:
        raise StorageFull(f"{waiting} messages wait to be relayed already")
    inboxes: set[int] = set()
    for one, encoding, content in prepared:
        row = context.execute("SELECT id, subject FROM message WHERE public_id = ?", (one.message,)).first()
        if row is None:
            continue  # deleted in this moment
        inbox_id = context.inbox_id(one.inbox)
        inboxes.add(inbox_id)
        context.execute(
            _INSERT,
            (
                *(one.public_id, inbox_id, row.id, one.kind, RelayState.WAITING, row.subject),
                *(one.reverse_path, _written([RelayRecipient(address) for address in one.recipients])),
                *(encoding, content, len(one.raw), one.created_at, one.created_at, int(one.is_retried)),
            ),
        )
    for inbox_id in sorted(inboxes):
        context.record(inbox_id, "relay", [])
    if cursor is not None:
        context.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (CURSOR, str(cursor)))


def _record(
    context: Context, public_id: str, recipients: Sequence[RelayRecipient], said: str, next_at: int | None
) -> bool:
    changed = context.execute(
        "UPDATE relay_item SET recipients = ?, said = ?, tries = tries + 1, next_at = ? "
        "WHERE public_id = ? AND next_at IS NOT NULL",
        (_written(recipients), said, next_at or 0, public_id),
    ).rowcount
    if changed and next_at is None:
        sent = sum(one.state is RelayState.SENT for one in recipients)
        state = RelayState.SENT if sent == len(recipients) else RelayState.PARTLY if sent else RelayState.FAILED
        return _end(context, public_id, state)
    return _told(context, public_id, bool(changed))


def _end(context: Context, public_id: str, state: RelayState) -> bool:
    """End an item, and forget its bytes; of those that have ended the newest are kept."""
    sql = "UPDATE relay_item SET state = ?, next_at = NULL, raw = NULL WHERE public_id = ? AND next_at IS NOT NULL"
    changed = context.execute(sql, (state, public_id)).rowcount
    context.execute(
        "DELETE FROM relay_item WHERE next_at IS NULL AND id <= "
        "(SELECT id FROM relay_item WHERE next_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (ENDED_KEPT,),
    )
    return _told(context, public_id, bool(changed))


def _told(context: Context, public_id: str, has_changed: bool) -> bool:
    """Write to the journal of its inbox that an item has changed, if it has; which is what it returns."""
    row = context.execute("SELECT inbox_id FROM relay_item WHERE public_id = ?", (public_id,)).first()
    if has_changed and row is not None:
        context.record(row.inbox_id, "relay", [])
    return has_changed


def _written(recipients: Sequence[RelayRecipient]) -> str:
    return json.dumps([[one.address, one.state, one.code, one.text] for one in recipients])


def _item(row: Any) -> RelayItem:
    recipients = tuple(
        RelayRecipient(address, RelayState(state), code, text)
        for address, state, code, text in json.loads(row.recipients)
    )
    return RelayItem(
        id=row.id,
        public_id=row.public_id,
        inbox=row.inbox,
        message=row.message,
        kind=row.kind,
        state=RelayState(row.state),
        subject=row.subject,
        reverse_path=row.reverse_path,
        recipients=recipients,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        next_at=row.next_at,
        tries=row.tries,
        is_retried=bool(row.is_retried),
        said=row.said,
    )
