"""What 1,000 rules cost that all look at every mail and never match: two sandboxes, in short turns."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.peers import Running, ours, running
from tests.benchmarks.smtp_load import LOADS, Load, rate

TURN = 250  # messages: short enough that other load is nearly the same for two neighbours
PLAIN, RULED = "without rules", "with 1,000 rules"


@dataclass(frozen=True)
class Cost:
    """One load: medians of messages a second and microseconds of CPU a message, without and with rules.

    `loss` is the share that is lost, by the CPU, of each turn against its neighbour: the lower
    quartile, the median and the upper one.
    """

    load: Load
    rates: tuple[float, float]
    cpu: tuple[float, float]
    loss: tuple[float, float, float]


def rules(count: int = 1_000) -> list[dict[str, Any]]:
    """Rules of every kind that needs a look at a mail: by address, text, header field, size, client, NOTIFY."""
    kinds: tuple[dict[str, Any], ...] = (
        {"match": {"recipient": "*@customer{}.example"}},
        {"match": {"recipient": "/^user{}[0-9]+@/i"}},
        {"match": {"sender": "shop{}@*"}},
        {"match": {"recipient": "*+tag{}*"}},
        {"stage": "CONTENT", "match": {"subject": "*invoice {}*"}},
        {"stage": "CONTENT", "match": {"header": {"X-Campaign": "spring{}"}}},
        {"stage": "CONTENT", "match": {"subject": "/order (no|nr)\\.? {}/i"}},
        {"stage": "CONTENT", "match": {"larger": 50_000_000, "recipient": "*{}@*"}},
        {"stage": "MAIL", "match": {"sender": "*@app{}.example", "client": "198.51.100.0/24"}},
        {"match": {"recipient": "list{}@*", "notify": "NEVER"}},
    )
    made = []
    for number in range(count):
        text = json.dumps(kinds[number % len(kinds)]).replace("{}", f"{number:04d}")
        made.append({"name": f"rule {number}", "outcome": "mailbox_full", "first": 2, **json.loads(text)})
    return made


def measure(files: dict[str, Path], turns: int, folder: Path) -> list[Cost]:
    """The costs of two loads, with so many turns of each sandbox."""
    file = folder / "rules.json"
    file.write_text(json.dumps({"rules": rules()}))
    chosen = [
        replace(load, count=TURN) for load in LOADS if (load.size, load.sessions) in (("5.7 kB", 10), ("1 kB", 50))
    ]
    with ExitStack() as stack:
        servers = [stack.enter_context(running(one)) for one in (ours(PLAIN), ours(RULED, "--rules", str(file)))]
        return [_cost(load, servers, files, turns) for load in chosen]


def _cost(load: Load, servers: list[Running], files: dict[str, Path], turns: int) -> Cost:
    samples: list[list[tuple[float, float]]] = [[] for _ in servers]
    for number in range(turns + 1):
        if number % 25 == 0:
            print(f"  {load.title}: turn {number} of {turns}", flush=True)
        for place in (0, 1) if number % 2 else (1, 0):
            sample = rate(servers[place], load, files, 1.0)
            if number:  # the first only warms up
                samples[place].append(sample)
    rates, cpu = ([median(one[part] for one in some) for some in samples] for part in (0, 1))
    low, middle, high = quantiles(1 - plain[1] / ruled[1] for plain, ruled in zip(*samples, strict=True))
    return Cost(load, (rates[0], rates[1]), (cpu[0], cpu[1]), (low, middle, high))
