"""Mail as it arrives, in a terminal: a process that follows, and what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.cli.tail import entries, line_of, visible
from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.cli.conftest import address, invoke
from tests.process import ROOT

MAIL = b"From: a@example.org\nTo: ann@example.com\nSubject: %s\n\nHi\n"
ROW = {
    "kind": "message",
    "received_at": "2026-11-23T12:00:00.000000Z",
    "reverse_path": "",
    "recipients": ["ann@example.com"],
    "recipient_count": 3,
    "subject": "",
    "source": "smtp",
}


def send(node: Node, subject: bytes, *to: str) -> None:
    invoke("sendmail", "-S", address(node), "-f", "app@example.org", *to, stdin=MAIL % subject)


def listen_to_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def tail(url: str, *words: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """The command as a process, and a function that gives its next line."""
    command = [sys.executable, "-m", "mailpit_py", "tail", *words]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "MP_URL": url, "TZ": "UTC"}
    # who runs the tests in the background has SIGINT ignored, and so would this program
    with subprocess.Popen(
        command, stdout=-1, stderr=-1, text=True, env=environment, preexec_fn=listen_to_interrupts
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline
        finally:
            process.kill()


def test_arrivals_and_refusals_are_told_in_their_order(node: Node) -> None:
    send(node, b"first")
    with tail(node.url, "-n", "1") as (process, line):
        assert line().endswith("received app@example.org -> ann@example.com: first\n")
        send(node, b"second")
        send(node, b"lost", "bounce+5.1.1@bounce.test")
        assert line().endswith("received app@example.org -> ann@example.com: second\n")
        assert "refused  app@example.org -> bounce+5.1.1@bounce.test: 550 5.1.1 " in line()
        process.send_signal(signal.SIGINT)
        assert (process.wait(30), process.stderr and process.stderr.read()) == (0, "")


def test_the_inbox_that_is_named_is_followed(node: Node) -> None:
    key = node.sandbox.inboxes.create("team-a").inbox.key
    with tail(node.url, "-n", "1", "--inbox", "team-a") as (_, line):
        send(node, b"ours")
        send(node, b"theirs", f"ann+{key}@example.com")
        assert line().endswith(": theirs\n")
    node.sandbox.inboxes.remove("team-a")


def test_json_lines_carry_a_cursor_from_which_one_goes_on(node: Node) -> None:
    send(node, b"first")
    with tail(node.url, "--json", "-n", "1") as (_, line):
        first = json.loads(line())
    send(node, b"second")
    with tail(node.url, "--json", "--after", first["cursor"]) as (_, line):
        second = json.loads(line())
    assert (first["subject"], second["subject"], second["kind"]) == ("first", "second", "message")


def test_a_sandbox_that_is_started_again_is_followed_further(tmp_path: Path) -> None:
    first = Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", database=str(tmp_path / "mail.db"))
    with Node(first) as node:
        send(node, b"before")
        page, smtp = node.ports["listen"], node.smtp_port
        url = node.url
        follower = tail(url, "-n", "1")
        _, line = follower.__enter__()
        assert "before" in line()
    with Node(Config(smtp=f"127.0.0.1:{smtp}", listen=f"127.0.0.1:{page}", database=first.database)) as node:
        send(node, b"after")
        assert "after" in line()
        follower.__exit__(None, None, None)


def test_a_login_is_taken_from_the_address_and_once_ends_with_the_sandbox() -> None:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", ui_auth="ann:secret")) as node:
        send(node, b"before")
        follower = tail(node.url.replace("://", "://ann:secret@"), "--once", "-n", "1")
        process, line = follower.__enter__()
        assert "before" in line()
        send(node, b"private")
        assert "private" in line()
        refused = invoke("tail", "--url", node.url, "--once")
    assert process.wait(30) == 0
    follower.__exit__(None, None, None)
    assert refused.exit_code == 1
    assert "Error: " in refused.output


def test_without_a_sandbox_that_is_said() -> None:
    result = invoke("tail", "--url", "http://127.0.0.1:9/")
    assert (result.exit_code, "no sandbox answers at http://127.0.0.1:9/" in result.output) == (1, True)


def test_a_wrong_cursor_is_said(node: Node) -> None:
    result = invoke("tail", "--url", node.url, "--after", "no cursor")
    assert (result.exit_code, "refuses its live feed: 422" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "received <> -> ann@example.com and 2 more: (no subject)"),
        ({"subject": "a\x1b[31mb\r\nc\u202ed\x9b"}, "received <> -> ann@example.com and 2 more: a\\x1b[31mb\\r\\nc"),
        ({"source": "report", "subject": "Undelivered"}, "report   <> -> ann@example.com and 2 more: Undelivered"),
        ({"recipients": [], "recipient_count": 0}, "received <> -> nobody: (no subject)"),
    ],
)
def test_a_line_says_who_wrote_to_whom_and_can_do_nothing_to_a_terminal(changed: dict[str, Any], line: str) -> None:
    assert line_of({**ROW, **changed})[9:].startswith(line)
    assert visible(line_of({**ROW, **changed})).isprintable()


def test_other_changes_are_told_on_demand() -> None:
    change = {"kind": "changed", "messages": [{"id": "x", "seen": True, "pinned": False}]}
    removed = {"kind": "removed", "ids": ["x"]}
    assert list(entries(change, everything=False)) == list(entries(removed, everything=False)) == []
    told = [
        *entries(change, everything=True),
        *entries(removed, everything=True),
        *entries({"kind": "cleared"}, everything=True),
    ]
    assert [line_of(one)[9:] for one in told] == ["changed  x seen", "removed  x", "cleared"]
