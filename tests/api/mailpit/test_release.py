"""Mailpit's release: its checks in their order and in its words, and the answer of the real server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mailpit_py.client import Client
from mailpit_py.config import Config
from mailpit_py.node import Node

Start = Callable[..., Node]
MAIL = {"raw": "From: shop@example.org\nTo: ann@example.com\nSubject: Order\n\nHi\n"}


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(**options: Any) -> Node:
            return stack.enter_context(Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", **options)))

        yield start


def put(node: Node, **mail: str) -> str:
    return str(Client(node.url).post("messages", {**MAIL, **mail})["id"])


def release(node: Node, public_id: str, body: Any) -> tuple[int, str]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{node.url}api/v1/message/{public_id}/release", data, method="POST")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def to(node: Node, **more: Any) -> dict[str, Any]:
    return {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": node.smtp_port, **more}


@pytest.mark.parametrize(
    "body", [{"To": ["qa@example.net"]}, {"to": ["qa@example.net"]}, ["qa@example.net"], {"TO": [" qa@example.net "]}]
)
def test_a_message_is_released(start: Start, body: Any) -> None:
    real = start()
    node = start(**to(real))
    assert release(node, put(node), body) == (200, "ok")
    (row,) = real.sandbox.store.page().items
    stored = real.sandbox.store.message("default", row.public_id)
    assert stored is not None
    assert [one.address for one in stored.envelope.recipients] == ["qa@example.net"]


def test_the_latest_message_is_released(start: Start) -> None:
    real = start()
    node = start(**to(real))
    put(node)
    assert release(node, "latest", ["qa@example.net"]) == (200, "ok")


LISTS = {"smtp_relay_allowed_recipients": "@ok", "smtp_relay_blocked_recipients": "^ceo@"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "EOF"),
        (b"{", "unexpected EOF"),
        ({"To": "qa@ok"}, "json: cannot unmarshal string into Go struct field .To of type []string"),
        ({"To": []}, "No valid addresses found"),
        ({}, "No valid addresses found"),
        ({"To": ["qa"]}, "Invalid email address: qa"),
        ({"To": ["qa@ok\r\nRCPT TO:<x@y>"]}, "Invalid email address: qa@ok\r\nRCPT TO:<x@y>"),
        ({"To": ["a@no"]}, "Failed: 1 Address do not match the allowlist: a@no"),
        ({"To": ["a@no", "b@no", "c@ok"]}, "Failed: 2 Addresses do not match the allowlist: a@no, b@no"),
        ({"To": ["ceo@ok"]}, "Failed: 1 Address found on blocklist: ceo@ok"),
    ],
)
def test_what_may_not_leave_is_refused_in_the_words_of_mailpit(start: Start, body: Any, said: str) -> None:
    node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=9, **LISTS)
    assert release(node, put(node), body) == (400, said)


def test_an_unknown_message_is_not_found_before_the_body_is_looked_at(start: Start) -> None:
    node = start()
    assert release(node, "0" * 22, b"")[0] == 404
    assert release(node, "latest", b"")[0] == 404


@pytest.mark.parametrize(
    ("options", "raw", "said"),
    [
        ({}, MAIL["raw"], "SMTP error: no server is set to which mail may go"),
        ({"smtp_relay_host": "127.0.0.1", "smtp_relay_port": 9}, MAIL["raw"], "SMTP error: 127.0.0.1:9"),
        (
            {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": 9},
            "Subject: x\n\n",
            "Failed: unable to parse From header: mail: ",
        ),
        ({"smtp_relay_host": "127.0.0.1", "smtp_relay_port": 9}, "From: x\n\n", "Failed: unable to parse From header"),
    ],
)
def test_what_could_not_be_sent_is_told_and_not_tried_again(start: Start, options, raw: str, said: str) -> None:
    node = start(**options)
    status, text = release(node, put(node, raw=raw), ["qa@example.net"])
    assert (status, text[: len(said)]) == (400, said)
    assert Client(node.url).get("relay/items", state="waiting")["items"] == []


@pytest.mark.parametrize(("forwards", "status"), [(False, 200), (True, 400)])
def test_one_refused_recipient_of_several_is_told_where_errors_are_handed_on(
    start: Start, forwards: bool, status: int
) -> None:
    real = start()
    node = start(**to(real, smtp_relay_fwd_smtp_errors=forwards))
    assert release(node, put(node), ["qa@example.net", "bounce+5.1.1@bounce.test"])[0] == status
    refused = release(node, put(node), ["bounce+5.1.1@bounce.test"])
    assert (refused[0], refused[1].startswith("SMTP error: 550 5.1.1")) == (400, True)
