"""Which pages may call: Origin and Sec-Fetch-* as browsers send them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api.origins import Caller, is_foreign, is_own, normal_origin, read_origins
from mailpit_py.errors import ConfigError
from tests.api.conftest import API, Mail

HOST = {"Host": "localhost:8025"}
OWN = "http://localhost:8025"


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://localhost:8025", "localhost:8025", True),
        ("HTTP://LOCALHOST:8025", "localhost:8025", True),
        ("https://localhost:8025", "localhost:8025", True),  # TLS may end in front of us
        ("http://mail.test", "mail.test", True),
        ("http://mail.test:80", "mail.test", True),
        ("https://mail.test", "mail.test:443", True),
        ("http://[::1]:8025", "[::1]:8025", True),
        ("http://localhost:8026", "localhost:8025", False),
        ("http://localhost", "localhost:8025", False),
        ("http://127.0.0.1:8025", "localhost:8025", False),
        ("http://localhost:8025.evil.com", "localhost:8025", False),
        ("http://evil.com/localhost:8025", "localhost:8025", False),
        ("http://localhost:8025@evil.com", "localhost:8025", False),
        ("ftp://localhost:8025", "localhost:8025", False),
        ("null", "localhost:8025", False),
        ("", "localhost:8025", False),
        ("localhost:8025", "localhost:8025", False),
        ("http://", "localhost:8025", False),
        ("file://", "localhost:8025", False),
        ("chrome-extension://abc", "localhost:8025", False),
    ],
)
def test_own_origin_is_the_same_host_and_port(origin: str, host: str, own: bool) -> None:
    assert is_own(origin, host) is own


FOREIGN: list[dict[str, str]] = [
    {"Origin": "http://evil.com"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:8025.evil.com"},
    {"Origin": f"{OWN}, http://evil.com"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"},
    {"Sec-Fetch-Site": "something-new"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.com"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/", f"{API}/messages", f"{API}/events", "/assets/x.js", "/api/nowhere"])
def test_foreign_pages_are_refused_on_every_route(client: Client, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers={**HOST, **headers}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"},  # a link that somebody follows
    ],
)
def test_own_pages_programs_and_links_may_read(client: Client, headers: dict[str, str]) -> None:
    assert client.get(f"{API}/messages", headers={**HOST, **headers}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_foreign_navigation_may_not_write(client: Client, mail: Mail, method: str) -> None:
    mail.receive()
    headers = {**HOST, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    answer = client.open(f"{API}/messages", method=method, json={"all": True, "seen": True}, headers=headers)
    assert answer.status_code == 403
    assert mail.sandbox.store.counts("default").unread == 1


@pytest.mark.parametrize("browser", [{"Origin": OWN}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_from_a_page_only_json_is_a_body(client: Client, mail: Mail, browser: dict[str, str], kind: str) -> None:
    mail.receive()
    answer = client.delete(f"{API}/messages", data=b'{"all": true}', headers={**HOST, **browser, "Content-Type": kind})
    assert answer.status_code == 415
    assert mail.sandbox.store.counts("default").total == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_programs_need_not_name_the_type(client: Client, mail: Mail, kind: str) -> None:
    mail.receive()
    answer = client.delete(f"{API}/messages", data=b'{"all": true}', headers={**HOST, "Content-Type": kind})
    assert answer.json == {"deleted": 1}


def test_delete_without_a_body_needs_no_type(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    assert client.delete(f"{API}/messages/{public_id}", headers={**HOST, "Origin": OWN}).json == {"deleted": 1}


def test_there_are_no_cors_headers_by_default(client: Client) -> None:
    for headers in ({}, {"Origin": OWN}, {"Origin": "http://evil.com"}):
        answer = client.get(f"{API}/messages", headers={**HOST, **headers})
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


@pytest.fixture
def open_client(make_app: Any) -> Client:
    client: Client = make_app(api_cors="http://localhost:3000,https://app.test").test_client()
    return client


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("https://app.test", True),
        ("https://app.test:443", True),
        ("http://app.test", False),
        ("https://app.test:8443", False),
        ("http://localhost:3001", False),
        ("https://localhost:3000", False),
        ("https://evil.app.test", False),
        ("null", False),
    ],
)
def test_api_cors_admits_exact_origins(open_client: Client, origin: str, allowed: bool) -> None:
    answer = open_client.get(f"{API}/messages", headers={**HOST, "Origin": origin, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (
        (200, origin) if allowed else (403, None)
    )
    assert "Origin" in answer.headers.get("Vary", "")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_preflight_of_a_permitted_origin_needs_no_password(make_app: Any) -> None:
    client = make_app(api_cors="http://localhost:3000", ui_auth="ann:secret").test_client()
    asked = {**HOST, "Origin": "http://localhost:3000", "Access-Control-Request-Method": "DELETE"}
    answer = client.options(f"{API}/messages", headers=asked)
    assert answer.status_code == 204
    routed = {method for rule in client.application.url_map.iter_rules() for method in rule.methods or ()}
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == routed - {"OPTIONS"}
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, *"
    assert client.options(f"{API}/messages", headers={**asked, "Origin": "http://evil.com"}).status_code == 403
    assert client.options(f"{API}/messages", headers={**HOST, "Origin": "http://localhost:3000"}).status_code == 401


# Mailpit's own cases: what --api-cors holds, and whether an Origin may call a Host.
LIST = "example.com,foo.com bar.com"


@pytest.mark.parametrize(
    ("text", "origin", "host", "allowed"),
    [
        (LIST, None, "example.com", True),
        (LIST, "http://example.com:1234", "mailpit.local", False),
        (LIST, "http://example.com:1234", "example.com:1234", True),
        (LIST, "http://notallowed.com", "example.com", False),
        (LIST, "http://foo.com", "mailpit.local", True),
        (LIST, "https://foo.com", "mailpit.local", True),
        (LIST, "HTTP://EXAMPLE.COM", "mailpit.local", True),
        (LIST, "HTTP://FOO.COM", "mailpit.local", True),
        (LIST, "http://example.com", "MAILPIT.LOCAL", True),
        (LIST, "HTTP://NOTALLOWED.COM", "mailpit.local", False),
        (LIST, "HtTp://ExAmPlE.CoM", "mailpit.local", True),
        (LIST, "http://ex\u00e1mple.com", "mailpit.local", False),
        (LIST, "HTTP://F\u00d6\u00d6.COM", "mailpit.local", False),
        ("http://example.com,https://foo.com:8080", "https://foo.com:8080", "mailpit.local", True),
        ("http://example.com,https://foo.com:8080", "https://foo.com", "mailpit.local", False),
        ("http://example.com,*,https://test", "http://any.com", "mailpit.local", True),
        ("*", "http://any.com", "mailpit.local", True),
        ("*", "", "mailpit.local", False),
        ("", "http://any.com", "mailpit.local", False),
    ],
)
def test_hosts_and_a_star_admit_origins_as_with_mailpit(
    text: str, origin: str | None, host: str, allowed: bool
) -> None:
    assert is_foreign(Caller("GET", host, origin, None, None), read_origins(text)) is not allowed


@pytest.mark.parametrize("text", ["a b/c", "http://a/b", "http://*.test", "*.test", "javascript:alert(1)"])
def test_what_is_no_origin_is_a_configuration_error(text: str) -> None:
    with pytest.raises(ConfigError, match="--api-cors"):
        read_origins(text)


def test_the_refusal_tells_how_to_admit_the_page(client: Client) -> None:
    answer = client.get(f"{API}/messages", headers={**HOST, "Origin": "http://localhost:3000"})
    assert answer.json is not None
    assert "--api-cors=http://localhost:3000" in answer.json["detail"]


def test_an_origin_is_written_out_with_its_port() -> None:
    assert normal_origin("HTTPS://App.Test/") == "https://app.test:443"
