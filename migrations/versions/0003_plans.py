"""Plans: timed steps after acceptance, the reports that they made, and where these go besides the inbox.

Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _plans()
    _sinks()


def _plans() -> None:
    pending = sa.text("state = 'pending'")
    op.create_table(
        "plan_step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
        sa.Column("accepted_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        _words("reason"),
        sqlite_autoincrement=True,
    )
    op.create_index("plan_step_due", "plan_step", ["inbox_id", "due_at", "id"], sqlite_where=pending)
    op.create_index("plan_step_of_message", "plan_step", ["message_id"])
    op.create_table(
        "report",
        sa.Column(
            "message_id",
            sa.Integer,
            sa.ForeignKey("message.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("original_id", sa.Integer, sa.ForeignKey("message.id", ondelete="SET NULL")),
        sa.Column("step_id", sa.Integer, sa.ForeignKey("plan_step.id", ondelete="SET NULL")),
        sa.Column("kind", sa.Text, nullable=False),
    )
    op.create_index("report_of_original", "report", ["original_id"])
    op.create_index("report_of_step", "report", ["step_id"])


def _sinks() -> None:
    op.create_table(
        "sink",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        _words("provider"),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("enabled", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sink_attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("sink_id", sa.Integer, sa.ForeignKey("sink.id", ondelete="SET NULL")),
        sa.Column("step_id", sa.Integer, sa.ForeignKey("plan_step.id", ondelete="SET NULL")),
        sa.Column("original_id", sa.Integer, sa.ForeignKey("message.id", ondelete="SET NULL")),
        sa.Column("report_id", sa.Integer, sa.ForeignKey("message.id", ondelete="SET NULL")),
        sa.Column("stable_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _number("tries"),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    pending = sa.text("state = 'pending'")
    op.create_index("sink_attempt_due", "sink_attempt", ["inbox_id", "due_at", "id"], sqlite_where=pending)
    op.create_index("sink_attempt_list", "sink_attempt", ["inbox_id", "id"])
    for name in ("sink", "step", "original", "report"):
        op.create_index(f"sink_attempt_of_{name}", "sink_attempt", [f"{name}_id"])
    op.create_table(
        "sink_try",
        sa.Column("attempt_id", sa.Integer, sa.ForeignKey("sink_attempt.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        _number("took_us"),
        sa.Column("ok", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        _number("code"),
        _words("request"),
        _words("response"),
        _words("error"),
        sqlite_with_rowid=False,
    )


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))
