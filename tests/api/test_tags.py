"""Tags by our own API, and how the feed tells of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.sync.client import connect
from werkzeug.test import Client

from tests.api.conftest import API, Mail
from tests.api.serving import serving


def tags(client: Client) -> dict[str, int]:
    answer = client.get(f"{API}/tags")
    assert answer.status_code == 200
    return {one["name"]: one["count"] for one in answer.json["tags"]}


def test_messages_are_tagged_where_they_are_marked(client: Client, mail: Mail) -> None:
    first, second = mail.receive(), mail.receive()
    answer = client.patch(f"{API}/messages/{first}", json={"tags": ["b", "A", "a"], "pinned": True})
    assert (answer.status_code, answer.json) == (200, {"changed": 1})
    assert client.patch(f"{API}/messages", json={"ids": [first, second], "tags": ["all"]}).json == {"changed": 2}
    assert tags(client) == {"all": 2}
    row = client.get(f"{API}/messages/{first}").json
    assert (row["tags"], row["pinned"]) == (["all"], True)
    assert client.patch(f"{API}/messages", json={"query": "tag:all", "tags": []}).json == {"changed": 2}
    assert tags(client) == {}


def test_a_tag_is_renamed_and_dropped(client: Client, mail: Mail) -> None:
    client.patch(f"{API}/messages/{mail.receive()}", json={"tags": ["one", "two"]})
    assert client.patch(f"{API}/tags/ONE", json={"name": "New name"}).json == {
        "tags": [{"name": "New name", "count": 1}, {"name": "two", "count": 1}]
    }
    taken = client.patch(f"{API}/tags/two", json={"name": "new NAME"})
    assert (taken.status_code, taken.json["type"]) == (409, "urn:mailpit-py:problem:taken")
    assert client.delete(f"{API}/tags/new%20name").json == {"tags": [{"name": "two", "count": 1}]}
    for answer in (client.delete(f"{API}/tags/gone"), client.patch(f"{API}/tags/gone", json={"name": "x"})):
        assert (answer.status_code, answer.json["detail"]) == (404, "There is no such tag; it may have been deleted.")


@pytest.mark.parametrize("name", ["", " a", "a ", "a,b", "ä", "x" * 101, "a\n", "<b>"])
def test_a_name_that_cannot_be_is_refused(client: Client, mail: Mail, name: str) -> None:
    public_id = mail.receive()
    assert client.patch(f"{API}/messages/{public_id}", json={"tags": [name]}).status_code == 422
    assert client.patch(f"{API}/tags/x", json={"name": name}).status_code == 422
    assert tags(client) == {}


def test_the_feed_tells_of_tags(make_app: Any, mail: Mail) -> None:
    app = make_app()
    public_id = mail.receive()
    with serving(app) as served, connect(served.events) as socket:
        socket.recv(10)
        client = app.test_client()
        client.patch(f"{API}/messages/{public_id}", json={"tags": ["b", "A"]})
        assert json.loads(socket.recv(10))["changes"] == [
            {"kind": "tagged", "messages": [{"id": public_id, "tags": ["A", "b"]}]}
        ]
        client.patch(f"{API}/tags/a", json={"name": "C"})
        assert json.loads(socket.recv(10))["changes"] == [{"kind": "tags"}]
