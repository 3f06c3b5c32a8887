"""One listening socket of the web server and its requests: werkzeug's server with deadlines, TLS and a log."""

from __future__ import annotations

import io
import logging
import socket
import ssl
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from mailpit_py.servers.chunked import Chunked
from mailpit_py.servers.request_head import HeadLines, fault

logger = logging.getLogger(__name__)

TIMEOUT = 30.0
BODY_SECONDS = 60.0
BODY_RATE = 10_000  # octets; as many of a body buy it another second
MAX_CONNECTIONS = 1000
WEBSOCKET = "websocket"
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"


class Body(io.RawIOBase):
    """What follows a request's head: it ends early if it is slower than BODY_SECONDS and BODY_RATE allow.

    An end before the declared length, or amid a chunk, is told from a whole body by whoever reads it.
    Time runs from the first read on, so a websocket, which reads elsewhere, has as long as it wants.
    """

    def __init__(self, connection: socket.socket, source: io.BufferedIOBase) -> None:
        self._connection = connection
        self._source = source
        self._deadline: float | None = None
        self._late = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has arrived, or wait for some; 0 at the end and when time is up."""
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + BODY_SECONDS
        if self._late or now >= self._deadline:
            self._late = True
            return 0
        view = memoryview(buffer).cast("B")
        octets = self._read(len(view), self._deadline - now)
        view[: len(octets)] = octets
        self._deadline += len(octets) / BODY_RATE
        return len(octets)

    def _read(self, size: int, seconds: float) -> bytes:
        """Read with one call of the system at most: any more could take its time once for each octet."""
        usual = self._connection.gettimeout()
        self._connection.settimeout(min(seconds, TIMEOUT))
        try:
            return self._source.read1(size)
        except TimeoutError:
            self._late = True
            return b""
        finally:
            self._connection.settimeout(usual)

    def close(self) -> None:
        """Close the connection's reading side with it: a socket is open for as long as its files are."""
        self._source.close()
        super().close()


class Request(WSGIRequestHandler):
    """One connection with one request on it; HTTP/1.1 that always closes, as werkzeug does."""

    server: Listener
    timeout = TIMEOUT
    protocol_version = "HTTP/1.1"
    server_version = "mailpit-py"
    sys_version = ""

    def parse_request(self) -> bool:
        """Read the request's head; from here on the connection's deadline for it is met, and the body has its own."""
        source = self.rfile
        lines = self.rfile = HeadLines(source, self.raw_requestline)
        if not super().parse_request():
            if not self.requestline:
                self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        if (status := lines.fault() or fault(self.requestline, self.headers)) is not None:
            self.send_error(status)
            return False
        if "Content-Length" not in self.headers and "Transfer-Encoding" not in self.headers:
            del self.headers["Expect"]  # there is nothing to go on with
        self.path = self.path.replace("#", "%23")  # no part of a target: RFC 9112 §3.2
        self.server.begin(self.request)
        self.rfile = io.BufferedReader(Body(self.connection, source))
        return True

    def handle_expect_100(self) -> bool:
        """Leave `100 Continue` to werkzeug, which would say it once more."""
        return True

    def make_environ(self) -> WSGIEnvironment:
        """Describe the request; of several protocols in `Upgrade` the one that is spoken here counts.

        Its body is read as RFC 9112 has it.
        """
        environ = super().make_environ()
        if "Transfer-Encoding" in self.headers:
            environ["wsgi.input"] = Chunked(self.rfile)  # werkzeug's takes neither extensions nor trailers
        offered = environ.get("HTTP_UPGRADE", "").lower().split(",")
        if WEBSOCKET in (one.strip() for one in offered):
            environ["HTTP_UPGRADE"] = WEBSOCKET  # RFC 9110 §7.8 allows a list, RFC 6455 §4.2.1 asks for this value
        return environ

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin the answer, its status in the letters of RFC 9110."""
        super().send_response(code, self.responses.get(code, (message,))[0])

    def version_string(self) -> str:
        """The Server header: a name and no versions."""
        return self.server_version

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that was not understood, in plain text and without repeating any of it."""
        self.close_connection = True
        self.request_version = self.protocol_version  # a head that was not understood has none
        text = self.responses.get(code, ("Error", ""))[0]
        body = f"{int(code)} {text}".encode()
        self.send_response(code, text)
        for name, value in (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Frame-Options", "DENY"),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log one line a request. What the client wrote is escaped: it must not steer a terminal."""
        code = getattr(code, "value", code)
        logger.info('peer=%s request="%s" status=%s', self.address_string(), _escaped(self.requestline), code)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log what werkzeug and http.server have to say."""
        level = logging.ERROR if type == "error" else logging.DEBUG
        logger.log(level, "peer=%s %s", self.address_string(), _escaped(message % args if args else message))


class Listener(ThreadedWSGIServer):
    """One bound, listening socket. Connections that never finish a request's head are ended after 30 s."""

    timeout = 0  # handle_request() never waits: the caller has selected
    daemon_threads = True
    block_on_close = False

    def __init__(self, bound: socket.socket, app: Any, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._lock = threading.Lock()
        self._threads_alive: set[threading.Thread] = set()
        self._heads: dict[socket.socket, float] = {}
        self._open: set[socket.socket] = set()
        super().__init__(*_address(bound), app, Request, fd=bound.fileno())
        self.ssl_context = tls  # only for the scheme: each connection shakes hands in its own thread

    @property
    def is_busy(self) -> bool:
        """True while a connection has not sent the whole head of its request."""
        return bool(self._heads)

    def begin(self, connection: socket.socket) -> None:
        """The head of the request on `connection` has arrived."""
        with self._lock:
            self._heads.pop(connection, None)

    def sweep(self, age: float = TIMEOUT) -> None:
        """End connections that have been sending a request's head for longer than `age` seconds."""
        since = time.monotonic() - age
        with self._lock:
            late = [one for one, started in self._heads.items() if started <= since]
        for one in late:
            _end(one)

    def finish(self, grace: float) -> None:
        """End idle connections at once, wait up to `grace` seconds for running requests, then end these too."""
        self.server_close()
        self.sweep(age=0)
        if self._wait(grace):
            return
        with self._lock:
            remaining = list(self._open)
        for one in remaining:
            _end(one)
        self._wait(grace)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection its own thread, or refuse it when there are too many."""
        with self._lock:
            full = len(self._open) >= MAX_CONNECTIONS
        if full:
            _refuse(request)
            self.shutdown_request(request)
            return
        thread = threading.Thread(target=self._serve, args=(request, client_address), name="http-request", daemon=True)
        with self._lock:
            self._threads_alive.add(thread)
            self._heads[request] = time.monotonic()
            self._open.add(request)
        thread.start()

    def _serve(self, request: socket.socket, client_address: Any) -> None:
        served = request
        try:
            if self._tls is not None:
                served = self._wrap(request, self._tls)
                served.do_handshake()
            self.process_request_thread(served, client_address)
        except OSError as error:  # the client spoke something else than TLS, or left
            logger.debug("peer=%s no TLS: %s", client_address, error)
            self.shutdown_request(served)
        finally:
            self._forget(request, served)

    def _wrap(self, request: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        """Put TLS around a connection, whose descriptor moves to the returned socket; nothing is sent yet."""
        request.settimeout(TIMEOUT)
        served = tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._heads[served] = self._heads.pop(request, time.monotonic())
            self._open.discard(request)
            self._open.add(served)
        return served

    def _forget(self, *connections: socket.socket) -> None:
        with self._lock:
            for one in connections:
                self._heads.pop(one, None)
                self._open.discard(one)
            self._threads_alive.discard(threading.current_thread())

    def _wait(self, grace: float) -> bool:
        deadline = time.monotonic() + grace
        with self._lock:
            threads = list(self._threads_alive)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)


def _address(bound: socket.socket) -> tuple[str, int]:
    """Host and port in the form from which werkzeug tells the socket's family."""
    if hasattr(socket, "AF_UNIX") and bound.family == socket.AF_UNIX:
        return f"unix://{bound.getsockname()}", 0
    host, port = bound.getsockname()[:2]
    return host, port


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended already
        connection.shutdown(socket.SHUT_RDWR)


def _refuse(connection: socket.socket) -> None:
    with suppress(OSError):  # it did not wait for the answer
        connection.setblocking(False)
        connection.send(REFUSAL)


def _escaped(text: str) -> str:
    """`text` with every character escaped that a terminal or a log reader could take for more than text (H3)."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text[:2000])
