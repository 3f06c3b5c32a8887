"""Inboxes beside the first one: who may read them, how long they live, what they keep, and rules of their own.

Columns are added at the end of their tables, where SQLite puts them; the table of rules is written anew, because its
keys are now unique within an inbox only. Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RULE = "position, public_id, key, origin, body"


def upgrade() -> None:
    for name in ("origin", "key", "token_hash"):
        op.add_column("inbox", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("inbox", sa.Column("used_at", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    for name in ("ttl_seconds", "max_messages", "max_age_seconds", "max_bytes"):
        op.add_column("inbox", sa.Column(name, sa.BigInteger))
    rows = op.get_bind().execute(sa.text(f"SELECT {RULE} FROM rule")).all()
    op.drop_table("rule")
    rule = op.create_table(
        "rule",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("inbox", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("inbox", "key"),
    )
    if rows:
        op.bulk_insert(rule, [dict(row._mapping) for row in rows])
