"""What Mailpit's lists show of a message beyond ours: every correspondent, and its count of files; tags by name.

The columns are empty for mail that is stored already; what reads them looks at the content then.
Columns are added at the end of their table, where SQLite puts them. Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("correspondents", sa.Text))
    for name in ("attached_count", "inline_count"):
        op.add_column("message", sa.Column(name, sa.BigInteger))
    inline = sa.text("inline_count > 0")
    op.create_index("tag_by_name", "tag", ["inbox_id", sa.text("name COLLATE NOCASE")])
    op.create_index("message_with_inline", "message", ["id"], sqlite_where=inline)
