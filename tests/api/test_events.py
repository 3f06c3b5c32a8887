"""The websocket of the live feed over real sockets: handshake, live clients, hostile clients, the end."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mailpit_py.api import Application
from mailpit_py.api import events as events_module
from tests.api.conftest import Mail
from tests.api.serving import Served, serving

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@pytest.fixture
def served(app: Application) -> Iterator[Served]:
    """The application on a port."""
    with serving(app) as served:
        yield served


def frame(ws: ClientConnection, timeout: float = 5) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(ws.recv(timeout=timeout))
    return value


def added(ws: ClientConnection) -> list[str]:
    changes = frame(ws)["changes"]
    return [one["id"] for change in changes if change["kind"] == "added" for one in change["messages"]]


def handshake(path: str = "/api/v2/events", host: str = "localhost", *more: str, leave_out: str = "") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    kept = [line for line in lines if not leave_out or leave_out not in line]
    return "".join(f"{line}\r\n" for line in (*kept, *more)).encode() + b"\r\n"


def status(served: Served, request: bytes) -> int:
    """The status of the answer; an accepted handshake is left at once."""
    return int(served.say(request, size=1).split(b" ")[1])


def test_a_new_message_is_told_at_once(served: Served, mail: Mail) -> None:
    with connect(served.events) as ws:
        assert frame(ws)["changes"] == []
        public_id = mail.receive()
        assert added(ws) == [public_id]


def test_a_client_goes_on_from_the_cursor_of_a_list(served: Served, mail: Mail, app: Application) -> None:
    cursor = (app.test_client().get("/api/v2/messages").json or {})["cursor"]
    public_id = mail.receive()
    with connect(f"{served.events}?after={cursor}") as ws:
        assert added(ws) == [public_id]
        assert frame(ws)["changes"] == []


def test_a_cursor_of_another_database_asks_to_read_anew(served: Served) -> None:
    with connect(f"{served.events}?after=abc.5") as ws:
        assert frame(ws)["resync"] is True


KINDS = {404: "urn:mailpit-py:problem:not-found", 422: "urn:mailpit-py:problem:invalid"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("after=x", 422),
        ("after=.", 422),
        ("after=abc.-1", 422),
        ("x=1", 422),
        ("inbox=nowhere", 404),
        ("inbox=a/b", 422),
    ],
)
def test_wrong_arguments_are_told_before_the_handshake(served: Served, arguments: str, expected: int) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"{served.events}?{arguments}"):
        pass
    assert refused.value.response.status_code == expected
    told = json.loads(refused.value.response.body or b"")
    assert (told["status"], told["type"]) == (expected, KINDS[expected])


FOREIGN = [
    ("Origin: http://evil.com",), ("ORIGIN: http://evil.com",), ("origin: http://evil.com",), ("Origin: null",),
    ("Origin:",), ("Origin: http://localhost.evil.com",), ("Origin: http://localhost:1",),
    ("Sec-Fetch-Site: cross-site",),
    ("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: websocket"), ("Origin: http://localhost", "Origin: http://evil.com"),
    ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: document", "Origin: http://evil.com"),
]  # fmt: skip
PATHS = [
    "/api/v2/events", "/%61pi/v2/events", "/api/v2/%65vents", "/api%2fv2%2fevents", "//api/v2/events",
    "/api//v2/events", "/api/v2/events/", "/api/v2/EVENTS", "/API/v2/events", "/./api/v2/events",
    "/x/../api/v2/events", "/api/v2/events?", "/api/v2/events%3f", "/api/v2/events;x",
    "http://localhost/api/v2/events", "http://evil.com/api/v2/events",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_the_path_lets_a_foreign_page_listen(served: Served, path: str) -> None:
    for headers in FOREIGN:
        assert (path, headers, status(served, handshake(path, "localhost", *headers))) == (path, headers, 403)
    assert status(served, handshake(path, "evil.com")) == (101 if path.startswith("http://localhost") else 403)


@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_the_path_listens_without_the_password(make_app: Any, path: str) -> None:
    with serving(make_app(ui_auth="ann:secret")) as served:
        assert status(served, handshake(path)) == 401
        token = base64.b64encode(b"ann:secret").decode()
        right = status(served, handshake(path, "localhost", f"Authorization: Basic {token}"))
        assert right in (101, 200, 404)


@pytest.mark.parametrize("headers", [(), ("Origin: http://localhost",), ("Sec-Fetch-Site: same-origin",)])
def test_own_pages_and_programs_listen(served: Served, headers: tuple[str, ...]) -> None:
    assert status(served, handshake("/api/v2/events", "localhost", *headers)) == 101


@pytest.mark.parametrize(
    ("leave_out", "more", "expected"),
    [
        ("Upgrade: websocket", (), 400), ("Connection", (), 400), ("Sec-WebSocket-Key", (), 400),
        ("Sec-WebSocket-Version", (), 400), ("Sec-WebSocket-Version", ("Sec-WebSocket-Version: 12",), 400),
        ("Sec-WebSocket-Key", ("Sec-WebSocket-Key: short",), 400),
        ("Sec-WebSocket-Key", ("Sec-WebSocket-Key: c2hvcnQ=",), 400),
    ],
)  # fmt: skip
def test_a_bad_handshake_is_a_problem(served: Served, leave_out: str, more: tuple[str, ...], expected: int) -> None:
    answer = served.say(handshake("/api/v2/events", "localhost", *more, leave_out=leave_out))
    assert answer.startswith(f"HTTP/1.1 {expected} ".encode())
    assert b"application/problem+json" in answer
    assert b"X-Content-Type-Options: nosniff" in answer


@pytest.mark.parametrize("method", [b"POST", b"HEAD"])
def test_a_handshake_is_by_get_alone(served: Served, method: bytes) -> None:
    assert status(served, handshake().replace(b"GET", method)) == 405


def test_200_clients_stay_live(served: Served, mail: Mail) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(served.events)) for _ in range(200)]
        for ws in clients:
            assert frame(ws)["changes"] == []
        for _ in range(3):
            public_id = mail.receive()
            for ws in clients:
                assert added(ws) == [public_id]


def test_there_is_an_end_to_how_many(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "MAX_CLIENTS", 2)
    with connect(served.events) as first, connect(served.events) as second:
        frame(first), frame(second)
        with pytest.raises(InvalidStatus) as refused, connect(served.events):
            pass
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "30"


def gone(feed: Any, timeout: float = 5) -> bool:
    """Wait until nobody listens."""
    deadline = time.monotonic() + timeout
    while feed.listeners and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return not feed.listeners


@pytest.fixture
def feed(app: Application) -> Any:
    """The application's feed."""
    return app.extensions["mailpit"].feed


def test_a_client_that_leaves_is_forgotten(served: Served, feed: Any) -> None:
    with connect(served.events) as ws:
        frame(ws)
    assert gone(feed)


def test_a_client_that_vanishes_is_forgotten(served: Served, feed: Any) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(handshake())
        connection.recv(4096)
    assert gone(feed)


def test_clients_have_nothing_to_say(served: Served, mail: Mail) -> None:
    with connect(served.events) as ws:
        frame(ws)
        for text in ("hello", '{"delete": "all"}', "x" * 4000):
            ws.send(text)
        ws.ping().wait(5)
        public_id = mail.receive()
        assert added(ws) == [public_id]


def test_a_large_message_ends_the_connection(served: Served, feed: Any) -> None:
    with connect(served.events) as ws:
        frame(ws)
        ws.send("x" * 5000)
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    assert gone(feed)


def test_a_client_that_talks_too_much_is_cut_off(served: Served, feed: Any, mail: Mail) -> None:
    with connect(served.events) as ws:
        frame(ws)
        with suppress(ConnectionClosed):
            for _ in range(10_000):
                ws.send("x" * 100)
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=5)
    assert gone(feed)


def test_a_client_that_takes_nothing_is_cut_off_and_harms_nobody(
    served: Served, feed: Any, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "SEND_SECONDS", 0.3)
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", served.port))
    slow.sendall(handshake())
    slow.recv(100)
    with connect(served.events) as quick:
        frame(quick)
        deadline = time.monotonic() + 30
        while feed.listeners > 1 and time.monotonic() < deadline:
            ids = [mail.receive(b"Subject: " + b"x" * 900 + b"\r\n\r\n" + b"word " * 100) for _ in range(200)]
            seen: list[str] = []
            while len(seen) < len(ids):
                seen += added(quick)
            assert seen == ids
    slow.close()
    assert gone(feed)


def test_the_end_is_said_with_1001_and_leaves_nothing_behind(app: Application) -> None:
    before = set(threading.enumerate())
    with serving(app) as served, ExitStack() as stack:
        clients = [stack.enter_context(connect(served.events)) for _ in range(10)]
        for ws in clients:
            frame(ws)
        served.server.stop()
        for ws in clients:
            with pytest.raises(ConnectionClosed) as closed:
                ws.recv(timeout=5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
    assert [one.name for one in set(threading.enumerate()) - before if one.is_alive()] == []


def test_the_feed_is_live_inside_tls(app: Application, mail: Mail) -> None:
    import ssl

    import trustme

    authority = trustme.CA()
    inside, outside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(inside)
    authority.configure_trust(outside)
    with serving(app, inside) as served:
        address = f"wss://localhost:{served.port}/api/v2/events"
        with connect(address, ssl=outside, origin=f"https://localhost:{served.port}") as ws:  # type: ignore[arg-type]
            assert frame(ws)["changes"] == []
            for _ in range(5):
                ws.ping().wait(5)
                ws.send("x" * 100)
                public_id = mail.receive()
                assert added(ws) == [public_id]
