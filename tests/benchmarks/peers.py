"""The servers that are compared, each started alone on loopback ports."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import tools

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Peer:
    """A server under load: how it is started with an SMTP port, an HTTP port and a folder of its own.

    `page` is the first thing its users see over HTTP, empty when there is none.
    """

    name: str
    command: Callable[[int, int, Path], list[str]]
    page: str = "/"


@dataclass
class Running:
    """A started server and how long it took to speak."""

    peer: Peer
    process: subprocess.Popen[bytes]
    smtp_port: int
    http_port: int
    folder: Path
    banner_ms: float = 0.0
    page_ms: float = 0.0

    def memory_mb(self) -> float:
        """Proportional set size of the process, in MiB."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024

    def cpu_seconds(self) -> float:
        """Processor time of the threads that the process has, to the nanosecond; other load hardly moves it."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def ours(name: str = "mailpit-py", *more: str) -> Peer:
    """This checkout: durable, parsed and indexed, nothing pruned."""

    def command(smtp: int, web: int, folder: Path) -> list[str]:
        return [
            sys.executable, "-m", "mailpit_py", "--quiet", "--max", "0", "--database", str(folder / "bench.db"),
            "--smtp", f"127.0.0.1:{smtp}", "--listen", f"127.0.0.1:{web}", *more,
        ]  # fmt: skip

    return Peer(name, command)


def bare() -> Peer:
    """The yardstick."""
    program = str(ROOT / "tests/benchmarks/bare.py")
    return Peer(
        "bare aiosmtpd (stores nothing)", lambda smtp, _web, _folder: [sys.executable, program, str(smtp)], page=""
    )


def peers() -> list[Peer]:
    """Everything that can be compared on this machine."""
    postfix = tools.Postfix()
    sink = Peer(
        "smtp-sink (C, stores nothing)",
        lambda smtp, _web, _folder: [postfix.program("smtp-sink"), "-u", _user(), f"127.0.0.1:{smtp}", "512"],
        page="",
    )
    found = [sink, bare(), ours()]
    if program := tools.maildev():
        node = shutil.which("node") or "node"
        found.append(
            Peer(
                "MailDev (memory)",
                lambda smtp, web, _folder: [
                    node,
                    str(program),
                    "-s",
                    str(smtp),
                    "-w",
                    str(web),
                    "--ip",
                    "127.0.0.1",
                    "--web-ip",
                    "127.0.0.1",
                    "--silent",
                ],
                page="/api/email",
            )
        )
    return found


@contextmanager
def running(peer: Peer) -> Iterator[Running]:
    """Start a peer, wait until it speaks, and end it in any case."""
    environment = tools.Postfix().environment() | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        smtp, web = free_port(), free_port()
        command = peer.command(smtp, web, folder)  # which may fill a database first
        with (folder / "log").open("wb") as log:
            started = time.perf_counter()
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        server = Running(peer, process, smtp, web, folder)
        try:
            _wait(server, started)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _user() -> str:
    return os.environ.get("USER") or "root"


def _wait(server: Running, started: float) -> None:
    server.banner_ms = _until(server, lambda: _banner(server.smtp_port), started)
    if server.peer.page:
        server.page_ms = _until(server, lambda: _page(server), started)


def _until(server: Running, probe: Callable[[], bool], started: float) -> float:
    while time.perf_counter() < started + 30:
        if server.process.poll() is not None:
            break
        try:
            if probe():
                return (time.perf_counter() - started) * 1000
        except OSError:
            pass
        time.sleep(0.005)
    raise SystemExit(f"{server.peer.name} did not start:\n{(server.folder / 'log').read_text()[-2000:]}")


def _banner(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return connection.recv(512).startswith(b"220")


def _page(server: Running) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
    try:
        connection.request("GET", server.peer.page)
        return connection.getresponse().status == 200
    finally:
        connection.close()
