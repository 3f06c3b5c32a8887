"""Requests whose head is odd, and the status that each gets: as it is written, to an address that says 200."""

from __future__ import annotations

import socket

from tests.servers.smtp.serving import TIMEOUT


def asked(*fields: bytes, line: bytes = b"GET /livez HTTP/1.1", host: bytes | None = b"localhost") -> bytes:
    """A request with these fields."""
    named = [] if host is None else [b"Host: " + host]
    return b"\r\n".join([line, *named, b"Connection: close", *fields, b"", b""])


def said(port: int, request: bytes) -> bytes:
    """All that comes back when nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while octets := client.recv(1 << 16):
            answer += octets
    return answer


HEADS = [
    (asked(), 200),
    (asked(line=b"GET /livez HTTP/1.0", host=None), 200),
    (asked(line=b"GET /livez HTTP/1.2"), 200),
    (asked(line=b"GET http://localhost/livez HTTP/1.1"), 200),
    (asked().replace(b"\r\n", b"\n"), 200),
    (asked(b"X: a\r\n b"), 200),
    (asked(b"X:"), 200),
    (asked(b"X_Y: \xe9"), 200),
    (asked(b"Content-Length: 0", b"Content-Length: 0"), 200),
    (asked(b"Content-Type: multipart/form-data; boundary=x"), 200),
    (asked(b"Expect: 100-continue"), 200),
    (asked(host=None), 400),
    (asked(b"Host: localhost"), 400),
    (asked(line=b"GET /livez HTTP/1.1 "), 400),
    (asked(line=b"GET  /livez HTTP/1.1"), 400),
    (asked(line=b"GET /livez  HTTP/1.1"), 400),
    (asked(line=b"GET /li vez HTTP/1.1"), 400),
    (asked(line=b"GET\t/livez HTTP/1.1"), 400),
    (asked(line=b"GET livez HTTP/1.1"), 400),
    (asked(line=b"GET ?livez HTTP/1.1"), 400),
    (asked(line=b"GET * HTTP/1.1"), 400),
    (asked(line=b"GET /\x01 HTTP/1.1"), 400),
    (asked(line=b"G(T /livez HTTP/1.1"), 400),
    (asked(line=b"GET /livez"), 400),
    (asked(line=b"GET /livez http/1.1"), 400),
    (asked(line=b""), 400),
    (asked(line=b"GET /livez#x HTTP/1.1"), 404),
    (asked(b"X Y: 1"), 400),
    (asked(b"X(Y): 1"), 400),
    (asked(b"X : 1"), 400),
    (asked(b": 1"), 400),
    (asked(b"X"), 400),
    (asked(b"X: \x01"), 400),
    (asked(b"Content-Length: x"), 400),
    (asked(b"Content-Length: -1"), 400),
    (asked(b"Content-Length: +0"), 400),
    (asked(b"Content-Length: 0, 0"), 400),
    (asked(b"Content-Length: 0", b"Content-Length: 1"), 400),
    (asked(b"Transfer-Encoding: gzip"), 501),
    (asked(b"Transfer-Encoding: chunked, chunked"), 501),
    (asked(b"Transfer-Encoding: chunked \t") + b"0\r\n\r\n", 200),
    (asked()[:-2], 400),
    (asked()[:-1], 400),
    (asked(b"Connection: close")[:-9], 400),
    (asked(b"X: a\rContent-Length: 2"), 400),
    (asked(b"X: a\r"), 400),
    (asked(b"\r"), 400),
    (asked(line=b"GET /livez HTTP/1.1\r"), 400),
    (asked(b"Expect: nothing"), 417),
    (asked(line=b"GET /livez HTTP/0.9"), 505),
    (asked(line=b"GET /livez HTTP/2.0"), 505),
]
CHUNKS = [
    (b"2\r\n{}\r\n0\r\n\r\n", 200),
    (b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200),
    (b"02 \r\n{}\r\n000\r\n\r\n", 200),
    (b"2;name=value;other\r\n{}\r\n0;last\r\n\r\n", 200),
    (b"2\r\n{}\r\n0\r\nX-Checksum: 1\r\nX-Other: 2\r\n\r\n", 200),
    (b"2\r\n{}\r\n", 400),
    (b"zz\r\n{}\r\n0\r\n\r\n", 400),
    (b"0x2\r\n{}\r\n0\r\n\r\n", 400),
    (b"-2\r\n{}\r\n0\r\n\r\n", 400),
    (b"+2\r\n{}\r\n0\r\n\r\n", 400),
    (b"\r\n{}\r\n0\r\n\r\n", 400),
    (b"2\n{}\n0\n\n", 400),
    (b"1\r\n{}\r\n0\r\n\r\n", 400),
    (b"3\r\n{", 400),
]
