"""What holds for every route: found by walking the URL map, so that a new route cannot be forgotten."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from mailpit_py.api import Application
from mailpit_py.api.security import PROBES, SIGNED, WITHOUT_LOGIN
from tests.api.conftest import API, Mail
from tests.api.routes import walk

# Mailpit's own: to look at a message there is to have read it.
READING = {"v1.show_message", "v1.check_links", "view.show_html", "view.show_text"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def opened(client: Client, method: str, path: str, **headers: str) -> TestResponse:
    body = {"json": {}} if method in ("POST", "PATCH", "DELETE") else {}
    return client.open(path, method=method, headers=headers, **body)


@pytest.mark.parametrize("webroot", ["/", "/mail/pit/"])
def test_every_route_but_the_probes_asks_for_the_password(make_app: Any, mail: Mail, webroot: str) -> None:
    app = make_app(ui_auth="ann:secret", webroot=webroot)
    public_id = mail.receive()
    answers = {
        (endpoint, method): opened(app.test_client(), method, path).status_code
        for endpoint, method, path in walk(app, public_id)
    }
    open_routes = {endpoint for (endpoint, _), status in answers.items() if status != 401}
    assert open_routes == PROBES | SIGNED | WITHOUT_LOGIN
    assert answers["cid.image", "GET"] == 403  # no signature
    assert mail.sandbox.store.counts("default").total == 1


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/messages/x/html",
        "/assets/index.js",
        "/favicon.svg",
        "/api",
        "/api/v1/messages",
        "/nowhere",
        "//api/v2/info",
        "/%61pi/v2/info",
        "/api/v2/INFO",
        "/api/v2/%65vents",
        "/livez/",
        "/livez/../api/v2/info",
        "/readyz%2f..%2fapi",
    ],
)
def test_addresses_without_a_route_ask_for_the_password_too(make_app: Any, path: str) -> None:
    client = make_app(ui_auth="ann:secret").test_client()
    for method in ("GET", "POST", "DELETE", "OPTIONS", "TRACE"):
        assert client.open(path, method=method).status_code == 401


def test_the_probes_say_nothing(make_app: Any) -> None:
    client = make_app(ui_auth="ann:secret").test_client()
    for probe in ("/livez", "/readyz"):
        answer = client.get(probe, headers={"Host": "evil.com"})
        assert (answer.status_code, answer.data, answer.content_type) == (200, b"", None)


def test_every_route_but_the_probes_checks_the_host(app: Application, mail: Mail) -> None:
    public_id = mail.receive()
    answers = {
        endpoint
        for endpoint, method, path in walk(app, public_id)
        if opened(app.test_client(), method, path, Host="evil.com").status_code != 403
    }
    assert answers == PROBES


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.com"}, {"Sec-Fetch-Site": "same-site"}])
def test_every_route_but_probes_and_images_refuses_foreign_pages(
    app: Application, mail: Mail, headers: dict[str, str]
) -> None:
    public_id = mail.receive()
    let_in = set()
    for endpoint, method, path in walk(app, public_id):
        answer = opened(app.test_client(), method, path, **headers)
        if answer.status_code != 403:
            let_in.add(endpoint)
        elif endpoint not in SIGNED and answer.json and not endpoint.startswith("v1."):
            assert answer.json["type"] == "urn:mailpit-py:problem:origin"
    assert let_in == PROBES


def test_every_answer_carries_the_headers(app: Application, mail: Mail) -> None:
    public_id = mail.receive()
    client = app.test_client()
    answers = [opened(client, method, path) for _, method, path in walk(app, public_id)]
    answers += [opened(client, "PUT", path) for _, _, path in walk(app, public_id)]
    answers += [client.open(path, method="OPTIONS") for _, _, path in walk(app, public_id)]
    answers += [client.get(path) for path in ("/api/nowhere", "/assets/nowhere.js", "/favicon.ico", f"{API}/info?x=1")]
    answers += [client.get("/", headers={"Host": "evil.com"}), client.get("/", headers={"Origin": "null"})]
    assert {answer.status_code for answer in answers} >= {200, 201, 400, 403, 404, 405, 422}
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value
        assert answer.headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
        assert answer.headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
        assert not answer.headers.get("Set-Cookie")


def test_only_the_mails_own_document_and_images_may_be_used_elsewhere(app: Application, mail: Mail) -> None:
    public_id = mail.receive(b"Content-Type: text/html\r\n\r\n<p>Hi")
    for endpoint, method, path in walk(app, public_id):
        if method != "GET":
            continue
        answer = app.test_client().get(path)
        is_frame = endpoint in ("api.show_html", "view.show_html")
        assert ("frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]) is is_frame
        assert (answer.headers["X-Frame-Options"] == "SAMEORIGIN") is is_frame
        if answer.status_code == 200:
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_unforeseen_error_says_nothing_and_carries_the_headers(app: Application, caplog: Any) -> None:
    @app.get("/api/v2/broken")
    def broken() -> None:
        raise RuntimeError("the secret path /etc/x")

    answer = app.test_client().get("/api/v2/broken")
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert b"secret" not in answer.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "the secret path" in caplog.text


def test_no_get_changes_anything(app: Application, mail: Mail) -> None:
    public_id = mail.receive(b"Content-Type: text/html\r\n\r\n<p>Hi")
    store = mail.sandbox.store
    before = (store.head(), store.counts("default"))
    for endpoint, method, path in walk(app, public_id):
        for reading in ("GET", "HEAD", "OPTIONS") if method == "GET" and endpoint not in READING else ("OPTIONS",):
            app.test_client().open(path, method=reading)
    assert (store.head(), store.counts("default")) == before


def test_head_answers_as_get_without_a_body(app: Application, mail: Mail) -> None:
    public_id = mail.receive(b"Content-Type: text/html\r\n\r\n<p>Hi")
    for endpoint, method, path in walk(app, public_id):
        if method == "GET" and endpoint != "events.stream":
            get, head = app.test_client().get(path), app.test_client().head(path)
            assert (head.status_code, head.data) == (get.status_code, b"")
            assert head.content_type == get.content_type


def test_a_wrong_method_is_told_which_are_right(app: Application, mail: Mail) -> None:
    public_id = mail.receive()
    right: dict[str, set[str]] = {}
    for _, method, path in walk(app, public_id):
        right.setdefault(path, set()).add(method)
    for path, methods in right.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            answer = app.test_client().open(path, method=method, json={})
            is_theirs = path.startswith("/api/v1/")  # where everything can be read, if only to find nothing
            assert (path, method, answer.status_code) == (path, method, 404 if is_theirs and method == "GET" else 405)
            if answer.status_code == 405:
                allowed = set(answer.headers["Allow"].replace(" ", "").split(",")) - {"HEAD", "OPTIONS"}
                assert allowed == methods | ({"GET"} if is_theirs else set())
            if path.startswith(API):
                assert answer.mimetype == "application/problem+json"


def test_problems_below_api_are_json_and_elsewhere_text(client: Client) -> None:
    inside, outside = client.get("/api/v9/x"), client.post("/somewhere")
    assert (inside.status_code, inside.mimetype) == (404, "application/problem+json")
    assert (outside.status_code, outside.mimetype) == (405, "text/plain")


@pytest.mark.parametrize("webroot", ["/", "/mail/"])
def test_nothing_answers_outside_the_webroot(make_app: Any, webroot: str) -> None:
    app = make_app(webroot=webroot)
    for _, _, path in walk(app, "0" * 22):
        assert f"{path}/".startswith(webroot)
    if webroot != "/":
        assert app.test_client().get("/").status_code == 404
        assert app.test_client().get("/api/v2/info").status_code == 404
        assert app.test_client().get("/livez").status_code == 404
        assert app.test_client().get("/mail/livez").status_code == 200


def test_a_password_opens_every_route(make_app: Any, mail: Mail) -> None:
    app = make_app(ui_auth="ann:secret")
    public_id = mail.receive()
    right = {"Authorization": "Basic " + base64.b64encode(b"ann:secret").decode()}
    for _, method, path in walk(app, public_id):
        assert opened(app.test_client(), method, path, **right).status_code != 401


def test_secrets_of_the_configuration_leave_by_no_route(make_app: Any, mail: Mail) -> None:
    app = make_app(ui_auth="ann:s3cr3t-ui", smtp_auth="bob:s3cr3t-smtp")
    public_id = mail.receive()
    right = {"Authorization": "Basic " + base64.b64encode(b"ann:s3cr3t-ui").decode()}
    for _, method, path in walk(app, public_id):
        assert b"s3cr3t" not in opened(app.test_client(), method, path, **right).data
