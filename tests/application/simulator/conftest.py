"""A sandbox on a store of its own, at a time that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.storage import Store
from tests.application.simulator.building import FakeClock


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        yield store


@pytest.fixture
def sandbox(store: Store) -> Sandbox:
    return Sandbox(store, FakeClock())
