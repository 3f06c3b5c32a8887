"""The socket's side: TLS, limits, time, literals, and clients that go away."""

from __future__ import annotations

import imaplib
import socket

import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Store
from tests.servers.reading import Served, client_context, turn_one_away
from tests.servers.smtp.serving import TIMEOUT, RawClient, wait_until

RAW = b"Subject: one\r\n\r\nbody\r\n"


def logged_in(served: Served, mailbox: str = "INBOX") -> RawClient:
    client = served.connect()
    client.send(b"1 LOGIN everything x\r\n2 SELECT %b\r\n" % mailbox.encode())
    until(client, b"2 OK ")
    return client


def until(client: RawClient, end: bytes) -> list[bytes]:
    """All lines up to the one that begins like this."""
    lines = [client.line()]
    while not lines[-1].startswith(end):
        assert lines[-1], lines
        lines.append(client.line())
    return lines


def test_starttls_secures_a_session(serve, mail, tls: ServerTls) -> None:
    mail(RAW)
    served = serve(ssl_context=tls.context, starttls=True)
    with imaplib.IMAP4("localhost", served.port, timeout=TIMEOUT) as client:
        assert "STARTTLS" in client.capabilities
        client.starttls(client_context(tls))
        assert "STARTTLS" not in client.capabilities
        client.login("x", "y")
        assert client.select() == ("OK", [b"1"])


def test_what_is_said_before_the_handshake_does_not_count(serve, tls: ServerTls) -> None:
    client = serve(ssl_context=tls.context, starttls=True).connect()
    client.send(b"1 STARTTLS\r\n2 LOGIN ann x\r\n")
    assert client.line() == b"1 OK begin TLS"
    secured = RawClient(client_context(tls).wrap_socket(client.sock, server_hostname="localhost"))
    secured.send(b"3 SELECT INBOX\r\n4 STARTTLS\r\n")
    assert [secured.line(), secured.line()] == [b"3 BAD log in first", b"4 BAD TLS is active already"]
    secured.close()


def test_tls_from_the_first_byte(serve, mail, tls: ServerTls) -> None:
    mail(RAW)
    served = serve(ssl_context=tls.context)
    with imaplib.IMAP4_SSL("localhost", served.port, ssl_context=client_context(tls), timeout=TIMEOUT) as client:
        client.login("x", "y")
        assert client.select() == ("OK", [b"1"])


def test_a_password_is_in_no_log(serve, caplog) -> None:
    caplog.set_level("DEBUG")
    client = serve(accounts=Accounts.parse("ann:correct")).connect()
    client.send(b'1 LOGIN ann "horse battery"\r\n2 LOGIN ann {7+}\r\ncorrect\r\n3 LOGOUT\r\n')
    until(client, b"3 OK")
    assert "login of 'ann' refused" in caplog.text
    assert "login of 'ann' reads" in caplog.text
    assert "horse" not in caplog.text
    assert "correct" not in caplog.text


@pytest.mark.parametrize(
    ("limit", "refusal"),
    [
        ({"max_connections": 1}, b"* BYE [UNAVAILABLE] too many connections"),
        ({"max_connections_per_peer": 1}, b"* BYE [UNAVAILABLE] too many connections from your address"),
    ],
)
def test_one_connection_too_many_is_turned_away(serve, limit, refusal: bytes) -> None:
    assert turn_one_away(serve(**limit)) == refusal


def test_a_silent_client_is_cut_off(serve) -> None:
    served = serve(idle_timeout=1)
    assert served.connect().at_end()
    wait_until(lambda: served.listener.connection_count == 0)


def test_all_is_answered_to_a_client_that_has_closed_its_side(serve, mail) -> None:
    mail(RAW)
    client = serve().connect()
    client.send(b"1 LOGIN everything x\r\n2 SELECT INBOX\r\n3 FETCH 1 UID\r\n4 LOGOUT\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert until(client, b"4 OK")[-4:-1] == [b"* 1 FETCH (UID 1)", b"3 OK FETCH completed", b"* BYE goodbye"]


def test_a_client_that_does_not_read_is_waited_for(serve, mail) -> None:
    large = b"Subject: large\r\n\r\n" + b"y\r\n" * 500_000
    mail(large)
    client = logged_in(serve())
    client.send(b"3 FETCH 1 BODY.PEEK[]\r\n" * 20 + b"4 LOGOUT\r\n")
    received = b""
    while data := client.sock.recv(1 << 20):
        received += data
    once = b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\n3 OK FETCH completed\r\n" % (len(large), large)
    assert client.received + received == once * 20 + b"* BYE goodbye\r\n4 OK LOGOUT completed\r\n"


def test_stopping_cuts_sessions_off(serve) -> None:
    served = serve()
    client = logged_in(served)
    client.send(b"3 IDLE\r\n")
    assert client.line() == b"+ idling"
    served.listener.stop()
    assert client.at_end()
    assert served.listener.connection_count == 0


def test_a_literal_that_is_too_large_is_not_asked_for(serve, store: Store) -> None:
    client = logged_in(serve(largest_append_bytes=1_000))
    client.send(b"3 APPEND INBOX {1001}\r\n")
    assert client.line() == b"3 NO [TOOBIG] at most 1000 octets"
    client.send(b"4 STATUS {65537}\r\n")
    assert client.line() == b"4 NO [TOOBIG] at most 65536 octets"
    client.send(b"5 APPEND INBOX {1000}\r\n")
    assert client.line() == b"+ Ready for literal data"
    client.send(b"a: b\r\n\r\n" + b"x" * 992 + b"\r\n")
    assert until(client, b"5 OK")[-1].startswith(b"5 OK [APPENDUID ")
    assert store.counts().size_bytes == 1_000


def test_who_is_told_of_no_limit_in_advance_may_ask_for_it(serve) -> None:
    client = logged_in(serve(largest_append_bytes=0))  # "APPENDLIMIT" without a number: ask STATUS (RFC 7889 §2)
    client.send(b"3 STATUS INBOX (APPENDLIMIT)\r\n")
    assert until(client, b"3 OK")[0] == b'* STATUS "INBOX" (APPENDLIMIT NIL)'


def test_a_literal_that_nobody_asked_for_is_passed_over(serve) -> None:
    client = logged_in(serve(largest_append_bytes=1_000))
    client.send(b"3 APPEND INBOX (\\Seen) {200000+}\r\n")
    for _ in range(20):
        client.send(b"3 LOGOUT\r\n".ljust(10_000, b"x"))
    client.send(b" {2+}\r\nxx\r\n4 NOOP\r\n")
    assert [client.line(), client.line()] == [b"3 NO [TOOBIG] at most 1000 octets", b"4 OK NOOP completed"]


def test_before_the_login_literals_are_small(serve) -> None:
    client = serve().connect()
    client.send(b"1 APPEND INBOX {65537}\r\n2 LOGIN {70000+}\r\n" + b"x" * 70_000 + b" y\r\n3 NOOP\r\n")
    lines = [client.line() for _ in range(3)]
    assert lines[:2] == [b"1 NO [TOOBIG] at most 65536 octets", b"2 NO [TOOBIG] at most 65536 octets"]
    assert lines[2] == b"3 OK NOOP completed"


def test_a_line_that_is_too_long_is_passed_over(serve) -> None:
    client = serve().connect()
    client.send(b"1 " + b"x" * 200_000 + b"\r\n2 NOOP\r\n")
    assert [client.line(), client.line()] == [b"1 BAD the line is too long", b"2 OK NOOP completed"]


def test_who_says_nothing_that_can_be_read_is_sent_away(serve) -> None:
    client = serve().connect()
    client.send(b"GET / HTTP/1.1\r\n" * 60)
    assert until(client, b"* BYE")[-1] == b"* BYE too many commands that cannot be read"
    assert client.at_end()


def test_what_is_put_in_is_charged_until_it_is_stored(serve, sandbox: Sandbox) -> None:
    budget = sandbox.budget
    client = logged_in(serve())
    client.send(b"3 APPEND INBOX {100000}\r\n")
    assert client.line() == b"+ Ready for literal data"
    assert budget.used_bytes == 0  # nobody takes room away by announcing
    client.send(b"a: b\r\n\r\n".ljust(60_000, b"x"))
    wait_until(lambda: budget.used_bytes == 60_000)
    client.send(b"x" * 40_000 + b"\r\n")
    assert until(client, b"3 ")[-1].startswith(b"3 OK")
    client.send(b"4 APPEND INBOX {100000}\r\n")
    assert client.line() == b"+ Ready for literal data"
    client.send(b"x" * 50_000)
    wait_until(lambda: budget.used_bytes == 50_000)
    client.close()
    wait_until(lambda: budget.used_bytes == 0)


def test_without_room_nothing_large_is_taken(serve, sandbox: Sandbox, store: Store) -> None:
    client = logged_in(serve())
    sandbox.budget.charge(sandbox.budget.limit_bytes)
    client.send(b"3 APPEND INBOX {100000}\r\n4 APPEND INBOX {6+}\r\na: b\r\n\r\n")
    assert client.line() == b"3 NO [UNAVAILABLE] too much mail is on its way; try again"
    sandbox.budget.refund(sandbox.budget.limit_bytes)
    assert until(client, b"4 ")[-1].startswith(b"4 ")
