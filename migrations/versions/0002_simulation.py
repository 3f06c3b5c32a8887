"""Rules, what simulation remembers, and what decided about each message and attempt.

Columns are added at the end of their tables, where SQLite puts them. Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        _words("origin"),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "simulation_state",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("message", _words("content_hash"))
    for name in ("message_id_header", "content_hash"):
        op.add_column("attempt", _words(name))
    for table in ("attempt", "delivery"):
        for column in _cause():
            op.add_column(table, column)
    named, unnamed = sa.text("message_id_header <> ''"), sa.text("message_id_header = ''")
    op.create_index("message_by_name", "message", ["message_id_header"], sqlite_where=named)
    op.create_index("message_by_content", "message", ["content_hash"], sqlite_where=unnamed)


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def _cause() -> tuple[sa.Column, ...]:
    count = sa.Column("count", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    return (_words("trigger"), _words("rule"), count, sa.Column("seed", sa.Text), _words("explanation"))
