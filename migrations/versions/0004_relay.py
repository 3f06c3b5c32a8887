"""What goes on to real servers: released, relayed and forwarded messages, and how far each has come.

Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relay_item",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id", ondelete="SET NULL")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _words("subject"),
        _words("reverse_path"),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("encoding", sa.SmallInteger),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("size_bytes", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("tries", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("is_retried", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        _words("said"),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("relay_item_due", "relay_item", ["next_at"], sqlite_where=sa.text("next_at IS NOT NULL"))
    op.create_index("relay_item_of_message", "relay_item", ["message_id"])


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))
