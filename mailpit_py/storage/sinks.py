"""Writing and reading sinks and their attempts: rows of sink, sink_attempt and sink_try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mailpit_py.storage.compression import unpack
from mailpit_py.storage.context import Context
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.row import plain
from mailpit_py.storage.sink import (
    ATTEMPTS_KEPT,
    RECORDED_CHARACTERS,
    AttemptState,
    NewSinkAttempt,
    Sink,
    SinkAttempt,
    SinkKind,
    SinkTry,
    TryEnd,
)

_SINK = "SELECT s.*, i.name AS inbox FROM sink s JOIN inbox i ON i.id = s.inbox_id "
_ATTEMPT = (
    "SELECT a.*, i.name AS inbox, coalesce(s.public_id, '') AS sink, coalesce(s.kind, '') AS kind, "
    "coalesce(o.public_id, '') AS original, coalesce(r.public_id, '') AS report FROM sink_attempt a "
    "JOIN inbox i ON i.id = a.inbox_id LEFT JOIN sink s ON s.id = a.sink_id "
    "LEFT JOIN message o ON o.id = a.original_id LEFT JOIN message r ON r.id = a.report_id "
)
_INSERT = (
    "INSERT INTO sink_attempt (public_id, inbox_id, sink_id, step_id, original_id, report_id, stable_id, event, "
    "state, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)"
)

_INSERT_TRY = (
    "INSERT INTO sink_try (attempt_id, number, at, took_us, ok, code, request, response, error) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def save(context: Context, sink: Sink) -> None:
    """Keep a sink: a new one, or what takes the place of the one with its public id."""
    inbox_id = context.inbox_id(sink.inbox)
    context.execute(
        "INSERT INTO sink (public_id, inbox_id, kind, target, provider, options, enabled, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (public_id) DO UPDATE SET inbox_id = excluded.inbox_id, "
        "kind = excluded.kind, target = excluded.target, provider = excluded.provider, options = excluded.options, "
        "enabled = excluded.enabled",
        (
            *(sink.public_id, inbox_id, sink.kind.value, plain(sink.target), sink.provider, _dump(sink.options)),
            *(int(sink.enabled), sink.created_at or context.now),
        ),
    )
    context.record(inbox_id, "sinks", [])
    context.on_agenda = True


def remove(context: Context, inbox: str, public_id: str) -> bool:
    """Forget a sink; what was on its way to it is cancelled. False if there is none."""
    inbox_id = context.inbox_id(inbox)
    row = context.execute("SELECT id FROM sink WHERE inbox_id = ? AND public_id = ?", (inbox_id, public_id)).first()
    if row is None:
        return False
    sql = "UPDATE sink_attempt SET state = 'cancelled', done_at = ? WHERE sink_id = ? AND state = 'pending'"
    context.execute(sql, (context.now, row.id))
    context.execute("DELETE FROM sink WHERE id = ?", (row.id,))
    context.record(inbox_id, "sinks", [])
    context.on_agenda = True
    return True


@dataclass(frozen=True, slots=True)
class Owned:
    """Attempts with the rows that they belong to: ids of a step, of its message, and of the reports that it made."""

    attempts: Sequence[NewSinkAttempt]
    step: int | None = None
    original: int | None = None
    reports: Sequence[int] = ()


def add(context: Context, inbox: str, owned: Sequence[Owned]) -> int:
    """Put attempts on the agenda; return how many have a sink that is there."""
    inbox_id = context.inbox_id(inbox)
    known = {row.public_id: row.id for row in context.execute("SELECT id, public_id FROM sink").all()}
    rows = [
        (
            *(one.public_id, inbox_id, known[one.sink], owner.step, owner.original),
            owner.reports[one.report] if one.report is not None else None,
            *(plain(one.stable_id), _dump(one.event), one.due_at, context.now),
        )
        for owner in owned
        for one in owner.attempts
        if one.sink in known
    ]
    if rows:
        context.execute(_INSERT, rows)
        _forget_old(context, inbox_id)
        context.on_agenda = True
    return len(rows)


def _forget_old(context: Context, inbox_id: int) -> None:
    """Forget attempts that are over, beyond the newest."""
    oldest = context.execute(
        "SELECT id FROM sink_attempt WHERE inbox_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?", (inbox_id, ATTEMPTS_KEPT)
    ).scalar()
    if oldest is not None:
        sql = "DELETE FROM sink_attempt WHERE inbox_id = ? AND id <= ? AND state <> 'pending'"
        context.execute(sql, (inbox_id, oldest))


def record(context: Context, ends: Sequence[TryEnd]) -> int:
    """Keep tries, and where their attempts stand then; return how many of the attempts are still there."""
    ids = tuple(end.attempt_id for end in ends)
    found = context.execute(f"SELECT id, tries, inbox_id FROM sink_attempt WHERE id IN ({marks(ends)})", ids).all()
    known = {row.id: row for row in found}
    there = [end for end in ends if end.attempt_id in known]
    if not there:
        return 0
    context.execute(_INSERT_TRY, [_try_row(end, known[end.attempt_id].tries + 1) for end in there])
    context.execute(
        "UPDATE sink_attempt SET tries = tries + 1, state = ?, due_at = coalesce(?, due_at), done_at = ? WHERE id = ?",
        [
            (end.state.value, end.next_due, None if end.state is AttemptState.PENDING else context.now, end.attempt_id)
            for end in there
        ],
    )
    for inbox_id in sorted({row.inbox_id for row in found}):
        context.record(inbox_id, "sinks", [])
    context.on_agenda = True
    return len(there)


def _try_row(end: TryEnd, number: int) -> tuple[Any, ...]:
    one = end.one
    texts = (plain(text[:RECORDED_CHARACTERS]) for text in (one.request, one.response, one.error))
    return (end.attempt_id, number, one.at, one.took_us, int(one.ok), one.code, *texts)


def replay(context: Context, inbox: str, public_id: str, due_at: int) -> bool:
    """Let an attempt be tried again with the id that it had; False if it or its sink is gone."""
    sql = (
        "UPDATE sink_attempt SET state = 'pending', due_at = ?, done_at = NULL "
        "WHERE inbox_id = ? AND public_id = ? AND sink_id IS NOT NULL"
    )
    found = context.execute(sql, (due_at, context.inbox_id(inbox), public_id)).rowcount
    context.on_agenda = True
    return bool(found)


def all_of(connection: Connection, inbox: str | None) -> tuple[Sink, ...]:
    """Return the sinks of an inbox, or of all, the oldest first."""
    where, values = ("WHERE i.name = ? ", (inbox,)) if inbox is not None else ("", ())
    return tuple(map(_sink, connection.exec_driver_sql(f"{_SINK}{where}ORDER BY s.id", values)))


def due(
    connection: Connection, inbox: str, until: int, limit: int, without: Sequence[str] = ()
) -> tuple[SinkAttempt, ...]:
    """Return pending attempts that are due at an instant of sandbox time, in the order of (due_at, id)."""
    skipped = f"AND s.public_id NOT IN ({marks(without)}) " if without else ""
    where = f"WHERE i.name = ? AND a.state = 'pending' AND a.due_at <= ? {skipped}ORDER BY a.due_at, a.id LIMIT ?"
    return tuple(map(_attempt, connection.exec_driver_sql(_ATTEMPT + where, (inbox, until, *without, limit))))


def next_due(connection: Connection, without: Sequence[str] = ()) -> dict[str, int]:
    """Return when the first pending attempt of each inbox is due; an inbox without one is left out."""
    skipped = f"AND sink_id NOT IN (SELECT id FROM sink WHERE public_id IN ({marks(without)}))" if without else ""
    sql = (
        "SELECT i.name, (SELECT min(due_at) FROM sink_attempt WHERE inbox_id = i.id AND state = 'pending' "
        f"{skipped}) AS due_at FROM inbox i"
    )
    rows = connection.exec_driver_sql(sql, tuple(without))
    return {row.name: row.due_at for row in rows if row.due_at is not None}


def page(
    connection: Connection, where: Sequence[tuple[str, Any]], before: int | None, limit: int
) -> tuple[SinkAttempt, ...]:
    """Return attempts for which all conditions (an SQL comparison and its value) hold, newest first."""
    conditions = [*where, *([("a.id < ?", before)] if before is not None else [])]
    text = " AND ".join(condition for condition, _ in conditions)
    values = (*(value for _, value in conditions), limit)
    return tuple(
        map(_attempt, connection.exec_driver_sql(f"{_ATTEMPT}WHERE {text} ORDER BY a.id DESC LIMIT ?", values))
    )


def tries(connection: Connection, attempt_id: int) -> tuple[SinkTry, ...]:
    """Return the tries of an attempt, the first one first."""
    rows = connection.exec_driver_sql("SELECT * FROM sink_try WHERE attempt_id = ? ORDER BY number", (attempt_id,))
    return tuple(
        SinkTry(
            at=row.at,
            ok=bool(row.ok),
            code=row.code,
            request=row.request,
            response=row.response,
            error=row.error,
            took_us=row.took_us,
            number=row.number,
        )
        for row in rows
    )


def letters(connection: Connection, public_ids: Sequence[str]) -> dict[str, tuple[tuple[str, ...], bytes]]:
    """Return recipients and octets of messages by their public ids; those that are gone are left out."""
    sql = (
        "SELECT m.public_id, m.id, c.encoding, c.raw FROM message m JOIN content c ON c.message_id = m.id "
        f"WHERE m.public_id IN ({marks(public_ids)})"
    )
    found = connection.exec_driver_sql(sql, tuple(public_ids)).all()
    addresses: dict[int, list[str]] = {}
    sql = (
        f"SELECT owner_id, address FROM delivery WHERE owner_id IN ({marks(found)}) AND accepted = 1 ORDER BY position"
    )
    for row in connection.exec_driver_sql(sql, tuple(row.id for row in found)):
        addresses.setdefault(row.owner_id, []).append(row.address)
    return {row.public_id: (tuple(addresses.get(row.id, ())), unpack(row.encoding, row.raw)) for row in found}


_COMPLAINTS_TO = "note:complaints_to:"  # in meta, with the id of the inbox: it has no other row for small things


def direct_complaints(context: Context, inbox: str, address: str) -> None:
    """Note who is registered for the complaints of an inbox; nobody for an empty address."""
    key = f"{_COMPLAINTS_TO}{context.inbox_id(inbox)}"
    context.execute("DELETE FROM meta WHERE key = ?", (key,))
    if address:
        context.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, address))


def complaints_to(connection: Connection, inbox: str) -> str:
    """Return who is registered for the complaints of an inbox, or nothing."""
    sql = "SELECT value FROM meta WHERE key = ? || (SELECT id FROM inbox WHERE name = ?)"
    return str(connection.exec_driver_sql(sql, (_COMPLAINTS_TO, inbox)).scalar() or "")


def _sink(row: Any) -> Sink:
    return Sink(
        public_id=row.public_id,
        inbox=row.inbox,
        kind=SinkKind(row.kind),
        target=row.target,
        provider=row.provider,
        options=json.loads(row.options),
        enabled=bool(row.enabled),
        created_at=row.created_at,
    )


def _attempt(row: Any) -> SinkAttempt:
    return SinkAttempt(
        id=row.id,
        public_id=row.public_id,
        inbox=row.inbox,
        sink=row.sink,
        kind=row.kind,
        original=row.original,
        report=row.report,
        stable_id=row.stable_id,
        event=json.loads(row.event),
        state=AttemptState(row.state),
        tries=row.tries,
        due_at=row.due_at,
        created_at=row.created_at,
        done_at=row.done_at,
    )


_dump = json.JSONEncoder(separators=(",", ":")).encode
