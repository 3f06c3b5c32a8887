"""Writing what is not content: refused attempts, sessions and their dialogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from mailpit_py.mail.envelope import Session
from mailpit_py.storage import schema
from mailpit_py.storage.cause import CAUSE_COLUMNS, cause_row
from mailpit_py.storage.context import Context
from mailpit_py.storage.likeness import content_hash, message_id
from mailpit_py.storage.row import (
    ENVELOPE_COLUMNS,
    delivery_rows,
    encode_dialogue,
    encode_lines,
    encode_outcomes,
    envelope_row,
    plain,
    session_row,
)
from mailpit_py.storage.value import Attempt, Closing, Ref
from mailpit_py.storage.word import fold

Owned = tuple[int, Session, tuple[str, str]]
"""A message's or attempt's id, its session, and its dialogue as `encode_dialogue` gives it."""


def refuse(context: Context, attempt: Attempt) -> None:
    """Store a transaction that ended without a message."""
    number = context.next_id()
    inbox_id = context.inbox_id(attempt.inbox)
    transaction = attempt.transaction
    dialogue = encode_dialogue(transaction.lines)
    keep_dialogues(context, [(number, transaction.session, dialogue)], "attempts")
    values = _attempt_values(attempt)
    session = schema.session.select().with_only_columns(schema.session.c.id)
    owner = session.where(schema.session.c.public_id == transaction.session.public_id).scalar_subquery()
    context.connection.execute(
        insert(schema.attempt).values(id=number, inbox_id=inbox_id, session_id=owner, **values),
    )
    if rows := delivery_rows(transaction.envelope, attempt.causes):
        context.write(context.statements.delivery, [(number, *row) for row in rows])
    context.execute("UPDATE inbox SET refused = refused + 1 WHERE id = ?", (inbox_id,))
    context.record(inbox_id, "added", [Ref(attempt.public_id, number, "", 0)])
    context.attempted = True


def _attempt_values(attempt: Attempt) -> dict[str, Any]:
    envelope = attempt.transaction.envelope
    recipients = (*envelope.recipients, *envelope.refused)
    reply = attempt.reply
    haystack = [envelope.reverse_path, f"{reply.code} {reply.status} {reply.text}"]
    haystack += [f"{one.address} {one.reply.code} {one.reply.status} {one.reply.text}" for one in recipients]
    return {
        "public_id": attempt.public_id,
        "at": attempt.at,
        "stage": str(attempt.stage),
        **dict(zip(ENVELOPE_COLUMNS, envelope_row(envelope), strict=True)),
        "reply_code": reply.code,
        "reply_status": plain(reply.status),
        "reply_text": plain(reply.text),
        "recipients_first": encode_outcomes(recipients),
        "recipient_count": len(recipients),
        "size_bytes": attempt.size_bytes,
        "haystack": plain(fold("\n".join(haystack))),
        "message_id_header": plain(message_id(attempt.raw)) if attempt.raw else "",
        "content_hash": content_hash(attempt.raw) if attempt.raw else "",
        **dict(zip(CAUSE_COLUMNS, cause_row(attempt.cause), strict=True)),
    }


def remove_attempts(context: Context, rows: Sequence[Any]) -> int:
    """Remove attempts of one inbox, given as rows with id, public_id, inbox_id and session_id."""
    if not rows:
        return 0
    keys = [(row.id,) for row in rows]
    context.execute("DELETE FROM delivery WHERE owner_id = ?", keys)
    context.execute("DELETE FROM attempt WHERE id = ?", keys)
    inbox_id = rows[0].inbox_id
    context.execute("UPDATE inbox SET refused = refused - ? WHERE id = ?", (len(rows), inbox_id))
    context.record(inbox_id, "removed", [Ref(row.public_id, row.id, "", 0) for row in rows])
    let_sessions_go(context, [(row.id, row.session_id) for row in rows])
    context.removed += len(rows)
    return len(rows)


def keep_dialogues(context: Context, owned: Sequence[Owned], counter: str) -> None:
    """Store the sessions as they are now known, and the dialogues.

    `counter` is what the owners are: `messages` or `attempts`.
    """
    known = [one for one in owned if one[1].public_id]
    if not known:
        return
    counted = (1, 0, 1) if counter == "messages" else (0, 1, 1)
    context.write(context.statements.session, [(*session_row(session), *counted) for _, session, _ in known])
    chunks = [
        (session.public_id, owner, lines)
        for number, session, (prologue, own) in known
        for owner, lines in ((schema.PROLOGUE_OWNER, prologue), (number, own))
        if lines
    ]
    if chunks:
        context.write(context.statements.transcript, chunks)


def close_sessions(context: Context, closings: Sequence[Closing]) -> None:
    """Store how sessions ended, each with the lines since its last transaction."""
    rows = [(*session_row(one.session), one.closed_at, plain(one.ending)) for one in closings]
    context.write(context.statements.closing, rows)
    tails = [(one.session.public_id, schema.LAST_OWNER, encode_lines(one.lines)) for one in closings if one.lines]
    if tails:
        context.write(context.statements.transcript, tails)


def let_sessions_go(context: Context, owners: Sequence[tuple[int, int | None]]) -> None:
    """Drop the lines of owners (id, session id) that are gone; a session without any is kept for a while."""
    keys = [(session_id, number) for number, session_id in owners if session_id is not None]
    if keys:
        context.execute("DELETE FROM transcript WHERE session_id = ? AND owner_id = ?", keys)
        context.execute("UPDATE session SET kept = kept - 1 WHERE id = ?", [(one,) for one, _ in keys])
