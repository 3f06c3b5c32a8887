"""Waiting for mail over HTTP: at once, later, never, and in words why not."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application
from mailpit_py.api import waiting_schemas as schemas
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.waiting import Watch
from mailpit_py.checks.wanted import Wanted
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.storage import Selection, Store, StoreOptions
from mailpit_py.storage.value import Limits
from tests.api.conftest import API, Mail
from tests.api.serving import serving


def wait(client: Client, **query: str | float) -> dict[str, Any]:
    """Ask once; without `timeout` nothing is waited for."""
    answer = client.get(f"{API}/wait", query_string={"timeout": 0, **query})
    assert answer.status_code == 200, answer.text
    outcome = json.loads(answer.data)
    schemas.Waited.model_validate(outcome, strict=True)
    return outcome


def test_what_is_there_already_is_found_at_once(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    outcome = wait(client, to="bob@example.com", subject="Hello", timeout=30)
    assert (outcome["ok"], outcome["found"]) == (True, True)
    assert [one["id"] for one in outcome["messages"]] == [public_id]


def test_the_oldest_match_comes_first(client: Client, mail: Mail) -> None:
    ids = [mail.subject(text) for text in ("Hello one", "other", "Hello two")]
    outcome = wait(client, subject="Hello")
    assert [one["id"] for one in outcome["messages"]] == [ids[0], ids[2]]


def test_a_message_that_comes_later_wakes_who_waits(client: Client, mail: Mail) -> None:
    since = wait(client)["cursor"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait, client, since=since, subject="late", timeout=60)
        mail.subject("early")
        public_id = mail.subject("late")
        outcome = waiting.result(30)
    assert [one["id"] for one in outcome["messages"]] == [public_id]
    assert [one["message"]["subject"] for one in outcome["near_misses"]] == ["early"]


def test_only_what_came_after_the_cursor_counts(client: Client, mail: Mail) -> None:
    mail.subject("before")
    cursor = wait(client)["cursor"]
    assert wait(client, since=cursor)["seen"] == 0
    assert wait(client, since="now")["seen"] == 0
    public_id = mail.subject("after")
    assert [one["id"] for one in wait(client, since=cursor)["messages"]] == [public_id]


def test_each_message_that_came_is_told_with_every_filter_that_it_does_not_pass(client: Client, mail: Mail) -> None:
    mail.receive()
    outcome = wait(client, to="ann@example.com", subject="Hello", header="X-Campaign: spring", query="has:attachment")
    assert (outcome["ok"], outcome["found"], outcome["messages"]) == (False, False, [])
    assert [one["filter"] for one in outcome["near_misses"][0]["mismatches"]] == ["to", "header X-Campaign", "query"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from": "ann@example.org"}, True),
        ({"from": "eve@example.org"}, False),
        ({"text": "Hi Bob"}, True),
        ({"html": "<p>"}, False),
        ({"header": "Message-ID: <1@\nDate"}, True),
        ({"header": "List-Id"}, False),
        ({"attachment": "*"}, False),
        ({"bcc": "bob@example.com"}, False),
        ({"cc": "bob@example.com"}, False),
        ({"query": "subject:hello"}, True),
        ({"query": "subject:goodbye"}, False),
        ({"count": 2}, False),
    ],
)
def test_every_filter_counts(client: Client, mail: Mail, query: dict[str, Any], found: bool) -> None:
    mail.receive()
    assert wait(client, **query)["found"] is found


def test_waiting_for_nothing_is_well_when_nothing_comes_and_ends_when_something_does(
    client: Client, mail: Mail
) -> None:
    assert wait(client, none="true", subject="Hello")["ok"] is True
    mail.receive()
    outcome = wait(client, none="true", subject="Hello", timeout=60)
    assert (outcome["ok"], outcome["found"]) == (False, True)


def test_what_was_refused_is_told(client: Client, mail: Mail) -> None:
    cursor = wait(client)["cursor"]
    mail.refuse()
    outcome = wait(client, since=cursor)
    assert [one["reply"]["code"] for one in outcome["refused"]] == [550]


def test_a_match_that_was_removed_again_is_told(sandbox: Sandbox, mail: Mail) -> None:
    watch = Watch(sandbox.store, "default", Wanted(subject="Hello"), since=sandbox.store.head())
    public_id = mail.receive()
    watch.look()
    sandbox.store.delete("default", Selection.ids([public_id])).result(10)
    watch.look()
    assert [one.summary.public_id for one in watch.matches] == [public_id]
    assert watch.removed == [public_id]


def test_what_was_pruned_before_anybody_looked_is_counted(client: Client, sandbox: Sandbox, mail: Mail) -> None:
    cursor = wait(client)["cursor"]
    sandbox.store.delete("default", Selection.ids([mail.receive()])).result(10)
    outcome = wait(client, since=cursor)
    assert (outcome["found"], outcome["unseen"]) == (False, 1)


def test_a_cursor_of_another_database_reads_the_list_anew(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    assert [one["id"] for one in wait(client, since="abc.5")["messages"]] == [public_id]


def test_pruning_by_number_is_no_hindrance() -> None:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=2))) as store:
        sandbox = Sandbox(store, Clock())
        watch = Watch(store, "default", Wanted(), since=store.head())
        for _ in range(5):
            Mail(sandbox).receive()
        watch.look()
        assert len(watch.matches) + watch.unseen == 5


@pytest.mark.parametrize(
    ("query", "field", "status", "kind"),
    [
        ({"since": "yesterday"}, "since", 422, "invalid"),
        ({"count": "0"}, "count", 422, "invalid"),
        ({"timeout": "601"}, "timeout", 422, "invalid"),
        ({"subjcet": "x"}, "subjcet", 422, "invalid"),
        ({"query": "larger:x"}, "query", 400, "query"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_waited_for(
    client: Client, query: Any, field: str, status: int, kind: str
) -> None:
    answer = client.get(f"{API}/wait", query_string=query)
    assert answer.json
    assert (answer.status_code, answer.json["type"]) == (status, f"urn:mailpit-py:problem:{kind}")
    assert answer.json["errors"][0]["field"] == field


def test_an_inbox_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(f"{API}/wait?inbox=nowhere").status_code == 404


def test_reading_marks_nothing(client: Client, mail: Mail) -> None:
    mail.receive()
    wait(client, text="Hi")
    assert (client.get(f"{API}/messages").json or {})["counts"]["unread"] == 1


def test_while_it_waits_it_sends_spaces_so_that_no_proxy_gives_up(sandbox: Sandbox) -> None:
    watch = Watch(sandbox.store, "default", Wanted(subject="never"), since=sandbox.store.head())
    assert sum(1 for _ in watch.run(0.2, beat=0.01)) >= 1


def test_so_many_may_wait_and_the_next_is_told_to_come_later(make_app: Any) -> None:
    app: Application = make_app()
    waiters = app.extensions["mailpit"].waiters
    while waiters.acquire(blocking=False):
        pass
    answer = app.test_client().get(f"{API}/wait?timeout=0")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    waiters.release()
    for _ in range(3):  # each gives its place back
        assert app.test_client().get(f"{API}/wait?timeout=0", buffered=True).status_code == 200


def test_over_a_real_connection_a_commit_ends_the_wait(make_app: Any, mail: Mail) -> None:
    with serving(make_app()) as served, socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(f"GET {API}/wait?timeout=60&subject=Now HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        mail.subject("Now")
        answer = b""
        while chunk := connection.recv(1 << 16):
            answer += chunk
    assert b"200 OK" in answer
    assert b'"found":true' in answer


def test_the_stop_of_the_sandbox_ends_every_wait() -> None:
    node = Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0"))
    node.start()
    with socket.create_connection(("127.0.0.1", node.ports["listen"]), timeout=30) as connection:
        connection.sendall(f"GET {API}/wait?timeout=600 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = connection.recv(1)  # the status has been sent: it waits
        node.stop()
        answer = head
        while chunk := connection.recv(1 << 16):
            answer += chunk
    assert b'"closed":true' in answer


def test_extract_gives_links_codes_and_text(client: Client, mail: Mail) -> None:
    public_id = mail.receive(
        b"Subject: Welcome\r\nContent-Type: text/html\r\n\r\n"
        b'<a href="https://app.test/c/1">Confirm</a> <a href="https://app.test/u">Unsubscribe</a>'
        b"<p>Your code is 481516</p>"
    )
    answer = client.get(f"{API}/messages/{public_id}/extract").json
    schemas.Extract.model_validate(answer, strict=True)
    assert answer == {
        "links": [
            {"url": "https://app.test/c/1", "text": "Confirm", "where": "html"},
            {"url": "https://app.test/u", "text": "Unsubscribe", "where": "html"},
        ],
        "codes": [{"code": "481516", "context": "Your code is 481516"}],
        "text": "Confirm Unsubscribe\nYour code is 481516",
    }
    confirm = client.get(f"{API}/messages/{public_id}/extract?link=confirm").json or {}
    assert [one["url"] for one in confirm["links"]] == ["https://app.test/c/1"]
    assert client.get(f"{API}/messages/{'0' * 22}/extract").status_code == 404


def test_what_a_reader_put_into_trash_is_still_found(client: Client, sandbox: Sandbox, mail: Mail) -> None:
    cursor = wait(client)["cursor"]
    watch = Watch(sandbox.store, "default", Wanted(subject="Hello"), since=sandbox.store.head())
    public_id = mail.receive()
    sandbox.store.maildrops.discard("default", [public_id]).result(10)
    watch.look()
    assert ([one.summary.public_id for one in watch.matches], watch.removed) == ([public_id], [])
    assert wait(client, subject="Hello")["found"] is True
    assert wait(client, subject="Hello", since=cursor)["found"] is True
    assert wait(client, query="Hello")["found"] is True
