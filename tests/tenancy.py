"""Inboxes with their tokens on a running sandbox, and one that has something of everything."""

from __future__ import annotations

import base64
import json
import smtplib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from mailpit_py.node import Node

SECRET = "quokka"  # is in everything that the inbox holds, and in no request
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
RULE = {"outcome": "unknown_user", "first": 1, "match": {"recipient": f"refused-{SECRET}@*"}}


@dataclass
class Server:
    """A node, spoken to over its sockets; nobody listens at `closed_port`."""

    node: Node
    closed_port: int

    def ask(
        self, method: str, path: str, token: str = "", body: Any = None, query: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """The status and the text of an answer."""
        address = f"{self.node.url.rstrip('/')}{quote(path)}{f'?{urlencode(query)}' if query else ''}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")

    def must(self, method: str, path: str, token: str = "", body: Any = None, **query: str) -> Any:
        """The JSON of an answer that is a success."""
        status, text = self.ask(method, path, token, body, query)
        assert status < 300, (method, path, status, text)
        return json.loads(text) if text.startswith(("{", "[")) else text


@dataclass
class Tenant:
    """An inbox with its token, and the ids of what is in it."""

    name: str
    token: str
    key: str
    ids: dict[str, str] = field(default_factory=dict)


def tenant(server: Server) -> Tenant:
    made = server.must("POST", "/api/v2/inboxes", body={"max_messages": 0})
    return Tenant(made["name"], made["token"], made["key"])


def full(server: Server) -> Tenant:
    """An inbox that has something of everything."""
    one = tenant(server)
    server.must("POST", "/api/v2/rules", one.token, {**RULE, "name": "theirs"})
    with smtplib.SMTP("127.0.0.1", server.node.smtp_port) as client:
        client.login(one.name, one.token)
        client.sendmail(f"app@{SECRET}.test", [f"ann@{SECRET}.test"], raw_message())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(f"app@{SECRET}.test", [f"refused-{SECRET}@x.test"], raw_message())
    rows = server.must("GET", "/api/v2/messages", one.token, refused="true")["items"]
    (message,) = [row["id"] for row in rows if row["kind"] == "message"]
    (attempt,) = [row["id"] for row in rows if row["kind"] == "attempt"]
    server.must("PATCH", f"/api/v2/messages/{message}", one.token, {"tags": ["label"]})
    target = f"http://127.0.0.1:{server.closed_port}/{SECRET}"
    sink = server.must(
        "POST", "/api/v2/sinks", one.token, {"kind": "webhook", "provider": "sendgrid", "target": target}
    )
    server.must("POST", f"/api/v2/messages/{message}/events", one.token, {"kind": "opened"})
    tried = server.must("GET", "/api/v2/sinks/attempts", one.token)["items"][0]["id"]
    released = {"recipients": [f"x@{SECRET}.test"], "retry": True}
    item = server.must("POST", f"/api/v2/messages/{message}/release", one.token, released)["id"]
    session = server.must("GET", "/api/v2/sessions", one.token)["items"][0]["id"]
    bounced = server.must("POST", f"/api/v2/messages/{message}/bounce", one.token, {"scenario": "unknown_user"})
    one.ids = {
        "message": message,
        "report": bounced["steps"][0]["reports"][0],
        "attempt": attempt,
        "session": session,
        "sink": sink["id"],
        "sink attempt": tried,
        "item": item,
        "tag": "label",
        "rule": "theirs",
        "inbox": one.name,
    }
    return one


def raw_message() -> bytes:
    image = base64.encodebytes(IMAGE).replace(b"\n", b"\r\n")
    lines = (
        f"From: app@{SECRET}.test\r\nTo: ann@{SECRET}.test\r\nSubject: the {SECRET}\r\n"
        f"Message-ID: <1@{SECRET}.test>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello {SECRET}</p>\r\n"
        "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return lines.encode() + image + b"--b--\r\n"
