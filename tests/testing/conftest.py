"""Views on each kind of server: in this process, in this process but over HTTP, and a Mailpit where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailpit_py.testing import Mailpit, Remote, View
from mailpit_py.testing.drop_in import MailpitSource
from mailpit_py.testing.source import Place
from tests.beside.programs import mailpit

Send = Callable[..., None]


@pytest.fixture(scope="module")
def local() -> Iterator[Mailpit]:
    server = Mailpit()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def remote(local: Mailpit) -> Remote:
    return Remote(local.node.url)


@pytest.fixture(scope="module")
def real_mailpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """A Mailpit, as its makers build it."""
    with mailpit(tmp_path_factory.mktemp("mailpit")) as server:
        yield Remote(server.url, smtp=f"127.0.0.1:{server.smtp_port}")


class AsMailpit:
    """Our own server, spoken to as to a Mailpit, by the API of Mailpit alone; a real one is not on every machine."""

    def __init__(self, server: Mailpit) -> None:
        self._server = server

    def view(self, *, timeout: float) -> View:
        node = self._server.node
        return View(MailpitSource(node.url, Place("127.0.0.1", node.smtp_port, node.url)), timeout=timeout)


@pytest.fixture(scope="module")
def as_mailpit(local: Mailpit) -> AsMailpit:
    return AsMailpit(local)


@pytest.fixture
def mp(local: Mailpit) -> View:
    """A view in this process."""
    return local.view(timeout=20)


@pytest.fixture(params=["local", "remote", "as_mailpit", "real_mailpit"])
def view(request: pytest.FixtureRequest) -> View:
    """A view on each kind of server."""
    return request.getfixturevalue(request.param).view(timeout=20)


@pytest.fixture(params=["as_mailpit", "real_mailpit"])
def mailpits(request: pytest.FixtureRequest) -> View:
    """A view of what has no more than Mailpit's API."""
    return request.getfixturevalue(request.param).view(timeout=20)


@pytest.fixture(params=["local", "remote"])
def ours(request: pytest.FixtureRequest) -> View:
    """A view on our own server, near and far."""
    return request.getfixturevalue(request.param).view(timeout=20)


def mail(subject: str = "Hello", text: str = "Hi Ann", to: str = "Ann <ann@example.com>", **fields: str) -> bytes:
    """A small message."""
    head = {"From": "Acme <hi@acme.test>", "To": to, "Subject": subject, "Message-ID": f"<{subject}@acme.test>"}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (head | fields).items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def send(view: View, subject: str = "Hello", *recipients: str, raw: bytes | None = None, **fields: str) -> None:
    """Send one message."""
    with view.smtplib() as client:
        to = list(recipients or ("ann@example.com",))
        client.sendmail("app@acme.test", to, mail(subject, **fields) if raw is None else raw)


def sample(name: str) -> bytes:
    """A stored message of the corpus."""
    return (Path(__file__).parents[1] / "messages" / name).read_bytes()
