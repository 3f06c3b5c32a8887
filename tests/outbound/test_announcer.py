"""The webhook of every message: in order, one at a time, again after failures, and over restarts."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from mailpit_py.application.mailpit_json import encoded
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.node import Node
from tests.outbound.servers import Web, web

RAW = "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: {}\r\n\r\nHi <Bob>\r\n"


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as running:
        yield running


def node(server: Web, **options: Any) -> Node:
    """A sandbox that tells the server, without pauses."""
    url = options.pop("webhook_url", f"http://127.0.0.1:{server.port}/hook")
    fast = {"webhook_limit": 0, "retry_scale": "0", **options}
    return Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", webhook_url=url, **fast))


def put(sandbox: Sandbox, *subjects: str) -> list[str]:
    """Put messages in; return their ids."""
    envelope = Envelope("ann@example.org", (Recipient("bob@example.com"),))
    return [
        sandbox.receive(Transaction(Session("", 1), envelope), RAW.format(one).encode()).result(30).public_id
        for one in subjects
    ]


def test_every_message_is_told_as_mailpit_tells_it(server):
    with node(server, label="Shop") as running:
        [public_id] = put(running.sandbox, "Grüße <1>")
        [request] = server.wait_for(1)
    summary = json.loads(request.body)
    assert (request.method, request.path) == ("POST", "/hook")
    assert list(summary) == [
        "ID", "MessageID", "Read", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Created", "Username", "Tags",
        "Size", "Attachments", "Snippet",
    ]  # fmt: skip
    assert (summary["ID"], summary["Subject"], summary["Cc"]) == (public_id, "Grüße <1>", [])
    assert request.body == encoded(summary)  # on one line, as Go writes it, without a line end
    assert b"\\u003c1\\u003e" in request.body
    headers = request.headers
    assert (headers["content-type"], headers["mailpit-label"]) == ("application/json", "Shop")
    assert headers["user-agent"].startswith("mailpit-py/")


def test_a_request_can_be_proved(server):
    with node(server, webhook_secret="a word") as running:
        put(running.sandbox, "1")
        [request] = server.wait_for(1)
        secret = running.sandbox.sinks.keys.secret("standard")
    Webhook(secret).verify(request.body.decode(), request.headers)
    assert "mailpit-label" not in request.headers


def test_messages_are_told_one_after_the_other_in_their_order(server):
    with node(server) as running:
        ids = put(running.sandbox, *map(str, range(20)))
        assert [json.loads(one.body)["ID"] for one in server.wait_for(20)] == ids


def test_a_name_and_password_in_the_url_are_sent(server):
    with node(server, webhook_url=f"http://app:secret@127.0.0.1:{server.port}/") as running:
        put(running.sandbox, "1")
        [request] = server.wait_for(1)
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"app:secret").decode()


def test_what_is_not_taken_is_told_again_and_what_follows_waits(server):
    answers = iter([500, 302, 200])
    server.answer = lambda request: (next(answers, 200), {"Location": "/other"}, b"")
    with node(server) as running:
        first, second = put(running.sandbox, "1", "2")
        told = [json.loads(one.body)["ID"] for one in server.wait_for(4)]
    assert told == [first, first, first, second]
    assert {one.path for one in server.requests} == {"/hook"}  # no redirect is followed
    assert len({one.headers["webhook-id"] for one in server.requests}) == 2


def test_what_is_never_taken_is_given_up(server):
    server.answer = lambda request: (500, {}, b"")
    with node(server, webhook_retries=1) as running:
        put(running.sandbox, "1", "2")
        told = [json.loads(one.body)["Subject"] for one in server.wait_for(4)]
    assert told == ["1", "1", "2", "2"]


def test_only_what_the_filter_finds_is_told(server):
    with node(server, webhook_filter="subject:order -subject:test") as running:
        put(running.sandbox, "Hello", "Your order", "A test order", "An order again")
        told = [json.loads(one.body)["Subject"] for one in server.wait_for(2)]
    assert told == ["Your order", "An order again"]


def test_each_request_waits_first_for_so_many_seconds(server):
    with node(server, webhook_delay=1) as running:
        began = time.monotonic()
        put(running.sandbox, "1")
        server.wait_for(1)
        assert time.monotonic() - began >= 1


def test_what_came_while_nobody_was_told_is_told_after_the_next_start(server, tmp_path):
    file = {"database": str(tmp_path / "mail.db")}
    with node(server, **file) as running:
        put(running.sandbox, "1")
        server.wait_for(1)
    with node(server, **file, webhook_limit=3600) as running:
        put(running.sandbox, "2", "3")
        server.wait_for(2)  # the next one would be told in an hour
    assert len(server.requests) == 2
    with node(server, **file) as running:
        put(running.sandbox, "4")
        told = [json.loads(one.body)["Subject"] for one in server.wait_for(4)]
    assert told == ["1", "2", "3", "4"]


def test_what_came_without_a_webhook_is_not_told_later(server, tmp_path):
    file = {"database": str(tmp_path / "mail.db")}
    with node(server, **file):
        pass
    with node(server, **file, webhook_url="") as running:
        put(running.sandbox, "1")
    with node(server, **file) as running:
        put(running.sandbox, "2")
        assert [json.loads(one.body)["Subject"] for one in server.wait_for(1)] == ["2"]


@pytest.mark.parametrize(
    "options",
    [
        {"webhook_url": "localhost:8000"},
        {"webhook_url": "ftp://x/"},
        {"webhook_url": "/hook"},
        {"webhook_limit": -1},
        {"webhook_delay": -1},
        {"webhook_retries": 6},
    ],
)
def test_what_cannot_be_told_is_refused_at_the_start(options):
    with pytest.raises(ConfigError):
        Config(**options)


def test_a_filter_that_is_no_search_is_refused_at_the_start(server):
    with pytest.raises(ConfigError, match="--webhook-filter"):
        node(server, webhook_filter="larger:blue").start()
