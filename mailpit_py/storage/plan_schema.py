"""The tables of what follows acceptance: steps of plans, reports, and what is on its way to sinks."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from mailpit_py.storage.column import flag, metadata, number, words

# What follows an accepted message, a row a step; due_at and accepted_at are in the sandbox time of its inbox.
plan_step = Table(
    "plan_step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("message_id", Integer, ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    number("accepted_at", None),
    number("due_at", None),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done_at", BigInteger),
    words("reason"),
    Index("plan_step_due", "inbox_id", "due_at", "id", sqlite_where=text("state = 'pending'")),
    Index("plan_step_of_message", "message_id"),
    sqlite_autoincrement=True,
)

# A message that the sandbox wrote itself, and what it is about.
report = Table(
    "report",
    metadata,
    Column("message_id", Integer, ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("original_id", Integer, ForeignKey("message.id", ondelete="SET NULL")),
    Column("step_id", Integer, ForeignKey("plan_step.id", ondelete="SET NULL")),
    Column("kind", Text, nullable=False),
    Index("report_of_original", "original_id"),
    Index("report_of_step", "step_id"),
)

# Where reports and events go besides the inbox: an SMTP server or a webhook, with its settings as JSON.
sink = Table(
    "sink",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    words("provider"),
    Column("options", Text, nullable=False),
    Column("enabled", SmallInteger, nullable=False, server_default=text("1")),
    number("created_at", None),
    UniqueConstraint("public_id"),
    sqlite_autoincrement=True,
)

# One thing on its way to one sink; stable_id is what all its tries bear. due_at is in sandbox time.
sink_attempt = Table(
    "sink_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("sink_id", Integer, ForeignKey("sink.id", ondelete="SET NULL")),
    Column("step_id", Integer, ForeignKey("plan_step.id", ondelete="SET NULL")),
    Column("original_id", Integer, ForeignKey("message.id", ondelete="SET NULL")),
    Column("report_id", Integer, ForeignKey("message.id", ondelete="SET NULL")),
    Column("stable_id", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("state", Text, nullable=False),
    number("tries"),
    number("due_at", None),
    number("created_at", None),
    Column("done_at", BigInteger),
    UniqueConstraint("public_id"),
    Index("sink_attempt_due", "inbox_id", "due_at", "id", sqlite_where=text("state = 'pending'")),
    Index("sink_attempt_list", "inbox_id", "id"),
    Index("sink_attempt_of_sink", "sink_id"),
    Index("sink_attempt_of_step", "step_id"),
    Index("sink_attempt_of_original", "original_id"),
    Index("sink_attempt_of_report", "report_id"),
    sqlite_autoincrement=True,
)

# One try of an attempt: what was said, and what was answered; at is wall time.
sink_try = Table(
    "sink_try",
    metadata,
    Column("attempt_id", Integer, ForeignKey("sink_attempt.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    number("at", None),
    number("took_us"),
    flag("ok"),
    number("code"),
    words("request"),
    words("response"),
    words("error"),
    sqlite_with_rowid=False,
)
