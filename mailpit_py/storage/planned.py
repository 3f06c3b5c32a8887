"""Writing a plan, in the transaction that has its message."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mailpit_py.storage.context import Context
from mailpit_py.storage.row import plain
from mailpit_py.storage.step import NewStep, StepState

PENDING_AT_MOST = 10_000  # in one inbox; what comes above is written down as skipped
TOO_MANY = f"more than {PENDING_AT_MOST} steps are pending in this inbox"


def add(context: Context, inbox: str, message_id: int, steps: Sequence[NewStep]) -> None:
    """Keep the plan of a message that is added in the same transaction."""
    inbox_id = context.inbox_id(inbox)
    pending = context.pending_steps.get(inbox_id)
    if pending is None:  # counted once a transaction, not once a message
        pending = _pending(context, inbox_id)
    rows = []
    for step in steps:
        state, reason = step.state, step.reason
        if state is StepState.PENDING:
            pending += 1
            if pending > PENDING_AT_MOST:
                state, reason = StepState.SKIPPED, TOO_MANY
        body = _dump(step.body)
        rows.append((inbox_id, message_id, step.accepted_at, step.due_at, step.kind, body, state.value, plain(reason)))
    context.pending_steps[inbox_id] = pending
    context.write(context.statements.plan_step, rows)
    context.on_agenda = True


def _pending(context: Context, inbox_id: int) -> int:
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM plan_step INDEXED BY plan_step_due "
        "WHERE inbox_id = ? AND state = 'pending' LIMIT ?)"
    )
    return int(context.execute(sql, (inbox_id, PENDING_AT_MOST)).scalar_one())


_dump = json.JSONEncoder(separators=(",", ":")).encode
