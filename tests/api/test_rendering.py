"""The HTML of a mail: what the server promises about it. Browsers are asked elsewhere."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import Client

from mailpit_py.api.signature import LIFETIME, Signer
from tests.api.conftest import API, SIMPLE, Mail
from tests.api.test_parts import PNG


def html(body: str) -> bytes:
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()


def related(body: str, *images: tuple[str, str, bytes]) -> bytes:
    parts = [f"Content-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()]
    for content_id, content_type, content in images:
        head = (
            f"Content-Type: {content_type}\r\nContent-ID: <{content_id}>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        parts.append(head.encode() + base64.encodebytes(content))
    joined = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/related; boundary=b\r\n\r\n" + joined + b"--b--\r\n"


def shown(client: Client, mail: Mail, raw: bytes, arguments: str = "") -> str:
    return client.get(f"{API}/messages/{mail.receive(raw)}/html{arguments}").text


def test_the_document_carries_its_own_policy(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(html('<p>Hi'))}/html", headers={"Host": "localhost:8025"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "img-src data: localhost:8025/cid/; style-src 'unsafe-inline'; font-src data:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("arguments", ["", "?remote=0", "?remote=1"])
def test_no_policy_ever_allows_scripts_or_our_origin(client: Client, mail: Mail, arguments: str) -> None:
    policy = client.get(f"{API}/messages/{mail.receive(html('<p>Hi'))}/html{arguments}").headers[
        "Content-Security-Policy"
    ]
    for word in ("script-src", "allow-scripts", "allow-same-origin", "allow-forms", "allow-top", "unsafe-eval", "*"):
        assert word not in policy
    assert ("https:" in policy) is (arguments == "?remote=1")


def test_an_ipv6_address_cannot_be_named_in_a_policy(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(html('<p>Hi'))}/html", headers={"Host": "[::1]:8025"})
    assert "img-src data: 'self';" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("setting", "argument", "loads"),
    [
        ("ask", "", False), ("ask", "?remote=1", True), ("ask", "?remote=0", False),
        ("always", "", True), ("always", "?remote=0", False), ("never", "", False), ("never", "?remote=1", False),
    ],
)  # fmt: skip
def test_remote_content_follows_the_setting(
    make_app: Any, mail: Mail, setting: str, argument: str, loads: bool
) -> None:
    client = make_app(remote_content=setting).test_client()
    public_id = mail.receive(html('<img src="https://images.test/a.png">'))
    answer = client.get(f"{API}/messages/{public_id}/html{argument}")
    assert ("https://images.test/a.png" in answer.text) is loads
    assert ("img-src data: localhost/cid/ https: http:" in answer.headers["Content-Security-Policy"]) is loads


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<iframe src="https://evil.test"></iframe>',
    '<object data="https://evil.test"></object>',
    '<embed src="https://evil.test">',
    '<meta http-equiv="refresh" content="0;url=https://evil.test">',
    '<base href="https://evil.test/">',
    '<form action="https://evil.test"><input name=a></form>',
    '<link rel="stylesheet" href="https://evil.test/a.css">',
    '<link rel="dns-prefetch" href="https://evil.test">',
    '<math><mtext><table><mglyph><style><img src="x" onerror="alert(1)">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<style>@import url("https://evil.test/a.css");</style>',
    '<div style="background:url(https://evil.test/a.png)">x</div>',
    '<img srcset="https://evil.test/a.png 1x">',
    '<table background="https://evil.test/a.png"><tr><td>x',
    '<video poster="https://evil.test/a.png"></video>',
    '<input type="image" src="https://evil.test/a.png">',
    '<svg><image href="https://evil.test/a.png"/></svg>',
    '<svg><filter><feImage href="https://evil.test/a.png"/></filter></svg>',
    '<p style="behavior:url(#default#time2)">x',
    "</title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    '<head><script>alert(1)</script></head>',
]  # fmt: skip


FORBIDDEN = {"script", "iframe", "object", "embed", "base", "form", "link", "svg", "math", "video", "audio"}


class Elements(HTMLParser):
    """The elements of a document, and all their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_hostile_is_left_in_the_bytes(client: Client, mail: Mail, body: str) -> None:
    text = shown(client, mail, html(f"<p>before</p>{body}<p>after</p>"))
    seen = Elements()
    seen.feed(text)
    assert not seen.names & FORBIDDEN
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name not in ("srcdoc", "srcset", "http-equiv", "action", "formaction", "poster", "background")
        assert name not in ("href", "src") or not re.match(r"\s*javascript:|.*evil\.test", value or "")
        assert name != "style" or not re.search(r"evil\.test|behavior|expression", value or "")
    assert not re.search(r"<style[^>]*>[^<]*evil\.test", text)
    assert "before" in text


def test_a_small_picture_is_inside_the_document(client: Client, mail: Mail) -> None:
    text = shown(client, mail, related('<img src="cid:a@x">', ("a@x", "image/png", PNG)))
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in text


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html", "application/octet-stream"])
def test_only_raster_pictures_are_put_in(client: Client, mail: Mail, content_type: str) -> None:
    text = shown(client, mail, related('<img src="cid:a@x">', ("a@x", content_type, b"<svg onload=alert(1)>")))
    assert "data:" not in text
    assert "cid/" not in text


@pytest.mark.parametrize("content_id", ["a/b", "../../x", "a+b(c)[d]*", "a\\b", "%2e%2e", 'a"b', "a$1", "^a.*"])
def test_a_content_id_is_no_path_and_no_pattern(client: Client, mail: Mail, content_id: str) -> None:
    others = (("other", "image/png", b"other"), (content_id, "image/png", PNG))
    text = shown(client, mail, related(f"<img src='cid:{content_id}'>", *others))
    assert base64.b64encode(b"other").decode() not in text


BIG = PNG + b"\0" * (70 << 10)


@pytest.fixture
def address(client: Client, mail: Mail) -> str:
    """The signed address of an inline picture."""
    text = shown(client, mail, related('<img src="cid:a@x">', ("a@x", "image/png", BIG)))
    found = re.search(r'src="(/cid/[^"]+)"', text)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_large_picture_stands_behind_a_signed_address(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.data) == (200, BIG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_the_signed_address_needs_neither_password_nor_origin(make_app: Any, mail: Mail) -> None:
    client = make_app(ui_auth="ann:secret", webroot="/mail/").test_client()
    right = {"Authorization": "Basic " + base64.b64encode(b"ann:secret").decode()}
    public_id = mail.receive(related('<img src="cid:a@x">', ("a@x", "image/png", BIG)))
    text = client.get(f"/mail{API}/messages/{public_id}/html", headers=right).text
    found = re.search(r'src="(/mail/cid/[^"]+)"', text)
    assert found is not None
    address = found[1].replace("&amp;", "&")
    opaque = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    assert client.get(address, headers=opaque).status_code == 200
    assert client.get(address.partition("?")[0], headers=opaque).status_code == 403


def test_the_signed_address_is_not_outside_the_host_check(client: Client, address: str) -> None:
    assert client.get(address, headers={"Host": "evil.com"}).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"sig": ""}, {"sig": "0" * 64}, {"sig": "é"}, {"exp": "99999999999"}, {"exp": ""}, {"exp": "-1"}, {"exp": "1e9"},
     {"exp": "9" * 40}, {"inbox": "other"}, {"inbox": ""}],
)  # fmt: skip
def test_a_changed_address_is_refused(client: Client, address: str, change: dict[str, str]) -> None:
    path, query = urlsplit(address)[2:4]
    arguments = {**dict(parse_qsl(query)), **change}
    assert client.get(f"{path}?{urlencode(arguments)}").status_code == 403


def test_the_address_is_good_for_one_part_of_one_message(client: Client, mail: Mail, address: str) -> None:
    path, query = urlsplit(address)[2:4]
    other = mail.receive(related("x", ("a@x", "image/png", BIG)))
    assert client.get(f"{path[:-1]}1?{query}").status_code == 403
    assert client.get(f"/cid/{other}/2?{query}").status_code == 403


def test_a_signature_dies_with_time_and_with_the_process() -> None:
    now = [1000.0]
    signer = Signer(clock=lambda: now[0])
    given = dict(parse_qsl(signer.query("default", "x", "1")))
    permitted = {"expires": given["exp"], "signature": given["sig"]}
    assert signer.permits("default", "x", "1", **permitted)
    assert not Signer(clock=lambda: now[0]).permits("default", "x", "1", **permitted)
    now[0] += LIFETIME + 1
    assert not signer.permits("default", "x", "1", **permitted)


def test_pictures_in_the_document_are_bounded_in_all(client: Client, mail: Mail) -> None:
    images = [(f"i{number}@x", "image/png", PNG + bytes(60 << 10)) for number in range(30)]
    text = shown(client, mail, related("".join(f'<img src="cid:{one[0]}">' for one in images), *images))
    assert 0 < text.count("data:image/png") < 20
    assert text.count("data:image/png") + text.count("/cid/") == 30
    assert len(text) < 2 << 20


def test_a_picture_used_twice_is_decoded_once(client: Client, mail: Mail) -> None:
    text = shown(client, mail, related('<img src="cid:a@x"><img src="cid:a@x">', ("a@x", "image/png", PNG)))
    assert text.count("data:image/png") == 2


def test_without_html_there_is_no_document(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE)
    assert client.get(f"{API}/messages/{public_id}/html").status_code == 404
    assert client.get(f"{API}/messages/{public_id}/html/source").status_code == 404
    assert client.get(f"{API}/messages/{public_id}/text").text == "Hi Bob\n"


def test_the_source_is_plain_text(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(html('<script>alert(1)</script>'))}/html/source")
    assert (answer.text, answer.headers["Content-Type"]) == ("<script>alert(1)</script>", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "body", ["<div>" * 100_000, "<b><i>" * 30_000, "<table>" * 5_000, "<p style='a:(" + "(" * 50_000]
)
def test_deep_html_is_answered(client: Client, mail: Mail, body: str) -> None:
    assert client.get(f"{API}/messages/{mail.receive(html(body))}/html").status_code == 200


def test_remote_sheets_and_fonts_can_be_kept_out_for_good(make_app: Any, mail: Mail) -> None:
    client = make_app(remote_content="always", block_remote_css_and_fonts=True).test_client()
    policy = client.get(f"{API}/messages/{mail.receive(html('<p>Hi'))}/html").headers["Content-Security-Policy"]
    directives = {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
    assert directives["style-src"] == ["'unsafe-inline'"]
    assert directives["font-src"] == ["data:"]
    assert {"https:", "http:"} < set(directives["img-src"])
