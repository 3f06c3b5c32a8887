"""Writing and reading sinks and their attempts: rows of sink, sink_attempt and sink_try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from mailpit_py.storage.context import Context
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


def add(  # noqa: PLR0913 - keyword-only, one for each thing that an attempt belongs to
    context: Context,
    inbox: str,
    attempts: Sequence[NewSinkAttempt],
    *,
    step: int | None = None,
    original: int | None = None,
    reports: Sequence[int] = (),
) -> int:
    """Put attempts on the agenda; return how many have a sink that is there. `reports` are message ids."""
    inbox_id = context.inbox_id(inbox)
    known = {row.public_id: row.id for row in context.execute("SELECT id, public_id FROM sink").all()}
    rows = [
        (
            *(one.public_id, inbox_id, known[one.sink], step, original),
            reports[one.report] if one.report is not None else None,
            *(plain(one.stable_id), _dump(one.event), one.due_at, context.now),
        )
        for one in attempts
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


def record(context: Context, attempt_id: int, one: SinkTry, state: AttemptState, next_due: int | None) -> bool:
    """Keep a try, and where its attempt stands then; False if the attempt is gone."""
    row = context.execute(
        "SELECT a.tries, a.original_id, a.inbox_id, m.public_id FROM sink_attempt a "
        "LEFT JOIN message m ON m.id = a.original_id WHERE a.id = ?",
        (attempt_id,),
    ).first()
    if row is None:
        return False
    number = row.tries + 1
    texts = (plain(text[:RECORDED_CHARACTERS]) for text in (one.request, one.response, one.error))
    context.execute(
        "INSERT INTO sink_try (attempt_id, number, at, took_us, ok, code, request, response, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (attempt_id, number, one.at, one.took_us, int(one.ok), one.code, *texts),
    )
    done_at = None if state is AttemptState.PENDING else context.now
    context.execute(
        "UPDATE sink_attempt SET tries = ?, state = ?, due_at = coalesce(?, due_at), done_at = ? WHERE id = ?",
        (number, state.value, next_due, done_at, attempt_id),
    )
    context.record(row.inbox_id, "sinks", [])
    context.on_agenda = True
    return True


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


def due(connection: Connection, inbox: str, until: int, limit: int) -> tuple[SinkAttempt, ...]:
    """Return pending attempts that are due at an instant of sandbox time, in the order of (due_at, id)."""
    where = "WHERE i.name = ? AND a.state = 'pending' AND a.due_at <= ? ORDER BY a.due_at, a.id LIMIT ?"
    return tuple(map(_attempt, connection.exec_driver_sql(_ATTEMPT + where, (inbox, until, limit))))


def next_due(connection: Connection) -> dict[str, int]:
    """Return when the first pending attempt of each inbox is due; an inbox without one is left out."""
    sql = (
        "SELECT i.name, (SELECT min(due_at) FROM sink_attempt WHERE inbox_id = i.id AND state = 'pending') AS due_at "
        "FROM inbox i"
    )
    return {row.name: row.due_at for row in connection.exec_driver_sql(sql) if row.due_at is not None}


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
