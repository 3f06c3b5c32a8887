"""Ending and reading steps of plans: rows of plan_step and report."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from mailpit_py.mail.envelope import Session
from mailpit_py.storage import messages, sinks
from mailpit_py.storage.compression import unpack
from mailpit_py.storage.context import Context
from mailpit_py.storage.listing import Scope
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.prepare import Prepared
from mailpit_py.storage.row import plain, read_envelope, read_session
from mailpit_py.storage.step import ReportLink, Step, StepEnd, StepOriginal, StepState

_STEP = (
    "SELECT s.*, i.name AS inbox, m.public_id FROM plan_step s JOIN inbox i ON i.id = s.inbox_id "
    "JOIN message m ON m.id = s.message_id "
)


def finish(context: Context, ends: Sequence[StepEnd], prepared: Sequence[Sequence[Prepared]]) -> tuple[bool, ...]:
    """End steps (at most 500, of one inbox) with all that belongs to them; `prepared` has the reports of each.

    False for a step that has ended before, or is gone: of it nothing is written.
    """
    pending = _pending(context, [end.step.id for end in ends])
    ending = [(end, reports) for end, reports in zip(ends, prepared, strict=True) if end.step.id in pending]
    if ending:
        context.execute(
            "UPDATE plan_step SET state = ?, reason = ?, done_at = ? WHERE id = ?",
            [(end.state.value, plain(end.reason), context.now, end.step.id) for end, _ in ending],
        )
        numbers = _keep_reports(context, ending)
        owned = [
            sinks.Owned(end.attempts, end.step.id, end.step.original_id, numbers[end.step.id])
            for end, _ in ending
            if end.attempts
        ]
        if owned:
            sinks.add(context, ends[0].step.inbox, owned)
        messages.note(context, [end.step.original_id for end, _ in ending])
        context.on_agenda = True
    return tuple(end.step.id in pending for end in ends)


def _pending(context: Context, ids: Sequence[int]) -> set[int]:
    sql = f"SELECT id FROM plan_step WHERE state = 'pending' AND id IN ({marks(ids)})"
    return {row.id for row in context.execute(sql, tuple(ids)).all()}


def _keep_reports(context: Context, ending: Sequence[tuple[StepEnd, Sequence[Prepared]]]) -> dict[int, tuple[int, ...]]:
    """Store the reports of steps; return their message ids by the id of the step."""
    batch = [one for _, reports in ending for one in reports]
    number = context.next_id()
    numbers = {}
    rows = []
    for end, reports in ending:
        numbers[end.step.id] = tuple(range(number, number + len(reports)))
        rows += [(one, end.step.original_id, end.step.id, end.step.kind) for one in numbers[end.step.id]]
        number += len(reports)
    if batch:
        messages.add(context, batch)
        context.execute("INSERT INTO report (message_id, original_id, step_id, kind) VALUES (?, ?, ?, ?)", rows)
    return numbers


def due(connection: Connection, inbox: str, until: int, limit: int) -> tuple[Step, ...]:
    """Return pending steps that are due at an instant of sandbox time, in the order of (due_at, id)."""
    where = "WHERE i.name = ? AND s.state = 'pending' AND s.due_at <= ? ORDER BY s.due_at, s.id LIMIT ?"
    return tuple(map(_read, connection.exec_driver_sql(_STEP + where, (inbox, until, limit))))


def next_due(connection: Connection) -> dict[str, int]:
    """Return when the first pending step of each inbox is due; an inbox without one is left out."""
    sql = (
        "SELECT i.name, (SELECT min(due_at) FROM plan_step WHERE inbox_id = i.id AND state = 'pending') AS due_at "
        "FROM inbox i"
    )
    return {row.name: row.due_at for row in connection.exec_driver_sql(sql) if row.due_at is not None}


def of_message(connection: Connection, scope: Scope, public_id: str) -> tuple[Step, ...]:
    """Return the plan of a message, the first step to be due first, with the reports that were made."""
    where = "WHERE s.inbox_id = ? AND m.public_id = ? ORDER BY s.due_at, s.id"
    return with_reports(connection, map(_read, connection.exec_driver_sql(_STEP + where, (scope.inbox_id, public_id))))


def by_ids(connection: Connection, ids: Sequence[int]) -> tuple[Step, ...]:
    """Return steps by their ids, in the order of (due_at, id), with the reports that were made."""
    where = f"WHERE s.id IN ({marks(ids)}) ORDER BY s.due_at, s.id"
    return with_reports(connection, map(_read, connection.exec_driver_sql(_STEP + where, tuple(ids))))


def with_reports(connection: Connection, steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return steps with the public ids of what they made."""
    known = list(steps)
    made: dict[int, list[str]] = defaultdict(list)
    sql = (
        "SELECT r.step_id, m.public_id FROM report r JOIN message m ON m.id = r.message_id "
        f"WHERE r.step_id IN ({marks(known)}) ORDER BY m.id"
    )
    for row in connection.exec_driver_sql(sql, tuple(one.id for one in known)) if known else ():
        made[row.step_id].append(row.public_id)
    return tuple(replace(one, reports=tuple(made[one.id])) for one in known)


def originals(connection: Connection, message_ids: Sequence[int]) -> dict[int, StepOriginal]:
    """Return what reports need of messages (at most 500) by their ids; those that are gone are left out."""
    ids = tuple(message_ids)
    deliveries = defaultdict(list)
    for one in connection.exec_driver_sql(
        f"SELECT * FROM delivery WHERE owner_id IN ({marks(ids)}) ORDER BY owner_id, position", ids
    ):
        deliveries[one.owner_id].append(one)
    rows = connection.exec_driver_sql(
        "SELECT m.*, c.encoding, c.raw FROM message m JOIN content c ON c.message_id = m.id "
        f"WHERE m.id IN ({marks(ids)})",
        ids,
    ).all()
    sessions = _sessions(connection, {row.session_id for row in rows if row.session_id is not None})
    return {
        row.id: StepOriginal(
            public_id=row.public_id,
            envelope=read_envelope(row, deliveries[row.id]),
            raw=unpack(row.encoding, row.raw),
            session=sessions.get(row.session_id),
            message_id=row.message_id_header,
            subject=row.subject,
            received_at=row.received_at,
        )
        for row in rows
    }


def _sessions(connection: Connection, ids: set[int]) -> dict[int, Session]:
    sql = f"SELECT * FROM session WHERE id IN ({marks(ids)})"
    return {row.id: read_session(row) for row in connection.exec_driver_sql(sql, tuple(ids))}


def sizes(connection: Connection, message_ids: Sequence[int]) -> dict[int, int]:
    """Return how many octets messages (at most 500) have, by their ids."""
    sql = f"SELECT id, size_bytes FROM message WHERE id IN ({marks(message_ids)})"
    return {row.id: row.size_bytes for row in connection.exec_driver_sql(sql, tuple(message_ids))}


def key_of(connection: Connection, scope: Scope, public_id: str) -> int | None:
    """Return the id of a message of an inbox by its public id, or None."""
    return keys_of(connection, scope, [public_id]).get(public_id)


def keys_of(connection: Connection, scope: Scope, public_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of messages of an inbox (at most 500) by their public ids; others are left out."""
    rows = connection.exec_driver_sql(
        f"SELECT m.public_id, m.id FROM message m WHERE m.public_id IN ({marks(public_ids)}) "
        "AND EXISTS (SELECT 1 FROM placement p JOIN mailbox b ON b.id = p.mailbox_id "
        "WHERE p.message_id = m.id AND b.inbox_id = ?)",
        (*public_ids, scope.inbox_id),
    )
    return {row.public_id: row.id for row in rows}


def links(connection: Connection, scope: Scope, public_id: str) -> tuple[ReportLink, ...]:
    """Return the reports about a message, oldest first, and the one that it is itself."""
    sql = (
        "SELECT m.public_id AS report, coalesce(o.public_id, '') AS original, r.kind, r.step_id, "
        "m.received_at FROM report r "
        "JOIN message m ON m.id = r.message_id LEFT JOIN message o ON o.id = r.original_id "
        "WHERE EXISTS (SELECT 1 FROM placement p JOIN mailbox b ON b.id = p.mailbox_id "
        "WHERE p.message_id = m.id AND b.inbox_id = ?) AND (m.id = (SELECT id FROM message WHERE public_id = ?) "
        "OR r.original_id = (SELECT id FROM message WHERE public_id = ?)) ORDER BY m.id"
    )
    rows = connection.exec_driver_sql(sql, (scope.inbox_id, public_id, public_id))
    return tuple(ReportLink(row.report, row.original, row.kind, row.step_id, row.received_at) for row in rows)


def _read(row: Any) -> Step:
    return Step(
        id=row.id,
        inbox=row.inbox,
        original=row.public_id,
        original_id=row.message_id,
        kind=row.kind,
        accepted_at=row.accepted_at,
        due_at=row.due_at,
        body=json.loads(row.body),
        state=StepState(row.state),
        done_at=row.done_at,
        reason=row.reason,
    )
