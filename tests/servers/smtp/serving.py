"""A listener on a free port with its recording sandbox, and a raw client for it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mailpit_py.bind import Bind
from mailpit_py.servers.loop import LoopThread, bind
from mailpit_py.servers.smtp import SmtpListener, SmtpSettings
from tests.servers.smtp.recording import RecordingSandbox

TIMEOUT = 20


@dataclass
class Served:
    """A running listener. `connect` gives raw clients, closed at the end of the test."""

    listener: SmtpListener
    sandbox: RecordingSandbox
    port: int
    _clients: list[RawClient] = field(default_factory=list)

    def connect(self, *, greeted: bool = True) -> RawClient:
        client = RawClient(socket.create_connection(("127.0.0.1", self.port), TIMEOUT))
        self._clients.append(client)
        if greeted:
            assert client.line().startswith(b"220 ")
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.listener.stop()


class RawClient:
    """Bytes out, lines in."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def line(self) -> bytes:
        """The next line without its CRLF; empty at the end."""
        while b"\r\n" not in self.received:
            data = self.sock.recv(65536)
            if not data:
                return b""
            self.received += data
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    def reply(self) -> str:
        """The next reply, its lines joined by a bare LF."""
        lines = []
        while True:
            line = self.line().decode(errors="replace")
            lines.append(line)
            if line[3:4] != "-":
                return "\n".join(lines)

    def ask(self, command: str | bytes) -> str:
        data = command.encode() if isinstance(command, str) else command
        self.send(data + b"\r\n")
        return self.reply()

    def at_end(self) -> bool:
        """True when the server has closed, with nothing more to say."""
        try:
            return not self.received and self.sock.recv(65536) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.sock.close()


Serve = Callable[..., Served]


@contextlib.contextmanager
def serving(loop: LoopThread, sandbox: RecordingSandbox, **settings: Any) -> Iterator[Served]:
    sockets = bind(Bind.parse("127.0.0.1:0"))
    listener = SmtpListener(loop, sandbox, SmtpSettings(**settings), sockets)  # type: ignore[arg-type]
    listener.start()
    served = Served(listener, sandbox, sockets[0].getsockname()[1])
    try:
        yield served
    finally:
        served.close()


def wait_until(fact: Callable[[], object], timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not fact():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)
