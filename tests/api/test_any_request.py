"""Requests made up from our own documents: whatever is asked, nothing fails in a way that nobody foresaw."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from mailpit_py.api import Application, create_app
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.storage import Store, StoreOptions
from tests.api.conftest import Mail

EXAMPLES = 8


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    with Store.open(None, StoreOptions()) as store:
        sandbox = Sandbox(store, Clock())
        Mail(sandbox).receive()
        app = create_app(sandbox, Config(enable_chaos=True))
        yield app
        app.close()


@pytest.mark.parametrize("path", ["/api/v1/swagger.json", "/api/v2/openapi.json"])
def test_no_request_is_answered_by_an_unforeseen_error(application: Application, path: str, caplog: Any) -> None:
    caplog.set_level(logging.ERROR)
    document = schemathesis.openapi.from_wsgi(path, application)
    operations = [one.ok() for one in document.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        if not operation.path.endswith("/events"):  # a websocket
            _ask(operation)
    assert not [record.message for record in caplog.records if "unforeseen" in record.message]


def _ask(operation: Any) -> None:
    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        answer = case.call()
        assert answer.status_code < 500, (operation.label, answer.status_code, answer.content[:300])

    run()
