"""A real Mailpit, as its makers build it, and ours: two processes with the same options, spoken to in the same way."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import shutil
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.process import checkout
from tests.servers.smtp.serving import wait_until

PLACES = (Path(sys.prefix) / "peers", None)  # where ./test builds one, and the PATH


@dataclass(frozen=True)
class Answer:
    """What came back for one request; names of header fields are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes
    reason: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """Where one of the two takes mail and answers HTTP."""

    name: str
    url: str
    smtp_port: int
    pop3_port: int = 0

    def ask(self, method: str, path: str, body: bytes | str | object = None, **headers: str) -> Answer:
        """Send one request as it is written, without following redirects; what is no text is sent as JSON.

        In names of header fields `_` stands for a hyphen.
        """
        content = body.encode() if isinstance(body, str) else body
        if content is not None and not isinstance(content, bytes):
            content = json.dumps(content).encode()
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)) as connection:
            connection.request(method, path, content, fields)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read(), answer.reason)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def send(self, raw: bytes, *recipients: str, reverse_path: str = "app@example.org") -> str:
        """Put a message in by SMTP, octet by octet as it is, and return its id."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            client.ehlo("client.example")
            client.mail(reverse_path)
            for one in recipients or ("ann@example.com",):
                client.rcpt(one)
            # Not by `data`, which mends the ends of lines.
            assert client.docmd("DATA")[0] == 354
            client.send(raw.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"))
            code, words = client.getreply()
        assert code == 250, words
        return words.decode().rpartition(" ")[2]

    def empty(self) -> None:
        """Delete all mail."""
        assert self.ask("DELETE", "/api/v1/messages").status == 200


@dataclass(frozen=True)
class Pair:
    """Both, with the same options."""

    theirs: Server
    ours: Server

    def __iter__(self) -> Iterator[Server]:
        return iter((self.theirs, self.ours))


def program() -> str | None:
    """Where a Mailpit is, if there is one."""
    found = (shutil.which("mailpit", path=place and str(place)) for place in PLACES)
    return next((one for one in found if one), None)


@contextlib.contextmanager
def mailpit(folder: Path, *options: str, **variables: str) -> Iterator[Server]:
    """A Mailpit on free ports, in `folder`; the test is skipped where there is none."""
    if (found := program()) is None:
        pytest.skip("no mailpit on this machine: ./test builds one where Go is installed")
    smtp, page = free_ports(2)
    binds = ["--smtp", f"127.0.0.1:{smtp}", "--listen", f"127.0.0.1:{page}"]
    quiet = ["--disable-version-check", "--smtp-disable-rdns", "--quiet"]
    environment = {"PATH": "", "HOME": str(folder), "TMPDIR": str(folder), **variables}
    with subprocess.Popen([found, *binds, *quiet, *options], cwd=folder, env=environment) as process:
        try:
            wait_until(lambda: process.poll() is not None or (is_open(page) and is_open(smtp)))
            assert process.poll() is None, f"it ended with {process.returncode} in place of a start"
            yield Server("mailpit", f"http://127.0.0.1:{page}", smtp)
        finally:
            process.kill()


@contextlib.contextmanager
def sandbox(folder: Path, *options: str, **variables: str) -> Iterator[Server]:
    """Ours, from this checkout."""
    with checkout(folder, *options, **variables) as running:
        yield Server("mailpit-py", running.url.rstrip("/"), running.smtp_port)


@contextlib.contextmanager
def pair(
    folder: Path, *options: str, ours: Sequence[str] = (), theirs: Sequence[str] = (), **variables: str
) -> Iterator[Pair]:
    """Both with `options` and `variables`, and each with its own options besides."""
    places = folder / "theirs", folder / "ours"
    for place in places:
        place.mkdir()
    with (
        mailpit(places[0], *options, *theirs, **variables) as first,
        sandbox(places[1], *options, *ours, **variables) as second,
    ):
        yield Pair(first, second)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that were free a moment ago, of those that the system gives to nobody by itself."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(12_000, 32_000)
        if port not in found and not is_open(port):
            found.append(port)
    return found


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
