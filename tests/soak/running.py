"""Running the suite of the sample applications: once, with its own server or one for all workers, under load or not."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUITE = Path(__file__).parent / "suite"
COUNTS = re.compile(r"(\d+) (passed|failed|error|errors)")
PATIENCE = 1_800


@dataclass(frozen=True)
class Outcome:
    """How a run of the suite ended, and what it said."""

    passed: int
    failed: int
    seconds: float
    said: str


def run(*, tests: int, workers: int, folder: Path, url: str = "", python: str = sys.executable) -> Outcome:
    """Run the suite with so many tests on so many workers; with `url` they share the server there."""
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\naddopts = -p no:cacheprovider -p no:django\nmailpit_timeout = 120\n")
    command = [
        python,
        "-m",
        "pytest",
        "-c",
        str(settings),
        f"--rootdir={SUITE}",
        f"--confcutdir={SUITE}",
        "-q",
        "-n",
        str(workers),
        str(SUITE),
    ]
    command += [f"--basetemp={folder / 'tmp'}", *(["--mailpit-url", url] if url else [])]
    environment = os.environ | {"SOAK_TESTS": str(tests), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_XDIST")}
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=SUITE, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    counted = {what: int(number) for number, what in COUNTS.findall(done.stdout[-500:])}
    failed = counted.get("failed", 0) + counted.get("error", 0) + counted.get("errors", 0)
    if done.returncode and not failed:
        failed = 1
    return Outcome(counted.get("passed", 0), failed, time.monotonic() - started, done.stdout + done.stderr)


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep processors busy with so many processes that do nothing else."""
    spinning = [multiprocessing.get_context("spawn").Process(target=_spin, daemon=True) for _ in range(processes)]
    for one in spinning:
        one.start()
    try:
        yield
    finally:
        for one in spinning:
            one.terminate()
        for one in spinning:
            one.join()


def _spin() -> None:
    while True:
        sum(range(10_000))
