"""What a message loads, handed on: its own addresses alone, of few types, and none inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from mailpit_py.api import Application, create_app
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.checks import asset
from mailpit_py.checks.outside import Asset, Outside, Wish
from mailpit_py.config import Config
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1

HTML = b"Content-Type: text/html\r\nSubject: x\r\n\r\n%b\r\n"
SHEET = Asset(
    "https://x.test/css/a.css", 200, (("Content-Type", "text/css; charset=utf-8"),), b"p{background:url(b.png)}"
)
IMAGE = Asset(
    "https://x.test/a.png",
    200,
    (("Content-Type", "image/png"), ("Cache-Control", "max-age=5"), ("Set-Cookie", "a=b"), ("Last-Modified", "never")),
    b"\x89PNG",
)


@pytest.fixture
def giving(sandbox: Sandbox) -> Iterator[Callable[..., tuple[Client, list[Wish]]]]:
    """Clients of applications to which the world gives one asset, and what they wished for."""
    made: list[Application] = []

    def client(found: Asset, **options: Any) -> tuple[Client, list[Wish]]:
        wishes: list[Wish] = []

        def fetch(some: Any) -> list[Asset]:
            wishes.extend(some)
            return [found for _ in some]

        made.append(create_app(sandbox, Config(**options), outside=Outside(fetch=fetch)))
        return made[-1].test_client(), wishes

    yield client
    for app in made:
        app.close()


def ask(client: Client, public_id: str, url: str) -> TestResponse:
    data = base64.b64encode(f"{public_id}:{url}".encode()).decode()
    return client.get("/proxy", query_string={"data": data}, headers={"User-Agent": "A browser"})


def test_an_image_of_the_message_is_handed_on(giving: Any, mail: Mail) -> None:
    public_id = mail.receive(HTML % b'<img src="https://x.test/a.png">')
    client, wishes = giving(IMAGE)
    answer = ask(client, public_id, "https://x.test/a.png")
    assert (answer.status_code, answer.data) == (200, b"\x89PNG")
    assert (answer.content_type, answer.headers["Cache-Control"], answer.headers["Last-Modified"]) == (
        "image/png",
        "max-age=5",
        "never",
    )
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert [(one.url, one.agent, one.body_bytes) for one in wishes] == [("https://x.test/a.png", "A browser", 50 << 20)]
    assert client.get(f"{V1}/messages").json["messages"][0]["Read"] is True


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (b'<a href="https://x.test/a.png">x</a>', "https://x.test/a.png"),
        (b'<img src="https://x.test/a.png">', "https://x.test/b.png"),
        (b'<img src="file:///etc/passwd">', "file:///etc/passwd"),
        (b"<p>x</p>", ""),
    ],
)
def test_nothing_but_what_the_message_loads_is_asked_for(giving: Any, mail: Mail, html: bytes, url: str) -> None:
    client, wishes = giving(IMAGE)
    answer = ask(client, mail.receive(HTML % html), url)
    assert (answer.status_code, answer.data, wishes) == (400, b"Error: invalid request", [])


def test_what_a_sheet_loads_is_led_here_and_permitted(giving: Any, mail: Mail) -> None:
    public_id = mail.receive(HTML % b'<link rel="stylesheet" href="https://x.test/css/a.css">')
    client, wishes = giving(SHEET, webroot="/mail/")
    data = base64.b64encode(f"{public_id}:https://x.test/css/a.css".encode()).decode()
    sheet = client.get("/mail/proxy", query_string={"data": data})
    found = re.fullmatch(r'p\{background:url\("(/mail/proxy\?[^"]+)"\)\}', sheet.text)
    assert found is not None, sheet.text
    assert client.get(found[1]).status_code == 200
    assert wishes[-1].url == "https://x.test/css/b.png"
    assert client.get(re.sub("sig=.", "sig=_", found[1])).data == b"Error: invalid request"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Asset("x", 404), b"Error: invalid request"),
        (Asset("x", 200, (("Content-Type", "text/html"),), b"<script>"), b"Error: invalid request"),
        (Asset("x", 200, (("Content-Type", "image/png"),), b"", is_cut=True), b"Error: response too large"),
        (Asset("x", 0, error="connection refused"), b"Error: invalid request"),
    ],
)
def test_what_cannot_be_handed_on_is_refused(giving: Any, mail: Mail, found: Asset, text: bytes) -> None:
    client, _ = giving(found)
    answer = ask(client, mail.receive(HTML % b'<img src="https://x.test/a.png">'), "https://x.test/a.png")
    assert (answer.status_code, answer.data) == (400, text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("", b"Error: Data missing"),
        ("  ", b"Error: Data missing"),
        ("%%%", b"Error: invalid request"),
        (base64.b64encode(b"latest:https://x.test/").decode(), b"Error: invalid request"),
        (base64.b64encode(b"\xff:x").decode(), b"Error: invalid request"),
        (base64.b64encode(b"0000000000000000000000:https://x.test/").decode(), b"Error: invalid request"),
    ],
)
def test_what_names_no_message_is_refused(client: Client, data: str, text: bytes) -> None:
    answer = client.get("/proxy", query_string={"data": data})
    assert (answer.status_code, answer.data, answer.content_type) == (400, text, "text/plain; charset=utf-8")


def test_what_html_loads_is_found_in_tags_attributes_and_styles() -> None:
    html = """<link rel=stylesheet href="https://x.test/a.css"><link href="https://x.test/i.png"><style>@import "https://x.test/b.css";
        p{background:url(https://x.test/c.png)}</style><table background="https://x.test/d.png"></table>
        <p style="list-style:url('https://x.test/e.png')"><img src=" https://x.test/f.png "><img src="cid:g">
        <a href="https://x.test/h"><script src="https://x.test/i.js"></script>"""
    assert asset.urls(html) == {
        f"https://x.test/{name}" for name in ("a.css", "b.css", "c.png", "d.png", "e.png", "f.png", "i.png")
    }


@pytest.mark.parametrize(("webroot", "base"), [("/", "/"), ("/mail/", "/mail/")])
def test_the_document_has_a_page_of_our_own(make_app: Any, webroot: str, base: str) -> None:
    answer = make_app(webroot=webroot).test_client().get(f"{base}api/v1/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'<base href="{base}api/v1/">' in answer.text
    assert f'src="{base}api/v2/docs/docs.js"' in answer.text
    assert 'data-source="swagger.json"' in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert make_app(webroot=webroot).test_client().get(f"{base}api/v1").status_code == 200  # not led to another host
