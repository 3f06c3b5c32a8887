"""What the test suite's mail server costs: its start, each test that waits for a mail, and how soon a wait ends."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from mailpit_py.testing import Mailpit

ROOT = Path(__file__).parents[2]
STARTS, WAKES = 40, 200

# Tests of two kinds take turns in one process; each is timed from its setup to its teardown.
CONFTEST = """
import json, os, time
import pytest

times = {"send": [], "wait": []}

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    kind = item.name.partition("[")[0].removeprefix("test_")
    started = time.perf_counter(), time.process_time()
    result = yield
    if kind in times:
        times[kind].append((time.perf_counter() - started[0], time.process_time() - started[1]))
    return result

def pytest_collection_modifyitems(items):
    kinds = [[one for one in items if one.name.startswith(f"test_{kind}[")] for kind in times]
    items[:] = [one for one in items if one.name == "test_begin"] + [one for pair in zip(*kinds) for one in pair]

def pytest_sessionfinish():
    with open(os.environ["TIMES"], "w") as file:
        json.dump(times, file)
"""
TESTS = """
import smtplib
import pytest

RAW = b"From: a@acme.test\\r\\nTo: ann@example.com\\r\\nSubject: Welcome\\r\\n\\r\\nYour code is 481516.\\r\\n"

def send(server):
    with smtplib.SMTP(server.smtp_host, server.smtp_port, timeout=30) as client:
        client.sendmail("a@acme.test", ["ann@example.com"], RAW)

@pytest.fixture(scope="session")
def place(mailpit_server):
    return mailpit_server.view().place

def test_begin(place, mailpit):
    send(place)
    mailpit.wait_for(subject="Welcome").code()

@pytest.mark.parametrize("number", range(COUNT))
def test_send(place, number):
    send(place)

@pytest.mark.parametrize("number", range(COUNT))
def test_wait(mailpit, number):
    send(mailpit)
    mailpit.wait_for(to="ann@example.com", subject="Welcome")
"""


def report(count: int) -> None:
    """Measure all, and print it."""
    starts = list(_starts())
    print("\nA start after the first one, and the end of a wait: ms\n")
    print("| what | median | 95 % | CPU |\n|---|---|---|---|")
    print(f"| start | {_spread([wall for wall, _ in starts])} | {_ms(statistics.median(cpu for _, cpu in starts))} |")
    print(f"| from the commit to the end of `wait_for` | {_spread(list(_wakes()))} | |")
    times = _suite(count)
    print(f"\n{count} tests that send a mail and {count} that wait for it, too, in turn: ms a test\n")
    print("| test | median | mean | CPU |\n|---|---|---|---|")
    rows = {kind: [_middle(times[kind]), _mean(times[kind], 0), _mean(times[kind], 1)] for kind in ("send", "wait")}
    means = [rows["wait"][at] - rows["send"][at] for at in (1, 2)]
    for name, row in {**rows, "what waiting adds": [_middle(_differences(times)), *means]}.items():
        print(f"| {name} | {' | '.join(map(_ms, row))} |")


def _starts() -> Iterator[tuple[float, float]]:
    """Seconds and seconds of CPU that each of many starts took, after one that has imported everything."""
    for number in range(STARTS + 1):
        server = Mailpit()
        started, cpu = time.perf_counter(), time.process_time()
        view = server.start()
        taken = time.perf_counter() - started, time.process_time() - cpu
        assert view.messages == ()
        server.stop()
        if number:
            yield taken


def _suite(count: int) -> dict[str, list[list[float]]]:
    """Run the suite; seconds and seconds of CPU of each test, by its kind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(CONFTEST, "utf-8")
        (folder / "test_mail.py").write_text(TESTS.replace("COUNT", str(count)), "utf-8")
        (folder / "pytest.ini").write_text("[pytest]\nmailpit_timeout = 60\n", "utf-8")
        environment = os.environ | {"TIMES": str(folder / "times.json"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:cov"]
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        times: dict[str, list[list[float]]] = json.loads((folder / "times.json").read_text("utf-8"))
        return times


def _wakes() -> Iterator[float]:
    """Seconds from the commit of a mail until a thread that waits for it has it."""
    with Mailpit(timeout=60) as view, view.smtplib() as client:
        journal = view._source.node.store.journal  # type: ignore[attr-defined]
        ring, rung = journal.ring, [0.0]

        def noted() -> None:
            rung[0] = time.perf_counter()
            ring()

        journal.ring = noted
        for number in range(WAKES):
            ended: list[float] = []
            begun = threading.Event()

            def wait(subject: str, ended: list[float] = ended, begun: threading.Event = begun) -> None:
                begun.set()
                view.wait_for(subject=subject)
                ended.append(time.perf_counter())

            waiting = threading.Thread(target=wait, args=(f"Number {number}.",))
            waiting.start()
            begun.wait()
            client.sendmail("a@acme.test", ["b@acme.test"], f"Subject: Number {number}.\r\n\r\nHi\r\n")
            waiting.join()
            yield ended[0] - rung[0]


def _differences(times: dict[str, list[list[float]]]) -> list[list[float]]:
    """What each test that waits took more than the one before it, which only sends."""
    return [[wait[0] - send[0]] for send, wait in zip(times["send"], times["wait"], strict=True)]


def _middle(values: list[list[float]]) -> float:
    return statistics.median(one[0] for one in values)


def _mean(values: list[list[float]], at: int) -> float:
    return statistics.fmean(one[at] for one in values)


def _spread(seconds: list[float]) -> str:
    """The median and the worst twentieth."""
    ordered = sorted(seconds)
    return f"{_ms(statistics.median(ordered))} | {_ms(ordered[-max(1, len(ordered) // 20)])}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"
