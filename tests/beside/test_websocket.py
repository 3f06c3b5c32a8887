"""What differs on purpose in what the websocket tells."""

from __future__ import annotations

import contextlib
import itertools
import json
import smtplib
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.beside.following import Event, following
from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs
from tests.beside.talking import HELLO, replies
from tests.servers.smtp.serving import TIMEOUT

MANY = 200
HANDSHAKE = (
    b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with two hundred messages, none of them read."""
    with pair(tmp_path_factory.mktemp("full")) as servers:
        for server in servers:
            with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client:
                for number in range(MANY):
                    client.sendmail("app@example.org", "ann@example.com", f"Subject: {number}\r\n\r\n")
        yield servers


def ids(server: Server) -> list[str]:
    """Those of all messages, the oldest first."""
    return [one["ID"] for one in reversed(server.get("/api/v1/messages?limit=0").json["messages"])]


def mark(server: Server, which: list[str], *, read: bool) -> None:
    assert server.ask("PUT", "/api/v1/messages", {"IDs": which, "Read": read}).status == 200


def counted(events: list[Event]) -> dict[str, int]:
    """How many there are of each type, but for `stats`, of which there may be one or two."""
    kinds = [kind for kind, _ in events]
    return {kind: kinds.count(kind) for kind in set(kinds) - {"stats"}}


@differs("events in no certain order")
def test_the_order_of_events(full: Pair) -> None:
    theirs, ours = full
    few = ids(ours)[:150]
    with following(ours) as follower:
        mark(ours, few, read=True)
        assert [data["ID"] for kind, data in follower.until("stats") if kind == "update"] == few
        mark(ours, few, read=False)
    few = ids(theirs)[:150]
    with following(theirs) as follower:
        # They come out of order as soon as two of its threads meet: often, not always.
        for attempt in range(1_000):
            mark(theirs, few, read=attempt % 2 == 0)
            found = [data["ID"] for data in follower.take(150, "update")]
            if found != few:
                break
        assert (found != few, sorted(found)) == (True, sorted(few))
        mark(theirs, few, read=False)


@differs("marking all as read sends only `stats`")
def test_marking_all_as_read(both: Pair) -> None:
    for server in both:
        sent = [server.send(b"Subject: x\r\n\r\n") for _ in range(2)]
        with following(server) as follower:
            server.ask("PUT", "/api/v1/messages", {"Read": True})
            told = follower.until("stats", Unread=0)
            updates = [] if server.name == "mailpit" else [("update", {"ID": one, "Read": True}) for one in sent]
            assert [event for event in told if event[0] != "stats"] == updates
            server.ask("PUT", "/api/v1/messages", {"Read": True})
            server.send(b"Subject: next\r\n\r\n")
            kinds = [kind for kind, _ in follower.until("stats", Unread=1)]
        # Nothing was left to mark: Mailpit tells the totals again, here the next message comes first.
        assert kinds[0] == ("new" if server.name == "mailpit-py" else kinds[0])
        server.empty()


@differs("marking all as read sends only `stats`")
def test_marking_many_as_read(full: Pair) -> None:
    for server in full:
        with following(server) as follower:
            server.ask("PUT", "/api/v1/messages", {"Read": True})
            told = counted(follower.until("stats", Unread=0))
            server.ask("PUT", "/api/v1/messages", {"Read": False})
            follower.until("stats", Unread=MANY)
        assert told == ({} if server.name == "mailpit" else {"prune": 1})


@differs("`HEAD` of a message marks it as read")
def test_asking_for_the_head(both: Pair) -> None:
    for server in both:
        public_id = server.send(b"Subject: x\r\n\r\n")
        assert server.ask("HEAD", f"/api/v1/message/{public_id}").status == 200
        assert server.get("/api/v1/messages").json["unread"] == (0 if server.name == "mailpit" else 1)
        server.empty()


@differs("`update` has tags as they were given")
def test_the_order_of_tags(both: Pair) -> None:
    expected = {"mailpit": [["b", "A"], ["a"]], "mailpit-py": [["A", "b"], ["A"]]}
    for server in both:
        public_id = server.send(b"Subject: x\r\n\r\n")
        with following(server) as follower:
            for given, told in zip((["b", "A"], ["a"]), expected[server.name], strict=True):
                server.ask("PUT", "/api/v1/tags", {"IDs": [public_id], "Tags": given})
                assert follower.until("update")[-1][1] == {"ID": public_id, "Tags": told}
        server.empty()


@differs("a handshake with an empty item")
@pytest.mark.parametrize(
    ("written", "sent", "theirs", "ours"),
    [
        (b"Connection: Upgrade", b"Connection: ,Upgrade", b"HTTP/1.1 400", b"HTTP/1.1 101"),
        (b"\r\n\r\n", b"\r\n\r\n\x89\x80abcd", b"", b"HTTP/1.1 101"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", b"HTTP/1.1 101", b"HTTP/1.1 400"),
        (b"Version: 13", b"Version: 8, 13", b"HTTP/1.1 101", b"HTTP/1.1 400"),
    ],
)
def test_odd_handshakes(both: Pair, written: bytes, sent: bytes, theirs: bytes, ours: bytes) -> None:
    for server, expected in zip(both, (theirs, ours), strict=True):
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), TIMEOUT) as client:
            client.sendall(HANDSHAKE.replace(written, sent))
            assert client.recv(4096)[:12] == expected


@differs("who connects lets `stats` go to everybody")
def test_who_is_told_that_somebody_has_come(both: Pair) -> None:
    for server in both:
        with following(server) as first:
            with following(server):
                pass
            server.send(b"Subject: x\r\n\r\n")
            told = [kind for kind, _ in first.until("new")]
        assert told == (["stats", "new"] if server.name == "mailpit" else ["new"])
        server.empty()


@differs("events at once, `stats` at most four times a second")
def test_what_comes_together(theirs: Server, ours: Server) -> None:
    with following(ours) as follower:
        begin = time.monotonic()
        for _ in range(3):
            ours.send(b"Subject: x\r\n\r\n")
        told = [kind for kind, _ in follower.until("stats", Total=3)]
        # Each batch ends with its totals, and batches are a quarter of a second apart.
        assert all(pair != ("stats", "stats") for pair in itertools.pairwise(told))
        assert told.count("stats") <= 1 + (time.monotonic() - begin) * 4
    with following(theirs) as follower:
        for number in range(3):
            theirs.send(b"Subject: x\r\n\r\n")
            # Told at once: no totals need to come between them.
            assert number or follower.next()[0] == "new"
        begin = time.monotonic()
        told = [kind for kind, _ in follower.until("stats", Total=3)]
        assert told.count("new") == 2
        assert told.count("stats") <= 2 + (time.monotonic() - begin) * 4
    theirs.empty()
    ours.empty()


@differs("`error` for every reply from 400 on")
def test_errors(both: Pair) -> None:
    unknown = "500 5.5.2 Syntax error, command unrecognized"
    refused = {
        "mailpit": [unknown, "553 5.1.3 The address is not a valid RFC 5321 address"],
        "mailpit-py": ["553 5.1.7 The address is not a valid RFC 5321 address"],
    }
    for server in both:
        with following(server) as follower:
            replies(server.smtp_port, [HELLO, "NONSENSE", "MAIL FROM:<@>", "QUIT"])
            replies(server.smtp_port, [HELLO, "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA", "a: b\r\n\r\n.", "QUIT"])
            told = [data for kind, data in follower.until("new") if kind == "error"]
        assert sorted(one["Message"] for one in told) == refused[server.name]
        assert {(one["Level"], one["Type"], one["IP"]) for one in told} == {("error", "smtpd", "127.0.0.1")}
        server.empty()


@differs("what clients send is not read")
@pytest.mark.parametrize("sent", [["x" * 5_000], ["x" * 4_000] * 10, [b"\xff"]])
def test_what_clients_send(both: Pair, sent: list[str | bytes]) -> None:
    theirs, ours = both
    for server in (theirs, ours):
        with following(server) as follower:
            with contextlib.suppress(ConnectionClosed):
                for one in sent:
                    follower.socket.send(one, text=True)
            server.send(b"Subject: x\r\n\r\n")
            if server is theirs:
                assert follower.until("new")[-1][0] == "new"
            else:
                with pytest.raises(ConnectionClosed):
                    follower.until("never")
        server.empty()


@differs("a client that lags behind loses events")
def test_a_client_that_lags_behind(both: Pair) -> None:
    count, raw = 400, b"Subject: " + b"x" * 90_000 + b"\r\n\r\n"  # more than the buffers of any kernel hold
    for server in both:
        with _lagging(server) as client:
            with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as sender:
                for _ in range(count):
                    sender.sendmail("app@example.org", "ann@example.com", raw)
            told = 0
            with contextlib.suppress(ConnectionClosed):
                while told < count:
                    told += json.loads(client.recv(TIMEOUT))["Type"] == "new"
        assert (told == count) is (server.name == "mailpit-py")
        server.empty()


@contextlib.contextmanager
def _lagging(server: Server) -> Iterator[ClientConnection]:
    """A client that takes next to nothing before it is asked to."""
    with contextlib.closing(socket.socket()) as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", urlsplit(server.url).port))
        address = f"ws{server.url[4:]}/api/events"
        with connect(address, sock=narrow, compression=None, max_queue=1, close_timeout=0.1) as client:
            yield client


@differs("any number of clients")
def test_many_clients(theirs: Server, ours: Server) -> None:
    with contextlib.ExitStack() as stack:
        assert {_opened(stack, theirs) for _ in range(401)} == {"101"}
        assert [_opened(stack, ours) for _ in range(401)] == ["101"] * 400 + ["503"]


def _opened(stack: contextlib.ExitStack, server: Server) -> str:
    """The status of one more handshake. Ours counts a client from its first event on, which comes at once."""
    client = stack.enter_context(socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), TIMEOUT))
    client.sendall(HANDSHAKE)
    said = b""
    wanted = b'"stats"' if server.name == "mailpit-py" else b"\r\n\r\n"
    while wanted not in said and not said.startswith(b"HTTP/1.1 503 "):
        said += client.recv(4096)
    return said.split(b" ")[1].decode()


@differs("deleting by ids sends `delete` for each")
def test_deleting_many(full: Pair) -> None:
    for server in full:
        with following(server) as follower:
            server.ask("DELETE", "/api/v1/messages", {"IDs": ids(server)})
            told = follower.until("stats", Total=0)
            if server.name == "mailpit":
                while counted(told)["delete"] < MANY:
                    told.append(follower.next())
        assert counted(told) == ({"delete": MANY} if server.name == "mailpit" else {"prune": 1})
