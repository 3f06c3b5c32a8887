"""New, older, newer and foreign database files."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.errors import StorageForeign
from mailpit_py.resources import migrations_directory
from mailpit_py.storage import Folder, Selection, Store, schema
from mailpit_py.storage.engine import writer_engine
from mailpit_py.storage.migrate import upgrade
from tests.storage.building import arrival, keep, raw_message, subjects


def made_by_migrations(path: Path) -> Path:
    engine = writer_engine(path, synchronous="OFF", max_page_count=None)
    upgrade(engine)
    engine.dispose()
    return path


def squeeze(sql: str) -> str:
    """The statement without the spaces that its writer chose."""
    return re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")")


def describe(path: Path) -> dict[str, Any]:
    """Everything that SQLite knows of the tables, without the search index, which no migration makes."""
    with closing(sqlite3.connect(path)) as connection:
        objects = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'search%' "
            "AND tbl_name NOT LIKE 'term%' ORDER BY type, name"
        ).fetchall()
        tables = [name for kind, name, _, _ in objects if kind == "table"]
        return {
            "objects": [(kind, name, table, squeeze(sql or "")) for kind, name, table, sql in objects],
            "columns": {name: connection.execute(f"PRAGMA table_xinfo({name})").fetchall() for name in tables},
            "keys": {name: connection.execute(f"PRAGMA foreign_key_list({name})").fetchall() for name in tables},
            "revision": connection.execute("SELECT * FROM alembic_version").fetchall(),
            "version": connection.execute("PRAGMA user_version").fetchone(),
            "application": connection.execute("PRAGMA application_id").fetchone(),
            "rows": connection.execute("SELECT key FROM meta WHERE key NOT LIKE 'index%' ORDER BY key").fetchall(),
            "inbox": connection.execute("SELECT id, name FROM inbox").fetchall(),
            "mailbox": connection.execute("SELECT id, inbox_id, name, uidnext FROM mailbox").fetchall(),
        }


def test_a_new_database_equals_the_migrations_at_their_head(tmp_path):
    Store.open(tmp_path / "new.db").close()
    assert describe(tmp_path / "new.db") == describe(made_by_migrations(tmp_path / "migrated.db"))


def test_the_head_that_the_code_knows_is_the_newest_migration():
    newest = max(path.name for path in (migrations_directory() / "versions").glob("*.py"))
    assert newest.startswith(f"{schema.REVISION}_")


def test_a_migrated_database_is_used_like_a_new_one(tmp_path):
    with Store.open(made_by_migrations(tmp_path / "mail.db")) as store:
        keep(store, arrival(raw_message("after the migration")))
        assert subjects(store, "migration") == ["after the migration"]


def test_a_database_that_is_behind_is_brought_to_the_head(tmp_path):
    path = made_by_migrations(tmp_path / "mail.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")  # as if the newest revision had come later
    with Store.open(path) as store:
        keep(store, arrival())
    assert describe(path)["version"] == (int(schema.REVISION),)


def test_a_database_of_the_first_tables_keeps_its_mail_and_learns_of_rules(tmp_path):
    path = tmp_path / "mail.db"
    engine = writer_engine(path, synchronous="OFF", max_page_count=None)
    upgrade(engine, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO attempt (id, public_id, inbox_id, at, stage, reply_code) VALUES (1, 'a', 1, 1, 'RCPT', 550)"
        )
        connection.execute(
            "INSERT INTO delivery (owner_id, position, accepted, address, code) VALUES (1, 0, 0, 'x', 550)"
        )
    with Store.open(path) as store:
        found = store.attempt("default", "a")
        assert (found.summary.cause, found.causes, store.simulation.rules()) == (None, (None,), ())
        keep(store, arrival(raw_message("after the upgrade")))
        assert subjects(store) == ["after the upgrade"]


def test_messages_that_were_refused_in_part_are_counted_afterwards(tmp_path):
    path = tmp_path / "mail.db"
    engine = writer_engine(path, synchronous="OFF", max_page_count=None)
    upgrade(engine, "0003")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, refused in enumerate([0, 2, 1], 1):
            connection.execute(
                "INSERT INTO message (id, public_id, received_at, size_bytes, source, refused_count) "
                "VALUES (?, ?, 1, 1, 'smtp', ?)",
                (number, f"m{number}", refused),
            )
            connection.execute(
                "INSERT INTO placement (mailbox_id, uid, message_id, modseq) VALUES (1, ?, ?, 1)", (number, number)
            )
        connection.execute("UPDATE mailbox SET total = 3, unread = 3, uidnext = 4")
    with Store.open(path) as store:
        assert store.counts().refused == store.count(query=store.parse_query("is:refused")) == 2


def test_messages_that_were_tagged_before_are_numbered_in_the_folder_of_the_tag(tmp_path):
    path = tmp_path / "mail.db"
    engine = writer_engine(path, synchronous="OFF", max_page_count=None)
    upgrade(engine, "0008")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        for number in (1, 2, 3):
            connection.execute(
                "INSERT INTO message (id, public_id, received_at, size_bytes, source) VALUES (?, ?, 1, 1, 'smtp')",
                (number, f"m{number}"),
            )
            connection.execute(
                "INSERT INTO placement (mailbox_id, uid, message_id, modseq) VALUES (1, ?, ?, 1)", (number, number)
            )
        connection.execute("UPDATE mailbox SET total = 3, unread = 3, uidnext = 4")
        connection.execute("INSERT INTO tag (id, inbox_id, name) VALUES (7, 1, 'red')")
        connection.execute("INSERT INTO placement_tag (placement_id, tag_id) VALUES (1, 7), (3, 7)")
    with Store.open(path) as store:
        opened = store.folders.open(Folder("default", "", tag="red"))
        assert [(item.uid, item.id) for item in opened.items] == [(1, 1), (2, 3)]
        assert opened.place.uidnext == 3
        store.tags.replace("default", Selection.ids(["m2"]), ["red"]).result(10)
        assert [item.uid for item in store.folders.open(Folder("default", "", tag="red")).items] == [1, 2, 3]


def test_alembic_is_not_imported_for_a_database_at_the_head(tmp_path):
    code = (
        "import sys; from pathlib import Path; from mailpit_py.storage import Store\n"
        "for _ in range(2): Store.open(Path(sys.argv[1])).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "mail.db")], check=False).returncode == 0


def test_reopening_keeps_messages_epoch_and_cursor(tmp_path):
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        (public_id,) = keep(store, arrival(raw_message("kept")))
        epoch, head = store.epoch, store.head()
    with Store.open(path) as store:
        assert (store.epoch, store.head(), subjects(store, "kept")) == (epoch, head, ["kept"])
        assert store.raw("default", public_id) == raw_message("kept")


def test_the_file_is_prepared_before_its_first_table(tmp_path):
    Store.open(tmp_path / "mail.db").close()
    with closing(sqlite3.connect(tmp_path / "mail.db")) as connection:
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("auto_vacuum", "journal_mode", "application_id", "page_size")
        }
    assert pragmas == {"auto_vacuum": 2, "journal_mode": "wal", "application_id": 0x4D505059, "page_size": 4096}


def mailpit_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mailbox (ID TEXT PRIMARY KEY)")
        connection.execute("CREATE TABLE mailbox_data (ID TEXT PRIMARY KEY, Email BLOB)")


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('mine')")
        connection.commit()


def newer_database(path: Path) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (mailpit_database, "database of Mailpit"),
        (other_database, "another program's database"),
        (newer_database, "newer version"),
        (
            lambda path: path.write_text("Dear diary, this is longer than a hundred bytes. " * 9),
            "not an SQLite database",
        ),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(200)), "damaged or encrypted|another program"),
        (lambda path: path.write_bytes(b"x"), "not an SQLite database"),
    ],
    ids=["mailpit", "other", "newer", "text", "damaged", "one-byte"],
)
def test_a_foreign_file_is_refused_in_words_and_left_as_it_is(tmp_path, make, words):
    path = tmp_path / "theirs.db"
    make(path)
    before = (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mode, sorted(tmp_path.iterdir()))
    with pytest.raises(StorageForeign, match=words):
        Store.open(path)
    assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mode, sorted(tmp_path.iterdir())) == before


def test_a_folder_is_not_a_database(tmp_path):
    with pytest.raises(StorageForeign, match="folder"):
        Store.open(tmp_path)


def test_an_empty_file_becomes_a_database(tmp_path):
    (tmp_path / "mail.db").touch()
    with Store.open(tmp_path / "mail.db") as store:
        keep(store, arrival())
        assert store.counts().total == 1
