"""The socket's side: TLS, limits, time, two sessions at once, and clients that go away."""

from __future__ import annotations

import contextlib
import poplib
import socket
import struct

import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Selection, Store
from tests.servers.reading import Served, client_context, turn_one_away
from tests.servers.smtp.serving import TIMEOUT, RawClient, wait_until

RAW = b"Subject: one\r\n\r\nbody\r\n"


def signed_in(served: Served) -> RawClient:
    client = served.connect()
    client.send(b"USER everything\r\nPASS x\r\n")
    assert [client.line(), client.line()] == [b"+OK", b"+OK signed in"]
    return client


def test_stls_secures_a_session(serve, mail, tls: ServerTls) -> None:
    mail(RAW)
    served = serve(ssl_context=tls.context, starttls=True)
    client = poplib.POP3("localhost", served.port, timeout=TIMEOUT)
    client.stls(client_context(tls))
    assert "STLS" not in client.capa()
    client.user("x")
    client.pass_("y")
    assert client.stat() == (1, len(RAW))
    client.quit()


def test_what_is_said_before_the_handshake_does_not_count(serve, tls: ServerTls) -> None:
    client = serve(ssl_context=tls.context, starttls=True).connect()
    client.send(b"USER ann\r\nSTLS\r\nPASS x\r\nNOOP\r\n")
    assert [client.line(), client.line()] == [b"+OK", b"+OK begin TLS"]
    secured = RawClient(client_context(tls).wrap_socket(client.sock, server_hostname="localhost"))
    secured.send(b"PASS x\r\n")
    assert secured.line() == b"-ERR must supply a user"
    secured.send(b"STLS\r\n")
    assert secured.line() == b"-ERR TLS is active already"
    secured.close()


def test_a_handshake_that_is_none_ends_the_connection(serve, tls: ServerTls) -> None:
    served = serve(ssl_context=tls.context, starttls=True)
    client = served.connect()
    client.send(b"STLS\r\n")
    assert client.line() == b"+OK begin TLS"
    client.send(b"this is no handshake at all, and long enough to be seen as none\r\n")
    wait_until(lambda: served.listener.connection_count == 0)


def test_tls_from_the_first_byte(serve, mail, tls: ServerTls) -> None:
    mail(RAW)
    served = serve(ssl_context=tls.context)
    client = poplib.POP3_SSL("localhost", served.port, context=client_context(tls), timeout=TIMEOUT)
    client.user("x")
    client.pass_("y")
    assert client.retr(1)[1] == RAW.splitlines()
    client.quit()


def test_passwords_may_be_hashes(serve, mail) -> None:
    mail(RAW)
    served = serve(accounts=Accounts.parse("ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="))  # "secret"
    client = poplib.POP3("127.0.0.1", served.port, timeout=TIMEOUT)
    client.user("ann")
    with pytest.raises(poplib.error_proto, match="AUTH"):
        client.pass_("wrong")
    client.user("ann")
    client.pass_("secret")
    client.quit()


def test_a_password_is_in_no_log(serve, caplog) -> None:
    caplog.set_level("DEBUG")
    served = serve(accounts=Accounts.parse("ann:correct"))
    client = served.connect()
    for password in ("horse battery", "correct"):
        client.send(f"USER ann\r\nPASS {password}\r\n".encode())
        client.line()
        client.line()
    client.close()
    wait_until(lambda: served.listener.connection_count == 0)
    assert "login of 'ann' sees 0 messages" in caplog.text
    assert "horse" not in caplog.text
    assert "correct" not in caplog.text


def test_a_dropped_connection_deletes_nothing(serve, mail, store: Store) -> None:
    mail(RAW)
    served = serve()
    client = signed_in(served)
    client.send(b"DELE 1\r\n")
    assert client.line() == b"+OK message marked for deletion"
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    wait_until(lambda: served.listener.connection_count == 0)
    assert store.counts().total == 1


def test_two_sessions_may_delete_the_same(serve, mail, store: Store) -> None:
    mail(RAW)
    served = serve()
    first, second = signed_in(served), signed_in(served)
    for client in (first, second):
        client.send(b"DELE 1\r\nQUIT\r\n")
        assert [client.line(), client.line()] == [b"+OK message marked for deletion", b"+OK goodbye"]
    assert store.count(mailbox="Trash") == 1


def test_a_message_that_was_deleted_elsewhere_is_told_as_gone(serve, mail, store: Store) -> None:
    mail(RAW)
    client = signed_in(serve())
    store.delete("default", Selection.everything()).result(10)
    client.send(b"RETR 1\r\nSTAT\r\nDELE 1\r\nQUIT\r\n")
    assert client.line() == b"-ERR no such message any more"
    assert client.line() == b"+OK 1 %d" % len(RAW)
    assert [client.line(), client.line()] == [b"+OK message marked for deletion", b"+OK goodbye"]


def test_a_session_does_not_see_what_comes_after_its_login(serve, mail) -> None:
    served = serve()
    client = signed_in(served)
    mail(RAW)
    client.send(b"STAT\r\n")
    assert client.line() == b"+OK 0 0"
    again = signed_in(served)
    again.send(b"STAT\r\n")
    assert again.line() == b"+OK 1 %d" % len(RAW)


def test_reading_leaves_a_message_unread(serve, mail, store: Store) -> None:
    mail(RAW)
    client = signed_in(serve())
    client.send(b"RETR 1\r\nQUIT\r\n")
    assert [client.line() for _ in range(6)][-2:] == [b".", b"+OK goodbye"]
    assert store.counts().unread == 1


@pytest.mark.parametrize(
    ("limit", "refusal"),
    [
        ({"max_connections": 1}, b"-ERR [SYS/TEMP] too many connections"),
        ({"max_connections_per_peer": 1}, b"-ERR [SYS/TEMP] too many connections from your address"),
    ],
)
def test_one_connection_too_many_is_turned_away(serve, limit, refusal: bytes) -> None:
    assert turn_one_away(serve(**limit)) == refusal


def test_a_silent_client_is_cut_off_and_deletes_nothing(serve, mail, store: Store) -> None:
    mail(RAW)
    served = serve(idle_timeout=1)
    client = served.connect()
    with contextlib.suppress(ConnectionError):  # on a busy machine it may have been cut off already
        client.send(b"USER everything\r\nPASS x\r\nDELE 1\r\n")
    wait_until(lambda: served.listener.connection_count == 0)
    assert store.counts().total == 1


def test_all_is_answered_to_a_client_that_has_closed_its_side(serve, mail) -> None:
    mail(RAW)
    client = serve().connect()
    client.send(b"USER everything\r\nPASS x\r\nSTAT\r\nQUIT\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert [client.line() for _ in range(4)] == [b"+OK", b"+OK signed in", b"+OK 1 %d" % len(RAW), b"+OK goodbye"]


def test_a_client_that_does_not_read_is_waited_for(serve, mail) -> None:
    large = b"Subject: large\r\n\r\n" + b"x" * 998 + b"\r\n" * 2 + b"y\r\n" * 300_000
    mail(large)
    client = signed_in(serve())
    client.send(b"RETR 1\r\n" * 20 + b"NOOP\r\nQUIT\r\n")
    received = b""
    while data := client.sock.recv(1 << 20):
        received += data
    received = client.received + received
    assert received == (b"+OK %d octets\r\n" % len(large) + large + b".\r\n") * 20 + b"+OK\r\n+OK goodbye\r\n"


def test_stopping_cuts_sessions_off(serve) -> None:
    served = serve()
    client = served.connect()
    served.listener.stop()
    assert client.at_end()
    assert served.listener.connection_count == 0
