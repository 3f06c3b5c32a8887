"""The web server itself: start and stop, deadlines, TLS, unix sockets, the log; with small applications of its own."""

from __future__ import annotations

import gc
import http.client
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.servers import wsgi
from mailpit_py.servers.http import HttpServer


def hello(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with its scheme."""
    body = environ["wsgi.url_scheme"].encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(128)
    return bound


def listen_at(path: Path) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    bound.listen()
    return bound


@contextmanager
def serving(
    app: Any = hello, *sockets: socket.socket, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[HttpServer, int]]:
    bound = sockets or (listen(),)
    port = bound[0].getsockname()[1] if bound[0].family != socket.AF_UNIX else 0
    server = HttpServer(bound, lambda: app, tls=tls)
    server.start()
    assert server.wait_ready(10)
    try:
        yield server, port
    finally:
        server.stop()


def get(port: int, host: str = "127.0.0.1") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("GET", "/")
    return connection.getresponse()


def say(port: int, octets: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(octets)
        answer = b""
        while chunk := connection.recv(1 << 16):
            answer += chunk
        return answer


def test_requests_are_answered_on_every_socket() -> None:
    with serving(hello, listen(), listen("::1")) as (server, port):
        assert get(port).read() == b"http"
        assert get(server._sockets[1].getsockname()[1], "::1").read() == b"http"


def test_an_answer_names_no_versions_and_closes() -> None:
    with serving() as (_, port):
        answer = get(port)
    assert answer.headers["Server"] == "mailpit-py"
    assert (answer.version, answer.headers["Connection"]) == (11, "close")


def test_requests_wait_in_the_backlog_until_the_application_has_loaded() -> None:
    may_load = threading.Event()

    def factory() -> Any:
        may_load.wait(10)
        return hello

    bound = listen()
    port = bound.getsockname()[1]
    server = HttpServer([bound], factory)
    server.start()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as early:
        early.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not server.wait_ready(0.05)
        may_load.set()
        assert server.wait_ready(10)
        assert early.recv(15) == b"HTTP/1.1 200 OK"
    server.stop()


def test_a_factory_that_fails_is_told() -> None:
    def factory() -> Any:
        raise RuntimeError("no page today")

    server = HttpServer([listen()], factory)
    server.start()
    with pytest.raises(RuntimeError, match="no page today"):
        server.wait_ready(10)
    server.stop()


def test_20_rounds_leave_no_thread_and_no_file() -> None:
    with serving() as (_, port):
        get(port).read()  # what is loaded once is loaded
    gc.collect()  # connections of earlier tests are closed
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with serving(hello, listen(), listen("::1")) as (_, port):
            assert get(port).read() == b"http"
            idle = socket.create_connection(("127.0.0.1", port))
        idle.close()
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == (threads, files)


def test_a_port_is_free_again_after_the_stop() -> None:
    with serving() as (_, port):
        pass
    with serving(hello, listen(port=port)) as (_, again):
        assert get(again).read() == b"http"


def test_stop_may_be_called_twice_and_before_start() -> None:
    with serving() as (server, _):
        server.stop()
    HttpServer([listen()], lambda: hello).stop()


def test_idle_connections_do_not_hold_up_the_stop() -> None:
    with serving() as (server, port):
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
        get(port).read()
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 0.9
    for one in idle:
        one.close()


def test_a_running_request_may_finish() -> None:
    entered, may_end = threading.Event(), threading.Event()

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        entered.set()
        may_end.wait(5)
        return hello(environ, start)

    with serving(slow) as (server, port):
        answers: list[bytes] = []
        client = threading.Thread(target=lambda: answers.append(get(port).read()))
        client.start()
        assert entered.wait(5)
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        may_end.set()
        stopper.join(5)
        client.join(5)
    assert answers == [b"http"]


def test_a_request_that_does_not_end_is_ended() -> None:
    entered, never = threading.Event(), threading.Event()

    def stuck(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        entered.set()
        environ["wsgi.input"].read(100)
        never.wait(0.01)
        return hello(environ, start)

    with serving(stuck) as (server, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        assert entered.wait(5)
        begun = time.monotonic()
        server.stop(grace=0.2)
        assert time.monotonic() - begun < 2


def test_the_application_is_told_to_end_what_lives_long() -> None:
    class App:
        entered = threading.Event()
        closed = threading.Event()

        def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            self.entered.set()
            self.closed.wait(10)
            return hello(environ, start)

        def close(self) -> None:
            self.closed.set()

    with serving(App()) as (server, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert App.entered.wait(5)
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 0.9
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_a_request_that_comes_in_drops_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailpit_py.servers.http.SWEEP", 0.05)
    monkeypatch.setattr(wsgi.Listener.sweep, "__defaults__", (0.3,))
    with serving() as (_, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(0.1)
        begun = time.monotonic()
        ended = False
        for octet in b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 200:
            try:
                connection.sendall(bytes((octet,)))
                ended = connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended
        assert time.monotonic() - begun < 5


def read_all(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer 200 to a whole body and 400 to a part of one, as Flask does."""
    length = int(environ["CONTENT_LENGTH"])
    whole = len(environ["wsgi.input"].read(length)) == length
    start("200 OK" if whole else "400 Bad Request", [("Content-Length", "0")])
    return [b""]


def drip(connection: socket.socket, seconds: float, octets: bytes = b"x", pause: float = 0.02) -> bool:
    """Send `octets` again and again for at most `seconds`; True if the other side ended the connection."""
    deadline = time.monotonic() + seconds
    connection.settimeout(pause)
    while time.monotonic() < deadline:
        try:
            connection.sendall(octets)
            if connection.recv(1000) == b"":
                return True
        except OSError as error:
            if not isinstance(error, TimeoutError):
                return True
    return False


@pytest.mark.parametrize("app", [read_all, hello])
def test_a_body_that_comes_in_drops_is_cut_off(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "BODY_SECONDS", 0.2, raising=False)
    with serving(app) as (_, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx")
        assert drip(connection, 1.5)


def test_a_body_that_is_late_is_answered_as_half_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "BODY_SECONDS", 0.1, raising=False)
    with serving(read_all) as (_, port), socket.create_connection(("127.0.0.1", port), timeout=1.5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx")
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_a_large_body_has_longer_the_more_of_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "BODY_SECONDS", 0.1, raising=False)
    with serving(read_all) as (_, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n")
        assert not drip(connection, 0.4, b"x" * 10_000, pause=0.04)
        connection.sendall(b"x" * 400_000)
        connection.settimeout(1.5)
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_silence_is_ended_by_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi.Request, "timeout", 0.1)
    with serving() as (_, port), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        assert connection.recv(1) == b""


def test_too_many_connections_are_refused_with_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "MAX_CONNECTIONS", 2)
    with serving() as (_, port):
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as third:
            assert third.recv(100).startswith(b"HTTP/1.1 503 ")
        for one in idle:
            one.close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not say(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(
            b"HTTP/1.1 200"
        ):
            threading.Event().wait(0.01)
        assert get(port).status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431),
    ],
)
def test_what_is_no_request_is_answered_plainly(request_: bytes, status: int) -> None:
    with serving() as (_, port):
        answer = say(port, request_)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"X-Content-Type-Options: nosniff" in answer
    assert b"default-src 'none'" in answer
    assert b"Python" not in answer
    assert b"aaaa" not in answer
    assert b"nonsense" not in answer


def test_the_log_has_one_clean_line_a_request(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving() as (_, port):
        say(port, b"GET /\x1b[31m\x07\xff\xc2\x9b31m HTTP/1.1\r\nHost: x\r\n\r\n")
    lines = [record.getMessage() for record in caplog.records if record.name == "mailpit_py.servers.wsgi"]
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert "\\x1b[31m" in lines[0]
    assert lines[0].startswith("peer=127.0.0.1 ")


def test_a_unix_socket_is_served(tmp_path: Path) -> None:
    bound = listen_at(tmp_path / "page.sock")
    with serving(hello, bound), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "page.sock"))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("started", [True, False])
def test_the_file_of_a_unix_socket_is_removed_at_the_stop(tmp_path: Path, started: bool) -> None:
    path = tmp_path / "page.sock"
    server = HttpServer([listen_at(path)], lambda: hello)
    if started:
        server.start()
        assert server.wait_ready(10)
    server.stop()
    assert not path.exists()


def test_the_file_of_another_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "page.sock"
    with serving(hello, listen_at(path)):
        path.rename(tmp_path / "old.sock")  # keeps its number from being used again
        other = listen_at(path)
    assert path.exists()
    other.close()


@pytest.fixture(scope="module")
def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of a certificate made on the spot."""
    import trustme

    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    return server, client


def test_tls_is_spoken_and_named_as_scheme(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with serving(hello, tls=tls[0]) as (_, port):
        connection = http.client.HTTPSConnection("localhost", port, context=tls[1], timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"https"


def test_a_client_that_never_shakes_hands_blocks_nobody(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with serving(hello, tls=tls[0]) as (server, port):
        idle = socket.create_connection(("127.0.0.1", port))
        plain = say(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection = http.client.HTTPSConnection("localhost", port, context=tls[1], timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 2
        assert not plain.startswith(b"HTTP")
        idle.close()
