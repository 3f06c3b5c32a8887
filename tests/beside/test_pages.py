"""Pages, addresses and headers: what a real Mailpit answers otherwise than this document tells of ours."""

from __future__ import annotations

import contextlib
import http.client
import socket
import sqlite3
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.beside.checking import message
from tests.beside.programs import Server, pair
from tests.beside.table import differs

HTML = message('<a href="http://x.test/">x</a><script>1</script><img src="http://x.test/a.png">')
PAGE = (
    b"From: app@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html; name=a.html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n"
    b"<p>x</p>\r\n--b--\r\n"
)


def policy(server: Server, path: str) -> str:
    """The Content-Security-Policy of what stands there."""
    return server.get(path).headers["content-security-policy"]


@differs("runs in the name of the server")
def test_the_html_of_a_mail(theirs: Server, ours: Server) -> None:
    path = f"/view/{theirs.send(HTML)}.html"
    assert "sandbox" not in policy(theirs, path)
    assert "img-src *" in policy(theirs, path)
    path = f"/view/{ours.send(HTML)}.html"
    assert policy(ours, path).startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ")
    assert "https:" not in policy(ours, path)
    assert "<script>1</script>" in ours.get(path).text  # as it was sent


@differs("adds a script that tells its height")
def test_html_for_a_frame(theirs: Server, ours: Server) -> None:
    first, second = (server.get(f"/view/{server.send(HTML)}.html?embed=1").text for server in (theirs, ours))
    assert "window.parent.postMessage({ messageHeight:" in first
    assert "<script" not in second
    assert 'target="_blank"' in second


@differs("parts are handed over under the type")
def test_a_part(theirs: Server, ours: Server) -> None:
    for server, start in ((theirs, "default-src 'self'"), (ours, "sandbox; default-src 'none'")):
        answer = server.get(f"/api/v1/message/{server.send(PAGE)}/part/1")
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-security-policy"].startswith(start)


@differs("errors of the server itself are 400")
def test_an_error_of_the_store(tmp_path: Path) -> None:
    with pair(tmp_path, "--database=mail.db") as (theirs, ours):
        for folder, table in (("theirs", "mailbox"), ("ours", "placement")):
            with contextlib.closing(sqlite3.connect(tmp_path / folder / "mail.db", timeout=30)) as store:
                store.execute("PRAGMA foreign_keys=OFF")
                store.execute(f"DROP TABLE {table}")
                store.commit()
        first, second = (server.get("/api/v1/search?query=subject:x") for server in (theirs, ours))
    assert (first.status, "no such table" in first.text) == (400, True)
    assert second.status in (500, 503)
    assert "table" not in second.text


@differs("answers compressed by gzip whatever their size")
def test_compression(theirs: Server, ours: Server) -> None:
    small, large = "/api/v1/webui", "/api/v1/swagger.json"

    def packed(server: Server, path: str, codings: str) -> tuple[str, str]:
        headers = server.get(path, Accept_Encoding=codings).headers
        return headers.get("content-encoding", ""), headers.get("vary", "")

    assert [packed(theirs, path, "gzip, zstd") for path in (small, large)] == [("gzip", ""), ("gzip", "")]
    assert packed(theirs, large, "zstd") == ("", "")
    assert [packed(ours, path, "gzip") for path in (small, large)] == [
        ("", "Accept-Encoding"),
        ("gzip", "Accept-Encoding"),
    ]
    assert packed(ours, large, "zstd") == ("zstd", "Accept-Encoding")


@differs("frames of the websocket are compressed")
def test_frames(theirs: Server, ours: Server) -> None:
    for server, is_packed in ((theirs, True), (ours, False)):
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=30) as client:
            client.sendall(
                f"GET /api/events HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
            )
            stream = client.makefile("rb")
            head = b"".join(iter(stream.readline, b"\r\n")).lower()
            assert b"sec-websocket-extensions: permessage-deflate" in head
            server.send(HTML)
            assert bool(stream.read(1)[0] & 0x40) is is_packed  # RSV1, RFC 7692 §6


@differs("with a nonce for the page, the same for the API")
def test_policies(theirs: Server, ours: Server) -> None:
    for path in ("/", "/api/v1/info"):
        assert policy(theirs, path).startswith("default-src 'self'; script-src 'nonce-")
        assert "x-frame-options" not in theirs.get(path).headers
    assert policy(ours, "/").startswith("default-src 'none'; script-src 'self' 'nonce-")
    assert policy(ours, "/api/v1/info") == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    for path in ("/", "/api/v1/info"):
        headers = ours.get(path).headers
        assert (headers["x-frame-options"], headers["cross-origin-resource-policy"]) == ("DENY", "same-origin")


@differs("API answers say nothing of caches")
def test_caches(theirs: Server, ours: Server) -> None:
    assert "cache-control" not in theirs.get("/api/v1/messages").headers
    assert ours.get("/api/v1/messages").headers["cache-control"] == "no-store"


@differs("`404 page not found` and `Method Not Allowed`")
@pytest.mark.parametrize(
    ("method", "path", "status", "theirs_text", "ours_text"),
    [
        ("GET", "/nosuch", 404, "404 page not found\n", "There is nothing at this address"),
        ("GET", "/metrics", 404, "404 page not found\n", "There is nothing at this address"),
        ("POST", "/livez", 405, "Method Not Allowed\n", "POST is not possible here."),
        ("POST", "/view/latest.html", 405, "Method Not Allowed\n", "Method Not Allowed\n"),
    ],
)
def test_words(
    theirs: Server, ours: Server, method: str, path: str, status: int, theirs_text: str, ours_text: str
) -> None:
    first, second = (server.ask(method, path) for server in (theirs, ours))
    assert (first.status, second.status) == (status, status)
    assert first.text == theirs_text
    assert ours_text in second.text


@differs("connections stay open for further requests")
def test_connections(theirs: Server, ours: Server, tmp_path: Path) -> None:
    for server, closes in ((theirs, False), (ours, True)):
        with contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
            connection.request("GET", "/livez")
            connection.getresponse().read()
            assert (connection.sock is None) is closes
    with pair(tmp_path, "--ui-tls-cert=sans:localhost", "--ui-tls-key=sans:localhost") as secured:
        spoken = [_protocol(server) for server in secured]
    assert spoken == ["h2", None]


def _protocol(server: Server) -> str | None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        return secure.selected_alpn_protocol()


def led(server: Server, path: str) -> tuple[int, str]:
    """The status of an address, and where it leads."""
    answer = server.get(path)
    return answer.status, answer.headers.get("location", "")


@differs("`/api/v1` without the slash")
@pytest.mark.parametrize(
    ("path", "theirs_status", "ours_status"),
    [("/api/v1", (404, ""), (200, "")), ("/view", (307, "/view/"), (404, "")), ("/view/", (200, ""), (404, "")),
     ("/api", (307, "/api/"), (404, "")), ("/api/", (404, ""), (404, ""))],
)  # fmt: skip
def test_addresses_without_a_slash(
    theirs: Server, ours: Server, path: str, theirs_status: tuple[int, str], ours_status: tuple[int, str]
) -> None:
    assert led(theirs, path) == theirs_status
    assert led(ours, path) == ours_status


@differs("doubled slashes and dots are led on")
@pytest.mark.parametrize(
    ("path", "theirs_status", "ours_status"),
    [
        ("/api//v1/info", (307, "/api/v1/info"), (307, "/api/v1/info")),
        ("/view/./../view/latest", (307, "/view/latest"), (307, "/view/latest")),
        ("/nosuch//x", (307, "/nosuch/x"), (404, "")),
        ("/x/../", (307, "/"), (404, "")),
        ("//livez", (307, "/livez"), (200, "")),
    ],
)
def test_doubled_slashes(
    theirs: Server, ours: Server, path: str, theirs_status: tuple[int, str], ours_status: tuple[int, str]
) -> None:
    assert led(theirs, path) == theirs_status
    assert led(ours, path) == ours_status


@differs("`%2F` and `%2E` are letters of a path")
@pytest.mark.parametrize(
    ("path", "theirs_status", "ours_status"),
    [
        ("/api/v1%2Finfo", (404, ""), (200, "")),
        ("/api/v1/messages/%2E%2E/info", (404, ""), (307, "/api/v1/info")),
        ("/api/v1/message/%zz", (400, ""), (404, "")),
    ],
)
def test_escapes(
    theirs: Server, ours: Server, path: str, theirs_status: tuple[int, str], ours_status: tuple[int, str]
) -> None:
    assert led(theirs, path) == theirs_status
    assert led(ours, path) == ours_status


@differs("a method in small letters")
def test_a_method_in_small_letters(theirs: Server, ours: Server) -> None:
    assert theirs.ask("get", "/api/v1/info").status == 405
    assert ours.ask("get", "/api/v1/info").status == 200
