"""Domain profiles through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.application.sandbox import Sandbox
from tests.api.conftest import API, SIMPLE

PROFILES = f"{API}/profiles"
SHOP = {"provider": "outlook", "bounce": 1, "defer": 0.25}


@pytest.fixture(autouse=True)
def no_profiles(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.simulator.profiles.clear()
    sandbox.simulator.reset().result(10)


def set_ones(client: Client) -> list[str]:
    return [one["domain"] for one in (client.get(PROFILES).json or {})["items"] if one["origin"] == "api"]


def test_a_profile_is_set_shown_changed_and_deleted(client: Client) -> None:
    answer = client.put(f"{PROFILES}/*.shop.test", json=SHOP)
    assert answer.status_code == 200
    schemas.Profile.model_validate(answer.json, strict=True)
    assert client.get(f"{PROFILES}/*.SHOP.test").json == answer.json
    changed = client.patch(f"{PROFILES}/*.shop.test", json={"defer": None}).json or {}
    assert (changed["defer"], changed["bounce"], changed["provider"]) == (0, 1, "outlook")
    assert (client.delete(f"{PROFILES}/*.shop.test").json or {})["domain"] == "*.shop.test"
    assert client.get(f"{PROFILES}/*.shop.test").status_code == 404
    assert client.delete(f"{PROFILES}/*.gmail.test").status_code == 404


def test_what_is_set_acts_on_the_next_mail(client: Client) -> None:
    new = {"raw": SIMPLE.decode(), "recipients": ["ann@a.shop.test"]}
    assert client.post(f"{API}/messages", json=new).status_code == 201
    client.put(f"{PROFILES}/*.shop.test", json=SHOP)
    assert client.post(f"{API}/messages", json=new).status_code == 422
    attempt = (client.get(f"{API}/attempts?trigger=profile").json or {})["items"][0]
    assert attempt["cause"]["rule"] == "profile:*.shop.test"


def test_a_list_is_sent_back_as_it_was_answered(client: Client) -> None:
    client.put(f"{PROFILES}/shop.test", json=SHOP)
    items = (client.get(PROFILES).json or {})["items"]
    answer = client.put(PROFILES, json={"profiles": items})
    schemas.Profiles.model_validate(answer.json, strict=True)
    assert (answer.json or {})["items"] == items
    client.put(f"{PROFILES}/other.test", json={})
    assert set_ones(client) == ["other.test", "shop.test"]
    assert (client.delete(PROFILES).json or {})["items"] == [one for one in items if one["origin"] != "api"]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "/shop.test", {"bounce": 2}, "bounce"),
        ("PUT", "/shop.test", {"lunch": 2}, "lunch"),
        ("PUT", "/ann@shop.test", {}, "domain"),
        ("PATCH", "/*.gmail.test", {"provider": "nobody"}, "provider"),
        ("PUT", "", {"profiles": [{"domain": "a.test"}, {"domain": "b.test", "defer": "x"}]}, "profiles.1.defer"),
        ("PUT", "", {"profiles": ["a.test"]}, "profiles.0"),
        ("PUT", "", {}, "profiles"),
    ],
)
def test_a_bad_profile_is_refused_with_its_field_and_changes_nothing(
    client: Client, method: str, path: str, body: object, field: str
) -> None:
    client.put(f"{PROFILES}/old.test", json={})
    answer = client.open(f"{PROFILES}{path}", method=method, json=body)
    assert (answer.status_code, (answer.json or {})["errors"][0]["field"]) == (422, field)
    assert set_ones(client) == ["old.test"]
