"""An IMAP listener on a free port, in front of a real store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.imap.listener import ImapListener
from mailpit_py.servers.loop import LoopThread
from mailpit_py.storage import Store
from tests.servers.reading import Serve, serving


@pytest.fixture
def sandbox(store: Store) -> Sandbox:
    return Sandbox(store, Clock())


@pytest.fixture
def serve(loop_thread: LoopThread, sandbox: Sandbox) -> Iterator[Serve]:
    """A function that starts a listener with the given settings; stopped at the end of the test."""
    with serving(lambda settings, sockets: ImapListener(loop_thread, sandbox, settings, sockets)) as start:
        yield start
