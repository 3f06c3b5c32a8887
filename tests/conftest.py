"""What every test can use, and a word for whoever starts pytest in an environment that lacks something."""

from __future__ import annotations

import importlib.util
import logging
import os
import sqlite3
from collections.abc import Iterator

import hypothesis
import pytest

# No test depends on time: an example may be slow on a busy machine. In CI the examples are the same in every run.
hypothesis.settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("untimed")

LOGGER = logging.getLogger("mailpit_py")
NEEDED = ("aiosmtplib", "playwright", "pytest_timeout", "websockets", "xdist")


def pytest_sessionstart() -> None:
    """End at once, and say what to do, rather than fail in every second test."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.exit(f"{', '.join(missing)} missing: ./test installs what the tests need", returncode=4)
    with sqlite3.connect(":memory:") as database:
        options = {name for (name,) in database.execute("PRAGMA compile_options")}
    database.close()
    if "ENABLE_FTS5" not in options:
        pytest.exit("this Python's SQLite has no FTS5, which search is built on", returncode=4)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """Leave the log to the next test as it was: the command, run in a test's own process, sends it elsewhere."""
    level, propagate, handlers = LOGGER.level, LOGGER.propagate, LOGGER.handlers
    yield
    LOGGER.setLevel(level)
    LOGGER.propagate, LOGGER.handlers = propagate, handlers
