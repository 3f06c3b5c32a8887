"""A sandbox of its own process for the clients of this folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.process import Running, sandbox

SANDBOX = (sys.executable, "-m", "mailpit_py")


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Running]:
    with sandbox(SANDBOX, tmp_path_factory.mktemp("clients")) as started:
        yield started
