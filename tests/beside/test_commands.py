"""Commands that the two understand differently."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.beside.commands import Program, Programs
from tests.beside.programs import Server, mailpit, pair
from tests.beside.real_server import Letter, RealServer, real_server
from tests.beside.table import differs

MAIL = b"From: app@example.org\nTo: ann@example.com\nBcc: dora@example.com\nSubject: Hi\n\nHello\n"
BARE = b"Subject: Hi\n\nHello\n"


def sent(
    program: Program, folder: Path, real: RealServer, *words: str, stdin: bytes = MAIL
) -> tuple[int, list[Letter]]:
    """Call `sendmail`; its exit status, and what has come to the server."""
    status = program.call(folder, "sendmail", "-S", f"127.0.0.1:{real.port}", *words, stdin=stdin).status
    return status, real.taken()


def header(letter: Letter) -> list[str]:
    """The names of a letter's header fields."""
    section = (letter.raw or b"").partition(b"\r\n\r\n")[0]
    return [line.partition(":")[0] for line in section.decode().split("\r\n")]


@differs("`sendmail -t` leaves Bcc in the message")
def test_sendmail_by_the_header(programs: Programs, tmp_path: Path) -> None:
    with real_server() as real:
        theirs, ours = (sent(one, tmp_path, real, "-t", "eve@example.com") for one in programs)
    assert (theirs[0], theirs[1][0].envelope[1:]) == (0, ["eve@example.com"])
    assert "Bcc" in header(theirs[1][0])
    assert (ours[0], ours[1][0].envelope[1:]) == (0, ["eve@example.com", "ann@example.com", "dora@example.com"])
    assert "Bcc" not in header(ours[1][0])


@differs("`sendmail -t` leaves Bcc in the message")
@pytest.mark.parametrize(
    ("words", "stdin", "replies", "statuses"),
    [
        (("-f", "no address"), MAIL, {}, (11, 65)),
        ((), BARE, {}, (1, 64)),
        ((), MAIL, {"RCPT": "550 5.1.1 no such user"}, (1, 67)),
        ((), MAIL, {"content": "554 5.6.0 no"}, (1, 69)),
        ((), MAIL, {"MAIL": "451 4.3.0 later"}, (1, 75)),
    ],
)
def test_the_status_of_sendmail(
    programs: Programs, tmp_path: Path, words: tuple[str, ...], stdin: bytes, replies: dict[str, str], statuses: tuple
) -> None:
    with real_server(replies=replies) as real:
        assert tuple(sent(one, tmp_path, real, *words, stdin=stdin)[0] for one in programs) == statuses


@differs("give a message to nobody if one recipient is refused")
def test_one_recipient_of_two_is_refused(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(MAIL)
    for words in (("sendmail",), ("ingest", "mail.eml")):
        with real_server(replies={"RCPT TO:<dora@": "550 5.1.1 no such user"}) as real:
            place = ("-S", f"127.0.0.1:{real.port}")
            ended = [(one.call(tmp_path, *words, *place, stdin=MAIL), real.taken()) for one in programs]
        assert [letters[0].raw is not None for _, letters in ended] == [False, True], words
        assert ended[1][0].status == {"sendmail": 67, "ingest": 1}[words[0]]


@differs("`sendmail` takes a recipient as it is written")
def test_a_recipient_with_a_name_and_a_comma(programs: Programs, tmp_path: Path) -> None:
    with real_server() as real:
        theirs, ours = (sent(one, tmp_path, real, "Ann <ann@example.com>,bob@example.com")[1] for one in programs)
    assert theirs[0].commands[2] == "RCPT TO:<Ann <ann@example.com>,bob@example.com>"
    assert ours[0].envelope[1:] == ["ann@example.com", "bob@example.com"]


@differs("`sendmail` takes a recipient as it is written")
@pytest.mark.parametrize(
    ("words", "stdin", "reverse_path"),
    [
        (("-f", "<>"), MAIL, ""),
        (("-f", "app"), MAIL, "app"),
        (("-f", "app@example.org"), b"a text\n", "app@example.org"),
    ],
)
def test_what_sendmail_does_not_take(
    programs: Programs, tmp_path: Path, words: tuple[str, ...], stdin: bytes, reverse_path: str
) -> None:
    with real_server() as real:
        theirs, ours = (sent(one, tmp_path, real, *words, "ann@example.com", stdin=stdin) for one in programs)
    assert theirs == (11, [])
    assert (ours[0], ours[1][0].envelope) == (0, [reverse_path, "ann@example.com"])


@differs("passes over some of sendmail's flags and refuses others")
def test_fields_that_are_missing(programs: Programs, tmp_path: Path) -> None:
    with real_server() as real:
        calls = [sent(one, tmp_path, real, "-F", "The App", "ann@example.com", stdin=BARE)[1] for one in programs]
    assert [header(one[0]) for one in calls] == [["Subject"], ["From", "Date", "Message-ID", "Subject"]]
    assert b"From: The App <" in (calls[1][0].raw or b"")


@differs("passes over some of sendmail's flags and refuses others")
@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        (("-N", "never"), " NOTIFY=NEVER"),
        (("-r", "app@example.org"), ""),
        (("-odb",), ""),
        (("-bm",), ""),
        (("-G",), ""),
    ],
)
def test_other_flags_of_sendmail(programs: Programs, tmp_path: Path, words: tuple[str, ...], parameters: str) -> None:
    with real_server(extensions=("DSN",)) as real:
        theirs, ours = (sent(one, tmp_path, real, *words, "ann@example.com") for one in programs)
    assert (theirs[0] != 0, theirs[1]) == (True, [])
    assert (ours[0], ours[1][0].commands[2]) == (0, f"rcpt TO:<ann@example.com>{parameters}")


@differs("passes over some of sendmail's flags and refuses others")
def test_the_queue_is_asked_for(programs: Programs, tmp_path: Path) -> None:
    assert [one.call(tmp_path, "sendmail", "-bp").status for one in programs] == [1, 0]


@differs("`ingest` ends with 0 whatever happens")
def test_ingest_of_what_cannot_be_taken(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "nobody.eml").write_bytes(BARE)
    with real_server() as real:
        ended = [one.call(tmp_path, "ingest", "-S", f"127.0.0.1:{real.port}", "nobody.eml") for one in programs]
        assert [one.raw for one in real.taken()] == [None]
    assert [one.status for one in ended] == [0, 1]
    assert [one.call(tmp_path, "ingest", "-S", "127.0.0.1:9", "nobody.eml").status for one in programs] == [0, 1]


@differs("does not take a message without From")
def test_ingest_of_a_null_reverse_path(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "null.eml").write_bytes(b"Return-Path: <>\n" + MAIL)
    (tmp_path / "no-from.eml").write_bytes(MAIL.partition(b"\n")[2])
    reverse_paths = []
    with real_server() as real:
        for one in programs:
            one.call(tmp_path, "ingest", "-S", f"127.0.0.1:{real.port}", "null.eml", "no-from.eml")
            reverse_paths.append([path for letter in real.taken() for path in letter.envelope[:1]])
    # Ours sends both over one connection.
    assert reverse_paths[0] == ["app@example.org"]
    assert reverse_paths[1] == [""]


@differs("`ingest` leaves out a link to a file")
def test_ingest_of_links(programs: Programs, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "mail.eml").write_bytes(MAIL)
    os.symlink(tmp_path / "mail.eml", folder / "link.eml")
    taken = []
    with real_server() as real:
        for one in programs:
            for path in ("mail", "mail/link.eml"):
                one.call(tmp_path, "ingest", "-S", f"127.0.0.1:{real.port}", path)
                taken.append([letter.raw is not None for letter in real.taken()])
    assert taken == [[], [], [False], [True]]


@differs("`dump` ends with 1 if there is nothing")
def test_dump_of_nothing(programs: Programs, tmp_path: Path) -> None:
    with pair(tmp_path) as servers:
        ended = [one.call(tmp_path, "dump", "--http", servers.ours.url, "out").status for one in programs]
    assert ended == [1, 0]
    assert "no database or API URL specified" in programs.theirs.call(tmp_path, "dump", "out").said
    help_of_ours = " ".join(programs.ours.call(tmp_path, "dump", "--help").said.split())
    assert "The running sandbox. [default: http://localhost:8025" in help_of_ours


@differs("`dump` ends with 1 if there is nothing")
def test_dump_of_the_database_of_a_variable(programs: Programs, tmp_path: Path) -> None:
    with mailpit(tmp_path, "--database=mail.db") as server:
        kept(server)
    theirs = programs.theirs.call(tmp_path, "dump", "out", MP_DATABASE="mail.db")
    assert (theirs.status, len(list((tmp_path / "out").iterdir()))) == (0, 1)
    ours = programs.ours.call(tmp_path, "dump", "more", MP_DATABASE="mail.db", MP_URL="http://127.0.0.1:9/")
    assert (ours.status, "no sandbox answers at http://127.0.0.1:9/" in ours.complained) == (1, True)


def kept(server: Server) -> str:
    return server.send(MAIL.replace(b"\n", b"\r\n"))


class Proxy(BaseHTTPRequestHandler):
    """Opens no way anywhere, and remembers to where one was asked for."""

    server: Any

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *_: Any) -> None:
        pass


@differs("`version` asks for a newer one")
def test_version_asks_the_network(programs: Programs, tmp_path: Path) -> None:
    asked = []
    for one in programs:
        with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
            proxy.asked = []  # type: ignore[attr-defined]
            Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
            place = f"http://127.0.0.1:{proxy.server_address[1]}"
            one.call(tmp_path, "version", HTTPS_PROXY=place, https_proxy=place)
            proxy.shutdown()
            asked.append(proxy.asked)  # type: ignore[attr-defined]
    assert asked == [["api.github.com:443"], []]
