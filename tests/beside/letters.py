"""Messages that both programs are given, put together octet by octet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.mail.test_corpus import standard_messages

HEAD = ("From: app@example.org", "To: ann@example.com", "Message-ID: <1@example.org>", "Subject: s")
SAMPLES = Path(__file__).parents[1] / "messages"


def mail(*fields: str, body: bytes | str = b"hi\r\n", head: Iterable[str] = HEAD) -> bytes:
    """A message with some fields that all have, these, and a body."""
    return entity(*head, *fields, body=body)


def entity(*fields: str, body: bytes | str = b"x") -> bytes:
    """Fields, and a body."""
    octets = body.encode() if isinstance(body, str) else body
    return "".join(f"{field}\r\n" for field in fields).encode() + b"\r\n" + octets


def multipart(kind: str, *parts: bytes, boundary: str = "bb") -> bytes:
    """A Content-Type field, and parts between boundary lines."""
    line = b"--" + boundary.encode()
    pieces = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    head = f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n".encode()
    return head + pieces + line + b"--\r\n"


def whole(content: bytes) -> bytes:
    """A message of what begins with its Content-Type."""
    return "".join(f"{field}\r\n" for field in HEAD).encode() + content


def samples() -> dict[str, bytes]:
    """The messages of this project's tests and of CPython's, with the line ends of SMTP unless they are what is odd."""
    ours = {path.name: path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))}
    theirs = {name: re.sub(rb"\r?\n", b"\r\n", raw) for name, raw in standard_messages().items()}
    return {name: raw for name, raw in {**ours, **theirs}.items() if len(raw) < 20_000}


TEXT = entity("Content-Type: text/plain", body="t")
HTML = entity("Content-Type: text/html", body="<b>h</b>")
PDF = entity("Content-Type: application/pdf; name=a.pdf", "Content-Disposition: attachment", body="pdf")
