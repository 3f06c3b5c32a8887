"""A sandbox with sinks, mail that makes something due, and what became of it."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from contextlib import contextmanager

from mailpit_py.application.sinkbook import SinkSettings
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.storage import SinkKind

FREE = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
HOUR = 3_600_000_000
MAIL = b"From: news@app.example\r\nTo: %s\r\nSubject: news\r\nMessage-ID: <1@app.example>\r\n\r\nbody\r\n"


@contextmanager
def sandbox(**options: str):
    with Node(Config(**{**FREE, **options})) as node:
        yield node


def send(node: Node, *to: str, reverse_path: str = "bounces@app.example") -> None:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=30) as client:
        client.sendmail(reverse_path, list(to), MAIL % to[0].encode())


def wait_until(node: Node, is_true: Callable[[], bool], timeout: float = 60) -> None:
    """Wait for what a try changes, on the bell that rings then."""
    end, bell = time.monotonic() + timeout, node.store.agenda.bell
    while True:
        tick = bell.tick
        if is_true():
            return
        assert time.monotonic() < end, [one.state for one in attempts(node)]
        bell.wait(tick, 1)


def attempts(node: Node, **wanted: str):
    return node.store.agenda.sinks.attempts("default", **wanted).items


def settled(node: Node, count: int = 1):
    """The attempts, once there are so many and none of them waits."""
    wait_until(node, lambda: len(attempts(node)) >= count and not attempts(node, state="pending"))
    return attempts(node)


def push_to(node: Node, port: int, **more) -> None:
    node.sandbox.sinks.add("default", SinkSettings(kind=SinkKind.SMTP, target=f"127.0.0.1:{port}", **more))


def hook_to(node: Node, port: int, provider: str = "standard", **more):
    settings = SinkSettings(kind=SinkKind.WEBHOOK, target=f"http://127.0.0.1:{port}/hook", provider=provider, **more)
    return node.sandbox.sinks.add("default", settings)
