"""Rules through the API: edited, refused with their fields named, and tried on stored mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.application.sandbox import Sandbox
from tests.api.conftest import API, SIMPLE, Mail

NEXT_FAILS = {"name": "next", "outcome": "system_error", "stage": "CONTENT", "first": 1}
TWICE = {"name": "twice", "outcome": "mailbox_full+gmail", "first": 2, "match": {"recipient": "*@example.com"}}


@pytest.fixture(autouse=True)
def no_rules(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.simulator.book.clear()
    sandbox.simulator.reset().result(10)


def keys(client: Client) -> list[str]:
    return [one["key"] for one in (client.get(f"{API}/rules").json or {})["items"]]


def test_a_rule_is_added_shown_changed_and_deleted(client: Client) -> None:
    added = client.post(f"{API}/rules", json=NEXT_FAILS)
    assert added.status_code == 201
    schemas.Rule.model_validate(added.json, strict=True)
    name = (added.json or {})["id"]
    assert client.get(f"{API}/rules/{name}").json == client.get(f"{API}/rules/next").json == added.json
    changed = client.patch(f"{API}/rules/next", json={"first": 3, "enabled": False}).json or {}
    assert (changed["id"], changed["first"], changed["enabled"]) == (name, 3, False)
    assert (client.put(f"{API}/rules/{name}", json=TWICE).json or {})["key"] == "twice"
    assert (client.delete(f"{API}/rules/twice").json or {})["id"] == name
    assert client.get(f"{API}/rules/{name}").status_code == 404


def test_null_takes_a_part_of_a_rule_back_to_its_default(client: Client) -> None:
    client.post(f"{API}/rules", json={**TWICE, "provider": "gmail"})
    changed = client.patch(f"{API}/rules/twice", json={"match": None, "provider": None}).json or {}
    assert (changed["match"], changed["provider"], changed["first"]) == ({}, "", 2)


def test_a_rule_without_a_name_is_found_by_the_digest_of_its_content(client: Client) -> None:
    added = client.post(f"{API}/rules", json={"outcome": "unknown_user"}).json or {}
    assert added["key"].startswith("#")
    assert (client.get(f"{API}/rules/%23{added['key'][1:]}").json or {})["id"] == added["id"]


def test_the_whole_list_is_put_in_another_order_as_it_was_answered(client: Client) -> None:
    for rule in (NEXT_FAILS, TWICE):
        client.post(f"{API}/rules", json=rule)
    before = (client.get(f"{API}/rules").json or {})["items"]
    after = client.put(f"{API}/rules", json={"rules": before[::-1]}).json or {}
    schemas.Rules.model_validate(after, strict=True)
    assert [one["id"] for one in after["items"]] == [one["id"] for one in before[::-1]]
    assert [one["position"] for one in after["items"]] == [0, 1]


def test_a_rule_takes_the_place_that_it_asks_for(client: Client) -> None:
    for rule in (NEXT_FAILS, TWICE, {"name": "third", "outcome": "discard", "position": 0}):
        client.post(f"{API}/rules", json=rule)
    assert keys(client) == ["third", "next", "twice"]
    client.patch(f"{API}/rules/third", json={"position": 1})
    assert keys(client) == ["next", "third", "twice"]


def test_all_rules_are_deleted_together(client: Client) -> None:
    client.post(f"{API}/rules", json=TWICE)
    assert client.delete(f"{API}/rules").json == {"items": []}


BAD = [
    ({}, ["outcome"]),
    ({"outcome": "no_such_thing"}, ["outcome"]),
    ({"outcome": {"kind": "explode"}}, ["outcome.kind"]),
    ({"outcome": {"kind": "quota"}}, ["outcome"]),
    ({"outcome": {"kind": "silence", "seconds": 301}}, ["outcome"]),
    ({"outcome": "discard", "stage": "RCPT"}, ["stage"]),
    ({"outcome": "system_error", "stage": "LUNCH"}, ["stage"]),
    ({"outcome": "system_error", "probability": 1.5}, ["probability"]),
    ({"outcome": "system_error", "first": -1, "every": "2"}, ["every", "first"]),
    ({"outcome": "system_error", "match": {"sender": "/(/"}}, ["match.sender"]),
    ({"outcome": "system_error", "match": {"client": "nowhere"}}, ["match.client"]),
    ({"outcome": "system_error", "match": {"subject": "x"}}, ["match.subject"]),
    ({"outcome": "system_error", "match": {"colour": "red"}}, ["match.colour"]),
    ({"outcome": "system_error", "first": 1, "scope": "message-id"}, ["scope"]),
    ({"outcome": "system_error", "provider": "nobody"}, ["provider"]),
    ({"outcome": "system_error", "expires_at": "tomorrow"}, ["expires_at"]),
    ({"outcome": "system_error", "colour": "red"}, ["colour"]),
    ({"outcome": "system_error", "position": -1}, ["position"]),
    ({"outcome": "system_error", "name": "kept"}, ["name"]),
]


@pytest.mark.parametrize(("rule", "fields"), BAD)
def test_a_bad_rule_is_refused_with_its_fields_and_changes_nothing(
    client: Client, rule: dict[str, Any], fields: list[str]
) -> None:
    client.post(f"{API}/rules", json={**TWICE, "name": "kept"})
    before = client.get(f"{API}/rules").json
    refused = client.post(f"{API}/rules", json=rule)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    errors = (refused.json or {})["errors"]
    assert sorted(one["field"] for one in errors) == fields
    assert all(one["reason"] for one in errors)
    assert client.get(f"{API}/rules").json == before


def test_one_bad_rule_of_a_list_refuses_the_list(client: Client) -> None:
    client.post(f"{API}/rules", json=TWICE)
    refused = client.put(f"{API}/rules", json={"rules": [NEXT_FAILS, {"outcome": "nothing"}, 3]})
    assert refused.status_code == 422
    assert (refused.json or {})["errors"][0]["field"].startswith("rules.1.")
    assert keys(client) == ["twice"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_rule_that_is_not_there_is_not_found(client: Client, method: str) -> None:
    assert client.open(f"{API}/rules/nothing", method=method, json=NEXT_FAILS).status_code == 404


def test_an_expiry_goes_in_and_out_as_rfc_3339(client: Client) -> None:
    added = client.post(f"{API}/rules", json={**TWICE, "expires_at": "2030-01-02T03:04:05+01:00"}).json or {}
    assert added["expires_at"] == "2030-01-02T02:04:05.000000Z"


def test_a_rule_shows_at_once_which_stored_mail_it_would_have_hit(client: Client, mail: Mail) -> None:
    hit = mail.receive(SIMPLE.replace(b"Hello", b"Invoice 7"))
    mail.receive()
    rule = {"outcome": "discard", "match": {"subject": "invoice*"}}
    found = client.post(f"{API}/rules/preview", json={"rule": rule}).json or {}
    schemas.Preview.model_validate(found, strict=True)
    assert found == {"matched": 1, "looked_at": 2, "ids": [hit]}
    assert keys(client) == []


@pytest.mark.parametrize(
    ("match", "hits"),
    [
        ({"recipient": "BOB@example.com"}, 1),
        ({"sender": "ann@*"}, 1),
        ({"sender": "bob@*"}, 0),
        ({"header": {"Message-ID": "*1@example.org*"}}, 1),
        ({"larger": 10}, 1),
        ({"larger": 1_000_000}, 0),
        ({"client": "127.0.0.0/8"}, 1),
    ],
)
def test_a_preview_looks_at_all_that_is_known_of_a_message(
    client: Client, mail: Mail, match: dict[str, Any], hits: int
) -> None:
    mail.receive()
    rule = {"outcome": "discard", "match": match}
    assert (client.post(f"{API}/rules/preview", json={"rule": rule}).json or {})["matched"] == hits


def test_a_bad_rule_has_no_preview(client: Client) -> None:
    refused = client.post(f"{API}/rules/preview", json={"rule": {"outcome": "nothing"}})
    assert (refused.status_code, (refused.json or {})["errors"][0]["field"]) == (422, "rule.outcome")
