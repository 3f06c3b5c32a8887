"""The example apps of the documents: run as they are, they mark the right subscribers, from addresses alone."""

from __future__ import annotations

import json
import os
import re
import smtplib
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.process import started
from tests.servers.smtp.serving import wait_until

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FREE = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
DAY = 86_400_000_000
MAIL = b"From: news@app.example\r\nTo: you@x.test\r\nSubject: news\r\nMessage-ID: <%d@app.example>\r\n\r\nbody\r\n"
SUBSCRIBERS = {
    "ann@x.test": "active",
    "ndr+unknown_user@bounce.test": "bounced",
    "ndr+disabled+gmail+5s@bounce.test": "bounced",
    "delay+4h@bounce.test": "deferred",
    "complaint@bounce.test": "complained",
    "ooo@bounce.test": "active",
    "bounce@simulator.amazonses.com": "bounced",
    "complaint@simulator.amazonses.com": "complained",
}


class Example:
    """A running example: its port, and the lines that it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        self._said = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.wait_for(r"listening on port (\d+)"))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._said:
                self._lines.append(line.strip())
                self._said.notify_all()

    def wait_for(self, pattern: str) -> str:
        """The first group of a line, once it is said."""
        with self._said:
            assert self._said.wait_for(lambda: self._find(pattern), 60), "\n".join(self._lines)
            return self._find(pattern)[0]

    def _find(self, pattern: str) -> list[str]:
        return [match[match.re.groups] for line in self._lines if (match := re.fullmatch(pattern, line))]

    @property
    def marked(self) -> dict[str, str]:
        """What was said of each subscriber last."""
        return dict(line.split(" is ") for line in self._lines if "@" in line)


@contextmanager
def example(name: str, *arguments: str, **variables: str) -> Iterator[Example]:
    command = [sys.executable, name, *(arguments or ("0",))]
    with started(command, EXAMPLES, {"PATH": os.defpath, **variables}) as process:
        yield Example(process)


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(Config(**FREE, pop3="127.0.0.1:0", imap="127.0.0.1:0")) as running:
        yield running


def call(node: Node, path: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{node.url}api/v2/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def send_newsletter(node: Node) -> None:
    """One mail a subscriber, as newsletters are sent, and six days in a moment."""
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=30) as client:
        for number, address in enumerate(SUBSCRIBERS):
            client.sendmail(f"bounces+{number}@app.example", [address], MAIL % number)
    node.sandbox.scheduler.advance("default", microseconds=6 * DAY)


def expected() -> dict[str, str]:
    return {address: state for address, state in SUBSCRIBERS.items() if state != "active"}


def wait_for_all(app: Example) -> None:
    for address, state in expected().items():
        app.wait_for(f"({re.escape(address)}) is {state}")


def test_the_bounce_host_marks_the_right_subscribers(node):
    with example("bounce_host.py") as app:
        call(node, "sinks", {"kind": "smtp", "target": f"127.0.0.1:{app.port}"})
        send_newsletter(node)
        wait_for_all(app)
        assert app.marked == expected()


@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_the_mailbox_poller_marks_the_right_subscribers(node, protocol):
    with example("mailbox_poller.py", protocol, "127.0.0.1", str(node.ports[protocol])) as app:
        send_newsletter(node)
        wait_for_all(app)
        assert app.marked == expected()


@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_what_the_mailbox_poller_has_read_is_in_trash(node, protocol):
    send_newsletter(node)
    total = node.store.counts().total
    with example("mailbox_poller.py", protocol, "127.0.0.1", str(node.ports[protocol])) as app:
        wait_for_all(app)
        wait_until(lambda: node.store.maildrops.entries(recipient="*@app.example") == ())
    trashed = node.store.count(mailbox="Trash")
    assert node.store.counts().total == len(SUBSCRIBERS) == total - trashed


@pytest.mark.parametrize("provider", ["ses", "sendgrid", "postmark"])
def test_the_webhook_app_marks_the_right_subscribers(node, provider):
    keys = {one["name"]: one["value"] for one in call(node, "webhooks/keys")["items"]}
    variables = {
        "TRUSTED_SNS": f"{node.url}sns/",
        "SENDGRID_PUBLIC_KEY": keys["sendgrid"],
        "POSTMARK_PASSWORD": "hook:of the tests",
    }
    with example("webhook_app.py", **variables) as app:
        target = f"http://hook:of%20the%20tests@127.0.0.1:{app.port}/{provider}"
        call(node, "sinks", {"kind": "webhook", "provider": provider, "target": target})
        if provider == "ses":
            app.wait_for("the subscription is (confirmed)")
        send_newsletter(node)
        wait_for_all(app)
        assert app.marked == expected()
