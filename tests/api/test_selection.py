"""Marking and deleting: one, many, by search, all, and never by accident."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from tests.api.conftest import API, Mail


@pytest.fixture
def ids(mail: Mail) -> list[str]:
    """Three messages."""
    return [mail.subject(subject) for subject in ("apples", "apples and pears", "plums")]


def left(mail: Mail) -> list[str]:
    return [item.public_id for item in mail.sandbox.store.page("default").items][::-1]


def test_one_message_is_deleted(client: Client, mail: Mail, ids: list[str]) -> None:
    assert client.delete(f"{API}/messages/{ids[1]}").json == {"deleted": 1}
    assert left(mail) == [ids[0], ids[2]]
    assert client.delete(f"{API}/messages/{ids[1]}").status_code == 404


def test_a_request_that_is_wrong_in_many_places_is_told_some_of_them(client: Client) -> None:
    answer = client.delete(f"{API}/messages", json={"ids": ["x"] * 1_000})
    assert answer.status_code == 422
    told = answer.json or {}
    assert told["detail"] == "1000 fields cannot be used."
    assert [one["field"] for one in told["errors"]] == [f"ids.{number}" for number in range(50)]


@pytest.mark.parametrize(
    ("body", "kept"),
    [({"ids": []}, 3), ({"ids": ["0" * 22]}, 3), ({"query": "apples"}, 1), ({"query": "none"}, 3), ({"all": True}, 0)],
)
def test_many_are_deleted(client: Client, mail: Mail, ids: list[str], body: dict[str, object], kept: int) -> None:
    assert client.delete(f"{API}/messages", json=body).json == {"deleted": len(ids) - kept}
    assert len(left(mail)) == kept


def test_ids_that_repeat_or_are_unknown_are_no_error(client: Client, mail: Mail, ids: list[str]) -> None:
    chosen = [ids[0], ids[0], "z" * 22, ids[2]]
    assert client.delete(f"{API}/messages", json={"ids": chosen}).json == {"deleted": 2}
    assert left(mail) == [ids[1]]


NOTHING_DELETED = [
    (b"", 400),
    (b" \r\n", 400),
    (b"{", 400),
    (b"null", 400),
    (b"[]", 400),
    (b'"all"', 400),
    (b"all=true", 400),
    (b'{"all": NaN}', 400),
    (b'{"all": true', 400),
    (b"\xff\xfe{\x00}\x00", 400),
    (b"[" * 100_000, 400),
    (b'{"all":' * 50_000, 400),
    (b"{}", 422),
    (b'{"all": false}', 422),
    (b'{"all": null}', 422),
    (b'{"ids": null}', 422),
    (b'{"query": ""}', 422),
    (b'{"query": "  "}', 422),
    (b'{"query": "()"}', 422),
    (b'{"all": true, "ids": []}', 422),
    (b'{"all": false, "query": "apples"}', 422),
    (b'{"all": true, "inbox": "x"}', 422),
    (b'{"ALL": true}', 422),
    (b'{"IDs": []}', 422),
    (b'{"ids": ["short"]}', 422),
    (b'{"ids": [1]}', 422),
    (b'{"ids": "all"}', 422),
    (b'{"ids": {}}', 422),
]


@pytest.mark.parametrize(("body", "status"), NOTHING_DELETED)
def test_what_does_not_say_exactly_what_deletes_nothing(
    client: Client, mail: Mail, ids: list[str], body: bytes, status: int
) -> None:
    answer = client.delete(f"{API}/messages", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert left(mail) == ids


def test_a_search_that_cannot_be_understood_deletes_nothing(client: Client, mail: Mail, ids: list[str]) -> None:
    assert client.delete(f"{API}/messages", json={"query": "larger:huge"}).status_code == 400
    assert left(mail) == ids


def test_an_unknown_field_is_answered_with_the_known_ones(client: Client) -> None:
    answer = client.patch(f"{API}/messages", json={"all": True, "read": True})
    assert answer.json is not None
    reasons = {error["field"]: error["reason"] for error in answer.json["errors"]}
    assert reasons["read"] == "is not known here; known are ids, query, all, seen, pinned, tags"


def test_too_many_ids_are_refused(client: Client) -> None:
    assert client.delete(f"{API}/messages", json={"ids": ["0" * 22] * 20_001}).status_code == 422


def test_a_message_is_marked(client: Client, mail: Mail, ids: list[str]) -> None:
    assert client.patch(f"{API}/messages/{ids[0]}", json={"seen": True, "pinned": True}).json == {"changed": 1}
    row = (client.get(f"{API}/messages/{ids[0]}").json or {}) if mail else {}
    assert (row["seen"], row["pinned"]) == (True, True)
    assert client.patch(f"{API}/messages/{ids[0]}", json={"seen": True}).json == {"changed": 0}  # it is already


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ({"ids": [], "seen": True}, 3),
        ({"query": "apples", "seen": True}, 1),
        ({"all": True, "seen": True}, 0),
        ({"all": True, "pinned": True}, 3),
    ],
)
def test_many_are_marked(client: Client, mail: Mail, ids: list[str], body: dict[str, object], unread: int) -> None:
    answer = client.patch(f"{API}/messages", json=body)
    assert answer.status_code == 200
    assert mail.sandbox.store.counts("default").unread == unread
    assert len(left(mail)) == len(ids)


@pytest.mark.parametrize("body", [{}, {"seen": None}, {"seen": "perhaps"}, {"flag": True}, {"seen": True, "x": 1}])
def test_a_mark_that_says_nothing_is_refused(client: Client, ids: list[str], body: dict[str, object]) -> None:
    assert client.patch(f"{API}/messages/{ids[0]}", json=body).status_code == 422


def test_marking_what_is_not_there_is_not_found(client: Client) -> None:
    assert client.patch(f"{API}/messages/{'0' * 22}", json={"seen": True}).status_code == 404


def test_a_refused_transaction_is_deleted_by_its_id(client: Client, mail: Mail) -> None:
    attempt = mail.refuse()
    assert client.delete(f"{API}/messages/{attempt}").json == {"deleted": 1}
    assert client.get(f"{API}/attempts/{attempt}").status_code == 404


def test_an_unknown_inbox_loses_nothing(client: Client, mail: Mail, ids: list[str]) -> None:
    assert client.delete(f"{API}/messages?inbox=other", json={"all": True}).status_code == 404
    assert left(mail) == ids


def in_folder(client: Client, name: str) -> list[str]:
    return [one["id"] for one in (client.get(f"{API}/messages?mailbox={name}").json or {})["items"]][::-1]


def test_what_is_moved_leaves_the_list_and_comes_back(client: Client, mail: Mail, ids: list[str]) -> None:
    assert client.post(f"{API}/messages/move", json={"query": "apples", "to": "Trash"}).json == {"changed": 2}
    assert (left(mail), in_folder(client, "Trash")) == ([ids[2]], ids[:2])
    assert (client.get(f"{API}/folders").json or {})["folders"] == [
        {"name": "INBOX", "total": 1, "unread": 1},
        {"name": "Trash", "total": 2, "unread": 2},
    ]
    assert client.post(f"{API}/messages/move", json={"ids": ids[:1], "to": "INBOX"}).json == {"changed": 1}
    assert (left(mail), in_folder(client, "Trash")) == ([ids[0], ids[2]], [ids[1]])


@pytest.mark.parametrize(
    ("mailbox", "body", "kept", "trashed"),
    [
        ("?mailbox=Trash", {"query": "apples"}, 2, 0),
        ("?mailbox=Trash", {"all": True}, 2, 0),
        ("", {"query": "apples"}, 1, 1),
        ("?mailbox=INBOX", {"all": True}, 0, 1),
        ("", {"all": True}, 0, 0),
    ],
)
def test_a_deletion_reaches_only_the_folder_it_looks_in(
    client: Client, mail: Mail, ids: list[str], mailbox: str, body: dict[str, object], kept: int, trashed: int
) -> None:
    client.post(f"{API}/messages/move", json={"ids": ids[:1], "to": "Trash"})
    refused = mail.refuse()
    assert client.delete(f"{API}/messages{mailbox}", json=body).status_code == 200
    assert (len(left(mail)), len(in_folder(client, "Trash"))) == (kept, trashed)
    assert client.get(f"{API}/attempts/{refused}").status_code == (200 if mailbox or "query" in body else 404)


@pytest.mark.parametrize("to", ["", "a\nb", "x" * 201])
def test_a_folder_that_cannot_be_is_refused(client: Client, ids: list[str], to: str) -> None:
    assert client.post(f"{API}/messages/move", json={"ids": ids, "to": to}).status_code == 422


def test_marks_look_in_the_inbox_unless_a_folder_is_named(client: Client, ids: list[str]) -> None:
    client.post(f"{API}/messages/move", json={"ids": ids[:1], "to": "Trash"})
    for mailbox, changed in (("", 1), ("?mailbox=Trash", 1)):
        body = {"query": "apples", "seen": True}
        assert client.patch(f"{API}/messages{mailbox}", json=body).json == {"changed": changed}
