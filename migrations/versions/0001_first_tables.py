"""The first tables: inboxes, mailboxes, placements, messages, attempts, sessions, tags and the journal.

Also the rows that every database has: its epoch, and the inbox `default` with the mailbox INBOX.
Hand-written and never changed again; the current tables are in mailpit_py/storage/schema.py.
"""

import secrets
import time

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _inboxes()
    _sessions()
    _messages()
    _placements()
    _attempts()
    _tags()
    _journal()
    _first_rows()


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default=sa.text("0"))


def _envelope() -> tuple[sa.Column, ...]:
    texts = (_words(name) for name in ("reverse_path", "ret", "envid", "auth", "body"))
    return (*texts, _flag("smtputf8"), sa.Column("declared_bytes", sa.BigInteger))


def _inboxes() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        _number("clock_offset_us"),
        sa.Column("clock_frozen_at", sa.BigInteger),
        _number("refused"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uidnext", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        *(_number(name) for name in ("highest_modseq", "total", "unread", "pinned", "files", "size_bytes")),
        sa.UniqueConstraint("inbox_id", "name"),
        sqlite_autoincrement=True,
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        *(_words(name) for name in ("listener", "peer", "protocol", "helo", "tls_version", "tls_cipher")),
        *(_words(name) for name in ("auth_mechanism", "auth_identity", "ending")),
        *(_number(name) for name in ("messages", "attempts", "kept")),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("session_without_mail", "session", ["id"], sqlite_where=sa.text("kept = 0"))
    op.create_table(
        "transcript",
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("owner_id", sa.BigInteger, primary_key=True),
        sa.Column("lines", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id")),
        *_envelope(),
        *(_words(name) for name in ("from_name", "from_address", "to_first", "recipients_first")),
        *(_number(name) for name in ("recipient_count", "refused_count")),
        *(_words(name) for name in ("subject", "snippet", "message_id_header")),
        sa.Column("date", sa.BigInteger),
        *(_number(name) for name in ("attachment_count", "defect_count")),
        *(_flag(name) for name in ("has_text", "has_html", "readable")),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("message_with_files", "message", ["id"], sqlite_where=sa.text("attachment_count > 0"))
    op.create_table(
        "content",
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), primary_key=True, autoincrement=False),
        sa.Column("encoding", sa.SmallInteger, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
    )
    texts = ("subject", "sender", "addressed", "copied", "blind", "text", "files")
    op.create_table(
        "body",
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
    )


def _placements() -> None:
    op.create_table(
        "placement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailbox_id", sa.Integer, sa.ForeignKey("mailbox.id"), nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), nullable=False),
        _flag("seen"),
        _flag("pinned"),
        _words("flags"),
        _number("modseq"),
        sa.UniqueConstraint("mailbox_id", "uid"),
        sqlite_autoincrement=True,
    )
    listed = ["mailbox_id", "message_id"]
    op.create_index("placement_list", "placement", [*listed, "seen", "pinned"])
    op.create_index("placement_unread", "placement", listed, sqlite_where=sa.text("seen = 0"))
    op.create_index("placement_pinned", "placement", listed, sqlite_where=sa.text("pinned = 1"))
    op.create_index("placement_message", "placement", ["message_id"])


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        *_envelope(),
        sa.Column("reply_code", sa.Integer, nullable=False),
        *(_words(name) for name in ("reply_status", "reply_text", "recipients_first")),
        *(_number(name) for name in ("recipient_count", "size_bytes")),
        _words("haystack"),
        sa.UniqueConstraint("public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempt_list", "attempt", ["inbox_id", "id"])
    op.create_table(
        "delivery",
        sa.Column("owner_id", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("accepted", sa.SmallInteger, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        *(_words(name) for name in ("notify", "orcpt")),
        sa.Column("code", sa.Integer, nullable=False),
        *(_words(name) for name in ("status", "text")),
        sqlite_with_rowid=False,
    )


def _tags() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("inbox_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "placement_tag",
        sa.Column("placement_id", sa.Integer, sa.ForeignKey("placement.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("placement_tag_by_tag", "placement_tag", ["tag_id"])


def _journal() -> None:
    op.create_table(
        "change",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )


def _first_rows() -> None:
    now = time.time_ns() // 1_000
    execute = op.get_bind().execute
    for key, value in (("epoch", secrets.token_hex(6)), ("created_at", str(now)), ("journal_floor", "0")):
        execute(sa.text("INSERT INTO meta (key, value) VALUES (:key, :value)"), {"key": key, "value": value})
    execute(sa.text("INSERT INTO inbox (id, name, created_at) VALUES (1, 'default', :now)"), {"now": now})
    execute(
        sa.text("INSERT INTO mailbox (inbox_id, name, uidvalidity) VALUES (1, 'INBOX', :uidvalidity)"),
        {"uidvalidity": now // 1_000_000},
    )
