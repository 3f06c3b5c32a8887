"""One set of keys for all tests: to make an RSA key takes a moment."""

from __future__ import annotations

import time

import pytest

from mailpit_py.application.keyring import make_keys
from mailpit_py.webhooks.request import Hook, Stamp


@pytest.fixture(scope="session")
def hook() -> Hook:
    return Hook(make_keys("a word of the tests"), name="default")


@pytest.fixture
def stamp() -> Stamp:
    """A stamp of now: verifiers refuse others."""
    return Stamp("1oGjM2nA4cKq8sUvWxYzBd", time.time_ns() // 1000)
