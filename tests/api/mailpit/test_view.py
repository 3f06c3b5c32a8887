"""The bodies of a message at Mailpit's addresses."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.mailpit.test_message import entity, image, multipart

NOT_HTML = b"This message does not contain a HTML part"


def embedded(markup: str) -> bytes:
    file = entity("application/pdf", "x", "Content-Id: <file@x>")
    parts = (entity("text/html", markup), image("Content-Id: <pic@x>"), image("Content-Id: <p &x>"), file)
    return multipart("related", *parts).encode()


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="cid:pic@x">', '<img src="@2">'),
        ("<img src='cid:pic@x'>", "<img src='@2'>"),
        ("<img src=cid:pic@x >", "<img src=@2 >"),
        ("<img src=CID:pic@x>", "<img src=@2>"),
        ('<p style="background:url(cid:pic@x)">', '<p style="background:url(@2)">'),
        ('<img src="cid:p%20%26x">', '<img src="@3">'),
        ('<a href="cid:file@x">', '<a href="/api/v1/message/ID/part/4">'),
        ('<img src="cid:other@x">', '<img src="cid:other@x">'),
        ("<p>Hi</p>\r\n", "<p>Hi</p>\r\n"),
    ],
)
def test_inline_images_are_led_to_their_parts(client: Client, mail: Mail, markup: str, expected: str) -> None:
    public_id = mail.receive(embedded(markup))
    answer = client.get(f"/view/{public_id}.html")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    text = answer.text
    for number in "23":
        address = f"/cid/{public_id}/{number}?"
        while address in text:
            start = text.index(address)
            end = min(place for sign in "\"' >)" if (place := text.find(sign, start)) > 0)
            assert client.get(text[start:end]).content_type == "image/png"
            text = f"{text[:start]}@{number}{text[end:]}"
    assert text.replace(public_id, "ID") == expected


def test_the_html_runs_nothing_and_may_be_framed_by_its_own_site_alone(client: Client, mail: Mail) -> None:
    public_id = mail.receive(entity("text/html", "<script>alert(1)</script><p onclick=x>Hi").encode())
    answer = client.get(f"/view/{public_id}.html")
    assert answer.text == "<script>alert(1)</script><p onclick=x>Hi"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_embedded_html_is_made_safe_and_its_links_open_windows(client: Client, mail: Mail) -> None:
    public_id = mail.receive(entity("text/html", '<script>x</script><a href="http://a.test/">a</a>').encode())
    text = client.get(f"/view/{public_id}.html?embed=1").text
    assert "<script" not in text
    assert 'target="_blank"' in text
    assert "noopener" in text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (entity("text/plain", "line\r\nline\r\n"), "line\r\nline\r\n"),
        (entity("text/html", '<p>a <a href="http://b.test/">c</a>'), "a c ( http://b.test/ )"),
        (entity("application/pdf", "x"), ""),
    ],
)
def test_the_text(client: Client, mail: Mail, body: str, text: str) -> None:
    answer = client.get(f"/view/{mail.receive(body.encode())}.txt")
    assert (answer.status_code, answer.text, answer.content_type) == (200, text, "text/plain; charset=utf-8")


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_to_look_at_a_body_is_to_read_the_message(client: Client, mail: Mail, ending: str) -> None:
    public_id = mail.receive(entity("text/html", "<p>Hi").encode())
    client.head(f"/view/{public_id}.{ending}")
    assert mail.sandbox.store.counts().unread == 1
    client.get(f"/view/{public_id}.{ending}")
    assert mail.sandbox.store.counts().unread == 0


@pytest.mark.parametrize("path", ["x" * 22 + ".html", "x" * 22 + ".txt", "latest.html", "latest.txt", "..html"])
def test_what_is_not_there_is_told_in_words(client: Client, path: str) -> None:
    answer = client.get(f"/view/{path}")
    assert (answer.status_code, answer.data) == (404, b"Message not found")


def test_a_message_without_html_says_so(client: Client, mail: Mail) -> None:
    assert client.get(f"/view/{mail.receive()}.html").data == NOT_HTML
    assert client.get("/view/latest.html").status_code == 404
    assert client.get("/view/latest.txt").data == b"Hi Bob\r\n"


@pytest.mark.parametrize("webroot", ["/", "/mail/pit/"])
def test_latest_leads_to_the_newest_message(make_app: Any, mail: Mail, webroot: str) -> None:
    client = make_app(webroot=webroot).test_client()
    answer = client.get(f"{webroot}view/latest")
    assert (answer.status_code, answer.headers["Location"]) == (302, webroot)
    first, second = mail.subject("first"), mail.subject("second")
    assert client.get(f"{webroot}view/latest").headers["Location"] == f"{webroot}view/{second}"
    assert client.get(f"{webroot}view/latest?query=first").headers["Location"] == f"{webroot}view/{first}"
    assert client.get(f"{webroot}view/latest?query=third").headers["Location"] == webroot
    assert client.get(f"{webroot}view/latest?query=subject:").status_code == 400
    assert client.get(f"{webroot}api/v1/message/{first}").json["ID"] == first
    page = client.get(f"{webroot}view/{first}")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert client.get(f"/elsewhere{V1}/messages").status_code in (200, 404)


def test_a_doubled_slash_at_the_beginning_is_a_single_one(app: Any, mail: Mail) -> None:
    public_id = mail.receive()
    answer = app.test_client().open(environ_overrides={"PATH_INFO": f"//view/{public_id}.txt"})
    assert (answer.status_code, answer.data) == (200, b"Hi Bob\r\n")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/view//latest.txt?a=1&b=%20", "/view/latest.txt?a=1&b=%20"),
        ("/api//v1///messages", "/api/v1/messages"),
        ("/api//events", "/api/events"),
        ("/api/v1/./messages/../info", "/api/v1/info"),
        ("/api/v1/messages//", "/api/v1/messages/"),
        ("///evil.test/api/v1/messages", None),
        ("///evil.test//api/v1/messages", None),
    ],
)
def test_doubled_slashes_lead_to_single_ones(app: Any, path: str, location: str | None) -> None:
    inner, _, query = path.partition("?")
    answer = app.test_client().open(environ_overrides={"PATH_INFO": inner, "QUERY_STRING": query})
    assert answer.headers.get("Location") == location
    assert (answer.status_code == 307) is (location is not None)
