"""The tables, and what SQLite must be told before the first of them.

`message`, `content` and `body` never change after they were written. What a reader changes (read
state, pins, tags, folders) belongs to `placement`: one message in one mailbox of one inbox. The
search index is derived data and belongs to `search.py`; the migrations do not know it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    create_mock_engine,
    text,
)

from mailpit_py.storage import plan_schema  # noqa: F401 - its tables belong to the same metadata
from mailpit_py.storage.column import cause, flag, metadata, number, words

APPLICATION_ID = 0x4D505059  # "MPPY": file(1) and we ourselves know the file by it
REVISION = "0009"
PAGE_SIZE = 4_096

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    number("created_at", None),
    number("clock_offset_us"),
    Column("clock_frozen_at", BigInteger),
    number("refused"),
    words("origin"),
    words("key"),
    words("token_hash"),
    number("used_at"),
    Column("ttl_seconds", BigInteger),
    Column("max_messages", BigInteger),
    Column("max_age_seconds", BigInteger),
    Column("max_bytes", BigInteger),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

# A mailbox without an inbox was cleared: nobody sees it, and the writer empties it in the background.
mailbox = Table(
    "mailbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id")),
    Column("name", Text, nullable=False),
    number("uidvalidity", None),
    number("uidnext", 1),
    number("highest_modseq"),
    number("total"),
    number("unread"),
    number("pinned"),
    number("files"),
    number("size_bytes"),
    number("refused"),
    Column("subscribed", SmallInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("inbox_id", "name"),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    number("opened_at", None),
    Column("closed_at", BigInteger),
    words("listener"),
    words("peer"),
    words("protocol"),
    words("helo"),
    words("tls_version"),
    words("tls_cipher"),
    words("auth_mechanism"),
    words("auth_identity"),
    words("ending"),
    number("messages"),
    number("attempts"),
    number("kept"),
    UniqueConstraint("public_id"),
    Index("session_without_mail", "id", sqlite_where=text("kept = 0")),
    sqlite_autoincrement=True,
)

# owner_id: 0 for the prologue, a message's or attempt's id, or LAST_OWNER for the tail.
transcript = Table(
    "transcript",
    metadata,
    Column("session_id", Integer, ForeignKey("session.id"), primary_key=True),
    Column("owner_id", BigInteger, primary_key=True),
    Column("lines", Text, nullable=False),
    sqlite_with_rowid=False,
)
PROLOGUE_OWNER = 0
LAST_OWNER = 1 << 62

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    number("received_at", None),
    number("size_bytes", None),
    Column("source", Text, nullable=False),
    Column("session_id", Integer, ForeignKey("session.id")),
    words("reverse_path"),
    words("ret"),
    words("envid"),
    words("auth"),
    words("body"),
    flag("smtputf8"),
    Column("declared_bytes", BigInteger),
    words("from_name"),
    words("from_address"),
    words("to_first"),
    words("recipients_first"),
    number("recipient_count"),
    number("refused_count"),
    words("subject"),
    words("snippet"),
    words("message_id_header"),
    Column("date", BigInteger),
    number("attachment_count"),
    number("defect_count"),
    flag("has_text"),
    flag("has_html"),
    flag("readable"),
    words("content_hash"),
    Column("correspondents", Text),
    Column("attached_count", BigInteger),
    Column("inline_count", BigInteger),
    UniqueConstraint("public_id"),
    Index("message_with_inline", "id", sqlite_where=text("inline_count > 0")),
    Index("message_with_files", "id", sqlite_where=text("attachment_count > 0")),
    Index("message_with_refused", "id", sqlite_where=text("refused_count > 0")),
    Index("message_by_name", "message_id_header", sqlite_where=text("message_id_header <> ''")),
    Index("message_by_content", "content_hash", sqlite_where=text("message_id_header = ''")),
    sqlite_autoincrement=True,
)

content = Table(
    "content",
    metadata,
    Column("message_id", Integer, ForeignKey("message.id"), primary_key=True, autoincrement=False),
    Column("encoding", SmallInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

body = Table(
    "body",
    metadata,
    Column("message_id", Integer, ForeignKey("message.id"), primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("addressed", Text, nullable=False),
    Column("copied", Text, nullable=False),
    Column("blind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Text, nullable=False),
)

placement = Table(
    "placement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox_id", Integer, ForeignKey("mailbox.id"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=False),
    flag("seen"),
    flag("pinned"),
    words("flags"),
    number("modseq"),
    UniqueConstraint("mailbox_id", "uid"),
    Index("placement_list", "mailbox_id", "message_id", "seen", "pinned"),
    Index("placement_unread", "mailbox_id", "message_id", sqlite_where=text("seen = 0")),
    Index("placement_pinned", "mailbox_id", "message_id", sqlite_where=text("pinned = 1")),
    Index("placement_message", "message_id"),
    sqlite_autoincrement=True,
)

# Ids come from the same numbers as message.id, so one keyset orders both.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("session_id", Integer, ForeignKey("session.id")),
    number("at", None),
    Column("stage", Text, nullable=False),
    words("reverse_path"),
    words("ret"),
    words("envid"),
    words("auth"),
    words("body"),
    flag("smtputf8"),
    Column("declared_bytes", BigInteger),
    Column("reply_code", Integer, nullable=False),
    words("reply_status"),
    words("reply_text"),
    words("recipients_first"),
    number("recipient_count"),
    number("size_bytes"),
    words("haystack"),
    words("message_id_header"),
    words("content_hash"),
    *cause(),
    UniqueConstraint("public_id"),
    Index("attempt_list", "inbox_id", "id"),
    sqlite_autoincrement=True,
)

# One row a recipient, accepted or refused, of a message or an attempt (owner_id), in the order of RCPT.
delivery = Table(
    "delivery",
    metadata,
    Column("owner_id", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("accepted", SmallInteger, nullable=False),
    Column("address", Text, nullable=False),
    words("notify"),
    words("orcpt"),
    Column("code", Integer, nullable=False),
    words("status"),
    words("text"),
    *cause(),
    sqlite_with_rowid=False,
)

tag = Table(
    "tag",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("name", Text, nullable=False),
    number("uidvalidity", 1),
    number("uidnext", 1),
    UniqueConstraint("inbox_id", "name"),
    Index("tag_by_name", "inbox_id", text("name COLLATE NOCASE")),  # two that differ in case alone are one
    sqlite_autoincrement=True,
)

# What has a tag is a folder for readers by IMAP, with UIDs of its own.
placement_tag = Table(
    "placement_tag",
    metadata,
    Column("placement_id", Integer, ForeignKey("placement.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", Integer, ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True),
    number("uid"),
    Index("placement_tag_by_tag", "tag_id"),
    sqlite_with_rowid=False,
)

change = Table(
    "change",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ids", Text, nullable=False),
    number("at", None),
    sqlite_autoincrement=True,
)


# The order of rules is `position`; `body` is a rule's mapping as JSON. Without an `inbox` it is for all.
rule = Table(
    "rule",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    words("origin"),
    Column("body", Text, nullable=False),
    words("inbox"),
    UniqueConstraint("public_id"),
    UniqueConstraint("inbox", "key"),
)

# What is set while the sandbox runs, each as a mapping in JSON.
domain_profile = Table(
    "domain_profile",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)

simulation_state = Table(
    "simulation_state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Waiting while `next_at` is set; the bytes go when nothing is left to do. `recipients` is JSON.
relay_item = Table(
    "relay_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("message_id", Integer, ForeignKey("message.id", ondelete="SET NULL")),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    words("subject"),
    words("reverse_path"),
    Column("recipients", Text, nullable=False),
    Column("encoding", SmallInteger),
    Column("raw", LargeBinary),
    number("size_bytes"),
    number("created_at", None),
    Column("next_at", BigInteger),
    number("tries"),
    flag("is_retried"),
    words("said"),
    UniqueConstraint("public_id"),
    Index("relay_item_due", "next_at", sqlite_where=text("next_at IS NOT NULL")),
    Index("relay_item_of_message", "message_id"),
    sqlite_autoincrement=True,
)


def create(connection: Connection) -> None:
    """Create all tables in an empty database."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


@cache
def _statements(dialect: str) -> tuple[str, ...]:
    """What creates all tables: it takes longer to write than to obey, and a test run starts many sandboxes."""
    made: list[str] = []
    engine: Any = create_mock_engine(
        f"{dialect}://", lambda ddl, *_, **__: made.append(str(ddl.compile(dialect=engine.dialect)))
    )
    metadata.create_all(engine, checkfirst=False)
    return tuple(made)
