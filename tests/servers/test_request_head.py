"""Which requests are believed: their heads, and bodies in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.servers.heads import CHUNKS, HEADS, asked, said
from tests.servers.test_http import serving


def found(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer 200 at one path, and 400 to a body that cannot be read."""
    status = "200 OK" if environ["PATH_INFO"] == "/livez" else "404 Not Found"
    try:
        body = environ["wsgi.input"].read() if "HTTP_TRANSFER_ENCODING" in environ else b""
    except OSError:
        status = "400 Bad Request"
        body = b""
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def test_heads() -> None:
    with serving(found) as (_, port):
        for request, expected in HEADS:
            assert said(port, request)[:12] == f"HTTP/1.1 {expected}".encode(), request


@pytest.mark.parametrize(("chunks", "expected"), CHUNKS)
def test_chunks(chunks: bytes, expected: int) -> None:
    with serving(found) as (_, port):
        answer = said(port, asked(b"Transfer-Encoding: chunked") + chunks)
    assert answer[:12] == f"HTTP/1.1 {expected}".encode()
    assert answer.endswith(b"\r\n\r\n{}" if expected == 200 else b"\r\n\r\n")


def test_of_several_protocols_the_one_that_is_spoken_counts() -> None:
    def told(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["HTTP_UPGRADE"].encode()
        start("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with serving(told) as (_, port):
        assert said(port, asked(b"Upgrade: h2c, WebSocket")).endswith(b"\r\n\r\nwebsocket")
        assert said(port, asked(b"Upgrade: h2c")).endswith(b"\r\n\r\nh2c")
