"""A sandbox of its own process for the clients of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.process import Running, checkout


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Running]:
    with checkout(tmp_path_factory.mktemp("clients")) as started:
        yield started
