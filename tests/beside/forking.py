"""Many calls of ours out of one process, which loads the program once and forks for each: `python -m` it.

It reads `[[folder, words, stdin, variables], ...]` as JSON and writes `[[status, said, complained], ...]`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO

from mailpit_py.cli.program import run

SECONDS = 60


def begin(folder: str, words: Sequence[str], variables: Mapping[str, str], files: Sequence[IO[bytes]]) -> int:
    """Return the child's id; the child itself goes on as the program that was called so."""
    if child := os.fork():
        return child
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["mailpit-py", *words]
    signal.alarm(SECONDS)
    try:
        run()
    except SystemExit as end:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(int(end.code or 0))  # to take down all that was loaded costs more than the call
    raise AssertionError("it ends by itself")


def ended(folder: str, words: Sequence[str], stdin: str, variables: Mapping[str, str]) -> tuple[int, str, str]:
    """Make one call, and tell how it ended."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        given.write(stdin.encode("latin-1"))
        given.seek(0)
        _, status = os.waitpid(begin(folder, words, variables, (given, said, complained)), 0)
        for file in (said, complained):
            file.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode(), complained.read().decode()


if __name__ == "__main__":
    calls = json.load(sys.stdin)
    first = calls[0][1][0]
    importlib.import_module("mailpit_py.node" if first.startswith("-") else f"mailpit_py.cli.{first}")
    gc.freeze()
    answers = [ended(*one) for one in calls]
    json.dump(answers, sys.stdout)
