"""Read a mailbox of many messages by IMAP, and wait for new mail: alone, and with a hundred others who wait."""

from __future__ import annotations

import smtplib
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.api_load import fill
from tests.benchmarks.peers import Running, free_port, ours, running

MAIL = "From: app@sender.example\r\nSubject: new\r\n\r\nnews\r\n"
COMMANDS = (
    "FETCH 1:* (FLAGS)",
    "FETCH 1:* (FLAGS ENVELOPE)",
    "FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)",
    "FETCH 1:* (BODYSTRUCTURE)",
    "FETCH 1:1000 (BODY.PEEK[])",
    "STORE 1:* +FLAGS.SILENT (\\Seen)",
    "SEARCH UNSEEN",
    "SEARCH SUBJECT {rare}",
    "SEARCH TEXT {middling}",
    "SORT (REVERSE DATE) UTF-8 ALL",
    "COPY 1:1000 Junk",
)


class Client:
    """A client that says a line and passes over what it is told, up to the end of the answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._held = b""
        self.until(b"* OK")
        for command in ("LOGIN everything x", "SELECT INBOX"):
            self.ask(command)

    def ask(self, command: str) -> tuple[float, int]:
        """Seconds until the answer is whole, and how many octets it has."""
        started = time.perf_counter()
        self._socket.sendall(f"t {command}\r\n".encode())
        octets = self.until(b"t OK")
        return time.perf_counter() - started, octets

    def begin_idle(self) -> None:
        """Wait for news from now on."""
        self._socket.sendall(b"t IDLE\r\n")
        self.until(b"+ ")

    def until(self, end: bytes) -> int:
        """Read up to the line that begins like this; return the octets of all that was read."""
        octets = 0
        while True:
            lines = self._held.split(b"\r\n")
            if any(line.startswith(end) for line in lines[:-1]):
                self._held = lines[-1]
                return octets
            assert not any(line.startswith((b"t NO", b"t BAD")) for line in lines), lines[-2]
            self._held = lines[-1]
            data = self._socket.recv(1 << 20)
            assert data, "the server has closed"
            octets += len(data)
            self._held += data

    def close(self) -> None:
        """Go."""
        self._socket.close()


def measure(count: int) -> tuple[dict[str, tuple[float, float, int]], dict[int, tuple[float, float]]]:
    """Seconds, the server's seconds of CPU and octets of each command; and milliseconds to new mail.

    The latter, the median and what 95 % stay below, from the reply of SMTP to the line that says EXISTS
    to the last of so many who wait.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        serving(Path(folder, "bench.db"), count) as (
            server,
            port,
            words,
        ),
    ):
        client = Client(port)
        times = {}
        for command in (one.format(**words) for one in COMMANDS):
            cpu = server.cpu_seconds()
            first, octets = client.ask(command)
            times[command] = (first, server.cpu_seconds() - cpu, octets)
        client.close()
        pushes = {waiting: push(server, port, waiting) for waiting in (1, 100)}
        print(f"  memory after all: {server.memory_mb():.0f} MB", flush=True)
    return times, pushes


@contextmanager
def serving(path: Path, count: int) -> Iterator[tuple[Running, int, dict[str, str]]]:
    """A sandbox with so many messages, its IMAP port, and words of the messages."""
    found = fill(path, count)
    port = free_port()
    with running(ours("mailpit-py", "--database", str(path), "--imap", f"127.0.0.1:{port}")) as server:
        yield server, port, {"rare": found.rare[0], "middling": found.middling[0]}


def push(server: Running, port: int, waiting: int, rounds: int = 30) -> tuple[float, float]:
    """Milliseconds from the reply to new mail until the last of those who wait is told."""
    samples = []
    with ExitStack() as stack:
        clients = [Client(port) for _ in range(waiting)]
        for client in clients:
            stack.callback(client.close)
            client.begin_idle()
        sender = stack.enter_context(smtplib.SMTP("127.0.0.1", server.smtp_port))
        for _ in range(rounds):
            sender.sendmail("app@sender.example", ["ann@reader.example"], MAIL)
            started = time.perf_counter()
            for client in clients:
                client.until(b"* ")
            samples.append((time.perf_counter() - started) * 1_000)
    return median(samples), quantiles(samples, n=20)[-1]


def report(count: int = 10_000) -> None:
    """Print what was measured."""
    times, pushes = measure(count)
    print(f"\nIMAP, {count} messages: seconds\n\n| command | all | CPU | answer kB |\n|---|---|---|---|")
    for command, (all_in_all, cpu, octets) in times.items():
        print(f"| {command} | {all_in_all:.3f} | {cpu:.3f} | {octets / 1_000:.0f} |")
    print("\nMilliseconds from the reply of SMTP until the last who waits in IDLE knows\n")
    print("| waiting | median | 95 % |\n|---|---|---|")
    for waiting, (middle, high) in pushes.items():
        print(f"| {waiting} | {middle:.1f} | {high:.1f} |")
