"""Addresses, methods, passwords and origins: what both programs answer."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside.checking import message
from tests.beside.programs import Answer, Pair, Server, pair

MAIL = message('<p>x</p><img src="cid:one">')
SMALL = {"From": {"Email": "app@example.org"}, "To": [{"Email": "ann@example.com"}]}
UNKNOWN = "0" * 22
MESSAGES = "/api/v1/messages"


@pytest.fixture(scope="module")
def ids(both: Pair) -> dict[Server, str]:
    return {server: server.send(MAIL) for server in both}


def told(answer: Answer, public_id: str = "-") -> tuple[object, ...]:
    """Status, type, where it leads, what is allowed, and what an error says."""
    headers = answer.headers
    kind = headers.get("content-type")
    words = "" if answer.status < 400 and kind != "text/plain" else answer.text
    return answer.status, kind, headers.get("location", "").replace(public_id, "ID"), headers.get("allow"), words


INSIDE = """
/api/v1/nosuch /api/v1/messages/ /api/v1/tags/ /api/v1/tags/x /api/v1/info/ /api/v1/INFO /api/v1/docs /api/v1/send
/api/v1/message /api/v1/message/ /api/v1/message/ID/ /api/v1/message/ID/nosuch /api/v1/message/ID/RAW
/api/v1/message/ID/raw/ /api/v1/message/ID/part /api/v1/message/ID/part/ /api/v1/message/ID/part/9
/api/v1/message/ID/part/9/thumb /api/v1/message/ID/part/1/ /api/v1/message/ID/part/1/thumb/ /api/v1/message/ID/part/1/x
/api/v1/message/ID/release /api/v1/message/ID/sa-check /api/v1/message/x /api/v1/message/LATEST
/api/v1/message/x/headers /api/v1/message/x/raw /api/v1/message/x/html-check /api/v1/message/x/link-check
/api/v1/message/latest?query=nosuch /api/v1/message/latest/headers?query=nosuch /api/v1/message/latest/raw?query=nosuch
/api/v1/message/latest/html-check?query=nosuch /api/v1/message/latest/link-check?query=nosuch
/api/v1/message/%00 /api/v1/message/%ff /api/v1/message/a%20b /api/v1/message/a+b
/api/v1/search /api/v1/search?query= /api/v1/search?query=%20 /api/v1/chaos /api/events /api/events/
/view/x.html /view/x.txt /view/.html /view/.txt /view/a/b.html /view/ID/x.html /view/x%2Fy.html /view/%2E%2E.html
/view/latest.html?query=nosuch /view/latest.txt?query=nosuch /view/latest /view/latest?query=nosuch /proxy
/api/v1//info /api/v1/info// /api/v1/message//ID /view//latest /api//v1/info /api/v1/./info /api/v1/message/../info
"""


@pytest.mark.parametrize("path", INSIDE.split())
def test_what_cannot_be_read_says_so_alike(both: Pair, ids: dict[Server, str], path: str) -> None:
    theirs, ours = (told(server.get(path.replace("ID", ids[server])), ids[server]) for server in both)
    if theirs[0] == 302:  # a page that leads on has words of its own
        theirs, ours = (*theirs[:1], *theirs[2:4]), (*ours[:1], *ours[2:4])
    assert ours == theirs


READ = """
/livez /readyz /search /view/ID /view/ID.html /view/ID.txt /view/latest.html /view/latest.txt /view/ID.HTML /view/ID/
/view/ID%2Ehtml / /api/v1/ /api/v1/index.html /api/v1/info /api/v1/info? /api/v1/info?x=%zz /api/v1/info?x=1;y=2
/%61pi/v1/info /api/v1/webui /api/v1/tags /api/v1/messages /api/v1/messages?limit=%zz /api/v1/swagger.json
/api/v1/message/ID /api/v1/message/latest /api/v1/message/ID/headers /api/v1/message/ID/raw /api/v1/message/ID/raw?dl=1
/api/v1/search?query=subject:x /api/v1/message/ID/html-check /api/v1/message/ID/link-check
"""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", READ.split())
def test_what_is_there(both: Pair, ids: dict[Server, str], path: str, method: str) -> None:
    answers = [server.ask(method, path.replace("ID", ids[server])) for server in both]
    theirs, ours = (
        (
            one.status,
            one.headers.get("content-type"),
            one.headers.get("content-disposition", "").replace(ids[server], "ID"),
        )
        for one, server in zip(answers, both, strict=True)
    )
    assert ours == theirs


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/info",
        "/api/v1/nosuch",
        "/api/v1/nosuch/",
        "/api/v1/message/ID",
        "/api/v1/message/ID/raw",
        "/api/v1/webui",
        "/api/v1/swagger.json",
        "/api/v1/message/ID/link-check",
        "/api/events",
        "/view/ID.html",
        "/view/ID.txt",
        "/view/ID",
        "/view/latest",
        "/view/",
        "/view/x/y",
    ],
)
def test_methods(both: Pair, ids: dict[Server, str], method: str, path: str) -> None:
    theirs, ours = (told(server.ask(method, path.replace("ID", ids[server]))) for server in both)
    assert ours == theirs


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/", "/livez", "/readyz", "/search", "/nosuch", "/robots.txt", "/metrics", "/proxy", "/x/"]
)
def test_methods_elsewhere(both: Pair, method: str, path: str) -> None:
    """What is said of them is the row `404 page not found`."""
    answers = [server.ask(method, path) for server in both]
    assert [(one.status, one.headers["allow"]) for one in answers] == [(405, "GET, HEAD")] * 2


@pytest.mark.parametrize(
    "path", ["send", "tags/x", "messages", "search", "tags", "chaos", f"message/{UNKNOWN}/release"]
)
@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "HEAD"])
def test_methods_of_what_can_be_changed(both: Pair, path: str, method: str) -> None:
    theirs, ours = (told(server.ask(method, f"/api/v1/{path}")) for server in both)
    assert ours == theirs


def test_the_server_as_a_whole(both: Pair) -> None:
    answers = [server.ask("OPTIONS", "*") for server in both]
    assert [(one.status, one.body) for one in answers] == [(200, b"")] * 2


def test_the_words_of_a_status(both: Pair) -> None:
    """Programs show them, as `Response.reason` or `statusText`."""
    asked = [("GET", "/api/v1/info"), ("GET", "/api/v1/x"), ("POST", "/api/v1/info"), ("POST", "/api/v1/send")]
    theirs, ours = ([server.ask(*one).reason for one in [*asked, ("GET", "/view//x")]] for server in both)
    assert ours == theirs == ["OK", "Not Found", "Method Not Allowed", "Bad Request", "Temporary Redirect"]


def test_an_empty_origin(shared: Pair) -> None:
    """No browser names none."""
    theirs, ours = ([server.ask(one, MESSAGES, Origin="").status for one in ("GET", "DELETE")] for server in shared)
    assert ours == theirs


def basic(words: str) -> str:
    return "Basic " + base64.b64encode(words.encode()).decode()


GIVEN = [None, "ann:secret", "app:sending", "ann:secret:x", "Ann:secret", "ann:", ":", "x"]


@pytest.mark.parametrize("options", [["ui"], ["ui", "send"], ["send"], ["ui", "any"], ["ui", "cors"]], ids="-".join)
def test_passwords(tmp_path_factory: pytest.TempPathFactory, options: list[str]) -> None:
    folder = tmp_path_factory.mktemp("passwords")
    (folder / "ui").write_text("ann:secret\n")
    (folder / "send").write_text("app:sending\n")
    flags = {
        "ui": f"--ui-auth-file={folder}/ui",
        "send": f"--send-api-auth-file={folder}/send",
        "any": "--send-api-auth-accept-any",
        "cors": "--api-cors=other.test",
    }
    asked = [
        ("GET", "/api/v1/info"),
        ("POST", "/api/v1/send"),
        ("OPTIONS", "/api/v1/info"),
        ("GET", "/"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("GET", "/view/latest.html"),
        ("GET", "/proxy"),
        ("HEAD", "/api/v1/messages"),
    ]
    told = []
    with pair(folder, *(flags[one] for one in options)) as servers:
        for server in servers:
            for method, path in asked:
                if method == "OPTIONS" and "cors" in options:
                    continue  # the row "`OPTIONS` needs no password"
                for words in GIVEN if path in ("/api/v1/info", "/api/v1/send") and method != "OPTIONS" else GIVEN[:2]:
                    fields = {"Authorization": basic(words)} if words else {}
                    body = SMALL if method == "POST" else None
                    status = server.ask(method, path, body, **fields).status
                    # Rows `any number of wrong passwords` and `CORS headers on every answer`.
                    told.append((server.name, method, path, words, 401 if status == 429 else status))
    half = len(told) // 2
    assert [one[1:] for one in told[half:]] == [one[1:] for one in told[:half]]


@pytest.fixture(scope="module", params=["", "other.test", "http://other.test, https://two.test:3000", "*"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("shared"), f"--api-cors={request.param}") as servers:
        yield servers


ORIGINS = [
    "SELF",
    "http://other.test",
    "http://OTHER.test",
    "http://other.test:8080",
    "http://sub.other.test",
    "null",
    "x",
    "file://",
    "http://two.test",
    "https://two.test:3000",
    "http://[::1]:3000",
    "http://localhost:1",
]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/info"),
        ("GET", "/view/latest.html"),
        ("DELETE", "/api/v1/messages"),
        ("POST", "/api/v1/send"),
        ("GET", "/api/events"),
    ],
)
def test_origins(shared: Pair, origin: str, method: str, path: str) -> None:
    """Where a scheme decides is the row `by host, whatever the scheme`."""
    answers = [server.ask(method, path, Origin=origin.replace("SELF", server.url)) for server in shared]
    assert answers[1].status == answers[0].status
    if origin != "SELF" and answers[0].status != 403:
        name = "access-control-allow-origin"
        assert answers[1].headers[name] == answers[0].headers[name] == origin


@pytest.mark.parametrize("webroot", ["/", "mail", "/mail/", "//mail//", "/a/b/c", "../x", "/./mail", "/@a-b_c.d"])
def test_webroots(tmp_path_factory: pytest.TempPathFactory, webroot: str) -> None:
    paths = [
        "/",
        "/mail",
        "/mail/",
        "/mail/livez",
        "/livez",
        "/mail/api/v1/info",
        "/api/v1/info",
        "/mail/view/latest",
        "/x",
        "/a/b/c",
        "/a/b/c/",
        "/a/b/c/livez",
        "/a/b/livez",
        "/x/livez",
        "/mail/api//v1/info",
        "/mail/nosuch",
        "/mailx/",
        "/mail/search",
        "/@a-b_c.d/livez",
        "/mail/view/latest.html",
        "/MAIL/livez",
    ]
    told = []
    with pair(tmp_path_factory.mktemp("webroot"), f"--webroot={webroot}") as servers:
        for server in servers:
            public_id = server.send(MAIL)
            for path in paths:
                if webroot in ("/", "/a/b/c", "../x", "/@a-b_c.d") and path == "/mail/api//v1/info":
                    continue  # the row `doubled slashes and dots`
                answer = server.get(path)
                told.append((path, answer.status, answer.headers.get("location", "").replace(public_id, "ID")))
    half = len(told) // 2
    assert told[half:] == told[:half]


def test_a_webroot_without_its_slash_can_only_be_read(tmp_path: Path) -> None:
    with pair(tmp_path, "--webroot=/mail/") as servers:
        for server in servers:
            answers = [server.ask(method, "/mail") for method in ("GET", "POST", "OPTIONS")]
            assert [one.status for one in answers] == [302, 405, 405]
            assert [one.headers.get("allow") for one in answers] == [None, "GET, HEAD", "GET, HEAD"]
