from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from mailpit_py.servers.loop import LoopThread

from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import Serve, Served, serving


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    with LoopThread(name="smtp-tests") as loop:
        yield loop


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


@pytest.fixture(params=[True, False], ids=["fast", "coroutine"])
def fast_path(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
