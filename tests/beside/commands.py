"""The two programs called with words, variables and input, as a user or a script calls them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.beside.programs import free_ports, is_open
from tests.process import ROOT
from tests.servers.smtp.serving import wait_until

STARTS = "starts"


@dataclass(frozen=True)
class Ended:
    """How a call has ended, and what it said on standard output and on standard error."""

    status: int
    said: str
    complained: str


@dataclass(frozen=True)
class Call:
    """What a program is called with."""

    words: Sequence[str] = ()
    stdin: bytes = b""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """One of the two, by what stands at the beginning of each call.

    `several` is what makes many calls out of one process, where one for each would take long.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    several: tuple[str, ...] = ()

    def call(self, folder: Path, *words: str, stdin: bytes = b"", **variables: str) -> Ended:
        """Call it in `folder`, and wait for its end."""
        done = subprocess.run(
            [*self.command, *words],
            input=stdin,
            cwd=folder,
            env=self.environment(folder, variables),
            capture_output=True,
            timeout=60,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def call_each(self, folder: Path, calls: Sequence[Call]) -> list[Ended]:
        """Make these calls one after the other, and tell how each has ended."""
        if not self.several:
            return [self.call(folder, *one.words, stdin=one.stdin, **one.variables) for one in calls]
        told = [
            (str(folder), one.words, one.stdin.decode("latin-1"), self.environment(folder, one.variables))
            for one in calls
        ]
        done = subprocess.run(
            self.several, input=json.dumps(told).encode(), capture_output=True, cwd=ROOT, timeout=300, check=True
        )
        return [Ended(*one) for one in json.loads(done.stdout)]

    def environment(self, folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
        places = {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder)}
        return {**places, **self.variables, **variables}

    @contextlib.contextmanager
    def running(self, folder: Path, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """A server with just these options, and all that it says; ended at the end."""
        with subprocess.Popen(
            [*self.command, *options],
            cwd=folder,
            env=self.environment(folder, variables),
            stdout=-1,
            stderr=-2,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def attempt(self, folder: Path, *options: str, **variables: str) -> str | int:
        """Whether a server starts with these options, on ports of its own; else the status with which it ends."""
        smtp, page = free_ports(2)
        binds = (f"--smtp=127.0.0.1:{smtp}", f"--listen=127.0.0.1:{page}")
        with self.running(folder, *binds, *options, **variables) as process:
            wait_until(lambda: process.poll() is not None or (is_open(smtp) and answers(page)), 60)
            return STARTS if process.poll() is None else process.returncode


def answers(page: int) -> bool:
    """Whether somebody speaks HTTP or HTTPS there."""
    unchecked = ssl._create_unverified_context()
    for connection in (
        http.client.HTTPConnection("127.0.0.1", page, timeout=5),
        http.client.HTTPSConnection("127.0.0.1", page, timeout=5, context=unchecked),
    ):
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/livez")
            connection.getresponse()
            return True
    return False


def mailpit_program(found: str) -> Program:
    """Mailpit, which never asks the network for a newer one here."""
    return Program((found,), {"MP_DISABLE_VERSION_CHECK": "true", "MP_SMTP_DISABLE_RDNS": "true"})


def our_program() -> Program:
    several = (sys.executable, "-m", "tests.beside.forking")
    return Program((sys.executable, "-m", "mailpit_py"), {"PYTHONPATH": str(ROOT)}, several)


@dataclass(frozen=True)
class Programs:
    """Both, to be called with the same words."""

    theirs: Program
    ours: Program

    def __iter__(self) -> Iterator[Program]:
        return iter((self.theirs, self.ours))
