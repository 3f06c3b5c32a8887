"""Views of inboxes: what they take, answer and refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import inbox_models as models
from mailpit_py.application.sandbox import Sandbox
from tests.api.conftest import API


@pytest.fixture(autouse=True)
def nothing_else(sandbox: Sandbox) -> Iterator[None]:
    yield
    for one in sandbox.inboxes.all[1:]:
        sandbox.inboxes.remove(one.name)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_inbox_is_made_shown_changed_and_removed(client: Client) -> None:
    made = client.post(f"{API}/inboxes", json={"name": "team-a", "ttl_seconds": 3600, "max_messages": 5})
    assert made.status_code == 201
    models.IssuedInbox.model_validate(made.json)
    shown = client.get(f"{API}/inboxes/team-a").json or {}
    models.Inbox.model_validate(shown)
    assert "token" not in shown
    assert (shown["origin"], shown["has_token"], shown["ttl_seconds"]) == ("api", True, 3600)
    changed = client.patch(f"{API}/inboxes/team-a", json={"ttl_seconds": None, "max_bytes": 0}).json or {}
    assert (changed["expires_at"], changed["limits"]) == (
        None,
        {"max_messages": 5, "max_age_seconds": None, "max_bytes": 0},
    )
    models.Inboxes.model_validate(client.get(f"{API}/inboxes").json)
    assert client.delete(f"{API}/inboxes/team-a").status_code == 200
    assert client.get(f"{API}/inboxes/team-a").status_code == 404


def test_without_a_name_one_is_made_up(client: Client) -> None:
    names = {(client.post(f"{API}/inboxes", json={}).json or {})["name"] for _ in range(2)}
    assert len(names) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Team"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"ttl_seconds": 59}, "ttl_seconds"),
        ({"max_messages": -1}, "max_messages"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_field_by_field(client: Client, body: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/inboxes", json=body)
    assert answer.status_code == 422
    assert [one["field"] for one in (answer.json or {})["errors"]] == [field]


def test_a_name_is_taken_once_and_the_first_inbox_stays(client: Client) -> None:
    client.post(f"{API}/inboxes", json={"name": "team-a"})
    assert client.post(f"{API}/inboxes", json={"name": "team-a"}).status_code == 409
    assert client.delete(f"{API}/inboxes/default").status_code == 409


@pytest.mark.parametrize(
    "header",
    [
        "Bearer mpi_nothing",
        "Bearer anything",
        "Basic dGVhbS1hOm1waV9ub3RoaW5n",  # team-a:mpi_nothing
    ],
)
def test_a_token_that_opens_nothing_is_never_taken_for_anybody(client: Client, header: str) -> None:
    for path in (f"{API}/messages", "/api/v1/messages", "/view/latest", "/metrics", "/"):
        answer = client.get(path, headers={"Authorization": header})
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_name_and_password_that_are_no_token_are_passed_over_where_none_is_asked_for(client: Client) -> None:
    header = {"Authorization": "Basic YW5uOnNlY3JldA=="}
    assert client.get(f"{API}/messages", headers=header).status_code == 200


def test_a_token_comes_in_where_the_page_asks_for_a_password(make_app: Any, sandbox: Sandbox) -> None:
    client = make_app(ui_auth="ann:secret").test_client()
    token = sandbox.inboxes.create("team-a").token
    assert client.get(f"{API}/messages").status_code == 401
    assert client.get(f"{API}/messages", headers=bearer(token)).status_code == 200
    assert client.post(f"{API}/inboxes", json={}, headers=bearer(token)).status_code == 403


def test_with_a_token_the_sandbox_describes_that_inbox(client: Client, sandbox: Sandbox) -> None:
    token = sandbox.inboxes.create("team-a").token
    answer = client.get(f"{API}/info", headers=bearer(token)).json or {}
    assert (answer["inbox"], answer["inboxes"], answer["database"]["path"]) == ("team-a", ["team-a"], None)
    everybody = client.get(f"{API}/info").json or {}
    assert (everybody["inbox"], everybody["inboxes"]) == (None, ["default", "team-a"])


def test_a_message_is_put_into_the_inbox_that_is_named_or_nowhere(client: Client, sandbox: Sandbox) -> None:
    sandbox.inboxes.create("team-a")
    body = {"from": "a@b.test", "to": ["c@d.test"], "text": "Hi"}
    assert client.post(f"{API}/messages?inbox=team-a", json=body).status_code == 201
    assert client.post(f"{API}/messages?inbox=team-b", json=body).status_code == 404
    assert [sandbox.store.counts(name).total for name in ("team-a", "default")] == [1, 0]


def test_ways_are_set_and_shown(client: Client) -> None:
    assert client.put(f"{API}/routing", json={"by": ["plus", "auth"], "header": "X-Team"}).status_code == 200
    assert client.get(f"{API}/routing").json == {"by": ["plus", "auth"], "header": "X-Team"}
    assert client.put(f"{API}/routing", json={"by": ["subject"]}).status_code == 422
    assert client.put(f"{API}/routing", json={"by": []}).json == {"by": [], "header": "X-Mailpit-Inbox"}


def test_one_looks_across_all_inboxes_where_each_row_names_its_own(client: Client, sandbox: Sandbox) -> None:
    for name in ("team-a", "team-b"):
        sandbox.inboxes.create(name)

        body = {"from": "a@x.test", "to": ["b@x.test"], "subject": f"For {name}", "text": "Hi"}
        assert client.post(f"{API}/messages?inbox={name}", json=body).status_code == 201
    rows = (client.get(f"{API}/messages?inbox=*").json or {})["items"]
    assert [(row["inbox"], row["subject"]) for row in rows] == [("team-b", "For team-b"), ("team-a", "For team-a")]
    found = client.get(f"{API}/wait?inbox=*&subject=team-a&timeout=0").json or {}
    assert [row["inbox"] for row in found["messages"]] == ["team-a"]
    one = f"{API}/messages/{rows[1]['id']}"
    assert (client.get(f"{one}?inbox=*").json or {})["inbox"] == "team-a"
    assert client.patch(f"{one}?inbox=*", json={"seen": True}).json == {"changed": 1}
    bounced = client.post(f"{one}/bounce?inbox=*", json={"scenario": "unknown_user"}).json or {}
    assert len(bounced["steps"][0]["reports"]) == 1  # it is made as the message's own inbox has it
    assert len((client.get(f"{one}/timeline?inbox=*").json or {})["tries"]) == 1
    assert client.delete(f"{one}?inbox=*").json == {"deleted": 1}


@pytest.mark.parametrize("path", ["clock", "sinks", "folders", "simulation/state", "rules"])
def test_what_each_inbox_has_for_itself_is_not_asked_of_all(client: Client, path: str) -> None:
    assert client.get(f"{API}/{path}?inbox=*").status_code == 422


def test_a_token_opens_not_all_inboxes(client: Client, sandbox: Sandbox) -> None:
    token = sandbox.inboxes.create("team-a").token
    assert client.get(f"{API}/messages?inbox=*", headers=bearer(token)).status_code == 404
