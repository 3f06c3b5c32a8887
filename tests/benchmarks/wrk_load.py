"""Mailpit's routes under wrk: list, search and get on one database, the kinds of requests taking turns.

No request is asked twice within a turn: the sandbox remembers its latest answers.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.api_load import Words, fill
from tests.benchmarks.peers import Running, ours, running

ASKED = 600  # different requests of a kind
SECONDS = 3
# A request after the other out of a list; wrk's own script can only ask for one.
SCRIPT = """
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local next_path = 0
request = function()
  next_path = next_path % #paths + 1
  return wrk.format("GET", paths[next_path])
end
"""
_LATENCY = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)$", re.M)
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_MS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


@dataclass(frozen=True)
class Turn:
    """What wrk said of one turn: milliseconds in the median and at 99 %, and requests a second."""

    median_ms: float
    high_ms: float
    rate: float


def requests(server: Running, words: Words, count: int) -> dict[str, list[str]]:
    """Paths of each kind."""
    ids = [one["ID"] for one in _json(server, f"/api/v1/messages?limit={ASKED}")["messages"]]
    search: Callable[[Sequence[str]], list[str]] = lambda texts: [  # noqa: E731 - three words long
        f"/api/v1/search?limit={50 + number // len(texts)}&query={quote(text)}"
        for number, text in enumerate(islice(cycle(texts), ASKED))
    ]
    return {
        "list, 50 of it": [f"/api/v1/messages?limit=50&start={number % count}" for number in range(ASKED)],
        "search, a word that most have": search(words.common),
        "search, a word that few have": search(words.rare),
        "search, a word that none has": search([f"qqqxyzzy{number}" for number in range(ASKED)]),
        "one message": [f"/api/v1/message/{one}" for one in ids],
        "its source": [f"/api/v1/message/{one}/raw" for one in ids],
    }


def report(count: int, rounds: int = 5) -> None:
    """Print the best turn of each kind, as what other load on the machine disturbed least."""
    program = shutil.which("wrk")
    if program is None:
        print("\nwrk is not installed; apt-get install wrk")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database = Path(folder, "bench.db")
        words = fill(database, count)
        Path(folder, "ask.lua").write_text(SCRIPT)
        with running(ours("mailpit-py", "--database", str(database), "--max", "0")) as server:
            kinds = requests(server, words, count)
            turns: dict[str, list[Turn]] = {title: [] for title in kinds}
            for _ in range(rounds):
                for title, paths in kinds.items():
                    Path(folder, "paths").write_text("\n".join(paths))
                    turns[title].append(_turn(program, server, Path(folder)))
    print(f"\nMailpit's API on {count} messages, one connection, the best of {rounds} turns of {SECONDS} s\n")
    print("| request | median ms | 99 % ms | requests a second |\n|---|---|---|---|")
    for title, some in turns.items():
        best = min(some, key=lambda turn: turn.median_ms)
        print(f"| {title} | {best.median_ms:.1f} | {best.high_ms:.1f} | {best.rate:.0f} |")


def _turn(program: str, server: Running, folder: Path) -> Turn:
    command = [program, "-t1", "-c1", f"-d{SECONDS}s", "--latency", "-s", str(folder / "ask.lua")]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{server.http_port}"],
        env={"PATHS": str(folder / "paths")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if bad := _BAD.search(said):
        raise SystemExit(f"{bad[1]} requests were not answered with 200")
    at = {share: float(value) * _MS[unit] for share, value, unit in _LATENCY.findall(said)}
    rate = _RATE.search(said)
    return Turn(at["50"], at["99"], float(rate[1]) if rate else 0.0)


def _json(server: Running, path: str) -> dict[str, list[dict[str, str]]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)
    try:
        connection.request("GET", path)
        found: dict[str, list[dict[str, str]]] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()
