"""Run the suite of the sample applications again and again while the processors are busy, and print how it ended."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from mailpit_py.testing import Mailpit
from tests.soak.running import load, run


def main() -> int:
    """Return 0 if no test of any run failed."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--tests", type=int, default=100)
    options.add_argument("--workers", type=int, default=4)
    options.add_argument("--load", type=int, default=2 * (os.cpu_count() or 1), help="busy processes beside it")
    options.add_argument("--shared", action="store_true", help="one server for all workers instead of one for each")
    options.add_argument("--python", default=sys.executable, help="another interpreter, in which all is installed")
    given = options.parse_args()
    times, failed = [], 0
    with load(given.load):
        for number in range(1, given.runs + 1):
            outcome = _run(given)
            times.append(outcome.seconds)
            failed += outcome.failed
            line = f"run {number}: {outcome.passed} passed, {outcome.failed} failed, {outcome.seconds:.1f} s"
            print(line, flush=True)
            if outcome.failed:
                print(outcome.said, flush=True)
    tests = given.runs * given.tests
    print(f"{tests} tests in {given.runs} runs: {failed} failed; {statistics.median(times):.1f} s a run at the median")
    return 1 if failed else 0


def _run(given: argparse.Namespace):
    with tempfile.TemporaryDirectory() as folder:
        chosen = {"tests": given.tests, "workers": given.workers, "folder": Path(folder), "python": given.python}
        if not given.shared:
            return run(**chosen)
        with Mailpit() as server:
            return run(**chosen, url=server.url)


if __name__ == "__main__":
    sys.exit(main())
