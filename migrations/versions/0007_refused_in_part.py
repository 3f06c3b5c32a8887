"""Messages of which some recipients were refused: counted for each mailbox, and found without a look at the others.

Columns are added at the end of their tables, where SQLite puts them. Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("message_with_refused", "message", ["id"], sqlite_where=sa.text("refused_count > 0"))
    op.add_column("mailbox", sa.Column("refused", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE mailbox SET refused = (SELECT count(*) FROM placement p WHERE p.mailbox_id = mailbox.id "
        "AND p.message_id IN (SELECT id FROM message WHERE refused_count > 0))"
    )
