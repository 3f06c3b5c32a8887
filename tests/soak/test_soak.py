"""The suite of the sample applications passes: Django with Celery, Flask, FastAPI, each in processes of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpit_py.testing import Mailpit
from tests.soak.running import run


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_suite_passes_on_a_server_that_runs_elsewhere_and_keeps_little(tmp_path: Path) -> None:
    with Mailpit(max=5) as server:
        outcome = run(tests=10, workers=1, folder=tmp_path, url=server.url)
        assert (outcome.passed, outcome.failed) == (10, 0), outcome.said
        assert server.messages == ()
