"""Mailpit's own test cases of POP3, by a client; what differs from it on purpose is in tests/beside."""

from __future__ import annotations

import poplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from mailpit_py.application.account import Accounts
from tests.servers.reading import Serve, Served
from tests.servers.smtp.serving import TIMEOUT

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
