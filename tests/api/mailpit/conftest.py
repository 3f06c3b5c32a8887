"""Applications with mail as Mailpit's own tests put it in, and one with chaos switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, create_app
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.tagging import Tagger
from mailpit_py.config import Config
from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.simulation.chaos import Chaos
from mailpit_py.storage import Limits, Store, StoreOptions
from tests.api.conftest import Mail, session

V1 = "/api/v1"


def numbered(number: int) -> bytes:
    """The message of this number among Mailpit's hundred."""
    return (
        f"From: From {number} <from-{number}@example.com>\r\n"
        f"To: To {number} <to-{number}@example.com>, To2 {number} <to2-{number}@example.com>\r\n"
        f"Cc: Cc {number} <cc-{number}@example.com>, Cc2 {number} <cc2-{number}@example.com>\r\n"
        f"Reply-To: Reply To {number} <reply-to-{number}@example.com>\r\n"
        f"Subject: Subject line {number} end\r\n"
        f"X-Tags: Test tag {number:03d}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n"
        f"This is the email body {number} <jdsauk;dwqmdqw;>.\r\n"
    ).encode()


def recipients(number: int) -> tuple[str, ...]:
    """Its envelope."""
    return tuple(f"{name}-{number}@example.com" for name in ("to", "to2", "cc", "cc2"))


def transaction(*addresses: str) -> Transaction:
    """A transaction for these recipients."""
    accepted = tuple(Recipient(one) for one in addresses or ("ann@example.com",))
    return Transaction(session(), Envelope("app@example.org", accepted))


def make_sandbox(store: Store, **more: Any) -> Sandbox:
    """A sandbox that tags mail by what it says of itself, as the program does."""
    return Sandbox(store, Clock(), tagger=Tagger(**more))


@pytest.fixture(scope="module")
def hundred() -> Iterator[Client]:
    """A client of a sandbox with Mailpit's hundred messages; only for tests that change nothing."""
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        sandbox = make_sandbox(store)
        for number in range(1, 101):
            Mail(sandbox).receive(numbered(number), f"from-{number}@example.com", *recipients(number))
        app = create_app(sandbox, Config())
        yield app.test_client()
        app.close()


@pytest.fixture
def tagging(sandbox: Sandbox) -> Iterator[Callable[..., None]]:
    """Switch tagging on; keywords are those of Tagger. Off again after the test."""

    def switch(**more: Any) -> None:
        sandbox.tagger = Tagger(**more)

    yield switch
    sandbox.tagger = None


@pytest.fixture
def chaotic(make_app: Callable[..., Application], sandbox: Sandbox) -> Iterator[Client]:
    """A client of a sandbox that was started with --enable-chaos."""
    sandbox.simulator.configure(chaos=Chaos(enabled=True))
    yield make_app().test_client()
    sandbox.simulator.configure(chaos=Chaos())
