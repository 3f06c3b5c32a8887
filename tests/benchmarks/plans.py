"""What plans cost: the part of planning in taking mail, and how long a thousand due reports take."""

from __future__ import annotations

import time
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from mailpit_py.application import sandbox as application
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Limits, Store, StoreOptions

BATCH = 200  # messages in flight at once
PADDING = b"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.\r\n" * 60
SESSION = Session("benchmark", 1, peer="127.0.0.1:4000", protocol="ESMTP", helo="app.example")
DIALECTS = ("rfc", "postfix", "gmail", "m365")


def accept_cost(rounds: int, count: int) -> dict[str, float]:
    """Median microseconds of CPU a message, by what it is; variants take turns within each round."""
    samples: dict[str, list[float]] = {}
    with _sandbox() as sandbox:
        _take(sandbox, "ann@dest.example", count)  # everything is warm
        for _ in range(rounds):
            for title, recipient, plans in (
                ("without planning", "ann@dest.example", False),
                ("ordinary mail", "ann@dest.example", True),
                ("mail with a plan", "ndr+5.1.1+30d@dest.example", True),
            ):
                with _planning(switched_on=plans):
                    samples.setdefault(title, []).append(_take(sandbox, recipient, count))
    return {title: median(values) for title, values in samples.items()}


def decision_cost() -> float:
    """Microseconds until it is clear that nothing follows ordinary mail: what planning adds to most messages."""
    envelope, raw = Envelope("app@app.example", (Recipient("ann@dest.example"),)), b"Subject: Hello\r\n\r\n" + PADDING
    with _sandbox() as sandbox:
        _take(sandbox, "ann@dest.example", 1)
        timer = timeit.Timer(lambda: application.plan(sandbox.simulator, SESSION, envelope, raw))
        return min(timer.repeat(7, 2_000)) / 2_000 * 1e6


def due_seconds(dialect: str, count: int) -> tuple[float, float]:
    """Seconds and seconds of CPU for so many reports that are due at once, until all are committed."""
    with _sandbox() as sandbox:
        sandbox.clock.freeze("default")
        _take(sandbox, f"ndr+mailbox_full+1h+{dialect}@dest.example", count)
        started, cpu = time.perf_counter(), time.process_time()
        done = sandbox.scheduler.advance("default", microseconds=3_600_000_000)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert done.count == count
        assert sandbox.store.counts("default").total == 2 * count
    return seconds, cpu


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        yield Sandbox(store, Clock())


@contextmanager
def _planning(*, switched_on: bool) -> Iterator[None]:
    """Leave planning out of the way of a message, to see what it costs."""
    kept = application.plan
    if not switched_on:
        application.plan = lambda *arguments: ()
    try:
        yield
    finally:
        application.plan = kept


def _take(sandbox: Sandbox, recipient: str, count: int) -> float:
    """Take messages as SMTP does, from RCPT to the commit; return microseconds of CPU for each."""
    started = time.process_time()
    for start in range(0, count, BATCH):
        futures = []
        for number in range(start, min(start + BATCH, count)):
            envelope, to = Envelope("app@app.example"), Recipient(recipient)
            sandbox.simulator.decide(Stage.RCPT, SESSION, envelope, to)
            envelope = replace(envelope, recipients=(to,))
            raw = b"Message-ID: <%d@app.example>\r\nSubject: Hello\r\n\r\n" % number + PADDING
            verdict = sandbox.simulator.decide_content(Stage.CONTENT, SESSION, envelope, raw)
            futures.append(sandbox.receive(Transaction(SESSION, envelope), raw, verdict=verdict))
        for future in futures:
            future.result(60)
    return (time.process_time() - started) / count * 1e6


def report(rounds: int = 7, count: int = 2_000) -> None:
    """Measure, and print Markdown tables."""
    costs = accept_cost(rounds, count)
    base = costs["without planning"]
    print(f"\nMicroseconds of CPU a message of 5 kB, from RCPT to the commit, median of {rounds} rounds in turn\n")
    print("| mail | CPU | more than without planning |\n|---|---|---|")
    for title, cost in costs.items():
        print(f"| {title} | {cost:.0f} | {100 * (cost / base - 1):+.1f} % |")
    print(f"\nNothing follows ordinary mail: known after {decision_cost():.1f} microseconds\n")
    print("\nSeconds for 1,000 reports that are due at once, median of 3\n")
    print("| dialect | seconds | of CPU |\n|---|---|---|")
    for dialect in DIALECTS:
        seconds, cpu = zip(*(due_seconds(dialect, 1_000) for _ in range(3)), strict=True)
        print(f"| {dialect} | {median(seconds):.2f} | {median(cpu):.2f} |")
