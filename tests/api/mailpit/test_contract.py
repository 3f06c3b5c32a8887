"""Every answer that the document names, brought about on a running sandbox: true of it, and of Mailpit's own."""

from __future__ import annotations

import json
import re
import smtplib
import socketserver
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest

from mailpit_py.api.mailpit.document import document
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.resources import compatibility_data
from tests.api.mailpit.test_document import REFERENCE, closed, operations, reference, schema_of
from tests.checks.test_spam import SPAMD

__all__ = ["reference"]

LOCAL = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
RAW = (
    b"From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: Hello\r\nX-Tags: T\r\n"
    b"Message-ID: <1@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b'--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p style="display:flex">'
    b'<a href="http://127.0.0.1:8/">Hi</a></p>\r\n'
    b"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n--b--\r\n"
)
UNKNOWN = {"ID": "0" * 22}
# `latest` of a search that means nothing.
VAGUE = {"ID": "latest", "?": "query=subject:"}
BAD = b'{"IDs":1,"Name":1,"To":1,"Sender":1}'
SMALL = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}]}


@dataclass(frozen=True)
class Row:
    """An operation, the status that it is to have, what fills its path (and `?` its query), and its body."""

    operation: str
    status: int = 200
    filled: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    plain: bool = False  # asked of a sandbox without any switch


OF_ONE = (
    "GetMessageParams", "GetHeadersParams", "DownloadRawParams", "AttachmentParams", "HTMLCheckParams",
    "LinkCheckParams", "SpamAssassinCheckParams", "GetMessageHTMLParams", "GetMessageTextParams",
)  # fmt: skip
ROWS = [
    *(Row(name, status, filled) for name in OF_ONE for status, filled in ((200, {}), (404, UNKNOWN), (400, VAGUE))),
    Row("HTMLCheckParams", 400, {"ID": "text"}),
    Row("GetMessageHTMLParams", 404, {"ID": "text"}),
    Row("GetMessageHTMLParams", 200, {"?": "embed=1"}),
    Row("GetMessageParams", 200, {"ID": "latest", "?": "query=subject:Hello"}),
    Row("AttachmentParams", 404, {"PartID": "9"}),
    Row("SpamAssassinCheckParams", 404, plain=True),
    Row("ThumbnailParams"),
    Row("ThumbnailParams", 400, {"PartID": "9"}),
    Row("ThumbnailParams", 404, UNKNOWN),
    Row("ReleaseMessageParams", 200, {}, {"To": ["qa@example.net"]}),
    Row("ReleaseMessageParams", 200, {}, ["qa@example.net"]),
    Row("ReleaseMessageParams", 400, {}, {"To": ["nobody"]}),
    Row("ReleaseMessageParams", 400, {}, {"To": ["qa@example.net"]}, plain=True),
    Row("ReleaseMessageParams", 400, {}, BAD),
    Row("ReleaseMessageParams", 404, UNKNOWN, {"To": ["qa@example.net"]}),
    Row("AppInformation"),
    Row("WebUIConfigurationResponse"),
    Row("WebUIConfigurationResponse", plain=True),
    Row("getChaos"),
    Row("getChaos", 400, plain=True),
    Row("setChaosParams", 200, {}, {"Sender": {"ErrorCode": 421, "Probability": 0}}),
    Row("setChaosParams", 400, {}, {"Sender": {"ErrorCode": 200}}),
    Row("setChaosParams", 400, {}, BAD),
    Row("setChaosParams", 400, {}, {}, plain=True),
    Row("GetMessagesParams"),
    Row("GetMessagesParams", 200, {"?": "limit=0"}),
    Row("GetMessagesParams", 200, {"?": "start=10&limit=x&before=2001-01-01"}),
    Row("SetReadStatusParams", 200, {}, {"Read": True, "IDs": ["x"]}),
    Row("SetReadStatusParams", 400, {}, {"Search": "a", "IDs": ["x"]}),
    Row("SetReadStatusParams", 400, {}, BAD),
    Row("DeleteMessagesParams", 200, {}, {"IDs": ["x"]}),
    Row("DeleteMessagesParams"),
    Row("DeleteMessagesParams", 400, {}, BAD),
    Row("SearchParams", 200, {"?": "query=is:unread"}),
    Row("SearchParams", 200, {"?": "query=nothing&limit=0&tz=Europe/Berlin"}),
    Row("SearchParams", 400),
    Row("SearchParams", 400, {"?": "query=subject:"}),
    Row("DeleteSearchParams", 200, {"?": "query=nothing"}),
    Row("DeleteSearchParams", 400),
    Row("SendMessageParams", 200, {}, SMALL),
    Row("SendMessageParams", 400, {}, {}),
    Row("SendMessageParams", 400, {}, b"nope"),
    Row("GetAllTags"),
    Row("SetTagsParams", 200, {}, {"IDs": ["x"], "Tags": ["y"]}),
    Row("SetTagsParams", 400, {}, BAD),
    Row("RenameTagParams", 200, {}, {"Name": "Other"}),
    Row("RenameTagParams", 400, {}, {"Name": "!"}),
    Row("RenameTagParams", 400, {}, BAD),
    Row("DeleteTagParams"),
    Row("DeleteTagParams", 400, {"Tag": "none"}),
]
# Mailpit's document gives every operation a 400; these have nothing that could be wrong.
CANNOT_FAIL = {
    (name, 400) for name in ("AppInformation", "WebUIConfigurationResponse", "GetMessagesParams", "GetAllTags")
}
# It calls this answer JSON, and it is the text `ok` like all others.
TEXT_AFTER_ALL = {"DeleteSearchParams"}
# It names no 404 of a thumbnail.
OURS_ALONE = {("ThumbnailParams", 404)}


class Spamd(socketserver.BaseRequestHandler):
    """Says what a real spamd said, to everybody."""

    def handle(self) -> None:
        while self.request.recv(1 << 16):
            pass
        self.request.sendall(SPAMD)


@contextmanager
def spamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Spamd) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def nodes() -> Iterator[dict[bool, Node]]:
    """A sandbox with everything switched on, which relays to one without anything."""
    with ExitStack() as stack:
        plain = stack.enter_context(Node(Config(**LOCAL)))
        options = {"enable_chaos": True, "enable_spamassassin": stack.enter_context(spamd()), "label": "Team"}
        relay = {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": plain.smtp_port}
        yield {True: plain, False: stack.enter_context(Node(Config(**LOCAL, **options, **relay)))}


def mailpit_s_document() -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(REFERENCE.read_text("utf-8")) if REFERENCE.is_file() else None
    return found


def put(node: Node, raw: bytes) -> str:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=60) as smtp:
        smtp.helo("x")
        smtp.mail("app@example.org")
        smtp.rcpt("bob@example.com")
        return smtp.data(raw)[1].decode().rpartition(" ")[2]


def asked(node: Node, method: str, path: str, body: Any) -> tuple[int, str, bytes]:
    octets = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{node.url.rstrip('/')}{path}", octets, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def path_of(row: Row, template: str, ids: dict[str, str]) -> str:
    given = {"ID": "full", "PartID": "2", "Tag": "T", **row.filled}
    given["ID"] = ids.get(given["ID"], given["ID"])
    path = re.sub(r"{(\w+)}", lambda match: urllib.parse.quote(given[match[1]]), template)
    return f"{path}?{given['?']}" if "?" in given else path


def check(described: dict[str, Any], row: Row, media_type: str, octets: bytes) -> None:
    """Hold an answer against a document."""
    method, path = operations(described)[row.operation]
    media = described["paths"][path][method]["produces"]
    schema = schema_of(described, row.operation, row.status)
    kind = media_type.partition(";")[0]
    if schema.get("type") in ("string", "file"):
        assert kind == "text/plain" or row.status == 200
        if kind.startswith("text/"):
            octets.decode()
    else:
        assert kind == "application/json"
        jsonschema.validate(json.loads(octets), closed(schema))
    if row.status == 200 and row.operation not in TEXT_AFTER_ALL:
        assert kind in media or f"{kind.partition('/')[0]}/*" in media or "application/octet-stream" in media


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}-{row.status}")
def test_the_answer_is_the_one_that_the_document_names(nodes: dict[bool, Node], row: Row) -> None:
    if row.operation == "HTMLCheckParams" and not compatibility_data().is_file():
        pytest.skip("needs the data of caniemail.com, which the build fetches")
    node, theirs = nodes[row.plain], mailpit_s_document()
    method, template = operations(document())[row.operation]
    ids = {"text": put(node, b"Subject: Text\r\n\r\nHi\r\n"), "full": put(node, RAW)}
    status, media_type, octets = asked(node, method.upper(), path_of(row, template, ids), row.body)
    assert status == row.status, octets[:300]
    check(document(), row, media_type, octets)
    if theirs is not None and (row.operation, row.status) not in OURS_ALONE:
        check(theirs, row, media_type, octets)


def statuses(described: dict[str, Any]) -> set[tuple[str, int]]:
    return {
        (name, int(status))
        for name, (method, path) in operations(described).items()
        for status in described["paths"][path][method]["responses"]
    }


def test_no_answer_of_the_document_is_left_out() -> None:
    assert {(row.operation, row.status) for row in ROWS} == statuses(document()) - CANNOT_FAIL


def test_no_answer_of_mailpit_s_document_is_left_out(reference: dict[str, Any]) -> None:
    assert statuses(document()) - OURS_ALONE == statuses(reference)
