"""Checks of links and /proxy: what both programs find, ask for, answer and hand on."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.beside.checking import (
    INSIDE,
    at,
    checked,
    found,
    handed,
    in_html,
    in_text,
    links,
    message,
    needs_data,
    place,
    report,
)
from tests.beside.programs import Answer, Pair, Server, free_ports, pair
from tests.outbound.servers import Received, Web

__all__ = ["place"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("links"), *INSIDE) as servers:
        yield servers


@pytest.mark.parametrize(
    "status",
    [200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 302, 304, 305, 400, 401, 402, 403, 404, 406, 407, 408, 409, 410,
     411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 502, 503, 504, 505,
     506, 507, 508, 510, 511, 599],
)  # fmt: skip
def test_a_status_has_the_same_words(both: Pair, place: Web, status: int) -> None:
    theirs, ours = (in_html(server, f"{at(place)}/{status}") for server in both)
    assert ours == theirs == [(f"{at(place)}/{status}", status, theirs[0][2])]


@pytest.mark.parametrize(
    "query", ["", "?follow=true", "?follow=1", "?follow=TRUE", "?follow=yes", "?follow=", "?follow"]
)
@pytest.mark.parametrize(
    "path",
    ["/hops/1", "/hops/2", "/hops/3", "/302/%2F404", "/301/x", "/307/x", "/308/x", "/303/x", "/302", "/302/?b=1#c"],
)  # fmt: skip
def test_redirects(both: Pair, place: Web, path: str, query: str) -> None:
    theirs, ours = (in_html(server, f"{at(place)}{path}", query=query) for server in both)
    assert ours == theirs
    half = len(place.requests) // 2
    asked = [(one.method, one.path) for one in place.requests]
    assert asked[:half] == asked[half:]


def test_the_words_for_what_is_not_there(both: Pair, place: Web) -> None:
    addresses = ["http://nobody.invalid/", f"http://127.0.0.1:{unused(place)}/"]
    theirs, ours = (in_html(server, *addresses) for server in both)
    assert ours == theirs
    assert [words for _, _, words in ours] == ["no such host", "connection refused"]


def unused(place: Web) -> int:
    """A port that nobody listens on, and that no other protocol has."""
    return next(port for port in free_ports(2) if port != place.port)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="P/a">x</a><a href="P/a">y</a><a href="P/b">z</a>',
        '<a href="P/">x</a><a href="P">y</a><a href="P/#a">z</a><a href="P/#b">z</a><a href="P/?c">z</a>',
        '<a href="P/a b">x</a><a href="P/a%20b?x=1&amp;y=2#frag">x</a><a href="P/&#117;">x</a>',
        "<a href='P/q\"q'>x</a><a href='P/{{x}}'>x</a><a href='P/|x'>x</a>",
        '<a href="mailto:a@example.org">x</a><a href="ftp://x.test/">x</a><a href="#x">x</a><a href="/rel">x</a>',
        '<a href="//127.0.0.1/x">x</a><a href="javascript:1">x</a><a href="tel:1">x</a><a href="">x</a><a href>x</a>',
        '<a href="http://">x</a><a href="http://[::1]:1/">x</a><a name=x>y</a>',
        '<img src="P/a1"><a href="P/a2">x</a><link rel=stylesheet href="P/a3"><img src="P/a4"><a href="P/a5">x</a>',
        '<img src="cid:x"><img src="data:image/png;base64,AA"><img srcset="P/set.png 2x"><img>',
        '<link rel=icon href="P/i"><link href="P/j"><area href="P/k"><script src="P/l"></script><base href="P/m">',
        '<form action="P/a"></form><iframe src="P/b"></iframe><table background="P/c"></table><video src="P/d">',
        '<p style="background:url(P/a)">x</p><style>p{background:url(P/b)}</style>',
        '<!-- <a href="P/a">x</a> --><!--[if mso]><a href="P/b">x</a><![endif]-->',
        '<textarea><a href="P/c">x</a></textarea>',
        '<svg><a href="P/a">x</a><a xlink:href="P/b">y</a></svg><math><a href="P/c">x</a></math>',
        '<a href="HTTP://LOCALHOST:PORT/a">x</a><A HREF="http://localhost:PORT/b">x</A>',
    ],
)  # fmt: skip
def test_links_in_html(both: Pair, place: Web, html: str) -> None:
    written = html.replace("PORT", str(place.port)).replace("P/", f"{at(place)}/").replace('"P"', f'"{at(place)}"')
    theirs, ours = (links(server, message(written)) for server in both)
    assert ours == theirs


@pytest.mark.parametrize(
    "text",
    [
        "see P/a and P/b",
        "twice P/a P/a",
        "(P/a) [P/b] {P/c}",
        'of "P/a"',
        "x P/a,b;c!d?e=f&g#h/i@j:k%20l+m~n_o-p.q",
        "a <P/a> and <P/b c> x",
        "list:\r\n- P/a\r\n-P/b\r\n+P/c\r\n.P/d\r\n/P/e\r\n=P/f",
        "xP/glued 1P/glued",
        "[x](P/a) [1]: P/b",
        "url=P/a|P/b",
        'tag <a href="P/a">x</a>',
        "q P/a?u=http%3A%2F%2Fx.test/",
        "no links: www.example.org ftp://x.test/ mailto:a@b.test http:// https://",
        "q>P/a\r\n> P/b",
        "",
    ],
)
def test_links_in_text(both: Pair, place: Web, text: str) -> None:
    theirs, ours = (in_text(server, text.replace("P/", f"{at(place)}/")) for server in both)
    assert ours == theirs


def test_a_hundred_links_are_looked_at(both: Pair, place: Web) -> None:
    theirs, ours = (in_html(server, *(f"{at(place)}/{number}x" for number in range(120))) for server in both)
    assert ours == theirs
    assert len(ours) == 100


def test_machines_inside_are_blocked_unless_they_are_allowed(
    tmp_path_factory: pytest.TempPathFactory, place: Web
) -> None:
    addresses = ["http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/", at(place)]
    addresses += ["http://localhost/", "http://192.168.1.1:8080/x", "http://100.64.0.1/", "http://2130706433/"]
    with pair(tmp_path_factory.mktemp("blocked")) as servers:
        theirs, ours = (in_html(server, *addresses[:-1]) for server in servers)
        raw = message(f'<img src="{at(place)}/a.png">')
        images = [handed(server, server.send(raw), f"{at(place)}/a.png") for server in servers]
    assert ours == theirs
    assert {(status, words) for _, status, words in ours} == {(451, "Blocked private/reserved address")}
    assert [(one.status, one.text) for one in images] == [(400, "Error: invalid request")] * 2
    assert place.requests == []


FILES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/a.png": (200, {"Content-Type": "Image/PNG", "Last-Modified": "x", "Cache-Control": "max-age=60",
                     "Content-Disposition": "inline", "ETag": '"x"', "Set-Cookie": "a=b", "X-Other": "1"}, b"\x89PNG"),
    "/a.css": (200, {"Content-Type": "text/css; charset=utf-8"}, b"p{color:red}"),
    "/html": (200, {"Content-Type": "text/html"}, b"<p>"),
    "/script": (200, {"Content-Type": "text/javascript"}, b"1"),
    "/nothing": (200, {}, b"x"),
    "/font": (200, {"Content-Type": "font/woff2"}, b"wOF2"),
    "/icon": (200, {"Content-Type": "image/x-icon"}, b"x"),
    "/drawing": (200, {"Content-Type": "image/svg+xml"}, b"<svg/>"),
    "/octets": (200, {"Content-Type": "application/octet-stream"}, b"x"),
    "/204": (204, {"Content-Type": "image/png"}, b""),
    "/206": (206, {"Content-Type": "image/png"}, b"x"),
    "/304": (304, {"Content-Type": "image/png"}, b""),
    "/404": (404, {"Content-Type": "image/png"}, b"x"),
    "/500": (500, {"Content-Type": "image/png"}, b"x"),
    "/1": (302, {"Location": "/a.png"}, b""),
    "/2": (302, {"Location": "/1"}, b""),
    "/3": (302, {"Location": "/2"}, b""),
    "/b.png?x=1&y=2": (200, {"Content-Type": "image/png"}, b"b"),
}  # fmt: skip


def file(request: Received) -> tuple[int, dict[str, str], bytes]:
    return FILES.get(request.path, (404, {}, b"gone"))


def told(answer: Answer) -> tuple[object, ...]:
    names = ("content-type", "last-modified", "content-disposition", "etag", "set-cookie", "x-other")
    return answer.status, {name: answer.headers.get(name) for name in names}, answer.body


@pytest.mark.parametrize("path", FILES)
def test_what_is_handed_on(both: Pair, place: Web, path: str) -> None:
    place.answer = file
    raw = message(f'<img src="{at(place)}{path.replace("&", "&amp;")}">')
    theirs, ours = (told(handed(server, server.send(raw), f"{at(place)}{path}")) for server in both)
    assert ours == theirs
    asked = [(one.path, one.headers["user-agent"]) for one in place.requests]
    half = len(asked) // 2
    assert asked[:half] == asked[half:]
    assert {agent for _, agent in asked} == {"a browser"}


@pytest.mark.parametrize(
    "html",
    [
        '<link rel=stylesheet href="U">', '<link rel=icon href="U">', '<link href="U">', '<table background="U">',
        '<p background="U">', '<p style="background:url(U)">', "<style>p{background:url('U')}</style>", '<img src="U">',
        '<img srcset="U 2x">', '<video poster="U">', '<source src="U">', '<input type=image src="U">', '<a href="U">',
        "<p>U</p>", '<img src="U2">', '<iframe src="U">', '<script src="U"></script>', '<object data="U">',
    ],
)  # fmt: skip
def test_only_what_a_message_loads_is_handed_on(both: Pair, place: Web, html: str) -> None:
    place.answer = file
    raw = message(html.replace("U", f"{at(place)}/a.png"))
    theirs, ours = (told(handed(server, server.send(raw), f"{at(place)}/a.png")) for server in both)
    assert ours == theirs


@pytest.mark.parametrize(
    "data",
    ["", "%20", "!!!", quote(base64.b64encode(b"x").decode()), "%0AB64", "B64%0A", "UNPADDED", "LATEST", "NOID", "ID:"],
)
def test_what_cannot_be_read(both: Pair, place: Web, data: str) -> None:
    place.answer = file
    raw = message(f'<img src="{at(place)}/a.png">')

    def ask(server: Server) -> tuple[object, ...]:
        public_id = server.send(raw)
        texts = {"B64": f"{public_id}:{at(place)}/a.png", "LATEST": f"latest:{at(place)}/a.png",
                 "NOID": f":{at(place)}/a.png", "ID:": f"{public_id}:"}  # fmt: skip
        given = data.replace(
            "UNPADDED", base64.b64encode(f"{public_id}:{at(place)}/a.png".encode()).decode().rstrip("=")
        )
        for word, text in texts.items():
            given = given.replace(word, quote(base64.b64encode(text.encode()).decode()))
        return told(server.get(f"/proxy?data={given}"))

    theirs, ours = (ask(server) for server in both)
    assert ours == theirs


@needs_data
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "text/css"),
        (200, "TEXT/CSS; charset=utf-8"),
        (200, "application/x-text/css"),
        (200, "text/html"),
        (200, ""),
        (201, "text/css"),
        (404, "text/css"),
    ],
)
def test_sheets_that_html_links_to(both: Pair, place: Web, status: int, kind: str) -> None:
    place.answer = lambda _: (status, {"Content-Type": kind} if kind else {}, b"p{float:left}")
    html = f'<link rel=stylesheet href="{at(place)}/a.css"><link rel=stylesheet href="/b.css"><p>x</p>'
    theirs, ours = (found(report(server, html)) for server in both)
    assert ours == theirs
    assert [one.path for one in place.requests] == ["/a.css"] * 2


def test_sheets_are_not_asked_for_where_they_are_blocked(tmp_path: Path, place: Web) -> None:
    with pair(tmp_path, *INSIDE, "--block-remote-css-and-fonts", "--hide-delete-all-button") as servers:
        webui = [server.get("/api/v1/webui").json for server in servers]
        for server in servers:
            checked(server, f'<link rel=stylesheet href="{at(place)}/a.css"><p>x</p>')
    assert webui[1] == webui[0]
    assert place.requests == []
