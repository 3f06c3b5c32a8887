"""A sandbox in this process for commands that speak to one, and a way to call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mailpit_py.cli import main
from mailpit_py.config import Config, options
from mailpit_py.node import Node
from mailpit_py.storage import Selection, Stored

Run = Callable[..., Result]
# Without the variables of whoever runs the tests.
PLAIN: dict[str, str | None] = {name: None for one in options() for name in one.variables}


def invoke(*words: str, stdin: bytes | str = b"", **variables: str) -> Result:
    """Run the program with these words."""
    return CliRunner().invoke(main, words, input=stdin, env=PLAIN | variables, prog_name="mailpit-py")


@pytest.fixture(scope="module")
def running() -> Iterator[Node]:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", max_message_size=1)) as node:
        yield node


@pytest.fixture
def node(running: Node) -> Iterator[Node]:
    """A running sandbox as new: without mail, rules, sinks and anything remembered."""
    yield running
    parts = running.sandbox
    parts.store.delete("default", Selection.everything()).result(10)
    parts.simulator.book.clear()
    parts.simulator.reset().result(10)
    parts.clock.reset("default")
    for sink in parts.sinks.all():
        parts.sinks.remove("default", sink.public_id)


@pytest.fixture
def run(node: Node) -> Run:
    """A function that runs the program with that sandbox's address."""
    return lambda *words: invoke(*words, MP_URL=node.url)


def address(node: Node) -> str:
    """Where its SMTP is."""
    return f"127.0.0.1:{node.smtp_port}"


def newest(node: Node) -> tuple[Stored, bytes]:
    """The message that came last, and its bytes."""
    store = node.store
    row: Any = store.page().items[0]
    stored, raw = store.message("default", row.public_id), store.raw("default", row.public_id)
    assert stored is not None
    assert raw is not None
    return stored, raw
