"""Stored messages read anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from mailpit_py.storage import Store
from tests.cli.conftest import invoke

MAIL = (
    b"From: Shop <shop@example.org>\r\nTo: ann@example.com\r\nSubject: Order %d\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwatering can\r\n"
    b"--b\r\nContent-Disposition: attachment; filename=invoice.pdf\r\n\r\nx\r\n--b--\r\n"
)


def filled(folder: Path, number: int) -> Path:
    (folder / "in").mkdir()
    for one in range(number):
        (folder / "in" / f"{one:04}.eml").write_bytes(MAIL % one)
    database = folder / "mail.db"
    assert invoke("ingest", "--into", str(database), str(folder / "in")).exit_code == 0
    return database


def rows(database: Path) -> list[object]:
    tables = ("message", "body", "mailbox", "delivery", "placement", "content")
    with closing(sqlite3.connect(database)) as connection:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]


def test_what_was_read_wrongly_is_read_again_and_the_rest_stays(tmp_path: Path) -> None:
    database = filled(tmp_path, 250)
    before = rows(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE message SET subject = 'wrong', snippet = '', attachment_count = 0, from_name = ''")
        connection.execute("UPDATE body SET text = 'nothing', addressed = ''")
        connection.execute("UPDATE mailbox SET files = 0")
    result = invoke("reindex", str(database))
    assert (result.exit_code, result.stdout) == (0, "250 messages\n"), result.output
    assert rows(database) == before
    with Store.open(database) as store:
        for query, number in (("watering", 250), ("nothing", 0), ("subject:order to:ann has:attachment", 250)):
            assert store.count(query=store.parse_query(query)) == number


def test_one_that_was_cut_off_leaves_a_database_that_heals(tmp_path: Path) -> None:
    database = filled(tmp_path, 3)
    with closing(sqlite3.connect(database)) as connection, connection:  # as a kill after the first piece leaves it
        connection.execute("UPDATE meta SET value = '' WHERE key = 'index_version'")
        connection.execute("UPDATE body SET text = 'other words'")
    with Store.open(database) as store:
        assert store.count(query=store.parse_query("other")) == 3
        assert store.count(query=store.parse_query("watering")) == 0


def test_an_open_database_and_a_foreign_one_are_left_alone(tmp_path: Path) -> None:
    database, foreign = filled(tmp_path, 1), tmp_path / "foreign.db"
    foreign.write_bytes(b"SQLite? no")
    with Store.open(database):
        assert invoke("reindex", str(database)).exit_code == 1
    assert "is not an SQLite database" in invoke("reindex", str(foreign)).stderr
    assert foreign.read_bytes() == b"SQLite? no"
