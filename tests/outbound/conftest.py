"""A sandbox that lets mail go on, and another one that plays the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mailpit_py.client import Client
from mailpit_py.config import Config
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.node import Node
from tests.outbound.sinking import sandbox

Start = Callable[..., Node]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts sandboxes with options; all end with the test."""
    with ExitStack() as stack:

        def start(**options: Any) -> Node:
            return stack.enter_context(Node(Config(**{"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", **options})))

        yield start


@pytest.fixture
def node() -> Iterator[Node]:
    """A sandbox without options."""
    with sandbox() as running:
        yield running


@pytest.fixture
def real(start: Start) -> Node:
    """The server to which mail goes."""
    return start()


def kept(node: Node) -> list[tuple[Envelope, bytes]]:
    """What a sandbox has got, the oldest first."""
    store = node.sandbox.store
    found = []
    for row in reversed(store.page(limit=100).items):
        stored, raw = store.message("default", row.public_id), store.raw("default", row.public_id)
        assert stored is not None
        assert raw is not None
        found.append((stored.envelope, raw))
    return found


def addresses(recipients: tuple[Recipient, ...]) -> list[str]:
    return [one.address for one in recipients]


def ended(node: Node, public_id: str) -> dict[str, Any]:
    """Wait for the end of an item, and show it."""
    wait_until(node, lambda: node.sandbox.store.relay.item(public_id).next_at is None)  # type: ignore[union-attr]
    shown: dict[str, Any] = Client(node.url).get(f"relay/items/{public_id}")
    return shown


def wait_until(node: Node, holds: Callable[[], bool]) -> None:
    """Wait for something that the queue's bell announces."""
    bell = node.sandbox.store.relay.bell
    while True:
        tick = bell.tick
        if holds():
            return
        assert bell.wait(tick, 60), "nothing happens"
