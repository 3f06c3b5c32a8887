"""Folders for readers by IMAP: tags number their messages, and mailboxes may be not subscribed.

Columns are added at the end of their tables, where SQLite puts them. Never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def number(name: str, default: str) -> sa.Column[int]:
        return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text(default))

    op.add_column("mailbox", sa.Column("subscribed", sa.SmallInteger, nullable=False, server_default=sa.text("1")))
    op.add_column("tag", number("uidvalidity", "1"))
    op.add_column("tag", number("uidnext", "1"))
    op.add_column("placement_tag", number("uid", "0"))
    op.execute(
        "UPDATE placement_tag SET uid = (SELECT count(*) FROM placement_tag other "
        "WHERE other.tag_id = placement_tag.tag_id AND other.placement_id <= placement_tag.placement_id)"
    )
    op.execute(
        "UPDATE tag SET uidvalidity = id, "
        "uidnext = 1 + coalesce((SELECT max(uid) FROM placement_tag WHERE tag_id = tag.id), 0)"
    )
