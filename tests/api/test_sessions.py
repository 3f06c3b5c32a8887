"""Connections, and transactions without a message."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from mailpit_py.api import create_app, schemas
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.storage import Store, StoreOptions
from tests.api.conftest import API, Mail


def test_a_refused_transaction_is_shown_with_its_dialogue(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/attempts/{mail.refuse()}").json or {}
    schemas.AttemptDetail.model_validate(answer)
    assert (answer["stage"], answer["reply"]["code"], answer["reply"]["status"]) == ("RCPT", 550, "5.1.1")
    assert answer["envelope"]["refused"][0]["address"] == "nobody@example.com"


def test_sessions_are_listed_in_pages() -> None:
    with Store.open(None, StoreOptions()) as store:
        sandbox = Sandbox(store, Clock())
        app = create_app(sandbox, Config())
        for _ in range(5):
            Mail(sandbox).receive()
        first = app.test_client().get(f"{API}/sessions?limit=3").json or {}
        second = app.test_client().get(f"{API}/sessions?limit=3&before={first['next']}").json or {}
        app.close()
    schemas.SessionList.model_validate(first)
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)


def test_a_session_is_shown_with_all_that_was_said(client: Client, mail: Mail) -> None:
    mail.receive()
    public_id = (client.get(f"{API}/sessions").json or {})["items"][0]["id"]
    answer = client.get(f"{API}/sessions/{public_id}").json or {}
    schemas.SessionDetail.model_validate(answer)
    assert answer["lines"][0]["text"] == "MAIL FROM:<ann@example.org>"


@pytest.mark.parametrize("path", ["attempts/" + "0" * 22, "sessions/" + "0" * 22, "sessions/x", "attempts/1"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"{API}/{path}").status_code == 404


@pytest.mark.parametrize("arguments", ["limit=0", "limit=201", "before=x", "after=1"])
def test_a_wrong_parameter_is_refused(client: Client, arguments: str) -> None:
    assert client.get(f"{API}/sessions?{arguments}").status_code == 422


def test_a_message_is_no_attempt_and_an_attempt_no_message(client: Client, mail: Mail) -> None:
    assert client.get(f"{API}/attempts/{mail.receive()}").status_code == 404
    assert client.get(f"{API}/messages/{mail.refuse()}").status_code == 404
