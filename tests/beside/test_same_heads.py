"""What both say to requests as they are written: heads that are odd or wrong, and bodies in chunks."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.beside.programs import Pair, Server
from tests.beside.table import differs
from tests.servers import heads
from tests.servers.heads import CHUNKS, HEADS, asked

PUT = asked(b"Transfer-Encoding: chunked", line=b"PUT /api/v1/messages HTTP/1.1")


def said(server: Server, request: bytes) -> bytes:
    return heads.said(urlsplit(server.url).port or 0, request)


def status(answer: bytes) -> int:
    return int(answer[9:12])


def test_heads(both: Pair) -> None:
    for request, expected in HEADS:
        assert [status(said(server, request)) for server in both] == [expected] * 2, request


def test_chunks(both: Pair) -> None:
    for chunks, expected in CHUNKS:
        # Of a value that is whole nobody there looks for the last chunk.
        theirs = 200 if chunks == b"2\r\n{}\r\n" else expected
        assert [status(said(server, PUT + chunks)) for server in both] == [theirs, expected], chunks


def test_going_on(both: Pair) -> None:
    """A client waits for it once."""
    body = asked(b"Expect: 100-continue", b"Content-Length: 2", line=b"PUT /api/v1/messages HTTP/1.1") + b"{}"
    for server in both:
        assert [one[:12] for one in said(server, body).split(b"\r\n\r\n")[:2]] == [b"HTTP/1.1 100", b"HTTP/1.1 200"]
        assert said(server, asked(b"Expect: 100-continue"))[:12] == b"HTTP/1.1 200"
    theirs, ours = (said(server, asked(line=b"GET")).partition(b"\r\n\r\n")[2] for server in both)
    assert ours == theirs == b"400 Bad Request"


@differs("`400 Bad Request: missing required Host header`")
def test_words_of_refused_requests(both: Pair) -> None:
    bodies = [said(server, asked(host=None)).partition(b"\r\n\r\n")[2] for server in both]
    assert bodies == [b"400 Bad Request: missing required Host header", b"400 Bad Request"]
    bodies = [said(server, PUT + b"zz\r\n").partition(b"\r\n\r\n")[2] for server in both]
    assert bodies == [b"invalid byte in chunk length", b"The body ends early, or its chunks are none."]


@differs("a header section of up to 1 MB")
@pytest.mark.parametrize("fields", [[b"X: a"] * 150, [b"X: " + b"a" * 70_000]], ids=["many", "long"])
def test_large_heads(both: Pair, fields: list[bytes]) -> None:
    assert [status(said(server, asked(*fields))) for server in both] == [200, 431]


@differs("a header section of up to 1 MB")
def test_a_version_that_is_none(both: Pair) -> None:
    assert [status(said(server, b"GET /livez HTTP/10.0\r\nHost: x\r\n\r\n")) for server in both] == [400, 505]
