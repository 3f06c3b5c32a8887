"""What the simulator remembers: over a restart and a kill, until it expires, and until it is reset."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.simulator import Simulator
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Store
from tests.application.simulator.building import RAW, SECOND, SESSION, TWICE, FakeClock, code, codes


def test_what_is_remembered_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        simulator = Simulator(store, FakeClock())
        simulator.book.add(TWICE)
        assert code(simulator, "greylist@bounce.test") == 451
        assert code(simulator, "ann@example.com") == 452
    with Store.open(path) as store:
        simulator = Simulator(store, FakeClock())
        assert [one.key for one in simulator.rules] == ["twice"]
        assert code(simulator, "greylist@bounce.test") == 250
        assert codes(simulator, "ann@example.com", 2) == [452, 250]


def test_what_was_promised_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from mailpit_py.application.clock import Clock; from mailpit_py.application.simulator import Simulator\n"
        "from mailpit_py.mail.envelope import Envelope, Recipient, Session\n"
        "from mailpit_py.simulation.stage import Stage; from mailpit_py.storage import Store\n"
        "simulator = Simulator(Store.open(Path(sys.argv[1])), Clock())\n"
        f"simulator.book.add({TWICE!r})\n"
        "asked = (Session('s', 1), Envelope('app@example.org'), Recipient('ann@example.com'))\n"
        "assert simulator.decide(Stage.RCPT, *asked).reply.code == 452\n"
        "simulator.pending and simulator.pending.result(10)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    with Store.open(path) as store:
        assert codes(Simulator(store, Clock()), "ann@example.com", 2) == [452, 250]


def test_nothing_is_pending_once_it_is_committed(sandbox: Sandbox) -> None:
    assert sandbox.simulator.pending is None
    assert code(sandbox.simulator, "ann@example.com") == 250
    assert sandbox.simulator.pending is None
    code(sandbox.simulator, "greylist@bounce.test")
    if pending := sandbox.simulator.pending:
        pending.result(10)
    assert sandbox.simulator.pending is None


def test_what_has_expired_is_neither_shown_nor_kept(tmp_path: Path) -> None:
    path, clock = tmp_path / "mail.db", FakeClock()
    with Store.open(path) as store:
        simulator = Simulator(store, clock)
        code(simulator, "greylist@bounce.test")
        clock.now += 600 * SECOND
        assert simulator.state() == {}
    with Store.open(path) as store:
        Simulator(store, clock)
    with Store.open(path) as store:
        assert store.simulation.state() == {}


def test_expired_records_leave_memory_while_others_come(store: Store) -> None:
    clock = FakeClock()
    simulator = Simulator(store, clock)
    for number in range(700):
        code(simulator, f"greylist--{number}@bounce.test")
    clock.now += 601 * SECOND
    for number in range(400):
        code(simulator, f"greylist--later{number}@bounce.test")
    assert len(simulator.state()) == 400
    store.simulation.save_state(tuple).result(10)
    assert len(store.simulation.state()) == 400


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ({}, []),
        ({"recipient": "GREYLIST@bounce.test"}, ["full+1msgs@bounce.test"]),
        ({"recipient": "nobody@bounce.test"}, ["full+1msgs@bounce.test", "greylist@bounce.test"]),
        ({"recipient": "greylist@bounce.test", "rule": "twice"}, ["full+1msgs@bounce.test", "greylist@bounce.test"]),
    ],
)
def test_a_reset_forgets_what_was_named(sandbox: Sandbox, words: dict[str, str], left: list[str]) -> None:
    simulator = sandbox.simulator
    code(simulator, "greylist@bounce.test")
    to = Envelope("app@example.org", (Recipient("full+1msgs@bounce.test"),))
    simulator.decide_content(Stage.CONTENT, SESSION, to, RAW)
    simulator.reset(**words).result(10)
    kept = list(simulator.state())
    assert (
        sorted(one for one in ("full+1msgs@bounce.test", "greylist@bounce.test") if any(one in k for k in kept)) == left
    )
