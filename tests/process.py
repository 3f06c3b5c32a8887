"""The sandbox as a user runs it: a process of its own, on free ports, spoken to from outside."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Running:
    """A started sandbox: its process, what it said at the start, its page's address and its SMTP port."""

    process: subprocess.Popen[str]
    said: str
    url: str
    smtp_port: int

    def get(self, address: str = "") -> bytes:
        """The body at an address relative to the page's."""
        with urllib.request.urlopen(urljoin(self.url, address), timeout=10) as answer:
            return answer.read()

    def find(self, query: str) -> list[dict[str, Any]]:
        """The rows that a search gives, newest first."""
        return json.loads(self.get(f"api/v2/messages?query={quote(query)}"))["items"]


@contextlib.contextmanager
def sandbox(command: Sequence[str | Path], folder: Path, *options: str, **variables: str) -> Iterator[Running]:
    """Start `command` in `folder`, with an environment of its own, and end it at the end."""
    line = [*map(str, command), "--smtp=127.0.0.1:0", "--listen=127.0.0.1:0", *options]
    environment = {"PATH": os.defpath, "HOME": str(folder), **variables}
    with started(line, folder, environment) as process:
        yield _ready(process)


@contextlib.contextmanager
def started(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process whose output is read as one; ended at the end, by force if it does not go by itself."""
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=-1, stderr=-2, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                process.kill()


def _ready(process: subprocess.Popen[str]) -> Running:
    """Read the start lines up to the one that says that both ports accept."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if page := re.fullmatch(r"\[http\] accessible via (https?://\S+/)\n", line):
            smtp = re.search(r"^\[smtp\d?\] .*?:(\d+)\b", said, re.MULTILINE)
            assert smtp, said
            return Running(process, said, page[1], int(smtp[1]))
    pytest.fail(f"it never said where the page is:\n{said}")


def checkout(folder: Path, *options: str, **variables: str) -> contextlib.AbstractContextManager[Running]:
    """The sandbox of this checkout, whether it is installed or not."""
    return sandbox([sys.executable, "-m", "mailpit_py"], folder, *options, PYTHONPATH=str(ROOT), **variables)
