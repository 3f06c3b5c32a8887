"""The scheduler's thread: due steps are done by themselves, over a restart and a kill, and once each."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailpit_py.config import Config
from mailpit_py.mail import read
from mailpit_py.node import Node
from mailpit_py.storage import Step
from tests.application.planning import DAY, raws, reports, send
from tests.storage.building import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Callable[[], Node]]:
    """Start a sandbox on the same database; only one at a time."""
    running: list[Node] = []

    def start() -> Node:
        for one in running:
            one.stop()
        running[:] = [Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(tmp_path / "mail.db"), max=0))]
        running[0].start()
        return running[0]

    yield start
    for one in running:
        one.stop()


def deliver(node: Node, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=20) as client:
        client.sendmail("app@app.example", recipients, "Subject: hello\r\nMessage-ID: <1@a>\r\n\r\nbody\r\n")


def test_what_is_due_is_done_by_itself(node):
    running = node()
    deliver(running, "ndr+5.1.1+200ms@dest.example", "ndr@bounce.test")
    assert eventually(lambda: len(reports(running.sandbox)) == 2)


def test_the_thread_notices_a_clock_that_is_moved_past_it(node):
    running = node()
    deliver(running, "ndr+5.1.1+30d@dest.example")
    running.sandbox.clock.move("default", running.sandbox.clock.wall() + 31 * DAY)
    assert eventually(lambda: len(reports(running.sandbox)) == 1)


def test_a_clock_that_stands_still_holds_back_what_is_due_later(node):
    running = node()
    running.sandbox.clock.freeze("default")
    deliver(running, "ndr+5.1.1+1ms@dest.example", "ndr@bounce.test")
    assert eventually(lambda: len(reports(running.sandbox)) == 1)
    assert [one.body["recipients"][0]["address"] for one in pending(running)] == ["ndr+5.1.1+1ms@dest.example"]
    running.sandbox.clock.resume("default")
    assert eventually(lambda: len(reports(running.sandbox)) == 2)


def pending(node: Node) -> tuple[Step, ...]:
    return node.store.agenda.plans.due("default", 1 << 60)


def test_a_plan_survives_a_restart(node):
    first = node()
    first.sandbox.clock.freeze("default")
    deliver(first, "ndr+5.1.1+5d@dest.example")
    now = first.sandbox.clock.sandbox("default")
    second = node()
    assert second.sandbox.clock.sandbox("default") == now
    assert second.sandbox.scheduler.advance("default", microseconds=5 * DAY).count == 1
    assert len(reports(second.sandbox)) == 1


def test_the_thread_and_an_advance_at_once_do_each_step_once(node):
    running = node()
    running.sandbox.clock.freeze("default")
    deliver(running, *(f"ndr+5.1.1+{number}s+gmail@dest.example" for number in range(1, 60)))
    moves = [threading.Thread(target=lambda: running.sandbox.scheduler.advance("default", microseconds=10_000_000))]
    moves += [threading.Thread(target=lambda: running.sandbox.clock.resume("default"))]
    moves += [threading.Thread(target=lambda: running.sandbox.scheduler.advance("default", microseconds=DAY))]
    for one in moves:
        one.start()
    for one in moves:
        one.join()
    assert eventually(lambda: len(reports(running.sandbox)) == 59 and not pending(running))
    assert len({read(raw).message_id for raw in raws(running.sandbox)}) == 59


@pytest.mark.parametrize("moment", ["before", "while"])
def test_kill_9_between_acceptance_and_the_step_leaves_one_report_of_each(tmp_path, moment):
    path = tmp_path / "mail.db"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.application.test_scheduler_thread", str(path), moment],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "accepted\n"
        process.kill()
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(path), max=0)) as node:
        node.sandbox.scheduler.advance("default", microseconds=DAY)
        assert eventually(lambda: not pending(node))
        told = [row.subject for row in reports(node.sandbox)]
    assert sorted(told) == sorted(f"Delivery failed: mail {number}" for number in range(100))


def accept_and_wait(path: Path, moment: str) -> None:
    """Take a hundred mails whose reports are due soon or later, say so, and live on until killed."""
    delay = "1h" if moment == "before" else "300ms"
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(path), max=0)) as node:
        for number in range(100):
            send(node.sandbox, f"ndr+5.1.1+{delay}@dest.example", subject=f"mail {number}")
        if moment == "while":
            eventually(lambda: bool(reports(node.sandbox)))
        sys.stdout.write("accepted\n")
        sys.stdout.flush()
        threading.Event().wait(60)


def test_reports_and_dialects_are_loaded_when_the_first_step_is_due():
    code = (
        "import sys; from mailpit_py.node import Node; from mailpit_py.config import Config\n"
        "with Node(Config(smtp='127.0.0.1:0', listen='127.0.0.1:0')) as node:\n"
        "    print([name for name in sys.modules if name.startswith('mailpit_py.reports')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


if __name__ == "__main__":
    accept_and_wait(Path(sys.argv[1]), sys.argv[2])
