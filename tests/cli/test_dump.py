"""Messages into files: what is in them, how they are named, and that they can be read again."""

from __future__ import annotations

import json
import mailbox
import smtplib
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mailpit_py.cli.archive import Kept
from mailpit_py.cli.source import of_mailpit
from mailpit_py.config import Config
from mailpit_py.errors import MailpitError
from mailpit_py.node import Node
from mailpit_py.storage import Store
from tests.cli.conftest import address, invoke, newest

MAIL = b"From: a@example.org\r\nTo: x@example.com\r\nSubject: %d\r\n\r\nFrom the start\r\n\xff\r\n.\r\n"


@pytest.fixture
def filled(node: Node, tmp_path: Path) -> Node:
    """A sandbox with three messages."""
    (tmp_path / "in").mkdir()
    for number in range(3):
        (tmp_path / "in" / f"{number}.eml").write_bytes(MAIL % number)
    assert invoke("ingest", "-S", address(node), str(tmp_path / "in")).exit_code == 0
    return node


def dump(node: Node, *words: str | Path):
    return invoke("dump", *map(str, words), MP_URL=node.url)


def test_a_folder_has_the_octets_and_times_and_is_continued(filled: Node, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert dump(filled, out).stdout == f"3 messages written to {out}\n"
    stored, raw = newest(filled)
    file = out / f"{stored.summary.public_id}.eml"
    assert file.read_bytes() == raw == MAIL % 2
    assert round(file.stat().st_mtime * 1_000_000) == pytest.approx(stored.summary.received_at, abs=10)
    file.write_bytes(b"mine")
    assert dump(filled, out).stdout == f"0 messages written to {out}, 3 were there, are gone or too large\n"
    assert file.read_bytes() == b"mine"


def test_an_mbox_is_read_by_the_standard_library(filled: Node, tmp_path: Path) -> None:
    out = tmp_path / "all.mbox"
    assert dump(filled, out).exit_code == 0
    with closing(mailbox.mbox(out)) as box:
        assert [one["subject"] for one in box] == ["0", "1", "2"]
        assert box.get_bytes(0) == (MAIL % 0).replace(b"\r\n", b"\n").replace(b"From the", b">From the")
        assert "a@example.org" in box[0].get_from()


def test_a_maildir_is_read_by_the_standard_library_and_continued(filled: Node, tmp_path: Path) -> None:
    out = tmp_path / "box"
    stored, _ = newest(filled)
    filled.store.mark("default", _only(stored.summary.public_id), seen=True).result(10)
    for _ in range(2):
        assert dump(filled, out, "--format", "maildir").exit_code == 0
    box = mailbox.Maildir(out, create=False)
    assert sorted((one["subject"], one.get_flags()) for one in box) == [("0", ""), ("1", ""), ("2", "S")]


def test_an_archive_keeps_envelopes_and_can_be_put_in_again(filled: Node, tmp_path: Path) -> None:
    envelope = ("bounces@example.org", "hidden@example.com")
    assert invoke("sendmail", "-S", address(filled), "-f", *envelope, stdin=MAIL % 7).exit_code == 0
    out, database = tmp_path / "all.zip", tmp_path / "mail.db"
    assert dump(filled, out).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert {name.partition(".")[2] for name in archive.namelist()} == {"eml", "json"}
    assert invoke("ingest", "--into", str(database), str(out)).stdout == "4 messages\n"
    with Store.open(database) as store:
        first = store.page(limit=1).items[0]
        stored = store.message("default", first.public_id)
        assert stored is not None
        assert (stored.envelope.reverse_path, stored.envelope.recipients[0].address) == envelope
        assert stored.summary.received_at == newest(filled)[0].summary.received_at
        assert store.raw("default", first.public_id) == newest(filled)[1]


def test_mail_of_every_inbox_of_a_database_is_written(tmp_path: Path) -> None:
    database = tmp_path / "mail.db"
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(database), inbox_by="plus")) as node:
        for to in ("ann@x.test", "ann+team-a@x.test"):
            with smtplib.SMTP("127.0.0.1", node.smtp_port) as client:
                client.sendmail("a@x.test", [to], f"Subject: {to}\r\n\r\n")
    assert invoke("dump", str(tmp_path / "out"), "--database", str(database)).exit_code == 0
    written = sorted(one.read_bytes() for one in (tmp_path / "out").iterdir())
    assert written == [b"Subject: ann+team-a@x.test\r\n\r\n", b"Subject: ann@x.test\r\n\r\n"]


def test_a_database_is_read_without_a_sandbox(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL % 1)
    database, out = tmp_path / "mail.db", tmp_path / "out"
    invoke("ingest", "--into", str(database), str(tmp_path / "a.eml"))
    result = invoke("dump", str(out), "--database", str(database))
    assert result.stdout == f"1 messages written to {out}\n", result.stderr
    assert [one.read_bytes() for one in out.iterdir()] == [MAIL % 1]


@pytest.mark.parametrize(("query", "number"), [("", 3), ("subject:1", 1)])
def test_a_running_mailpit_is_read_by_its_own_api(filled: Node, query: str, number: int) -> None:
    with of_mailpit(filled.url, query) as (ids, fetch):
        kept = [fetch(one) for one in ids]
    assert len(kept) == number
    stored, raw = newest(filled)
    assert kept[-1] is not None
    if not query:
        assert (kept[-1].public_id, kept[-1].raw) == (stored.summary.public_id, raw)
        assert (kept[-1].reverse_path, kept[-1].recipients) == ("a@example.org", ("x@example.com",))
        assert kept[-1].received_at // 1_000 == stored.summary.received_at // 1_000


@contextmanager
def answering(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    """A web server that answers each path so, and its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_has_no_api_of_ours_is_asked_as_mailpit(tmp_path: Path) -> None:
    row = {"ID": "a" * 22, "Created": "2026-11-23T12:00:00.123Z", "Read": True}

    def answer(path: str) -> tuple[int, bytes]:
        if path.startswith("/api/v2"):
            return 404, b"File not found\n"
        rows = [row] if "start=0" in path else None
        return 200, MAIL % 1 if path.endswith("/raw") else json.dumps({"messages": rows}).encode()

    with answering(answer) as url:
        result = invoke("dump", str(tmp_path / "out"), "--http", url)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / f"{'a' * 22}.eml").read_bytes() == MAIL % 1


def test_a_uuid_of_an_old_mailpit_is_an_id() -> None:
    assert Kept("0b0a9f6e-6c5c-4e0e-9d2c-0f4f1f0a7a11", b"", 0, False, "", ()).public_id


@pytest.mark.parametrize(("most", "number"), [("0", 2), ("1", 1)])
def test_what_is_written_is_named_on_demand_and_what_is_too_large_always(
    tmp_path: Path, most: str, number: int
) -> None:
    database, out = tmp_path / "mail.db", tmp_path / "out"
    for name, raw in (("a", MAIL % 1), ("b", MAIL % 2 + b"x" * (1 << 20))):
        (tmp_path / f"{name}.eml").write_bytes(raw)
    invoke("ingest", "--into", str(database), str(tmp_path / "a.eml"), str(tmp_path / "b.eml"))
    result = invoke("dump", str(out), "--database", str(database), "-v", "--max-message-size", most)
    written = sorted(one.stem for one in out.iterdir())
    assert (result.exit_code, len(written)) == (0, number), result.stderr
    lines = result.stderr.splitlines()
    assert sorted(line for line in lines if ":" not in line) == written
    assert sum("larger than 1 MiB" in line for line in lines) == 2 - number


def test_a_search_chooses(filled: Node, tmp_path: Path) -> None:
    assert dump(filled, tmp_path / "out", "--query", "subject:1").stdout.startswith("1 messages")


@pytest.mark.parametrize("name", ["x.mbox", "x.zip"])
def test_a_file_that_exists_is_not_overwritten(filled: Node, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    result = dump(filled, tmp_path / name)
    assert (result.exit_code, (tmp_path / name).read_text()) == (1, "mine")
    assert "exists; name another file" in result.stderr


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 7, "a" * 61, "/" + "a" * 21, "a" * 22 + "\n", ".." + "a" * 20, "-" * 22, ""]
)
def test_nothing_from_outside_becomes_a_file_name(name: str) -> None:
    with pytest.raises(MailpitError, match="is no id of a message"):
        Kept(name, b"", 0, False, "", ())


def test_a_hostile_server_writes_nothing_outside_the_folder(tmp_path: Path) -> None:
    row = {"id": "../../../../evil", "received_at": "2026-11-23T12:00:00Z", "seen": False}

    def answer(path: str) -> tuple[int, bytes]:
        if "/messages/" in path:
            return 200, b'{"reverse_path": "", "recipients": []}'
        return 200, json.dumps({"items": [row], "next": None}).encode()

    with answering(answer) as url:
        result = invoke("dump", str(tmp_path / "a" / "b"), "--http", url)
    assert result.exit_code == 1
    assert "is no id of a message" in result.stderr
    assert [one.name for one in tmp_path.rglob("*")] == ["a", "b"]


def test_archives_are_closed_to_others_when_unpacked(filled: Node, tmp_path: Path) -> None:
    dump(filled, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert {stat.S_IMODE(one.external_attr >> 16) for one in archive.infolist()} == {0o600}


def _only(public_id: str):
    from mailpit_py.storage import Selection

    return Selection.ids([public_id])


def test_a_tenant_s_database_is_the_one_beside(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL % 1)
    out = tmp_path / "out"
    invoke("ingest", "--into", str(tmp_path / "mail.My_Shop.db"), str(tmp_path / "a.eml"))
    result = invoke("dump", str(out), "--database", str(tmp_path / "mail.db"), "--tenant-id", "My Shop")
    assert (result.exit_code, len(list(out.glob("*.eml")))) == (0, 1)
    missing = invoke("dump", str(out), "--database", str(tmp_path / "mail.db"))
    assert (missing.exit_code, "there is no file" in missing.output) == (1, True)
