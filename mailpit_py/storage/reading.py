"""Reading one thing: a message, its raw bytes, an attempt, a session, a dialogue, the journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import NotFound
from mailpit_py.mail.envelope import Envelope, Line
from mailpit_py.storage import schema
from mailpit_py.storage.cause import Cause, read_cause
from mailpit_py.storage.compression import unpack
from mailpit_py.storage.context import decode_refs
from mailpit_py.storage.listing import ATTEMPT, Scope, attempt_summary, summaries
from mailpit_py.storage.row import decode_lines, read_envelope, read_session
from mailpit_py.storage.value import (
    AttemptSummary,
    Change,
    Changes,
    Cursor,
    SessionRecord,
    Stored,
    StoredAttempt,
    Wanted,
)

_PLACEMENT = (
    "SELECT p.id AS placement_id, m.id, m.session_id FROM message m CROSS JOIN placement p ON p.message_id = m.id "
    "CROSS JOIN mailbox b ON b.id = p.mailbox_id WHERE m.public_id = ? "
    "AND b.inbox_id = coalesce(?, b.inbox_id) ORDER BY p.id LIMIT 1"
)
_ATTEMPT_KEY = "SELECT id, session_id FROM attempt WHERE public_id = ? AND inbox_id = coalesce(?, inbox_id)"


def _placed(connection: Connection, scope: Scope, public_id: str) -> Any:
    return connection.exec_driver_sql(_PLACEMENT, (public_id, scope.inbox_id)).first()


def _attempt_key(connection: Connection, scope: Scope, public_id: str) -> Any:
    return connection.exec_driver_sql(_ATTEMPT_KEY, (public_id, scope.inbox_id)).first()


def _envelope(connection: Connection, table: str, number: int) -> tuple[Envelope, tuple[Cause | None, ...]]:
    row = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (number,)).one()
    rows = connection.exec_driver_sql("SELECT * FROM delivery WHERE owner_id = ? ORDER BY position", (number,)).all()
    return read_envelope(row, rows), tuple(map(read_cause, rows))


def message(connection: Connection, scope: Scope, public_id: str) -> Stored | None:
    """One message of this inbox, or None."""
    row = _placed(connection, scope, public_id)
    if row is None:
        return None
    ((summary, _),) = summaries(connection, scope.inbox, [row.placement_id])
    envelope, causes = _envelope(connection, "message", row.id)
    return Stored(summary, envelope, _session(connection, row.session_id), causes)


def raw(connection: Connection, scope: Scope, public_id: str) -> bytes | None:
    """The bytes of a message of this inbox exactly as received, or None."""
    row = _placed(connection, scope, public_id)
    if row is None:
        return None
    content = connection.exec_driver_sql("SELECT encoding, raw FROM content WHERE message_id = ?", (row.id,)).one()
    return unpack(*content)


def attempt(connection: Connection, scope: Scope, public_id: str) -> StoredAttempt | None:
    """One attempt of this inbox, or None."""
    key = _attempt_key(connection, scope, public_id)
    if key is None:
        return None
    row = connection.exec_driver_sql(ATTEMPT + "WHERE a.id = ?", (key.id,)).one()
    envelope, causes = _envelope(connection, "attempt", key.id)
    return StoredAttempt(attempt_summary(row, scope.inbox), envelope, _session(connection, key.session_id), causes)


def attempts(
    connection: Connection, scope: Scope, wanted: Wanted, before: int | None, limit: int
) -> tuple[tuple[AttemptSummary, ...], int | None]:
    """The newest attempts that are wanted (older than the key `before`), and the key of the next page."""
    where, parameters = ["a.id < ?"], list[Any]([(1 << 62) if before is None else before])
    if scope.inbox_id is not None:
        where, parameters = ["a.inbox_id = ?", *where], [scope.inbox_id, *parameters]
    owned = "EXISTS (SELECT 1 FROM delivery d WHERE d.owner_id = a.id AND"
    if wanted.recipient:
        where.append(f"{owned} lower(d.address) = lower(?))")
        parameters.append(wanted.recipient)
    for column, value in (("rule", wanted.rule), ('"trigger"', wanted.trigger)):
        if value:
            where.append(f"(a.{column} = ? OR {owned} d.{column} = ?))")
            parameters += [value, value]
    sql = f"{ATTEMPT}WHERE {' AND '.join(where)} ORDER BY a.id DESC LIMIT ?"
    rows = connection.exec_driver_sql(sql, (*parameters, limit + 1)).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return tuple(attempt_summary(row, scope.inbox) for row in rows[:limit]), following


def transcript(connection: Connection, scope: Scope, public_id: str) -> tuple[Line, ...]:
    """The dialogue of a message or attempt: its session's prologue, then its own transaction.

    Raises NotFound.
    """
    key = _placed(connection, scope, public_id) or _attempt_key(connection, scope, public_id)
    if key is None:
        raise NotFound(f"there is no message {public_id!r}")
    rows = connection.exec_driver_sql(
        "SELECT lines FROM transcript WHERE session_id = ? AND owner_id IN (?, ?) ORDER BY owner_id",
        (key.session_id, schema.PROLOGUE_OWNER, key.id),
    ).all()
    return tuple(line for row in rows for line in decode_lines(row[0]))


def _session(connection: Connection, number: int | None) -> SessionRecord | None:
    row = connection.exec_driver_sql("SELECT * FROM session WHERE id = ?", (number,)).first()
    return None if row is None else _record(row)


def _record(row: Any) -> SessionRecord:
    return SessionRecord(read_session(row), row.closed_at, row.ending, row.messages, row.attempts)


def session(
    connection: Connection, public_id: str, scope: Scope | None
) -> tuple[SessionRecord, tuple[Line, ...]] | None:
    """A session with its dialogue, or None: the whole of it, or what concerns one inbox."""
    row = connection.exec_driver_sql("SELECT * FROM session WHERE public_id = ?", (public_id,)).first()
    if row is None:
        return None
    sql, parameters = "SELECT t.owner_id, t.lines FROM transcript t WHERE t.session_id = ? ", [row.id]
    if scope is not None:
        sql, parameters = f"{sql}AND (t.owner_id = 0 OR {_OWNED}) ", [row.id, scope.inbox_id, scope.inbox_id]
    chunks = connection.exec_driver_sql(f"{sql}ORDER BY t.owner_id", tuple(parameters)).all()
    if scope is not None and not any(chunk.owner_id for chunk in chunks):
        return None
    return _record(row), tuple(line for chunk in chunks for line in decode_lines(chunk.lines))


# A piece of a dialogue belongs to the inbox in which its message or attempt is; what comes behind the last to none.
_OWNED = (
    "(EXISTS (SELECT 1 FROM placement p JOIN mailbox b ON b.id = p.mailbox_id "
    "WHERE p.message_id = t.owner_id AND b.inbox_id = ?) "
    "OR EXISTS (SELECT 1 FROM attempt a WHERE a.id = t.owner_id AND a.inbox_id = ?))"
)
_IN_INBOX = f"AND EXISTS (SELECT 1 FROM transcript t WHERE t.session_id = s.id AND t.owner_id > 0 AND {_OWNED}) "


def sessions(
    connection: Connection, limit: int, before: int | None, scope: Scope | None
) -> tuple[tuple[SessionRecord, ...], int | None]:
    """The newest sessions (older than the key `before`), of all or of one inbox, and the key of the next page."""
    own, parameters = ("", ()) if scope is None else (_IN_INBOX, (scope.inbox_id, scope.inbox_id))
    rows = connection.exec_driver_sql(
        f"SELECT s.* FROM session s WHERE s.id < ? {own}ORDER BY s.id DESC LIMIT ?",
        ((1 << 62) if before is None else before, *parameters, limit + 1),
    ).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return tuple(map(_record, rows[:limit])), following


def head(connection: Connection, epoch: str) -> Cursor:
    """The place after the newest entry of the journal."""
    seq = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'change'").scalar()
    return Cursor(epoch, int(seq or 0))


def size_bytes(connection: Connection) -> int:
    """The size of the database as this connection sees it: pages in the log are those of the file to be."""
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return int(connection.exec_driver_sql(pages).scalar_one())


def changes(connection: Connection, cursor: Cursor, here: Cursor, *, inbox: str, limit: int) -> Changes:
    """The entries after `cursor`, oldest first; `here` is the head. See Changes for `resync`."""
    floor = int(connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'journal_floor'").scalar_one())
    if cursor.epoch != here.epoch or not floor <= cursor.seq <= here.seq:
        return Changes((), here, resync=True)
    rows = connection.exec_driver_sql(
        "SELECT c.seq, i.name AS inbox, c.kind, c.ids, c.at FROM change c CROSS JOIN inbox i ON i.id = c.inbox_id "
        "WHERE c.seq > ? AND (? = '*' OR i.name = ?) ORDER BY c.seq LIMIT ?",
        (cursor.seq, inbox, inbox, limit),
    ).all()
    items = tuple(
        Change(Cursor(here.epoch, row.seq), row.inbox, row.kind, decode_refs(row.ids), row.at) for row in rows
    )
    return Changes(items, items[-1].cursor if len(items) == limit else here)
