"""A database of Mailpit's is recognised, left exactly as it is, and taken over into one beside it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.assembly.takeover import open_store, own_path
from mailpit_py.config import Config
from mailpit_py.errors import StorageError
from mailpit_py.mail.envelope import Envelope
from mailpit_py.node import Node
from mailpit_py.storage import Store, StoreOptions
from mailpit_py.storage.mailpit_database import count_mailpits, is_mailpits, read_mailpits
from tests.cli.conftest import invoke

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CREATED = 1_764_000_000_000
RAW = (
    b"Bcc: hidden@example.com\r\nReturn-Path: <bounces@example.org>\r\nReceived: from app by mailpit\r\n"
    b"From: Shop <shop@example.org>\r\nTo: ann@example.com\r\nSubject: Order %d\r\n\r\nHi\r\n"
)


def made(path: Path, number: int, *, prefix: str = "", compressed: bool = True, ids: str = "{:022}") -> Path:
    """A file with the tables that Mailpit makes."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"CREATE TABLE {prefix}mailbox (Created INTEGER NOT NULL, ID TEXT NOT NULL, MessageID TEXT NOT NULL, "
            "Subject TEXT NOT NULL, Metadata TEXT, Size INTEGER NOT NULL, Inline INTEGER NOT NULL, "
            "Attachments INTEGER NOT NULL, Read INTEGER, Tags TEXT, SearchText TEXT)"
        )
        connection.execute(f"CREATE TABLE {prefix}mailbox_data (ID TEXT KEY NOT NULL, Email BLOB, Compressed INTEGER)")
        connection.execute(f"CREATE TABLE {prefix}schemas (Version TEXT PRIMARY KEY NOT NULL)")
        for one in range(number):
            raw = RAW % one
            row = (CREATED + one, ids.format(one), f"{one}@x", f"Order {one}", json.dumps({}), len(raw), 0, 0, one % 2)
            connection.execute(f"INSERT INTO {prefix}mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '')", row)
            data = zstd.compress(raw) if compressed else raw
            connection.execute(f"INSERT INTO {prefix}mailbox_data VALUES (?, ?, ?)", (row[1], data, int(compressed)))
    return path


def state(folder: Path) -> dict[str, str]:
    """What Mailpit has in a folder."""
    ours = (".mailpit-py.db", ".mailpit-py.db.lock", "mailpit.mailpit-py.db-wal", "mailpit.mailpit-py.db-shm")
    files = (one for one in folder.iterdir() if not one.name.endswith(ours))
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def shown(store: Store) -> list[Any]:
    return [store.message("default", one.public_id) for one in store.page(limit=100).items]


@pytest.mark.parametrize("compressed", [True, False])
def test_every_message_comes_over_with_id_time_bytes_and_read_mark(tmp_path: Path, compressed: bool) -> None:
    path = made(tmp_path / "mailpit.db", 5, compressed=compressed)
    before = state(tmp_path)
    opened = open_store(path, StoreOptions())
    with opened.store as store:
        assert opened.note == f"[database] {path} is Mailpit's and stays as it is; 5 messages of it were taken over"
        newest = shown(store)[0]
        assert (newest.summary.public_id, newest.summary.received_at) == (f"{4:022}", (CREATED + 4) * 1_000)
        assert store.raw("default", newest.summary.public_id) == RAW % 4
        assert [one.summary.seen for one in shown(store)] == [False, True, False, True, False]
        envelope: Envelope = newest.envelope
        assert envelope.reverse_path == "bounces@example.org"
        assert sorted(one.address for one in envelope.recipients) == ["ann@example.com", "hidden@example.com"]
    assert state(tmp_path) == before


def test_octets_that_are_no_text_come_over_from_a_column_of_texts(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 1)
    raw = b"Subject: caf\xe9\r\n\r\n\x00\xff\r\n"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE mailbox_data SET Email = CAST(? AS TEXT), Compressed = 0", (raw,))
    assert [one.raw for one in read_mailpits(path)] == [raw]


def test_it_is_taken_over_once_and_what_came_since_stays(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 3)
    config = Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(path))
    with Node(config) as node:
        assert f"[database] {own_path(path)}" in "\n".join(node.announcements())
        assert "3 messages of it were taken over" in "\n".join(node.announcements())
        assert invoke("sendmail", "-S", f"127.0.0.1:{node.smtp_port}", "-t", stdin=RAW % 9).exit_code == 0
    with Node(config) as node:
        assert "stays as it is" in "\n".join(node.announcements())
        assert len(shown(node.sandbox.store)) == 4


def test_a_take_over_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 3)
    part = tmp_path / "mailpit.mailpit-py.db.part"
    Store.open(part).close()
    with open_store(path, StoreOptions()).store as store:
        assert len(shown(store)) == 3
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "mailpit.db",
        "mailpit.mailpit-py.db",
        "mailpit.mailpit-py.db.lock",
    ]


def test_what_is_only_in_its_log_comes_over_and_the_log_stays(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 1)
    with closing(sqlite3.connect(path)) as running:
        running.execute("PRAGMA journal_mode = WAL")
        running.execute("PRAGMA wal_autocheckpoint = 0")
        with running:
            row = (CREATED + 9, "x" * 22, "", "late", "{}", 1, 0, 0, 0)
            running.execute("INSERT INTO mailbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '')", row)
            running.execute("INSERT INTO mailbox_data VALUES (?, ?, 0)", ("x" * 22, b"Subject: late\r\n\r\n"))
        before = state(tmp_path)
        assert "mailpit.db-wal" in before
        assert [one.raw for one in read_mailpits(path)][1] == b"Subject: late\r\n\r\n"
        assert {name: digest for name, digest in state(tmp_path).items() if name in before} == before


def test_tenants_are_read_one_after_another(tmp_path: Path) -> None:
    path = made(made(tmp_path / "mailpit.db", 2, prefix="a_"), 1)
    assert count_mailpits(path) == len(list(read_mailpits(path))) == 3


def test_an_id_that_is_not_like_ours_is_replaced(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 2, ids="c2f4d5e6-0000-4000-8000-{:012}")
    with open_store(path, StoreOptions()).store as store:
        assert {len(one.summary.public_id) for one in shown(store)} == {22}


def test_a_damaged_database_stops_the_start_and_stays(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 200)
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2 :] = bytes(len(octets) - len(octets) // 2)
    path.write_bytes(octets)
    before = state(tmp_path)["mailpit.db"]
    with pytest.raises(StorageError, match="cannot be read"):
        open_store(path, StoreOptions())
    assert state(tmp_path)["mailpit.db"] == before
    assert not own_path(path).exists()


def test_nothing_else_is_taken_for_mailpits(tmp_path: Path) -> None:
    Store.open(tmp_path / "ours.db").close()
    (tmp_path / "text.db").write_text("SQLite? no")
    (tmp_path / "empty.db").touch()
    assert not any(map(is_mailpits, (*tmp_path.iterdir(), tmp_path / "absent.db", tmp_path)))


def test_ingest_takes_its_messages_too(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 3)
    assert invoke("ingest", "--into", str(tmp_path / "mail.db"), str(path)).stdout == "3 messages\n"
    with Store.open(tmp_path / "mail.db") as store:
        assert [one.summary.received_at for one in shown(store)] == [(CREATED + 2 - one) * 1_000 for one in range(3)]
