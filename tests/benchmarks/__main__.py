"""`python -m tests.benchmarks`: load the sandbox and its peers side by side, and print what was measured."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

from tests.benchmarks import (
    api_load,
    imap_load,
    outbound_load,
    plans,
    rules_load,
    smtp_load,
    start_up,
    tests_load,
    tools,
    turns,
    wrk_load,
)
from tests.benchmarks.mails import Mails
from tests.benchmarks.peers import peers

YARDSTICK = "bare aiosmtpd (stores nothing)"


def main() -> None:
    """Read the arguments, run the parts and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often every server takes its turn (3)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply the number of messages (1.0)")
    parser.add_argument("--messages", type=int, default=100_000, help="messages in the database of the API part")
    parser.add_argument("--starts", type=int, default=10, help="how often every server is started (10)")
    parts = ("start", "smtp", "turns", "rules", "api", "wrk", "imap", "plans", "outbound", "tests")
    parser.add_argument("--only", choices=parts, help="run one part")
    arguments = parser.parse_args()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} CPUs, load {load}")
    print("Compare figures of one run only\n")
    if arguments.only in (None, "start"):
        start_part(arguments.starts)
    if arguments.only in (None, "smtp"):
        smtp_part(arguments.rounds, arguments.scale)
    if arguments.only in (None, "turns"):
        turns.report(arguments.rounds * 5)
    if arguments.only in (None, "rules"):
        rules_part(arguments.rounds * 25)
    if arguments.only in (None, "api"):
        api_part(arguments.messages)
    if arguments.only in (None, "wrk"):
        wrk_load.report(round(10_000 * arguments.scale))
    if arguments.only in (None, "imap"):
        imap_load.report(round(10_000 * arguments.scale))
    if arguments.only in (None, "plans"):
        plans.report()
    if arguments.only in (None, "outbound"):
        outbound_part(round(1_000 * arguments.scale))
    if arguments.only in (None, "tests"):
        tests_load.report(round(200 * arguments.scale))


def start_part(rounds: int) -> None:
    """Start-up of all servers."""
    starts = start_up.measure(peers(), rounds)
    print(f"\nMedians of {rounds} starts in turn\n")
    print("| server | first banner ms (min-max) | first page ms | CPU ms | idle MB |\n|---|---|---|---|---|")
    print("\n".join(start_up.rows(starts)))


def smtp_part(rounds: int, scale: float) -> None:
    """Rates of all servers, with the ratio to a bare aiosmtpd."""
    tools.Postfix().fetch()
    with tempfile.TemporaryDirectory() as folder:
        rows = smtp_load.measure(peers(), Mails().write(Path(folder)), rounds, scale)
    titles = [load.title for load in smtp_load.LOADS]
    print("\nMessages a second, median (x of the bare aiosmtpd)\n")
    print(f"| server | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}")
    for name, row in rows.items():
        cells = [f"{row[title]:.0f} ({row[title] / rows[YARDSTICK][title]:.2f})" for title in titles]
        print(f"| {name} | {' | '.join(cells)} |")
    print("\nMicroseconds of CPU a message, median\n")
    print(f"| server | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}")
    for name, row in rows.items():
        costs = [f"{row[f'{title} cpu']:.0f}" for title in titles]
        print(f"| {name} | {' | '.join(costs)} |")
    print("\n| server | first banner ms | first page ms | idle MB | after the load MB |\n|---|---|---|---|---|")
    for name, row in rows.items():
        page = f"{row['page ms']:.0f}" if row["page ms"] else "-"
        print(f"| {name} | {row['banner ms']:.0f} | {page} | {row['idle MB']:.0f} | {row['after MB']:.0f} |")
    print()


def rules_part(turns: int) -> None:
    """What rules cost that never match."""
    tools.Postfix().fetch()
    with tempfile.TemporaryDirectory() as name:
        costs = rules_load.measure(Mails().write(Path(name)), turns, Path(name))
    print("\nMessages a second and microseconds of CPU a message, without rules and with 1,000 that never match\n")
    print("| load | without | with | CPU without | CPU with | loss by CPU (quartiles) |\n|---|---|---|---|---|---|")
    for one in costs:
        cells = [f"{value:.0f}" for value in (*one.rates, *one.cpu)]
        low, middle, high = one.loss
        print(f"| {one.load.title} | {' | '.join(cells)} | {middle:.1%} ({low:.1%} to {high:.1%}) |")


def api_part(count: int) -> None:
    """Times of list and search."""
    print(f"Filling a database with {count} messages")
    rows = api_load.measure(count)
    print(f"\nMilliseconds at {count} messages: median, 95 %, CPU of the server for one\n")
    print("| request | over HTTP | 95 % | CPU | in the application | 95 % | CPU |\n|---|---|---|---|---|---|---|")
    for title, timings in rows.items():
        cells = [f"{one.median_ms:.1f} | {one.high_ms:.1f} | {one.cpu_ms:.1f}" for one in timings]
        print(f"| {title} | {' | '.join(cells)} |")


def outbound_part(count: int) -> None:
    """What leaves by itself."""
    print(f"\n{count} reports that are due at once: seconds\n")
    print("| to | all made | the last has left | CPU of the sandbox |\n|---|---|---|---|")
    for form, load in outbound_load.measure(count).items():
        print(f"| {form} | {load.made:.2f} | {load.left:.2f} | {load.cpu:.2f} |")


if __name__ == "__main__":
    main()
