"""Connections: one writer's engine, one readers' pool, the pragmas of each, and what SQLite's errors mean."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.storage.function import teach

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 10_000
WRITER_CACHE_KIB = 4_096
READER_CACHE_KIB = 2_048

Reading = Callable[[], AbstractContextManager[Connection]]
"""What gives a connection for one read."""


def create_file(path: Path) -> None:
    """Create the database file, readable and writable by its owner only; its -wal and -shm inherit that.

    An existing file of ours is closed to others. Raises StorageError if the folder is not there or not writable.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StorageError(f"cannot open the database {path}: {error.strerror}") from error
    target = path.resolve()  # SQLite writes its -wal and -shm beside the file itself, not beside a link to it
    for file in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
        _close_to_others(file)


def _close_to_others(file: Path) -> None:
    if sys.platform == "win32" or not file.exists():  # there the folder says who may read
        return
    found = file.stat()
    mode = stat.S_IMODE(found.st_mode)
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return
    if found.st_uid != os.geteuid():
        logger.warning("others may open %s (mode %o), and its owner is another user", file, mode)
        return
    try:
        file.chmod(0o600)
    except OSError as error:  # a file system that knows no modes
        logger.warning("others may open %s (mode %o): %s", file, mode, error.strerror)


def writer_engine(path: Path, *, synchronous: str, max_page_count: int | None) -> Engine:
    """The engine with the one connection that writes; its transactions begin IMMEDIATE."""
    pragmas = [
        "foreign_keys = ON",
        f"synchronous = {synchronous}",
        f"cache_size = -{WRITER_CACHE_KIB}",
        "temp_store = MEMORY",
        "wal_autocheckpoint = 4000",
        f"journal_size_limit = {64 << 20}",
    ]
    if max_page_count is not None:
        pragmas.append(f"max_page_count = {max_page_count}")
    return _engine(path, pragmas, begin="BEGIN IMMEDIATE", poolclass=StaticPool)


def reader_engine(path: Path) -> Engine:
    """The engine for reads: a connection a thread for as long as one call takes, each call one snapshot."""
    pragmas = ["query_only = ON", f"cache_size = -{READER_CACHE_KIB}", "temp_store = MEMORY"]
    engine = _engine(path, pragmas, begin="BEGIN", poolclass=QueuePool, pool_size=4, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def _teach(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        teach(cast(sqlite3.Connection, connection))

    return engine


def _engine(path: Path, pragmas: list[str], *, begin: str, **pool: object) -> Engine:
    def connect() -> sqlite3.Connection:
        # sqlite3's own transaction control is off: BEGIN is ours
        return sqlite3.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1_000,
            cached_statements=256,
        )

    engine = create_engine("sqlite://", creator=connect, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.cursor().execute(
            begin
        )  # with each group of messages: SQLAlchemy's way costs ten times this

    return engine


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, for what SQLAlchemy has no name for or is too slow at."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)  # `_engine` makes no other


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn what the database raises into StorageFull or StorageError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise translate(error) from error


def translate(error: BaseException) -> StorageError:
    """The exception of our own that says what `error` means for a caller."""
    if isinstance(error, StorageError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(cause, "errno", 0) == errno.ENOSPC:
        return StorageFull("the disk or the database is full")
    return StorageError(f"the store failed: {cause}")


def roll_back(connection: Connection) -> None:
    """End whatever transaction is open, also one that SQLite has already ended by itself."""
    with suppress(SQLAlchemyError, sqlite3.Error):
        connection.rollback()
