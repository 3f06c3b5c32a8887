"""What differs on purpose in POP3."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.beside.following import following
from tests.beside.programs import Pair, Server, free_ports, is_open, mailpit, sandbox
from tests.beside.table import differs
from tests.beside.talking import answers, pair_with_pop3, talking

RAW = b"Return-Path: <app@example.org>\r\nMessage-ID: <1@x>\r\nTo: ann@example.com\r\n\r\none\r\n.two\r\nthree\r\n"
LOGIN = ["USER ann", "PASS secret"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with two messages, one of which is for Ann alone, and accounts for her."""
    accounts = "ann:secret ann@example.com:secret"
    with pair_with_pop3(tmp_path_factory.mktemp("pop3"), accounts=accounts) as servers:
        for server in servers:
            server.send(RAW)
            server.send(b"Subject: second\r\nTo: bob@example.com\r\n\r\n", "bob@example.com")
        yield servers


def last(server: Server, lines: list[str]) -> str:
    """The answer to the last of these lines, its lines joined by LF."""
    return answers(server.pop3_port, lines)[-1]


@differs("the newest 100 messages, the newest first")
def test_which_messages(tmp_path: Path) -> None:
    with pair_with_pop3(tmp_path) as servers:
        for server in servers:
            for number in range(101):
                server.send(b"Subject: m%d\r\n\r\n" % number)
        theirs, ours = servers
        assert last(theirs, [*LOGIN, "STAT"]).startswith("+OK 100 ")
        assert last(ours, [*LOGIN, "STAT"]).startswith("+OK 101 ")
        assert "\nSubject: m100\n" in last(theirs, [*LOGIN, "TOP 1 0"])
        assert "\nSubject: m0\n" in last(ours, [*LOGIN, "TOP 1 0"])


@differs("every login sees everything")
def test_who_sees_what(theirs: Server, ours: Server) -> None:
    lines = ["USER ann@example.com", "PASS secret", "STAT"]
    assert last(theirs, lines).startswith("+OK 2 ")
    assert last(ours, lines).startswith("+OK 1 ")


@differs("sizes are those of the stored octets")
def test_sizes(both: Pair) -> None:
    theirs, ours = both
    bare = b"Return-Path: <app@example.org>\nMessage-ID: <2@x>\nTo: ann@example.com\n\nx\r\n"
    ids = [one.send(bare) for one in both]
    stored = [len(one.get(f"/api/v1/message/{public_id}/raw").body) for one, public_id in zip(both, ids, strict=True)]
    assert last(theirs, [*LOGIN, "LIST 1"]) == f"+OK 1 {stored[0]}"
    # Four lines end in LF, and are sent with CR LF.
    assert (stored[1], last(ours, [*LOGIN, "LIST 3"])) == (73, "+OK 3 77")
    for server, public_id in zip(both, ids, strict=True):
        server.ask("DELETE", "/api/v1/messages", {"IDs": [public_id]})


@differs("TOP with lines sends the whole body, not byte-stuffed; RETR adds an empty line")
def test_top_and_retr(theirs: Server, ours: Server) -> None:
    # The first message is the last in Mailpit.
    assert last(theirs, [*LOGIN, "TOP 2 1"]).endswith("\n\none\n.two\nthree\n\n.")
    assert last(ours, [*LOGIN, "TOP 1 1"]).endswith("\n\none\n.")
    assert last(theirs, [*LOGIN, "TOP 2 0"]).endswith("\nTo: ann@example.com\n\n\n.")
    assert last(ours, [*LOGIN, "TOP 1 0"]).endswith("\nTo: ann@example.com\n\n.")
    assert last(theirs, [*LOGIN, "RETR 2"]).endswith("\n\none\n..two\nthree\n\n.")
    assert last(ours, [*LOGIN, "RETR 1"]).endswith("\n\none\n..two\nthree\n.")


@differs("no STLS, AUTH, UTF8", "the program's name in the greeting")
def test_what_it_can(theirs: Server, ours: Server) -> None:
    assert answers(theirs.pop3_port, ["CAPA", "AUTH", "UTF8", "STLS"]) == [
        "+OK Mailpit POP3 server",
        "+OK capability list follows\nTOP\nUSER\nUIDL\nIMPLEMENTATION Mailpit\n.",
        *["-ERR unknown command"] * 3,
    ]
    assert answers(ours.pop3_port, ["CAPA", "AUTH", "UTF8", "STLS"]) == [
        "+OK mailpit-py POP3 server",
        "+OK capability list follows\nTOP\nUSER\nUIDL\nSASL PLAIN\nRESP-CODES\nAUTH-RESP-CODE\nPIPELINING\n"
        "EXPIRE NEVER\nUTF8 USER\nIMPLEMENTATION mailpit-py\n.",
        "+OK mechanisms follow\nPLAIN\n.",
        "+OK messages are sent as they are",
        "-ERR no TLS here",
    ]


@differs("USER without a name disconnects", "`PASS` without a password or before `USER`", "after a wrong password")
@differs("blanks at the end of a password")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        (["USER", "USER ann"], ["-ERR must supply a user", ""], ["-ERR must supply a user", "+OK"]),
        (["USER a b", "USER ann"], ["-ERR must supply a user", ""], ["-ERR must supply a user", "+OK"]),
        (["PASS x", "USER ann"], ["-ERR must supply a user", ""], ["-ERR must supply a user", "+OK"]),
        (["USER ann", "PASS", "USER ann"],
         ["+OK", "-ERR must supply a password", ""], ["+OK", "-ERR must supply a password", "+OK"]),
        (["USER ann", "PASS x", "PASS secret"],
         ["+OK", "-ERR invalid password", "+OK signed in"],
         ["+OK", "-ERR [AUTH] invalid name or password", "-ERR must supply a user"]),
        (["USER ann", "PASS secret "],
         ["+OK", "+OK signed in"], ["+OK", "-ERR [AUTH] invalid name or password"]),
        (["USER ann", "PASS two words"],
         ["+OK", "-ERR must supply a password"], ["+OK", "-ERR [AUTH] invalid name or password"]),
    ],
)  # fmt: skip
def test_logins(both: Pair, lines: list[str], theirs: list[str], ours: list[str]) -> None:
    assert [answers(one.pop3_port, lines)[1:] for one in both] == [theirs, ours]


@differs("more arguments than a command has")
@pytest.mark.parametrize(
    ("line", "theirs", "ours"),
    [
        ("STAT 1", "+OK", "-ERR this command takes no arguments"),
        ("NOOP x", "+OK", "-ERR this command takes no arguments"),
        ("LIST 1 2", "+OK", "-ERR LIST takes at most one argument"),
        ("DELE 1 2", "+OK", "-ERR DELE requires one argument"),
        ("TOP 1 0 0", "+OK", "-ERR TOP requires two arguments"),
        (" STAT", "+OK", "-ERR unknown command"),
        ("LIST +1", "+OK", "-ERR no such message"),
        ("TOP 1 -1", "+OK", "-ERR the number of lines is 0 or more"),
        ("TOP 1 x", "-ERR TOP requires two arguments", "-ERR the number of lines is 0 or more"),
        ("LIST  1", "-ERR no such message", "+OK"),
        ("RETR", "-ERR no such message", "-ERR RETR requires one argument"),
        ("DELE", "-ERR no such message", "-ERR DELE requires one argument"),
        ("TOP 9", "-ERR no such message", "-ERR TOP requires two arguments"),
    ],
)
def test_arguments(both: Pair, line: str, theirs: str, ours: str) -> None:
    said = [last(one, [*LOGIN, line]) for one in both]
    assert [one.partition(" ")[0] if one.startswith("+OK") else one for one in said] == [theirs, ours]


@differs("deletes for good", "marked messages stay in STAT and LIST")
def test_deletion(tmp_path: Path) -> None:
    with pair_with_pop3(tmp_path) as (theirs, ours):
        ids = [(one.send(RAW), one.send(RAW)) for one in (theirs, ours)]
        lines = [*LOGIN, "DELE 1", "STAT", "LIST 1", "LIST"]
        assert [one.split()[1] for one in answers(theirs.pop3_port, lines)[4:]] == ["2", "1", "2"]
        assert [one.split()[1] for one in answers(ours.pop3_port, lines)[4:]] == ["1", "no", "1"]
        for server in (theirs, ours):
            assert last(server, [*LOGIN, "DELE 1", "QUIT"]) == "+OK goodbye"
        # The newest is the first in Mailpit, the oldest here.
        (_, deleted), (moved, _) = ids
        assert theirs.get(f"/api/v1/message/{deleted}").status == 404
        assert [one["id"] for one in ours.get("/api/v2/messages?mailbox=Trash").json["items"]] == [moved]


@differs("marked messages stay in STAT and LIST")
def test_the_second_dele_of_one(tmp_path: Path) -> None:
    with pair_with_pop3(tmp_path) as (theirs, ours):
        for server in (theirs, ours):
            server.send(RAW)
        lines = [*LOGIN, "DELE 1", "DELE 1", "QUIT"]
        marked = "+OK message marked for deletion"
        assert answers(theirs.pop3_port, lines)[3:] == [marked, marked, "+OK goodbye"]
        assert answers(ours.pop3_port, lines)[3:] == [marked, "-ERR no such message", "+OK goodbye"]
        assert ours.get("/api/v1/messages").json["total"] == 0
        # Nothing that needs its database is answered any more: two seconds are for ever.
        with contextlib.closing(http.client.HTTPConnection(urlsplit(theirs.url).netloc, timeout=2)) as connection:
            connection.request("GET", "/api/v1/messages")
            with pytest.raises(TimeoutError):
                connection.getresponse()


@differs("`error` on the websocket for each `-ERR`")
def test_errors_are_told(both: Pair) -> None:
    for server in both:
        with following(server) as follower:
            answers(server.pop3_port, ["NONSENSE"])
            server.send(RAW)
            told = [kind for kind, _ in follower.until("new")]
            assert ("error" in told) is (server.name == "mailpit")


@differs("needs accounts")
def test_without_accounts(tmp_path: Path) -> None:
    theirs, ours = free_ports(2)
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
    with mailpit(tmp_path / "theirs", "--pop3", f"127.0.0.1:{theirs}"):
        assert not is_open(theirs)
    with sandbox(tmp_path / "ours", "--pop3", f"127.0.0.1:{ours}"):
        assert answers(ours, ["USER anybody", "PASS x", "STAT"])[-1] == "+OK 0 0"


@differs("a port that is taken is logged")
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "accounts").write_text("ann:secret")
    with socket.create_server(("127.0.0.1", 0)) as holder:
        options = ("--pop3", f"127.0.0.1:{holder.getsockname()[1]}", "--pop3-auth-file", str(tmp_path / "accounts"))
        with mailpit(tmp_path, *options) as theirs:
            assert theirs.get("/api/v1/info").status == 200
        with pytest.raises(pytest.fail.Exception, match="another program has this port"), sandbox(tmp_path, *options):
            pass


@differs("no limit on wrong passwords and connections")
def test_guessing(theirs: Server, ours: Server) -> None:
    lines = ["USER ann", "PASS wrong"] * 6
    assert answers(theirs.pop3_port, lines)[-2:] == ["+OK", "-ERR invalid password"]
    assert answers(ours.pop3_port, lines)[-3:] == ["-ERR [AUTH] invalid name or password", "", ""]


@differs("no limit on wrong passwords and connections")
def test_many_connections(theirs: Server, ours: Server) -> None:
    for server, greeting in ((theirs, b"+OK "), (ours, b"-ERR")):
        held = [socket.create_connection(("127.0.0.1", server.pop3_port), 30) for _ in range(200)]
        try:
            for one in held:
                assert one.recv(4) == b"+OK "
            with talking(server.pop3_port) as client:
                assert client.line()[:4] == greeting
        finally:
            for one in held:
                one.close()
