"""Messages a second over SMTP, all servers in turn in each round."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import tools
from tests.benchmarks.peers import Peer, Running, running


@dataclass(frozen=True)
class Load:
    """One way of sending: so many messages of one size over so many connections at once."""

    size: str
    sessions: int
    kept: bool
    count: int

    @property
    def title(self) -> str:
        """The column's name."""
        return f"{self.size} c{self.sessions}{' kept' if self.kept else ''}"


LOADS = (
    Load("5.7 kB", 1, False, 600),
    Load("5.7 kB", 10, False, 1500),
    Load("5.7 kB", 50, True, 3000),
    Load("1 kB", 10, False, 1500),
    Load("1 kB", 50, True, 3000),
    Load("100 kB", 10, False, 200),
    Load("100 kB", 50, True, 300),
)


def rate(server: Running, load: Load, files: dict[str, Path], scale: float) -> tuple[float, float]:
    """Messages a second of one load, from start to the last reply; and the server's microseconds of CPU for each."""
    count = max(10, int(load.count * scale))
    if server.peer.name.startswith("MailDev"):
        count = max(10, count // 20)
    postfix = tools.Postfix()
    command = [
        postfix.program("smtp-source"), *(["-d"] if load.kept else []), "-s", str(load.sessions), "-m", str(count),
        "-f", "app@sender.example", "-t", "ann@reader.example", "-F", str(files[load.size]),
        f"127.0.0.1:{server.smtp_port}",
    ]  # fmt: skip
    started, cpu = time.perf_counter(), server.cpu_seconds()
    subprocess.run(command, env=postfix.environment(), check=True, timeout=180, capture_output=True)
    seconds = time.perf_counter() - started
    return count / seconds, (server.cpu_seconds() - cpu) / count * 1e6


def measure(peers: list[Peer], files: dict[str, Path], rounds: int, scale: float) -> dict[str, dict[str, float]]:
    """Medians: server -> load -> messages a second, `<load> cpu` -> microseconds a message; and `idle MB`, ..."""
    samples: dict[str, dict[str, list[float]]] = {peer.name: {} for peer in peers}
    for number in range(rounds):
        for peer in peers:
            print(f"  round {number + 1} of {rounds}: {peer.name}", flush=True)
            with running(peer) as server:
                row = samples[peer.name]
                row.setdefault("banner ms", []).append(server.banner_ms)
                row.setdefault("page ms", []).append(server.page_ms)
                row.setdefault("idle MB", []).append(server.memory_mb())
                for load in LOADS:
                    speed, cost = rate(server, load, files, scale)
                    row.setdefault(load.title, []).append(speed)
                    row.setdefault(f"{load.title} cpu", []).append(cost)
                row.setdefault("after MB", []).append(server.memory_mb())
    return {name: {title: median(values) for title, values in row.items()} for name, row in samples.items()}
