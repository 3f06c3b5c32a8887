"""Requests as octets over a socket: what no test client would send."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mailpit_py.api import Application
from tests.api.conftest import API, Mail
from tests.api.routes import walk
from tests.api.serving import Served, serving


@pytest.fixture
def served(app: Application) -> Iterator[Served]:
    """The application on a port."""
    with serving(app) as served:
        yield served


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /api/v2/info HTTP/1.1\r\nHost: localhost\r\n", 200),
        (b"GET http://localhost/api/v2/info HTTP/1.1\r\nHost: localhost\r\n", 200),
        (b"GET http://evil.com/api/v2/info HTTP/1.1\r\nHost: localhost\r\n", 403),
        (b"GET /api/v2/info HTTP/1.1\r\n", 400),
        (b"GET /api/v2/info HTTP/1.0\r\n", 200),
        (b"GET /api/v2/info HTTP/1.0\r\nHost: evil.com\r\n", 403),
        (b"GET /api/v2/info HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n", 400),
        (b"GET /api/v2/info HTTP/1.1\r\nHost: evil.com\r\nHost: localhost\r\n", 400),
        (b"GET /api/v2/info HTTP/1.1\r\nHost:\r\n", 403),
        (b"GET /api/v2/info HTTP/1.1\r\nHost: localhost\r\n evil.com\r\n", 403),
        (b"GET //evil.com/api/v2/info HTTP/1.1\r\nHost: localhost\r\n", 404),  # a path that is none of the page's
        (b"GET /api/v2/info HTTP/1.1\r\nHOST: LocalHost\r\n", 200),
    ],
)
def test_the_host_is_checked_as_it_stands_in_the_request(served: Served, head: bytes, expected: int) -> None:
    assert status(served.say(head + b"\r\n")) == expected


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def request(method: str, body: bytes, *headers: str) -> bytes:
    lines = [f"{method} {API}/messages HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def test_a_chunked_body_is_read(served: Served, mail: Mail) -> None:
    mail.receive()
    answer = served.say(request("DELETE", chunked(b'{"al', b'l": true}'), "Transfer-Encoding: chunked"))
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"deleted": 1}


def test_a_chunked_body_ends_at_the_same_limit(served: Served, mail: Mail) -> None:
    mail.receive()
    body = chunked(b'{"all": true', *[b" " * 65_536] * 90, b"}")
    answer = served.say(request("DELETE", body, "Transfer-Encoding: chunked"), size=20)
    assert status(answer) == 413
    assert mail.sandbox.store.counts("default").total == 1


@pytest.mark.parametrize(
    "body", [b"", b"x\r\n", b"-5\r\nabc", b"ffffffffffffffff\r\nabc", b"5\r\nab", b'd\r\n{"all": true}XX']
)
def test_a_broken_chunked_body_deletes_nothing(served: Served, mail: Mail, body: bytes) -> None:
    import socket

    mail.receive()
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(request("DELETE", body, "Transfer-Encoding: chunked"))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1 << 16)
    assert not answer or status(answer) in (400, 413, 500)
    assert mail.sandbox.store.counts("default").total == 1


def test_half_a_message_does_not_pass_for_a_whole_one(make_app: Any, mail: Mail) -> None:
    with serving(make_app(max_message_size=1)) as served:
        head = f"POST {API}/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: message/rfc822\r\n"
        body = chunked(b"Subject: x\r\n\r\n", *[b"a" * 65_536] * 20)
        assert status(served.say(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body, size=20)) == 413
    assert mail.sandbox.store.counts("default").total == 0


def test_a_declared_length_over_the_limit_is_refused_before_the_body(served: Served) -> None:
    assert status(served.say(request("POST", b"", f"Content-Length: {(5 << 20) + 1}"))) == 413


def test_every_view_may_be_asked_by_many_at_once(served: Served, app: Application, mail: Mail) -> None:
    public_id = mail.receive(b"Content-Type: text/html\r\n\r\n<p style='color:red'>Hi")
    paths = [path for _, method, path in walk(app, public_id) if method == "GET" and "events" not in path]
    wrong: list[tuple[str, int]] = []

    def hammer(start: int) -> None:
        for number in range(start, start + len(paths)):
            path = paths[number % len(paths)]
            answer = served.say(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            if status(answer) >= 500:
                wrong.append((path, status(answer)))

    def write() -> None:
        for _ in range(20):
            mail.receive()
            served.say(request("PATCH", b'{"all":true,"seen":true}', "Content-Length: 24"))

    threads = [threading.Thread(target=hammer, args=(start * 3,)) for start in range(6)]
    threads.append(threading.Thread(target=write))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
