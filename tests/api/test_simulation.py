"""Simulation through the API: switches, state, catalogue, grammar, attempts and timelines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import Trigger
from mailpit_py.simulation.stage import Stage
from tests.api.conftest import API, SIMPLE, Mail, session

GREYLISTED = "greylist@bounce.test"


@pytest.fixture(autouse=True)
def as_new(sandbox: Sandbox) -> Iterator[None]:
    sandbox.simulator.reset().result(10)
    yield
    sandbox.simulator.book.clear()
    sandbox.simulator.reset().result(10)
    sandbox.simulator.configure(
        **{name: getattr(Configuration(), name) for name in ("seed", "grammar", "drop_ins", "suppression", "chaos")}
    )


def try_once(sandbox: Sandbox, recipient: str = GREYLISTED, raw: bytes = SIMPLE) -> int:
    """Send one mail as SMTP does; return the code of the reply that ended it."""
    envelope, to = Envelope("ann@example.org"), Recipient(recipient)
    decision = sandbox.simulator.decide(Stage.RCPT, session(), envelope, to)
    if reply := decision.reply:
        envelope = envelope.refuse(Recipient(recipient, reply=reply))
        decided = {recipient: decision}
        sandbox.refuse(Transaction(session(), envelope), Stage.RCPT, reply, decision=decision, decided=decided)
        return reply.code
    envelope = envelope.accept(to)
    verdict = sandbox.simulator.decide_content(Stage.CONTENT, session(), envelope, raw)
    sandbox.receive(Transaction(session(), envelope), raw, verdict=verdict).result(10)
    return 250


def test_what_is_switched_on_is_shown_and_switched(client: Client) -> None:
    shown = client.get(f"{API}/simulation").json or {}
    schemas.Simulation.model_validate(shown, strict=True)
    assert (shown["seed"], shown["grammar"], shown["suppression"]) == (1, True, False)
    chaos = {"Sender": {"ErrorCode": 451, "Probability": 10}}
    switched = client.patch(f"{API}/simulation", json={"seed": 7, "chaos": chaos, "chaos_enabled": True}).json or {}
    assert (switched["seed"], switched["chaos"]["enabled"]) == (7, True)
    assert switched["chaos"]["triggers"]["Sender"]["Probability"] == 10
    assert client.get(f"{API}/simulation").json == switched


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"chaos": {"Sender": {"ErrorCode": 200}}}, "chaos"),
        ({"seed": -1}, "seed"),
        ({"domains": []}, "domains"),
    ],
)
def test_a_bad_switch_is_refused_and_nothing_is_switched(client: Client, body: dict[str, object], field: str) -> None:
    before = client.get(f"{API}/simulation").json
    refused = client.patch(f"{API}/simulation", json={**body, "grammar": False} if body else body)
    assert (refused.status_code, (refused.json or {})["errors"][0]["field"]) == (422, field)
    assert client.get(f"{API}/simulation").json == before


def test_state_is_shown_and_reset_by_recipient(client: Client, sandbox: Sandbox) -> None:
    for recipient in (GREYLISTED, "greylist--2@bounce.test"):
        assert try_once(sandbox, recipient) == 451
    state = client.get(f"{API}/simulation/state").json or {}
    schemas.State.model_validate(state, strict=True)
    assert [one["kind"] for one in state["items"]] == ["greylist", "greylist"]
    assert client.delete(f"{API}/simulation/state?recipient=GREYLIST@bounce.test").json == {"reset": 1}
    left = client.get(f"{API}/simulation/state").json or {}
    assert [one["owner"][-1].split()[-1] for one in left["items"]] == ["greylist--2@bounce.test"]
    assert client.delete(f"{API}/simulation/state").json == {"reset": 1}
    assert try_once(sandbox, "greylist--2@bounce.test") == 451


def test_state_is_reset_by_rule_and_by_key(client: Client, sandbox: Sandbox) -> None:
    for name in ("one", "two"):
        rule = {"name": name, "outcome": "mailbox_full", "first": 1, "match": {"recipient": f"{name}@*"}}
        sandbox.simulator.book.add(rule)
        assert try_once(sandbox, f"{name}@example.com") == 452
    assert client.delete(f"{API}/simulation/state?rule=one").json == {"reset": 1}
    (left,) = (client.get(f"{API}/simulation/state").json or {})["items"]
    assert (left["owner"][:2], left["count"], left["fired"]) == (["rule", "two"], 1, 1)
    assert (client.get(f"{API}/rules/two").json or {})["acted"] == 1
    assert client.delete(f"{API}/simulation/state", query_string={"key": left["key"]}).json == {"reset": 1}


def test_every_cell_of_the_catalogue_has_an_address_that_is_answered_so(client: Client) -> None:
    catalogue = client.get(f"{API}/catalogue").json or {}
    schemas.Catalogue.model_validate(catalogue, strict=True)
    assert {one["provider"] for one in catalogue["items"]} == {one["name"] for one in catalogue["providers"]}
    for cell in catalogue["items"]:
        explained = client.get(f"{API}/grammar", query_string={"address": cell["address"]}).json or {}
        assert (explained["reply"]["code"], explained["acts"]) == (cell["reply"]["code"], True)


@pytest.mark.parametrize(
    ("address", "acts", "hint"),
    [
        ("bounce+5.1.1@example.com", True, ""),
        ("bounce+jane@example.com", False, None),
        ("ann@example.com", False, ""),
    ],
)
def test_an_address_is_explained(client: Client, address: str, acts: bool, hint: str | None) -> None:
    explained = client.get(f"{API}/grammar", query_string={"address": address}).json or {}
    schemas.Explanation.model_validate(explained, strict=True)
    assert explained["acts"] is acts
    assert explained["sentences"]
    assert hint is None or explained["hint"] == hint


def test_without_an_address_nothing_is_explained(client: Client) -> None:
    assert client.get(f"{API}/grammar").status_code == 422


def test_the_timeline_tells_of_the_retry_with_its_pause(client: Client, sandbox: Sandbox) -> None:
    assert [try_once(sandbox), try_once(sandbox)] == [451, 250]
    message = (client.get(f"{API}/messages").json or {})["items"][0]["id"]
    timeline = client.get(f"{API}/messages/{message}/timeline").json or {}
    schemas.Timeline.model_validate(timeline, strict=True)
    assert [one["reply"]["code"] for one in timeline["tries"]] == [451, 250]
    assert (timeline["tries"][0]["cause"]["trigger"], timeline["tries"][0]["cause"]["seed"]) == ("address", 1)
    assert timeline["tries"][1]["pause_ms"] >= 0
    attempt = timeline["tries"][0]["id"]
    assert client.get(f"{API}/attempts/{attempt}/timeline").json == timeline


def test_there_is_no_timeline_of_an_unknown_message(client: Client) -> None:
    assert client.get(f"{API}/messages/{'0' * 22}/timeline").status_code == 404


def test_attempts_are_listed_with_what_decided(client: Client, sandbox: Sandbox, mail: Mail) -> None:
    assert try_once(sandbox) == 451
    mail.refuse()
    attempts = client.get(f"{API}/attempts").json or {}
    schemas.Attempts.model_validate(attempts, strict=True)
    assert [one["cause"] and one["cause"]["trigger"] for one in attempts["items"]] == [None, "address"]
    for query, found in (("recipient=NOBODY@example.com", [None]), ("trigger=address", ["address"])):
        items = (client.get(f"{API}/attempts?{query}").json or {})["items"]
        assert [one["cause"] and one["cause"]["trigger"] for one in items] == found
    for wrong in ("before=x", "trigger=nonsense"):
        assert client.get(f"{API}/attempts?{wrong}").status_code == 422
    for trigger in Trigger:
        assert client.get(f"{API}/attempts?trigger={trigger}").status_code == 200


def test_a_discarded_message_looks_accepted_and_leaves_an_attempt(client: Client, sandbox: Sandbox) -> None:
    assert try_once(sandbox, "discard@bounce.test") == 250
    (attempt,) = (client.get(f"{API}/attempts").json or {})["items"]
    assert (attempt["reply"]["code"], attempt["stage"], attempt["message_id"]) == (250, "CONTENT", "1@example.org")
    assert attempt["reply"]["text"] == f"Ok: queued as {attempt['id']}"
    assert (client.get(f"{API}/messages").json or {})["total"] == 0


def test_mail_that_looks_like_a_simulation_address_has_a_hint(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, "ann@example.org", "bounce+mailbox_ful@example.com")
    assert (client.get(f"{API}/messages/{public_id}").json or {})["simulation_hint"]


def test_an_attempt_without_a_trigger_has_no_cause(client: Client, sandbox: Sandbox) -> None:
    reply = Reply(503, "5.5.1", "MAIL first")
    sandbox.refuse(Transaction(session(), Envelope("ann@example.org")), Stage.RCPT, reply)
    sandbox.store.simulation.save_state(tuple).result(10)  # the writer works in order
    (attempt,) = (client.get(f"{API}/attempts").json or {})["items"]
    assert attempt["cause"] is None
