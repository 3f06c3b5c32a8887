"""Where mail is kept otherwise than with Mailpit, and when it goes."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.beside.mailbox import letter
from tests.beside.programs import Server, mailpit, pair, sandbox
from tests.beside.table import differs
from tests.servers.smtp.serving import wait_until


def subjects(server: Server) -> list[str]:
    return [one["Subject"] for one in server.get("/api/v1/messages").json["messages"]]


def tables(file: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def pages(file: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        number: int = database.execute("PRAGMA page_count").fetchone()[0]
        return number


@differs("`--tenant-id` names tables in one file")
def test_a_tenant(tmp_path: Path) -> None:
    with pair(tmp_path, "--database=mail.db", "--tenant-id=My Shop") as servers:
        for server in servers:
            server.send(letter("kept"))
        assert "My_Shop_mailbox" in tables(tmp_path / "theirs" / "mail.db")
        assert not (tmp_path / "ours" / "mail.db").exists()
        assert "message" in tables(tmp_path / "ours" / "mail.My_Shop.db")
    with mailpit(tmp_path / "theirs", "--database=mail.db") as other:
        assert subjects(other) == []


@pytest.mark.parametrize("options", [(), ("--tenant-id=shop", "--disable-wal")])
def test_what_is_kept_in_a_file_is_there_after_a_restart(tmp_path: Path, options: tuple[str, ...]) -> None:
    def kept(run: Any, name: str) -> object:
        folder = tmp_path / name
        folder.mkdir()
        with run(folder, "--database=mail.db", *options) as server:
            ids = [server.send(letter("one", X_Tags="b, A")), server.send(letter("two"))]
            server.ask("PUT", "/api/v1/messages", {"Read": True, "IDs": ids[:1]})
        with run(folder, "--database=mail.db", *options) as server:
            found = server.get("/api/v1/messages").json
            rows = [(ids.index(one["ID"]), one["Subject"], one["Read"], one["Tags"]) for one in found["messages"]]
            return rows, found["total"], found["unread"], found["tags"]

    expected = ([(1, "two", False, []), (0, "one", True, ["A", "b"])], 2, 1, ["A", "b"])
    assert kept(mailpit, "theirs") == expected
    assert kept(sandbox, "ours") == expected


@differs("with `--use-message-dates` lists are ordered by these dates")
def test_the_dates_of_messages(tmp_path: Path) -> None:
    with pair(tmp_path, "--use-message-dates") as (theirs, ours):
        for server in (theirs, ours):
            for year in (2020, 2024, 2022):
                server.send(letter(str(year), Date=f"1 Jan {year} 10:00:00 +0000"))
            assert server.get("/api/v1/search?query=before:2021").json["messages_count"] == 1
        assert subjects(theirs) == ["2024", "2022", "2020"]
        assert subjects(ours) == ["2022", "2024", "2020"]


@differs("`--max` and `--max-age` act once a minute")
def test_too_many_and_too_old(tmp_path: Path) -> None:
    with pair(tmp_path, "--max=2", "--max-age=24h", "--use-message-dates") as (theirs, ours):
        for server in (theirs, ours):
            server.send(letter("old", Date="1 Jan 2020 10:00:00 +0000"))
            for number in range(3):
                server.send(letter(f"number {number}"))
        assert subjects(theirs) == ["number 2", "number 1", "number 0", "old"]
        wait_until(lambda: subjects(ours) == ["number 2", "number 1"])


@differs("numbers up to 15 seconds old")
def test_numbers(tmp_path: Path) -> None:
    def number(server: Server) -> int:
        found = re.search(r"^mailpit_messages (\d+)$", server.get("/metrics").text, re.MULTILINE)
        assert found
        return int(found[1])

    with pair(tmp_path, "--enable-prometheus=true") as (theirs, ours):
        grew = []
        for _ in range(3):  # one of them may meet the moment at which Mailpit reads its numbers
            before = number(theirs)
            theirs.send(letter("one"))
            grew.append(number(theirs) - before)
            ours.send(letter("one"))
        assert 0 in grew
        assert number(ours) == 3


@differs("gives space back by rewriting the whole file")
def test_space_is_given_back(tmp_path: Path) -> None:
    with pair(tmp_path, "--database=mail.db", "--compression=0") as (theirs, ours):
        full = {}
        for server, name in ((theirs, "theirs"), (ours, "ours")):
            ids = [server.send(letter(str(number), "lorem ipsum " * 20_000)) for number in range(40)]
            full[name] = pages(tmp_path / name / "mail.db")
            assert server.ask("DELETE", "/api/v1/messages", {"IDs": ids[:30]}).status == 200
        wait_until(lambda: pages(tmp_path / "ours" / "mail.db") < full["ours"] / 2)
        assert pages(tmp_path / "theirs" / "mail.db") >= full["theirs"]
        theirs.empty()
        assert pages(tmp_path / "theirs" / "mail.db") < full["theirs"] / 2
