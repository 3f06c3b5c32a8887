"""Messages from files: what is found in them, and what of it reaches a sandbox."""

from __future__ import annotations

import json
import mailbox
import os
import subprocess
import sys
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pytest

from mailpit_py.cli.mailfile import Found, Unreadable, files_of, messages
from mailpit_py.node import Node
from mailpit_py.storage import Store
from tests.cli.conftest import address, invoke, newest
from tests.process import ROOT

A = b"From: a@example.org\nTo: x@example.com\nSubject: A\n\nfirst\nFrom here on\n>From quoted\n"
B = b"Return-Path: <b@example.org>\r\nFrom: c@example.org\r\nCc: y@example.com\r\nSubject: B\r\n\r\nsecond\r\n"


def raws(path: Path, limit: int = 0) -> list[bytes]:
    return [one.raw for one in messages(path, limit) if isinstance(one, Found)]


def test_an_mbox_of_the_standard_library_is_taken_apart(tmp_path: Path) -> None:
    file = tmp_path / "old.mbox"
    with closing(mailbox.mbox(file)) as box:
        for raw in (A.replace(b">From", b"|From"), B.replace(b"\r\n", b"\n"), b"Subject: C\n\n"):
            box.add(raw)
    assert raws(file) == [A.replace(b">From", b"|From"), B.replace(b"\r\n", b"\n"), b"Subject: C\n\n"]


@pytest.mark.parametrize(
    ("content", "expected", "senders"),
    [
        (
            b"From a@b.c Mon Nov 23 12:00:00 2026\nX: 1\n\nbody\n\nFrom - now\nX: 2\n\n",
            [b"X: 1\n\nbody\n", b"X: 2\n"],
            1,
        ),
        (b"From a@b.c\r\nX: 1\r\n\r\nb\r\n\r\nFrom a@b.c\r\nX: 2\r\n", [b"X: 1\r\n\r\nb\r\n", b"X: 2\r\n"], 2),
        (b"From a@b.c\nX: 1\n\nFrom within\n\nFrom a@b.c\nX: 2\n\nno\nFrom here\n", None, 3),
        (b"From a@b.c\nX: 1\n\n>From x\n>>From y\n>Fromage\n", [b"X: 1\n\nFrom x\n>From y\n>Fromage\n"], 1),
        (b"From a@b.c", [b""], 1),
    ],
)
def test_an_mbox_is_split_at_lines_behind_an_empty_one(tmp_path: Path, content, expected, senders) -> None:
    file = tmp_path / "x.mbox"
    file.write_bytes(content)
    found = [one for one in messages(file, 0) if isinstance(one, Found)]
    assert expected is None or [one.raw for one in found] == expected
    assert sum(one.reverse_path is not None for one in found) == (senders if expected else 2)
    assert sum(one.cost for one in found) == len(content)


def test_a_maildir_gives_what_is_new_and_read_but_nothing_unfinished(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(A)
    box.add(mailbox.MaildirMessage(B))
    (tmp_path / "Maildir" / "tmp" / "half").write_bytes(b"Subject: ha")
    found = sorted(raw for file in files_of([tmp_path]) for raw in raws(file))
    assert found == sorted([A, B.replace(b"\r\n", os.linesep.encode())])


def test_only_recent_files_and_nothing_that_is_linked(tmp_path: Path) -> None:
    for name, age in (("old.eml", 1_000_000), ("new.eml", 2_000_000)):
        (tmp_path / name).write_bytes(A)
        os.utime(tmp_path / name, (age, age))
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "again.eml").symlink_to(tmp_path / "new.eml")
    assert [one.name for one in files_of([tmp_path], since=1_500_000)] == ["new.eml"]


def test_what_is_too_large_is_named_and_not_read(tmp_path: Path) -> None:
    mbox, single, packed = tmp_path / "x.mbox", tmp_path / "x.eml", tmp_path / "x.zip"
    single.write_bytes(b"x" * 200)
    mbox.write_bytes(b"From a@b.c\n" + b"x" * 200 + b"\n\nFrom a@b.c\nX: 2\n")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bomb.eml", bytes(200), zipfile.ZIP_DEFLATED)
    assert raws(mbox, 100) == [b"X: 2\n"]
    assert raws(single, 100) == raws(packed, 100) == []
    assert [str(one.name).rpartition("/")[2] for one in messages(packed, 100) if isinstance(one, Unreadable)] == [
        "x.zip#bomb.eml"
    ]


@pytest.mark.parametrize("said", ["[]", "{}", "nonsense", '{"recipients": 3}', json.dumps({"recipients": [{}]})])
def test_an_archive_with_something_else_beside_a_message_is_read_all_the_same(tmp_path: Path, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("1.eml", A)
        archive.writestr("1.json", said)
    (found,) = messages(tmp_path / "x.zip", 0)
    assert isinstance(found, Found)
    assert (found.raw, found.recipients) == (A, None)


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 and no more")
    (found,) = messages(tmp_path / "x.zip", 0)
    assert isinstance(found, Unreadable)


def test_messages_are_sent_to_a_running_sandbox(node: Node, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(A)
    (tmp_path / "b.eml").write_bytes(B)
    result = invoke("ingest", "-S", address(node), str(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "2 messages\n")
    stored, raw = newest(node)
    assert raw == B
    assert (stored.envelope.reverse_path, [one.address for one in stored.envelope.recipients]) == (
        "b@example.org",
        ["y@example.com"],
    )


def test_one_that_is_refused_does_not_keep_the_others_out(node: Node, tmp_path: Path) -> None:
    for number, text in enumerate([A, A.replace(b"x@example.com", b"bounce+5.1.1@bounce.test"), b"no header", A]):
        (tmp_path / f"{number}.eml").write_bytes(text)
    (tmp_path / "9.eml").write_bytes(A + b"x" * (2 << 20))
    result = invoke("ingest", "-S", address(node), str(tmp_path), "--max-message-size", "1")
    assert (result.exit_code, result.stdout) == (1, "2 messages, 3 not taken\n")
    for words in ("1.eml: bounce+5.1.1@bounce.test: 550", "2.eml: it names no recipient", "9.eml: larger than 1 MiB"):
        assert words in result.stderr


def test_one_refused_recipient_is_named_and_the_others_have_the_message(node: Node, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(A.replace(b"x@example.com", b"x@example.com, bounce+5.1.1@bounce.test"))
    result = invoke("ingest", "-S", address(node), str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "0 messages, 1 not taken\n")
    assert "bounce+5.1.1@bounce.test: 550" in result.stderr
    assert node.sandbox.store.count() == 1


def test_a_connection_that_ends_is_opened_again(node: Node, tmp_path: Path) -> None:
    for number, to in enumerate([b"x@example.com", b"bounce+421@bounce.test", b"x@example.com"]):
        (tmp_path / f"{number}.eml").write_bytes(A.replace(b"x@example.com", to))
    assert invoke("ingest", "-S", address(node), str(tmp_path)).stdout == "2 messages, 1 not taken\n"


def test_without_a_sandbox_that_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(A)
    result = invoke("--smtp", "127.0.0.1:9", "ingest", str(tmp_path), str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.count("no SMTP server can be used at 127.0.0.1:9") == 1


def test_a_database_gets_the_octets_and_the_time_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    for number in range(600):
        file = tmp_path / "mails" / f"{number:03}.eml"
        file.write_bytes(A + str(number).encode())
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))
    database = tmp_path / "mail.db"
    assert invoke("ingest", str(tmp_path / "mails"), "--into", str(database)).stdout == "600 messages\n"
    with Store.open(database) as store:
        row = store.page(limit=1).items[0]
        assert row.received_at == (1_700_000_000 + 599) * 1_000_000
        assert store.raw("default", row.public_id) == A + b"599"
        assert getattr(row, "source", "") == "ingest"


def test_a_database_that_a_sandbox_has_open_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(A)
    with Store.open(tmp_path / "mail.db"):
        result = invoke("ingest", str(tmp_path / "a.eml"), "--into", str(tmp_path / "mail.db"))
    assert result.exit_code == 1
    assert "mail.db" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(A)
    files = [str(one) for one in tmp_path.glob("*.eml")]
    database = str(tmp_path / "mail.db")
    for label, words in {
        "ingest": ["ingest", "--into", database, *files],
        "dump": ["dump", "--database", database, str(tmp_path / "out")],
    }.items():
        seen = on_terminal(*words)
        assert label.encode() in seen
        assert b"100%" in seen


def on_terminal(*words: str) -> bytes:
    """Run a command whose standard error is a terminal, and return what it showed there."""
    import pty

    master, slave = pty.openpty()
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "mailpit_py", *words], stdout=-1, stderr=slave, env=environment
    ) as process:
        os.close(slave)
        seen = b""
        with suppress(OSError):  # the end of a pseudo-terminal
            while octets := os.read(master, 4096):
                seen += octets
        os.close(master)
        assert process.wait(60) == 0
    return seen
