"""What tests of the servers by which mail is read share: a loop, TLS, and a real store with mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.tls import ServerTls, server_tls
from mailpit_py.storage import Store, StoreOptions
from tests.storage.building import arrival, keep


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def loop_thread(request: pytest.FixtureRequest) -> Iterator[LoopThread]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop", reason="needs uvloop")
    with LoopThread(name="server-tests", use_uvloop=request.param == "uvloop") as loop:
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
