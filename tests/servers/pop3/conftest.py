"""A POP3 listener on a free port, in front of a real store."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.bind import Bind
from mailpit_py.servers.loop import LoopThread, bind
from mailpit_py.servers.pop3.listener import Pop3Listener
from mailpit_py.servers.pop3.settings import Pop3Settings
from mailpit_py.servers.tls import ServerTls, server_tls
from mailpit_py.storage import Store, StoreOptions
from tests.servers.smtp.serving import TIMEOUT, RawClient
from tests.storage.building import arrival, keep

Serve = Callable[..., "Served"]


@dataclass
class Served:
    """A running listener. `connect` gives raw clients, closed at the end of the test."""

    listener: Pop3Listener
    port: int
    _clients: list[RawClient] = field(default_factory=list)

    def connect(self, *, greeted: bool = True) -> RawClient:
        client = RawClient(socket.create_connection(("127.0.0.1", self.port), TIMEOUT))
        self._clients.append(client)
        if greeted:
            assert client.line().startswith(b"+OK ")
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.listener.stop()


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def loop_thread(request: pytest.FixtureRequest) -> Iterator[LoopThread]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop", reason="needs uvloop")
    with LoopThread(name="pop3-tests", use_uvloop=request.param == "uvloop") as loop:
        yield loop


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ServerTls:
    return server_tls("auto", "", tmp_path_factory.mktemp("tls"))


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions()) as store:
        yield store


@pytest.fixture
def mail(store: Store) -> Callable[..., str]:
    """Put a message into the store, for these recipients, and return its public id."""

    def put(raw: bytes, *recipients: str, **more: Any) -> str:
        return keep(store, arrival(raw, *recipients, **more))[0]

    return put


@pytest.fixture
def serve(loop_thread: LoopThread, store: Store) -> Iterator[Serve]:
    """A function that starts a listener with the given settings; stopped at the end of the test."""
    sandbox = Sandbox(store, Clock())
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Served:
            sockets = bind(Bind.parse("127.0.0.1:0"))
            port = sockets[0].getsockname()[1]
            listener = Pop3Listener(loop_thread, sandbox, Pop3Settings(**settings), sockets)
            listener.start()
            served = Served(listener, port)
            stack.callback(served.close)
            return served

        yield start
