"""Mailpit's own database, read and never altered: recognised by its tables, its messages given one by one."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailpit_py.errors import StorageError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAGIC = b"SQLite format 3\0"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ID = re.compile(r"[0-9A-Za-z]{22}")
_PREFIX = re.compile(r"[0-9A-Za-z_]*")


@dataclass(frozen=True, slots=True)
class MailpitMessage:
    """One message of Mailpit's. `public_id` is its own id where ours look the same, else empty; instants are UTC µs."""

    public_id: str
    raw: bytes
    received_at: int
    seen: bool
    tags: tuple[str, ...] = ()


def is_mailpits(path: Path) -> bool:
    """True for a database file of Mailpit's."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
        with _opened(path) as connection:
            return bool(_prefixes(connection))
    except (OSError, sqlite3.Error):
        return False


def tenant_prefix(tenant: str) -> str:
    """What Mailpit puts before the names of a tenant's tables; nothing without one."""
    return re.sub(r"[^0-9A-Za-z_]", "_", tenant) + "_" if tenant else ""


def count_mailpits(path: Path, tenant: str = "") -> int:
    """How many messages it has, or a tenant of it. Raises StorageError."""
    with _errors(path), _opened(path) as connection:
        prefixes = _prefixes(connection, tenant)
        counted = (connection.execute(f'SELECT count(*) FROM "{one}mailbox"') for one in prefixes)
        return sum(int(rows.fetchone()[0]) for rows in counted)


def read_mailpits(path: Path, tenant: str = "") -> Iterator[MailpitMessage]:
    """Yield its messages, the oldest first, those of each tenant after another, or of one. Raises StorageError."""
    with _errors(path), _opened(path) as connection:
        for prefix in _prefixes(connection, tenant):
            tags = _tags(connection, prefix)
            # uncompressed content is stored as text, whatever its octets are
            rows = connection.execute(
                f'SELECT m.ID, m.Created, m.Read, CAST(d.Email AS BLOB) FROM "{prefix}mailbox" m '
                f'JOIN "{prefix}mailbox_data" d ON d.ID = m.ID ORDER BY m.Created, m.rowid'
            )
            for public_id, created, read, content in rows:
                raw = zstd.decompress(content) if content.startswith(_ZSTD) else content
                name = public_id if _ID.fullmatch(str(public_id)) else ""
                yield MailpitMessage(name, raw, int(created) * 1_000, bool(read), tuple(tags.get(public_id, ())))


def _tags(connection: sqlite3.Connection, prefix: str) -> dict[str, list[str]]:
    """The tags of each message; databases of old versions have none."""
    if not {f"{prefix}tags", f"{prefix}message_tags"} <= _tables(connection):
        return {}
    found: dict[str, list[str]] = {}
    for public_id, name in connection.execute(
        f'SELECT m.ID, t.Name FROM "{prefix}message_tags" m JOIN "{prefix}tags" t ON t.ID = m.TagID ORDER BY t.Name'
    ):
        found.setdefault(public_id, []).append(str(name))
    return found


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _prefixes(connection: sqlite3.Connection, tenant: str = "") -> list[str]:
    """The tenants: what stands before the names of the tables, usually nothing. One that is named alone counts."""
    tables = _tables(connection)
    ends = sorted(name.removesuffix("mailbox_data") for name in tables if name.endswith("mailbox_data"))
    known = [one for one in ends if _PREFIX.fullmatch(one) and f"{one}mailbox" in tables]
    return [one for one in known if not tenant or one == tenant_prefix(tenant)]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open for reading so that nothing is written beside the file either; with a log beside it, a copy of both."""
    log = path.with_name(f"{path.name}-wal")
    if not (log.exists() and log.stat().st_size):
        with closing(_connect(path)) as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="mailpit-py-") as folder:
        copy = Path(folder, "copy.db")
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name("copy.db-wal"))
        with closing(sqlite3.connect(copy)) as connection:
            yield connection


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, zstd.ZstdError, OSError, ValueError) as error:
        raise StorageError(f"{path} cannot be read: {error}") from error
