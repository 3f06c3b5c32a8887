"""An application with chaos switched on, and as new after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application
from mailpit_py.sandbox import Sandbox
from mailpit_py.simulation.chaos import Chaos


@pytest.fixture
def chaotic(make_app: Callable[..., Application], sandbox: Sandbox) -> Iterator[Client]:
    """A client of a sandbox that was started with --enable-chaos."""
    sandbox.simulator.configure(chaos=Chaos(enabled=True))
    yield make_app().test_client()
    sandbox.simulator.configure(chaos=Chaos())
