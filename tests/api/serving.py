"""A real web server on a free port, for tests that need sockets."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailpit_py.api import Application
from mailpit_py.servers.http import HttpServer


def listen(host: str = "127.0.0.1") -> socket.socket:
    """A listening socket on a free port."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.bind((host, 0))
    bound.listen(128)
    return bound


@dataclass
class Served:
    """Where an application is served."""

    server: HttpServer
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def events(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v2/events"

    def say(self, octets: bytes, *, size: int = 1 << 20) -> bytes:
        """Send octets over a connection of their own and return what comes back until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(octets)
            answer = b""
            while len(answer) < size and (chunk := connection.recv(1 << 16)):
                answer += chunk
            return answer


@contextmanager
def serving(app: Application, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve an application."""
    bound = listen()
    port = bound.getsockname()[1]
    server = HttpServer([bound], lambda: app, tls=tls)
    server.start()
    assert server.wait_ready(10)
    try:
        yield Served(server, port)
    finally:
        server.stop()
