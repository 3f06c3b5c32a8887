"""Checks of links, and what /proxy hands on: what a real Mailpit does otherwise than this document tells of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside.checking import INSIDE, at, handed, in_html, in_text, links, message, place
from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs
from tests.outbound.servers import Received, Web

__all__ = ["place"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("links"), *INSIDE) as servers:
        yield servers


@differs("asks by HEAD alone")
def test_a_server_that_knows_no_head(theirs: Server, ours: Server, place: Web) -> None:
    url = f"{at(place)}/nohead"
    assert in_html(theirs, url) == [(url, 405, "Method Not Allowed")]
    assert in_html(ours, url) == [(url, 200, "OK")]
    assert [one.method for one in place.requests] == ["HEAD", "HEAD", "GET"]


@differs("sends the name and password of a link")
def test_a_password(theirs: Server, ours: Server, place: Web) -> None:
    url = f"http://ann:secret@127.0.0.1:{place.port}/302/{at(place).replace('://', '://ann:secret@')}/there"
    assert in_html(theirs, url, query="?follow=1") == [(url, 200, "OK")]
    assert in_html(ours, url, query="?follow=1") == [(url, 200, "OK")]
    sent = ["Basic YW5uOnNlY3JldA==", "Basic YW5uOnNlY3JldA==", None, None]
    assert [one.headers.get("authorization") for one in place.requests] == sent


@differs("any port")
def test_a_port_of_another_protocol(theirs: Server, ours: Server) -> None:
    url = "http://127.0.0.1:1/"
    assert in_html(theirs, url) == [(url, 0, "connection refused")]
    assert in_html(ours, url) == [(url, 0, "port 1 belongs to another protocol than HTTP")]


@differs("an address in HTML with blanks around it")
def test_blanks_around_an_address(theirs: Server, ours: Server, place: Web) -> None:
    url = f"{at(place)}/x"
    assert in_html(theirs, f" {url} ")[0] == (f" {url} ", 0, f" {url} ")
    assert in_html(ours, f" {url} ") == [(url, 200, "OK")]
    relative = f"/go?to={url}"
    assert in_html(theirs, relative)[0] == (relative, 0, relative)
    assert [one[0] for one in in_html(ours, relative)] == [url]  # as the text of the HTML has it


@differs("links in text are found by a pattern")
@pytest.mark.parametrize(
    ("text", "theirs_found", "ours_found"),
    [
        ("P/a P/b", ["P/b"], ["P/a", "P/b"]),
        ("see P/a, and P/b.", ["P/a,", "P/b."], ["P/a", "P/b"]),
        ("see P/a$b P/c*d P/e(f)", ["P/a", "P/c", "P/e"], ["P/a$b", "P/c*d", "P/e(f)"]),
        ("see P/a\u00e9", ["P/a"], ["P/a\u00e9"]),
        ("see <P/a\r\nb>", ["P/a\rb"], ["P/ab"]),
    ],
)
def test_text(
    theirs: Server, ours: Server, place: Web, text: str, theirs_found: list[str], ours_found: list[str]
) -> None:
    for server, expected in ((theirs, theirs_found), (ours, ours_found)):
        there = in_text(server, text.replace("P", at(place)))
        assert [one.replace(at(place), "P") for one in there] == expected


@differs("a style sheet is a link with exactly")
@pytest.mark.parametrize("rel", ["StyleSheet", "preload stylesheet"])
def test_the_relation_of_a_sheet(theirs: Server, ours: Server, place: Web, rel: str) -> None:
    raw = message(f'<link rel="{rel}" href="{at(place)}/a.css">')
    assert links(theirs, raw) == []
    assert links(ours, raw) == [(f"{at(place)}/a.css", 200, "OK")]


@differs("what a link gave is told again")
def test_a_result_is_remembered(tmp_path: Path, place: Web) -> None:
    url = f"{at(place)}/hops/1"
    with pair(tmp_path, "--allow-internal-http-requests") as (theirs, ours):
        for server, followed in ((theirs, (url, 302, "Found")), (ours, (url, 200, "OK"))):
            assert in_html(server, url) == [(url, 302, "Found")]
            place.requests.clear()
            assert in_html(server, url) == [(url, 302, "Found")]
            assert place.requests == []
            assert in_html(server, url, query="?follow=true") == [followed]


@differs("why a link gave no answer")
def test_the_words_of_no_answer(theirs: Server, ours: Server, place: Web) -> None:
    tls, port, scheme = f"https://127.0.0.1:{place.port}/", "http://127.0.0.1:x/", f"{at(place)}/302/ftp://x.test/"
    assert [words for _, _, words in in_html(theirs, tls, port, scheme, query="?follow=1")] == [
        "first record does not look like a TLS handshake",
        "http://127.0.0.1:x/",
        "ftp://x.test",
    ]
    assert [words for _, _, words in in_html(ours, tls, port, scheme, query="?follow=1")] == [
        "no TLS",
        "this is no URL: Port could not be cast to integer value as 'x'",
        "a webhook goes to http:// or https://",
    ]


SHEET = """@import "i.css"; a{background:url(a.png)} b{background:url( "b.png" )} c{background:url(data:image/png,x)}"""


def styled(request: Received) -> tuple[int, dict[str, str], bytes]:
    """A sheet, also by a redirect into a folder, and anything else as an image."""
    if request.path == "/led.css":
        return 302, {"Location": "/folder/s.css"}, b""
    kind = "text/css" if request.path.endswith(".css") else "image/png"
    return 200, {"Content-Type": kind}, SHEET.encode() if kind == "text/css" else b"x"


@differs("`/proxy` remembers for a minute")
def test_what_a_sheet_loads(theirs: Server, ours: Server, place: Web) -> None:
    place.answer = styled
    sheet, image = f"{at(place)}/s.css", f"{at(place)}/a.png"
    raw = message(f'<link rel=stylesheet href="{sheet}">')
    for server, status in ((theirs, 200), (ours, 400)):
        public_id = server.send(raw)
        assert handed(server, public_id, image).status == 400
        text = handed(server, public_id, sheet).text
        assert handed(server, public_id, image).status == status  # by itself, after the sheet
        [address] = re.findall(r"a\{background:url\(\"?(/proxy\?[^\")]*)", text)
        assert ("&sig=" in address) is (server is ours)
        assert server.get(address).status == 200


@differs("`/proxy` rewrites `url(...)`")
def test_a_sheet_is_rewritten(theirs: Server, ours: Server, place: Web) -> None:
    place.answer = styled
    raw = message(f'<link rel=stylesheet href="{at(place)}/led.css">')
    written = []
    for server in (theirs, ours):
        text = handed(server, server.send(raw), f"{at(place)}/led.css").text
        written.append(re.sub(r"data=[\w=%&*]*", "data=...", text))
        [address] = re.findall(r"a\{background:url\(\"?(/proxy\?[^\")]*)", text)
        place.requests.clear()
        server.get(address)
        assert place.requests[0].path == ("/a.png" if server is theirs else "/folder/a.png")
    assert written == [
        '@import "i.css"; a{background:url(/proxy?data=...)} b{background:url( "b.png" )} '
        "c{background:data:image/png,x}",
        '@import "i.css"; a{background:url("/proxy?data=...")} b{background:url("/proxy?data=...")} '
        'c{background:url("data:image/png,x")}',
    ]
