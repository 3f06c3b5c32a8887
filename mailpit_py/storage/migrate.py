"""Opening a database file: is it empty, ours, older, newer or another program's; and bringing it to the head."""

from __future__ import annotations

import secrets
import sqlite3
import struct
from pathlib import Path

from sqlalchemy import Connection, Engine, insert

from mailpit_py.errors import StorageForeign
from mailpit_py.resources import migrations_directory
from mailpit_py.storage import schema

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def check_file(path: Path) -> None:
    """Raise StorageForeign unless the file is absent, empty or ours; it is read, never opened for writing.

    SQLite's header is enough: both numbers of ours were written before the file went to WAL mode.
    """
    if not path.exists():
        return
    if path.is_dir():
        raise StorageForeign(f"{path} is a folder; name a file")
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if not header:
        return
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise StorageForeign(f"{path} is not an SQLite database; it was left as it is")
    user_version, application_id = struct.unpack(">I4xI", header[60:72])
    if application_id != schema.APPLICATION_ID:
        raise StorageForeign(f"{path} {_whose(path)}; it was left as it is. Name another file")
    _check_version(path, user_version)


def _check_version(path: Path, user_version: int) -> None:
    if user_version > int(schema.REVISION):
        raise StorageForeign(
            f"{path} was written by a newer version (schema {user_version}, this one knows {int(schema.REVISION)}); "
            "it was left as it is. Upgrade mailpit-py"
        )


def _whose(path: Path) -> str:
    try:
        # immutable: no lock, no -wal, no -shm beside somebody else's file
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return "is another program's database"
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return "is a damaged or encrypted SQLite database"
    finally:
        connection.close()
    if any(name.endswith(("mailbox_data", "message_data")) for name in tables):
        return "is a database of Mailpit, whose format is different"
    return "is another program's database"


def bring_to_head(engine: Engine, path: Path, *, now: int, wal: bool = True) -> None:
    """Create the schema in an empty database, or run the migrations that are missing."""
    with engine.connect() as connection:
        dbapi = connection.connection.driver_connection
        assert isinstance(dbapi, sqlite3.Connection)
        version = dbapi.execute("PRAGMA user_version").fetchone()[0]
        is_empty = not dbapi.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if is_empty:
        _create(engine, dbapi, now)
        _use_journal(dbapi, wal=wal)
        return
    _check_version(path, version)
    if version < int(schema.REVISION):
        upgrade(engine)
    _use_journal(dbapi, wal=wal)


def _create(engine: Engine, dbapi: sqlite3.Connection, now: int) -> None:
    for pragma in (f"page_size = {schema.PAGE_SIZE}", "auto_vacuum = INCREMENTAL"):
        dbapi.execute(f"PRAGMA {pragma}")
    with engine.begin() as connection:
        schema.create(connection)
        seed(connection, now=now)
        _stamp(connection)


def seed(connection: Connection, *, now: int) -> None:
    """Write the rows that a database has from the beginning: its epoch, and the inbox `default`."""
    values = {"epoch": secrets.token_hex(6), "created_at": str(now), "journal_floor": "0"}
    connection.execute(insert(schema.meta), [{"key": key, "value": value} for key, value in values.items()])
    connection.execute(insert(schema.inbox), {"id": 1, "name": "default", "created_at": now})
    first = {"inbox_id": 1, "name": "INBOX", "uidvalidity": max(1, now // 1_000_000)}
    connection.execute(insert(schema.mailbox), first)


def _stamp(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (schema.REVISION,))
    connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {int(schema.REVISION)}")


def upgrade(engine: Engine, revision: str = schema.REVISION) -> None:
    """Run Alembic's migrations up to a revision. Alembic takes a third of a second to import, so only here."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {int(revision)}")


def _use_journal(dbapi: sqlite3.Connection, *, wal: bool) -> None:
    dbapi.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
