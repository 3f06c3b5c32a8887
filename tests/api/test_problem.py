"""The one table from exceptions to problems, and the JSON that carries both."""

from __future__ import annotations

import json

import pytest
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge

from mailpit_py.api import Application, create_app, schemas
from mailpit_py.api.answers import encode
from mailpit_py.api.problem import Problem, answer
from mailpit_py.api.shape import instant
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError, NotFound, QueryError, StorageError, StorageFull
from mailpit_py.storage import Store, StoreOptions


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (Problem(418, "Tea only."), 418, "about:blank"),
        (Problem(403, "No.", kind="host"), 403, "urn:mailpit-py:problem:host"),
        (NotFound("there is no inbox 'x'"), 404, "urn:mailpit-py:problem:not-found"),
        (NotFound(), 404, "urn:mailpit-py:problem:not-found"),
        (QueryError("odd", 3), 400, "urn:mailpit-py:problem:query"),
        (StorageFull("full"), 507, "urn:mailpit-py:problem:storage-full"),
        (StorageError("broken"), 503, "urn:mailpit-py:problem:storage"),
        (ConfigError("not so"), 400, "about:blank"),
        (MethodNotAllowed(["GET"]), 405, "about:blank"),
        (RequestEntityTooLarge(), 413, "about:blank"),
        (ValueError("a secret"), 500, "about:blank"),
    ],
)
def test_every_exception_becomes_a_problem(app: Application, error: Exception, status: int, kind: str) -> None:
    with app.test_request_context("/api/v2/x"):
        response = answer(error)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    body = json.loads(response.get_data())
    schemas.ProblemDetails.model_validate(body)
    assert (body["type"], body["status"]) == (kind, status)
    assert "secret" not in body["detail"]


def test_a_problem_of_the_query_names_its_place(app: Application) -> None:
    with app.test_request_context("/api/v2/x"):
        body = json.loads(answer(QueryError("odd", 3)).get_data())
    assert body["errors"] == [{"field": "query", "reason": "odd (at character 4)"}]


@pytest.mark.parametrize("text", ["a\ud800b", "\udcff", "plain", "ü🌱", "\u2028</script>", "\x00\x1f"])
def test_every_text_can_be_carried(text: str) -> None:
    assert json.loads(encode({"text": text})) == {"text": text}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_795_003_200_123_456, "2026-11-18T12:00:00.123456Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1 << 62, None),
        (-(1 << 62), None),
    ],
)
def test_instants_are_utc_with_microseconds(at: int | None, expected: str | None) -> None:
    assert instant(at) == expected


def test_a_store_that_has_closed_is_not_ready() -> None:
    store = Store.open(None, StoreOptions())
    app = create_app(Sandbox(store, Clock()), Config())
    assert app.test_client().get("/readyz").status_code == 200
    store.close()
    assert app.test_client().get("/readyz").status_code == 503
    assert app.test_client().get("/livez").status_code == 200
    assert app.test_client().get("/api/v2/messages").status_code == 503
    app.close()


def test_a_password_file_that_cannot_be_read_is_a_configuration_error(tmp_path: object, app: Application) -> None:
    file = f"{tmp_path}/users"
    with open(file, "wb") as users:
        users.write(b"\xff\xfe:x")
    with pytest.raises(ConfigError, match="cannot read the password file"):
        create_app(app.extensions["mailpit"].sandbox, Config(ui_auth_file=file))
