"""Requests made up from our own documents: each answer is one that these name, and no failure is unforeseen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mailpit_py.api import Application, create_app
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.storage import Store, StoreOptions
from tests.api.conftest import Mail

EXAMPLES = 8
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    with Store.open(None, StoreOptions()) as store:
        sandbox = Sandbox(store, Clock())
        app = create_app(sandbox, Config(enable_chaos=True, disable_http_compression=True))
        yield app
        app.close()


@pytest.mark.parametrize("path", ["/api/v1/swagger.json", "/api/v2/openapi.json"])
def test_every_answer_is_one_that_the_document_names(application: Application, path: str, caplog: Any) -> None:
    caplog.set_level(logging.ERROR)
    document = schemathesis.openapi.from_wsgi(path, application)
    operations = [one.ok() for one in document.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        if not operation.path.endswith("/events"):  # a websocket
            _ask(operation, Mail(application.extensions["mailpit"].sandbox).receive())
    assert not [record.message for record in caplog.records if "unforeseen" in record.message]


def _ask(operation: Any, public_id: str) -> None:
    """Ask eight times, also of a message that is there; status, media type and shape of the answer are checked."""

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
        case.path_parameters |= {name: public_id for name in ("ID", "public_id") if name in case.path_parameters}
        if operation.path.endswith("/wait") and isinstance(case.query.get("timeout"), int | float):
            case.query["timeout"] = min(case.query["timeout"], 0.05)  # it would wait as long as it is told
        answer = case.call()
        assert answer.status_code < 500, (operation.label, answer.status_code, answer.content[:300])
        case.validate_response(answer, checks=CHECKS)

    run()
