"""A real sandbox on a temporary store, and an application in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, create_app
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import AttemptSummary, Selection, Store, StoreOptions

API = "/api/v2"
SIMPLE = (
    b"From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: Hello\r\n"
    b"Message-ID: <1@example.org>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\nHi Bob\r\n"
)


@dataclass
class Mail:
    """Puts mail into a sandbox as SMTP does."""

    sandbox: Sandbox

    def receive(self, raw: bytes = SIMPLE, reverse_path: str = "ann@example.org", *recipients: str) -> str:
        """Keep a message and return its public id."""
        to = tuple(Recipient(one) for one in recipients or ("bob@example.com",))
        transaction = Transaction(session(), Envelope(reverse_path, to), (Line(1, "C", "MAIL FROM:<ann@example.org>"),))
        return self.sandbox.receive(transaction, raw).result(10).public_id

    def subject(self, text: str) -> str:
        """Keep a message with this subject and return its public id."""
        return self.receive(SIMPLE.replace(b"Hello", text.encode()))

    def refuse(self) -> str:
        """Keep a transaction that was refused at RCPT and return its public id."""
        said = Reply(550, "5.1.1", "unknown user")
        envelope = Envelope("ann@example.org", refused=(Recipient("nobody@example.com", reply=said),))
        self.sandbox.refuse(Transaction(session(), envelope), Stage.RCPT, said)
        self.sandbox.store.mark("default", Selection.ids(()), seen=True).result(10)  # the writer works in order
        items = self.sandbox.store.page("default", refused=True).items
        return next(item.public_id for item in items if isinstance(item, AttemptSummary))


def session() -> Session:
    """A connection as SMTP sees it."""
    return Session(new_public_id(), 1_700_000_000_000_000, peer="127.0.0.1:5555", protocol="ESMTP", helo="client")


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """One sandbox on a private temporary store for all tests; each begins with it empty."""
    with Store.open(None, StoreOptions()) as store:
        yield Sandbox(store, Clock())


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """A sandbox without mail."""
    if shared.store.count("default", mailbox=None, refused=True):
        shared.store.delete("default", Selection.everything()).result(10)
    return shared


@pytest.fixture
def mail(sandbox: Sandbox) -> Mail:
    """A way to put mail into the sandbox."""
    return Mail(sandbox)


@pytest.fixture
def make_app(sandbox: Sandbox) -> Iterator[Callable[..., Application]]:
    """Builds applications on the sandbox; keywords are options."""
    made: list[Application] = []

    def make(**options: Any) -> Application:
        made.append(create_app(sandbox, Config(**options)))
        return made[-1]

    yield make
    for app in made:
        app.close()


@pytest.fixture
def app(make_app: Callable[..., Application]) -> Application:
    """An application of its own with the default options."""
    return make_app()


@pytest.fixture(scope="session")
def shared_app(shared: Sandbox) -> Iterator[Application]:
    """The application with the default options that many tests ask."""
    app = create_app(shared, Config())
    yield app
    app.close()


@pytest.fixture
def client(shared_app: Application, sandbox: Sandbox) -> Client:
    """A client that is no browser: it sends neither Origin nor Sec-Fetch-Site."""
    return shared_app.test_client()
