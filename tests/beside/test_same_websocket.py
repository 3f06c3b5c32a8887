"""What does not differ in what the websocket tells: the events of each change, and how it is spoken to."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.beside.following import Follower, following
from tests.beside.programs import Pair, Server, pair
from tests.beside.talking import HELLO, replies
from tests.servers.smtp.serving import TIMEOUT

MESSAGES, TAGS, CHAOS = "/api/v1/messages", "/api/v1/tags", "/api/v1/chaos"
SENT = {"From": {"Email": "a@b.c"}, "To": [{"Email": "ann@example.com"}], "Subject": "sent", "Tags": ["z", "y"]}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("websocket"), "--enable-chaos", "--ignore-duplicate-ids") as servers:
        yield servers


class Told:
    """One program, the messages that it has, and what its websocket has told of each change."""

    def __init__(self, server: Server, follower: Follower) -> None:
        self.server = server
        self.ids: list[str] = []
        self._follower = follower

    def send(self, number: int, more: str = "") -> None:
        raw = f"Return-Path: <app@example.org>\r\nMessage-ID: <{number}@x>\r\n{more}To: ann@example.com\r\n\r\nx\r\n"
        self.ids.append(self.server.send(raw.encode()))

    def ask(self, method: str, path: str, body: object = None) -> None:
        """Send a request in which `#0` is the id of the first message."""
        written = None if body is None else self._with_ids(json.dumps(body))
        self.server.ask(method, self._with_ids(path), written)

    def say(self, *lines: str) -> None:
        replies(self.server.smtp_port, [HELLO, *lines, "QUIT"])

    def strike(self, trigger: str, *lines: str) -> None:
        """Let a trigger of chaos strike whoever says this."""
        self.server.ask("PUT", CHAOS, {trigger: {"ErrorCode": 450, "Probability": 100}})
        self.say(*lines)
        self.server.ask("PUT", CHAOS, {})

    def events(self) -> list[str]:
        """All that has been told since the last time, sorted, for Mailpit has no order; ours says the same only once.

        The end is seen by a message that comes after all, and its deletion; totals are not looked at.
        """
        marker = self.server.send(b"Subject: marker\r\n\r\n")
        told = self._follower.until("new", ID=marker)
        self.server.ask("DELETE", MESSAGES, {"IDs": [marker]})
        told += self._follower.until("delete", ID=marker)
        kept = [event for event in told if event[0] != "stats" and marker not in json.dumps(event)]
        return sorted({self._alike(event) for event in kept})

    def _alike(self, event: tuple[str, Any]) -> str:
        """An event as text, without ids, time and size."""
        text = json.dumps(event)
        for number, public_id in enumerate(self.ids):
            text = text.replace(public_id, f"#{number}")
        return re.sub(r'(?<="Created": )"[^"]*"|(?<="Size": )\d+|(?<="MessageID": )"[^"]*@mailpit"', "0", text)

    def _with_ids(self, text: str) -> str:
        return re.sub(r"#(\d)", lambda found: self.ids[int(found[1])], text)


SEND = [("send", [0]), ("send", [1, "Cc: x@y.z\r\nReply-To: r@y.z\r\n"]), ("send", [2, "X-Tags: one, two\r\n"])]


def read(ids: list[str], *, state: bool) -> tuple[str, list[Any]]:
    return "ask", ["PUT", MESSAGES, {"IDs": ids, "Read": state}]


def tag(ids: list[str], *tags: str) -> tuple[str, list[Any]]:
    return "ask", ["PUT", TAGS, {"IDs": ids, "Tags": tags}]


def ask(method: str, path: str, body: object = None) -> tuple[str, list[Any]]:
    return "ask", [method, path, body]


STEPS: dict[str, list[tuple[str, list[Any]]]] = {
    "marking": [
        read(["#0"], state=True), read(["#0"], state=True), read(["#0", "#1"], state=True),
        read(["unknown"], state=True),
        ask("PUT", MESSAGES, {"Search": "cc:x@y.z", "Read": False}),
        ask("PUT", MESSAGES, {"Search": "none", "Read": True}),
    ],
    "marking as unread": [read(["#0"], state=False), read(["#0", "#1"], state=True), read(["#1", "#2"], state=False)],
    "opening": [
        ask("GET", "/api/v1/message/#0"), ask("GET", "/api/v1/message/#0"), ask("GET", "/view/#1.txt"),
        ask("GET", "/api/v1/message/#2/raw"), ask("GET", "/api/v1/message/#2/headers"),
        ask("GET", "/api/v1/search?query=x"),
    ],
    "tagging": [tag(["#0"], "a", "b"), tag(["#1"], "c"), tag(["#2"], "e", "e", "E")],
    "tagging again": [tag(["#2"], "one", "two"), tag(["#2"], "one", "two"), tag(["#0", "#1"], "c"), tag([], "lost")],
    "tags that cannot be": [tag(["#0"], "e!x"), tag(["#1"], "?"), tag(["#2"], "  ")],
    "tagging with nothing": [tag(["#0"]), tag(["#2"])],
    "renaming and dropping tags": [ask("PUT", f"{TAGS}/one", {"Name": "d"}), ask("DELETE", f"{TAGS}/two")],
    "chaos": [("strike", ["Sender", "MAIL FROM:<a@b>"]), ("strike", ["Recipient", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"])],
    "deleting": [ask("DELETE", MESSAGES, {"IDs": ["#0"]}), ask("DELETE", "/api/v1/search?query=cc:x@y.z")],
    "what changes nothing": [
        ask("PUT", f"{TAGS}/unknown", {"Name": "d"}), ask("DELETE", f"{TAGS}/unknown"), ("say", ["NOOP", "RSET"]),
        ("say", ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RSET"]), ask("DELETE", MESSAGES, {"IDs": ["unknown"]}),
        ask("DELETE", "/api/v1/search?query=none"), ask("GET", "/api/v1/info"), ask("GET", "/api/v1/webui"),
    ],
    "deleting all": [ask("DELETE", MESSAGES)],
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_each_change_is_told_alike(both: Pair, name: str) -> None:
    told = []
    for server in both:
        with following(server) as follower:
            server.empty()
            follower.until("truncate")
            program = Told(server, follower)
            # One after the other: what comes together here is told as it is by then.
            for steps in (SEND, STEPS[name]):
                for step, arguments in steps:
                    getattr(program, step)(*arguments)
                told.append(program.events())
    assert told[2:] == told[:2]


def test_mail_by_the_api_and_what_is_not_kept(both: Pair) -> None:
    twice = b"Message-ID: <twice@x>\r\n\r\n"
    for server in both:
        with following(server) as follower:
            public_id = server.ask("POST", "/api/v1/send", SENT).json["ID"]
            told = follower.until("new")
            assert ("update", {"ID": public_id, "Tags": ["y", "z"]}) in [*told, *follower.until("stats")]
            assert (told[-1][1]["ID"], told[-1][1]["Tags"]) == (public_id, ["y", "z"])
            first, second = server.send(twice), server.send(twice)
            assert (second, follower.until("new")[-1][1]["ID"]) == ("queued", first)
            server.ask("DELETE", MESSAGES)
            assert "new" not in [kind for kind, _ in follower.until("truncate")]


UPGRADE = ["Upgrade: websocket", "Connection: Upgrade"]
KEY = ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "/api/events", [*UPGRADE, *KEY]), ("GET", "/api/events?x=1", [*UPGRADE, *KEY]),
        ("GET", "/api/events", []),
        ("GET", "/api/events", ["Upgrade: WebSocket", "Connection: keep-alive, upgrade", *KEY]),
        ("GET", "/api/events", ["Sec-WebSocket-Protocol: chat", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Origin: http://HOST", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Origin: http://evil.test", *UPGRADE, *KEY]),
        ("GET", "/api/events", [*UPGRADE, KEY[1]]), ("GET", "/api/events", [*UPGRADE, KEY[0]]),
        ("GET", "/api/events", [*UPGRADE, KEY[0], "Sec-WebSocket-Version: 8"]),
        ("GET", "/api/events", [*UPGRADE, "Sec-WebSocket-Key: x", KEY[1]]), ("GET", "/api/events", [UPGRADE[0], *KEY]),
        ("GET", "/api/events", [*UPGRADE, "Sec-WebSocket-Key: c2hvcnQ=", KEY[1]]),
        ("GET", "/api/events", [UPGRADE[1], *KEY]),
        ("GET", "/api/events", ["Upgrade: websocket, h2c", UPGRADE[1], *KEY]),
        ("GET", "/api/events", ["Upgrade: h2c", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Upgrade: h2c,WebSocket", "Connection: close, Upgrade", *KEY]),
        ("GET", "/api/events", ["Upgrade: websocket/13", UPGRADE[1], *KEY]),
        ("GET", "/api/events", ["Origin: ws://HOST", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Origin: WSS://HOST", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Origin: ws://evil.test", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Content-Length: 0", *UPGRADE, *KEY]),
        ("GET", "/api/events", ["Upgrade: h2c", UPGRADE[1]]), ("HEAD", "/api/events", [*UPGRADE, *KEY]),
        ("POST", "/api/events", [*UPGRADE, *KEY]), ("GET", "/api/events/", [*UPGRADE, *KEY]),
        ("GET", "/api/v1/events", [*UPGRADE, *KEY]),
    ],
)  # fmt: skip
def test_handshakes(both: Pair, method: str, path: str, fields: list[str]) -> None:
    theirs, ours = (_handshake(one, method, path, fields) for one in both)
    assert ours == theirs


def _handshake(server: Server, method: str, path: str, fields: list[str]) -> list[str]:
    """The status, and what else of an answer belongs to the handshake."""
    host = urlsplit(server.url).netloc
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), TIMEOUT) as client:
        client.sendall("\r\n".join(lines).replace("HOST", host).encode())
        said = b""
        while b"\r\n\r\n" not in said:
            said += client.recv(4096)
    status, *answered = said.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")
    kept = [one for one in answered if one.startswith(("sec-websocket-", "upgrade:", "content-type:"))]
    return [status, *sorted(kept)]


def frame(first: int, data: bytes, *, masked: bool = True) -> bytes:
    """A frame with this first octet, and a mask that changes nothing."""
    return bytes([first, (0x80 if masked else 0) | len(data)]) + (b"\0\0\0\0" if masked else b"") + data


END = frame(0x89, b"end")
FRAMES = [
    frame(0x81, b"hello"), frame(0x82, b"\0\1"), frame(0x89, b"abc"), frame(0x89, b""), frame(0x8A, b"x"),
    frame(0x01, b"a") + frame(0x80, b"b"), frame(0x01, b"a") + frame(0x89, b"between") + frame(0x80, b"b"),
    frame(0x88, b"\x03\xe8"), frame(0x88, b"\x03\xe9bye"), frame(0x88, b""), frame(0x81, b"x", masked=False),
    frame(0x85, b""), frame(0x80, b"x"), frame(0xC1, b"x"), frame(0x88, b"\x03\xed"), frame(0x09, b"parted"),
]  # fmt: skip


@pytest.mark.parametrize("sent", FRAMES, ids=bytes.hex)
def test_frames_of_clients(both: Pair, sent: bytes) -> None:
    theirs, ours = (_answered(one, sent) for one in both)
    assert ours == theirs


def _answered(server: Server, sent: bytes) -> list[bytes]:
    """The frames that answer: of one that closes, only the code, since the words are those of a library."""
    host = urlsplit(server.url).netloc
    lines = ["GET /api/events HTTP/1.1", f"Host: {host}", *UPGRADE, *KEY, "", ""]
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), TIMEOUT) as client:
        client.sendall("\r\n".join(lines).encode())
        said = b""
        while not said.endswith(b'"}}'):
            said += client.recv(4096)
        client.sendall(sent + END)
        return _frames(client)


def _frames(client: socket.socket) -> list[bytes]:
    """All frames up to the one that closes, or the answer to END; totals that come late are not among them."""
    found: list[bytes] = []
    stream = client.makefile("rb")
    while not found or (found[-1][0] != 0x88 and found[-1] != b"\x8aend"):
        first, size = stream.read(2)
        data = stream.read(size)
        if first != 0x81:
            found.append(bytes([first]) + (data[:2] if first == 0x88 else data))
    return found
