"""What the sandbox tells of itself."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py import __version__
from mailpit_py.api import create_app, info_schemas
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from tests.api.conftest import API, Mail


def test_the_sandbox_describes_itself(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.get(f"{API}/info", headers={"Host": "localhost:8025"}).json or {}
    info_schemas.Info.model_validate(answer)
    assert (answer["name"], answer["version"]) == ("mailpit-py", __version__)
    assert answer["smtp"] == [
        {"host": "localhost", "port": 1025, "path": "", "tls": "none", "protocol": "smtp", "inbox": ""}
    ]
    assert answer["http"] == {"url": "http://localhost:8025/"}
    assert (answer["auth"], answer["counts"]["total"]) == ({"smtp": "any", "ui": False}, 1)
    assert (answer["database"]["temporary"], answer["database"]["path"]) == (True, None)
    assert answer["cursor"] == str(mail.sandbox.store.head())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"smtp_tls_cert": "auto"}, [("localhost", 1025, "starttls", "smtp")]),
        ({"smtp_tls_cert": "auto", "smtp_require_tls": True}, [("localhost", 1025, "tls", "smtp")]),
        ({"smtps": "localhost:465"}, [("localhost", 1025, "none", "smtp"), ("localhost", 465, "tls", "smtp")]),
        ({"lmtp": "127.0.0.1:24"}, [("localhost", 1025, "none", "smtp"), ("127.0.0.1", 24, "none", "lmtp")]),
        ({"smtp": "0.0.0.0:2525"}, [("mailpit", 2525, "none", "smtp")]),
        ({"smtp": ":2525"}, [("mailpit", 2525, "none", "smtp")]),
    ],
)
def test_every_way_in_is_named(make_app: Any, options: dict[str, Any], expected: list[Any]) -> None:
    answer = make_app(**options).test_client().get(f"{API}/info", headers={"Host": "mailpit:8025"}).json
    assert [(one["host"], one["port"], one["tls"], one["protocol"]) for one in answer["smtp"]] == expected


def test_a_port_that_the_system_chose_is_named(sandbox: Sandbox) -> None:
    app = create_app(sandbox, Config(smtp="localhost:0"), ports={"smtp": 54321})
    answer = app.test_client().get(f"{API}/info").json or {}
    assert answer["smtp"][0]["port"] == 54321
    app.close()


@pytest.mark.parametrize(
    ("options", "smtp"),
    [({}, "any"), ({"smtp_auth": "a:b"}, "file"), ({"smtp_auth_accept_any": False}, "off")],
)
def test_who_must_show_a_password_is_told(make_app: Any, options: dict[str, Any], smtp: str) -> None:
    assert (make_app(**options).test_client().get(f"{API}/info").json or {})["auth"]["smtp"] == smtp


def test_limits_without_a_limit_are_null(make_app: Any) -> None:
    app = make_app(max=0, max_message_size=0, max_age="7d", max_bytes="1G")
    assert (app.test_client().get(f"{API}/info").json or {})["limits"] == {
        "max_messages": None, "max_age": 604800, "max_bytes": 1 << 30, "max_message_size_bytes": None,
    }  # fmt: skip


def test_the_webroot_is_part_of_the_address(make_app: Any) -> None:
    answer = make_app(webroot="mail").test_client().get(f"/mail{API}/info", headers={"Host": "[::1]:8025"}).json
    assert answer["http"]["url"] == "http://[::1]:8025/mail/"
