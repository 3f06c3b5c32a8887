"""Mailpit's own test cases of POP3: the same answers, and those that differ on purpose, each in the documents."""

from __future__ import annotations

import poplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from mailpit_py.application.account import Accounts
from tests.servers.reading import Serve, Served
from tests.servers.smtp.serving import TIMEOUT

DOCUMENT = Path(__file__).parents[3] / "docs" / "mailpit-differences.md"
NUMBER = 50


@pytest.fixture
def served(serve: Serve, mail) -> Served:
    """A listener with an account in front of fifty messages."""
    for number in range(NUMBER):
        mail(b"Subject: m%d\r\n\r\n%d\r\n" % (number, number))
    return serve(accounts=Accounts.parse_words("username:password"))


@contextmanager
def session(served: Served, password: str = "password") -> Iterator[poplib.POP3]:
    client = poplib.POP3("localhost", served.port, timeout=TIMEOUT)
    try:
        client.user("username")
        client.pass_(password)
        yield client
    finally:
        with suppress(poplib.error_proto, OSError):
            client.quit()
        client.close()


def count(served: Served) -> int:
    with session(served) as client:
        return client.stat()[0]


def test_a_wrong_password_is_refused(served: Served) -> None:
    with pytest.raises(poplib.error_proto, match=r"-ERR \[AUTH\] invalid name or password"), session(served, "wrong"):
        pass


def test_an_empty_maildrop_has_nothing(serve: Serve) -> None:
    with session(serve(accounts=Accounts.parse_words("username:password"))) as client:
        assert client.stat() == (0, 0)


def test_fifty_messages_are_listed_and_fetched(served: Served) -> None:
    with session(served) as client:
        assert client.stat()[0] == NUMBER
        assert all(client.retr(one)[0].startswith(b"+OK ") for one in range(1, 21))
        assert len(client.uidl()[1]) == NUMBER
        assert client.uidl(NUMBER).startswith(b"+OK 50 ")
        with pytest.raises(poplib.error_proto, match="-ERR no such message"):
            client.uidl(NUMBER + 1)
        with pytest.raises(poplib.error_proto, match="-ERR UIDL takes at most one argument"):
            client._shortcmd("UIDL 1 2 3")


def test_messages_are_deleted_at_the_end_unless_that_is_taken_back(served: Served) -> None:
    with session(served) as client:
        for one in range(1, 26):
            client.dele(one)
    assert count(served) == NUMBER - 25
    with session(served) as client:
        client.dele(25)
        client.rset()
    assert count(served) == NUMBER - 25


@pytest.mark.parametrize(
    "command", ["STAT", "LIST", "NOOP", "RSET", "RETR 1", "stat", "list", "noop", "rset", "retr 1"]
)
def test_nothing_is_read_before_the_login(served: Served, command: str) -> None:
    client = poplib.POP3("localhost", served.port, timeout=TIMEOUT)
    with pytest.raises(poplib.error_proto, match="-ERR user not authenticated"):
        client._shortcmd(command)
    client.user("username")
    client.pass_("password")
    assert client._shortcmd(command).startswith(b"+OK")
    client.close()


def answer(client: poplib.POP3, line: str) -> str:
    """The answer to a line, or the next line of one."""
    if line:
        client._putcmd(line)
    return client._getline()[0].decode()


# What is said after the login, what is answered, and the words of the documents.
DIFFERENT = [
    (["DELE 1", "DELE 1"], "+OK message marked for deletion; -ERR no such message", "the second DELE of one"),
    (["DELE 1", "STAT"], "+OK message marked for deletion; +OK 49 ", "marked messages stay in STAT and LIST"),
    (["STAT 1"], "-ERR this command takes no arguments", "more arguments than a command has"),
    ([" STAT"], "-ERR unknown command", "a blank before it"),
    (["DELE"], "-ERR DELE requires one argument", "for missing ones `no such message`"),
    (["TOP 1 0", ""], "+OK top of message follows; Subject: m0", "the newest first"),
]


@pytest.mark.parametrize(("lines", "expected", "words"), DIFFERENT)
def test_an_answer_that_differs_does_so_on_purpose(served: Served, lines: list[str], expected: str, words: str) -> None:
    with session(served) as client:
        said = [answer(client, one) for one in lines]
    assert "; ".join(said).startswith(expected)
    assert_documented(words)


def test_after_a_wrong_password_the_name_is_asked_for_again(served: Served) -> None:
    client = poplib.POP3("localhost", served.port, timeout=TIMEOUT)
    client.user("username")
    for said in (r"-ERR \[AUTH\] invalid name or password", "-ERR user not specified"):
        with pytest.raises(poplib.error_proto, match=said):
            client.pass_("wrong")
    client.close()
    assert_documented("after a wrong password, `invalid password`, another `PASS` may follow")


@pytest.mark.parametrize("command", ["USER", "USER a b", "PASS"])
def test_half_a_login_is_refused_and_the_session_goes_on(served: Served, command: str) -> None:
    client = poplib.POP3("localhost", served.port, timeout=TIMEOUT)
    if command == "PASS":
        client.user("username")
    with pytest.raises(poplib.error_proto, match="-ERR must supply a"):
        client._shortcmd(command)
    client.user("username")
    assert client.pass_("password") == b"+OK signed in"
    client.close()
    assert_documented(
        "`PASS` without a password, and `USER` with two words" if " " in command else "USER without a name"
    )


def assert_documented(words: str) -> None:
    """Hold that a row of the documents' table of POP3 has these words."""
    table = DOCUMENT.read_text("utf-8").partition("## POP3")[2].partition("\n## ")[0]
    assert re.search(rf"^\| .*{re.escape(words)}", table, re.M)
