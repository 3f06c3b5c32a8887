from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.tls import ServerTls, server_tls
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import Serve, Served, serving


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    with LoopThread(name="smtp-tests") as loop:
        yield loop


@pytest.fixture(scope="session")
def uvloop_thread() -> Iterator[LoopThread]:
    pytest.importorskip("uvloop", reason="needs uvloop")
    with LoopThread(name="smtp-tests-uvloop", use_uvloop=True) as loop:
        yield loop


@pytest.fixture(scope="session")
def tls(tmp_path_factory) -> ServerTls:
    return server_tls("auto", "", tmp_path_factory.mktemp("tls"))


@pytest.fixture
def sandbox() -> RecordingSandbox:
    return RecordingSandbox()


@pytest.fixture
def serve(loop_thread: LoopThread, sandbox: RecordingSandbox) -> Iterator[Serve]:
    """A function that starts a listener with the given settings; stopped at the end of the test."""
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Served:
            return stack.enter_context(serving(loop_thread, sandbox, **settings))

        yield start


@pytest.fixture(params=["fast", "coroutine", "uvloop"])
def serve_each_way(request: pytest.FixtureRequest, sandbox: RecordingSandbox) -> Iterator[Serve]:
    """`serve` without a task for each connection, with aiosmtpd's coroutine, and on uvloop."""
    loop = request.getfixturevalue("uvloop_thread" if request.param == "uvloop" else "loop_thread")
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Served:
            fast_path = request.param != "coroutine"
            return stack.enter_context(serving(loop, sandbox, fast_path=fast_path, **settings))

        yield start
