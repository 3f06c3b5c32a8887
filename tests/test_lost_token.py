"""A token that is replaced, taken back or goes with its inbox ends what came in by it, by whatever protocol."""

from __future__ import annotations

import json
import socket
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import NoReturn

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from mailpit_py.application.inboxbook import InboxBook, Issued
from mailpit_py.config import Config
from mailpit_py.node import Node

TIMEOUT = 60
WAYS = {
    "replaced": lambda book, name: book.rotate(name),
    "taken back": lambda book, name: book.revoke(name),
    "gone with its inbox": lambda book, name: book.remove(name),
}
Lose = Callable[[InboxBook, str], object]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    places = dict.fromkeys(("smtp", "listen", "pop3", "imap"), "127.0.0.1:0")
    with Node(Config(**places)) as running:
        yield running


@pytest.fixture
def issued(node: Node) -> Issued:
    return node.sandbox.inboxes.create()


@pytest.fixture(params=WAYS, ids=[one.replace(" ", "-") for one in WAYS])
def lose(request: pytest.FixtureRequest) -> Lose:
    return WAYS[request.param]


class Client:
    """A socket that says lines, and reads up to a word or the end."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.file = self.socket.makefile("rb")

    def say(self, *lines: str) -> None:
        self.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def until(self, word: str) -> str:
        """The first line that begins with a word."""
        for line in self.file:
            if line.startswith(word.encode()):
                return line.decode().rstrip()
        raise AssertionError(f"the connection ended before {word}")

    def rest(self) -> str:
        """Everything up to the end of the connection."""
        return self.file.read().decode()

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def smtp(node: Node, token: str) -> Client:
    client = Client(node.smtp_port)
    response = b64encode(f"\0anybody\0{token}".encode()).decode()
    client.say("EHLO x", f"AUTH PLAIN {response}")
    client.until("235")
    return client


def pop3(node: Node, token: str) -> Client:
    client = Client(node.ports["pop3"])
    client.say("USER anybody", f"PASS {token}")
    client.until("+OK signed in")
    return client


def imap(node: Node, token: str) -> Client:
    client = Client(node.ports["imap"])
    client.say(f"a LOGIN anybody {token}", "b SELECT INBOX")
    client.until("b OK")
    return client


def test_smtp_says_421_and_closes(node: Node, issued: Issued, lose: Lose) -> None:
    with closing(smtp(node, issued.token)) as client:
        lose(node.sandbox.inboxes, issued.inbox.name)
        assert client.rest() == "421 4.7.0 The token of this session opens nothing any more; closing\r\n"


def test_content_that_is_on_its_way_is_not_kept(node: Node, issued: Issued) -> None:
    before = node.store.counts("*").total
    with closing(smtp(node, issued.token)) as client:
        client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@x.test>", "DATA")
        client.until("354")
        client.say("Subject: late", "", "Hi")
        node.sandbox.inboxes.remove(issued.inbox.name)
        assert client.rest().startswith("421 4.7.0")
    assert issued.inbox.name not in node.sandbox.inboxes
    assert node.store.counts("*").total == before


def test_pop3_says_err_and_closes(node: Node, issued: Issued, lose: Lose) -> None:
    with closing(pop3(node, issued.token)) as client:
        lose(node.sandbox.inboxes, issued.inbox.name)
        assert client.rest() == "-ERR [AUTH] the token of this session opens nothing any more\r\n"


def test_imap_says_bye_and_closes(node: Node, issued: Issued, lose: Lose) -> None:
    with closing(imap(node, issued.token)) as client:
        lose(node.sandbox.inboxes, issued.inbox.name)
        assert client.rest() == "* BYE [EXPIRED] the token of this session opens nothing any more\r\n"


def test_a_client_that_waits_in_idle_is_told_at_once(node: Node, issued: Issued) -> None:
    with closing(imap(node, issued.token)) as client:
        client.say("c IDLE")
        client.until("+")
        node.sandbox.inboxes.rotate(issued.inbox.name)
        assert client.rest().startswith("* BYE [EXPIRED]")


def test_who_came_in_otherwise_stays(node: Node, issued: Issued) -> None:
    other = node.sandbox.inboxes.create()
    with closing(imap(node, other.token)) as theirs, closing(imap(node, "secret")) as everybodys:
        node.sandbox.inboxes.rotate(issued.inbox.name)
        for client in (theirs, everybodys):
            client.say("c NOOP")
            client.until("c OK")


def test_who_waits_is_told_that_it_is_over_and_sees_nothing_that_comes_then(node: Node, issued: Issued) -> None:
    name = issued.inbox.name
    request = urllib.request.Request(f"{node.url}api/v2/wait?timeout=100")
    request.add_header("Authorization", f"Bearer {issued.token}")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer, ThreadPoolExecutor(1) as pool:
        assert answer.read(1) == b" "  # it waits
        outcome = pool.submit(answer.read)
        node.sandbox.inboxes.rotate(name)
        told = json.loads(outcome.result(TIMEOUT))
    assert (told["closed"], told["found"], told["ok"], told["messages"]) == (True, False, False, [])


def read_on(feed: ClientConnection) -> NoReturn:
    while True:
        feed.recv(timeout=TIMEOUT)


def test_a_live_feed_ends_without_mail_that_wakes_it(
    node: Node, issued: Issued, lose: Lose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailpit_py.api.feed.IDLE", 1_000)
    bearer = {"Authorization": f"Bearer {issued.token}"}
    with connect(f"{node.url.replace('http', 'ws')}api/v2/events", additional_headers=bearer) as feed:
        feed.recv(timeout=TIMEOUT)
        lose(node.sandbox.inboxes, issued.inbox.name)
        with pytest.raises(ConnectionClosed):
            read_on(feed)
