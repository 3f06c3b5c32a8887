"""The sandbox against a bare aiosmtpd, in short turns: what other load there is meets both of them alike."""

from __future__ import annotations

import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks import tools
from tests.benchmarks.mails import Mails
from tests.benchmarks.peers import Peer, Running, bare, ours, running
from tests.benchmarks.smtp_load import LOADS, Load, rate

TITLES = ("5.7 kB c10", "1 kB c10", "5.7 kB c50 kept", "1 kB c50 kept")
SCALE = 0.4  # a turn takes about half a second


@dataclass
class Turns:
    """What one server reached in its turns: messages a second, CPU a message in µs, its share of the yardstick."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


def report(rounds: int) -> None:
    """Measure and print a row for each load and server."""
    tools.Postfix().fetch()
    print(f"\nIn {rounds} turns each: medians, of the share also the quartiles\n")
    print("| load | server | messages a second | of the bare aiosmtpd | CPU µs |\n|---|---|---|---|---|")
    for load, rows in measure([bare(), ours()], rounds).items():
        for name, row in rows.items():
            low, _, high = quantiles(row.shares, n=4)
            share = f"{median(row.shares):.2f} ({low:.2f} to {high:.2f})"
            print(f"| {load} | {name} | {median(row.rates):.0f} | {share} | {median(row.cpu):.0f} |")


def measure(peers: list[Peer], rounds: int) -> dict[str, dict[str, Turns]]:
    """Let the servers take turns, after one that does not count; the first of them is the yardstick."""
    loads = [load for load in LOADS if load.title in TITLES]
    found = {load.title: {peer.name: Turns() for peer in peers} for load in loads}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        files = Mails().write(Path(folder))
        servers = [stack.enter_context(running(peer)) for peer in peers]
        for number in range(rounds + 1):
            for load in loads:
                _take_turns(servers, load, files, found[load.title] if number else None)
    return found


def _take_turns(servers: list[Running], load: Load, files: dict[str, Path], rows: dict[str, Turns] | None) -> None:
    yardstick = 0.0
    for server in servers:
        speed, cost = rate(server, load, files, SCALE)
        yardstick = yardstick or speed
        _catch_up(server)
        if rows is not None:
            row = rows[server.peer.name]
            row.rates.append(speed)
            row.cpu.append(cost)
            row.shares.append(speed / yardstick)


def _catch_up(server: Running) -> None:
    """Let the search index be brought up to date: its work is in nobody's turn."""
    if server.peer.page:
        address = f"http://127.0.0.1:{server.http_port}/api/v2/messages?query=nothing-has-this&limit=1"
        urllib.request.urlopen(address, timeout=60).close()
        time.sleep(0.1)  # the thread that answered ends, and what it used is no more in anybody's account
