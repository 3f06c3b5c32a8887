"""Sinks through the API: set, listed, refused, tried again; and the keys that an app needs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from werkzeug.test import Client

from mailpit_py.api import sink_schemas as schemas
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.outbound.admission import check_target
from mailpit_py.reach import Reach
from mailpit_py.webhooks import sns
from tests.api.conftest import API, Mail

PUSH = {"kind": "smtp", "target": "localhost:2525"}
HOOK = {"kind": "webhook", "provider": "sendgrid", "target": "http://app:se%2Fcret@127.0.0.1:8000/hook?a=b"}
SES = {"kind": "webhook", "provider": "ses", "target": "http://127.0.0.1:8000/ses"}


@pytest.fixture(autouse=True)
def may_send(sandbox: Sandbox) -> Iterator[None]:
    """What a node injects: targets are checked against the usual range."""
    sandbox.sinks.check = lambda kind, target: check_target(Reach(), kind, target)
    yield
    for sink in sandbox.sinks.all():
        sandbox.sinks.remove("default", sink.public_id)


def add(client: Client, sink: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"{API}/sinks", json=sink)
    assert answer.status_code == 201, answer.json
    return answer.json or {}


def test_a_sink_is_added_shown_changed_and_deleted(client: Client) -> None:
    added = add(client, HOOK)
    schemas.Sink.model_validate(added, strict=True)
    assert client.get(f"{API}/sinks").json == {"items": [added]}
    changed = client.patch(f"{API}/sinks/{added['id']}", json={"events": ["bounced"], "enabled": False}).json or {}
    assert (changed["id"], changed["events"], changed["enabled"]) == (added["id"], ["bounced"], False)
    assert client.get(f"{API}/sinks/{added['id']}").json == changed
    assert client.delete(f"{API}/sinks/{added['id']}").json == changed
    assert client.get(f"{API}/sinks/{added['id']}").status_code == 404
    assert client.delete(f"{API}/sinks/{added['id']}").status_code == 404


def test_a_password_is_kept_and_not_shown(client: Client, sandbox: Sandbox) -> None:
    added = add(client, HOOK)
    assert (added["target"], added["has_password"]) == ("http://127.0.0.1:8000/hook?a=b", True)
    client.patch(f"{API}/sinks/{added['id']}", json={"events": ["bounced"]})
    assert sandbox.sinks.find("default", added["id"]).target == HOOK["target"]


def test_an_own_secret_is_kept_and_not_shown(client: Client, sandbox: Sandbox) -> None:
    added = add(client, {**HOOK, "provider": "mailgun", "secret": "the app's own"})
    assert added["has_secret"] is True
    assert "the app's own" not in str(client.get(f"{API}/sinks").data)
    assert sandbox.sinks.hook(sandbox.sinks.find("default", added["id"])).secret == "the app's own"


@pytest.mark.parametrize(
    ("sink", "field"),
    [
        ({**PUSH, "target": "mail.example"}, "target"),
        ({**PUSH, "target": "192.0.2.1:25"}, "target"),
        ({**HOOK, "target": "http://169.254.169.254/"}, "target"),
        ({**HOOK, "target": "http://127.0.0.1:25/"}, "target"),
        ({**HOOK, "target": "javascript:alert(1)"}, "target"),
        ({**HOOK, "target": "http://127.0.0.1/\r\nX: y"}, "target"),
        ({**HOOK, "provider": "pigeon"}, "provider"),
        ({**HOOK, "provider": ""}, "provider"),
        ({**PUSH, "provider": "ses"}, "provider"),
        ({**HOOK, "secret": "x"}, ""),
        ({**HOOK, "provider": "resend", "secret": "no base64!"}, ""),
        ({**HOOK, "events": ["exploded"]}, "events.0"),
        ({**HOOK, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_work_is_refused(client: Client, sink: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/sinks", json=sink)
    assert (answer.status_code, [one["field"] for one in (answer.json or {})["errors"]]) == (422, [field])
    assert client.get(f"{API}/sinks").json == {"items": []}


def test_a_change_is_checked_like_a_new_one(client: Client) -> None:
    added = add(client, HOOK)
    answer = client.patch(f"{API}/sinks/{added['id']}", json={"target": "http://10.0.0.1:25/"})
    assert answer.status_code == 422
    assert client.get(f"{API}/sinks/{added['id']}").json == added


def test_an_inbox_that_is_not_there_has_no_sinks(client: Client) -> None:
    assert client.post(f"{API}/sinks?inbox=other", json=HOOK).status_code == 404


def test_a_reader_opens_and_clicks_on_request(client: Client, mail: Mail) -> None:
    taking, other = add(client, {**HOOK, "provider": "standard"}), add(client, {**HOOK, "events": ["bounced"]})
    message = mail.receive(b"Subject: x\r\n\r\n", "app@app.example", "ann@x.test", "bob@x.test")
    told = client.post(f"{API}/messages/{message}/events", json={"kind": "clicked", "link": "https://app.example/"})
    assert (told.status_code, told.json) == (202, {"events": 2})
    page = client.get(f"{API}/sinks/attempts?message={message}&sink={taking['id']}").json or {}
    schemas.SinkAttempts.model_validate(page, strict=True)
    clicked = [one["event"] for one in page["items"] if one["event"]["kind"] == "clicked"]
    assert sorted(one["recipient"] for one in clicked) == ["ann@x.test", "bob@x.test"]
    assert {one["link"] for one in clicked} == {"https://app.example/"}
    assert (client.get(f"{API}/sinks/attempts?sink={other['id']}").json or {})["items"] == []


def test_only_who_has_the_message_can_open_it(client: Client, mail: Mail) -> None:
    body = {"kind": "opened", "recipients": ["eve@x.test"]}
    assert client.post(f"{API}/messages/{mail.receive()}/events", json=body).status_code == 422
    assert client.post(f"{API}/messages/{'x' * 22}/events", json={"kind": "opened"}).status_code == 404


def test_an_attempt_is_shown_with_its_tries_and_replayed(client: Client, sandbox: Sandbox) -> None:
    [asked] = (client.get(f"{API}/sinks/attempts?sink={add(client, SES)['id']}").json or {})["items"]
    assert asked["event"] == {"kind": "subscription_confirmation"}
    shown = client.get(f"{API}/sinks/attempts/{asked['id']}").json or {}
    schemas.SinkAttemptWithTries.model_validate(shown, strict=True)
    again = client.post(f"{API}/sinks/attempts/{asked['id']}/replay")
    assert (again.status_code, (again.json or {})["stable_id"]) == (202, asked["stable_id"])
    assert client.post(f"{API}/sinks/attempts/{'x' * 22}/replay").status_code == 404
    assert client.get(f"{API}/sinks/attempts/{'x' * 22}").status_code == 404


def test_an_app_can_be_asked_again_to_confirm(client: Client) -> None:
    ses, push = add(client, SES), add(client, PUSH)
    assert client.post(f"{API}/sinks/{ses['id']}/confirmation").status_code == 202
    assert len((client.get(f"{API}/sinks/attempts?sink={ses['id']}").json or {})["items"]) == 2
    assert client.post(f"{API}/sinks/{push['id']}/confirmation").status_code == 422


def test_the_keys_are_what_an_app_needs(client: Client, sandbox: Sandbox) -> None:
    keys = client.get(f"{API}/webhooks/keys").json or {}
    schemas.WebhookKeys.model_validate(keys, strict=True)
    values = {one["name"]: one["value"] for one in keys["items"]}
    assert values["sendgrid"] == sandbox.sinks.keys.public_key
    assert base64.b64decode(values["resend"].removeprefix("whsec_"))
    assert values["postmark"] == ""
    x509.load_pem_x509_certificate(values["ses"].encode())
    assert keys["outbound_allow"] == "loopback, private"
    served = client.get(urlsplit(keys["certificate_url"]).path)
    assert (served.status_code, served.data.decode()) == (200, values["ses"])
    assert client.get("/sns/SimpleNotificationService-0.pem").status_code == 404


def visit_url(sandbox: Sandbox, added: dict[str, Any]) -> str:
    """The SubscribeURL as the app is sent it, relative to this application."""
    hook = sandbox.sinks.hook(sandbox.sinks.find("default", added["id"]))
    return f"/sns/?Action=ConfirmSubscription&TopicArn={sns.topic(hook)}&Token={sns.token(hook)}"


def test_a_visited_subscribe_url_confirms(client: Client, sandbox: Sandbox) -> None:
    added = add(client, SES)
    assert added["is_waiting"] is True
    answer = client.get(visit_url(sandbox, added))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert b"<SubscriptionArn>arn:aws:sns:us-east-1:123456789012:mailpit-py-" in answer.data
    assert (client.get(f"{API}/sinks/{added['id']}").json or {})["is_waiting"] is False


@pytest.mark.parametrize("wrong", ["Token=0", "TopicArn=arn:aws:sns:x", "Action=DeleteTopic"])
def test_a_guessed_confirmation_is_refused(client: Client, sandbox: Sandbox, wrong: str) -> None:
    added = add(client, SES)
    name, _, value = wrong.partition("=")
    given = {key: values[0] for key, values in parse_qs(urlsplit(visit_url(sandbox, added)).query).items()}
    assert client.get("/sns/", query_string={**given, name: value}).status_code == 400
    assert (client.get(f"{API}/sinks/{added['id']}").json or {})["is_waiting"] is True


def test_unsubscribing_ends_it_and_says_so(client: Client, sandbox: Sandbox) -> None:
    added = add(client, SES)
    client.get(visit_url(sandbox, added))
    hook = sandbox.sinks.hook(sandbox.sinks.find("default", added["id"]))
    form = {"Action": "Unsubscribe", "SubscriptionArn": sns.subscription(hook), "Token": sns.token(hook)}
    assert client.post("/sns/", data=form).status_code == 200
    assert (client.get(f"{API}/sinks/{added['id']}").json or {})["is_waiting"] is True
    kinds = [one["event"]["kind"] for one in (client.get(f"{API}/sinks/attempts").json or {})["items"]]
    assert kinds[0] == "unsubscribe_confirmation"


def test_another_provider_tells_all_that_it_can(client: Client) -> None:
    added = add(client, {**SES, "provider": "ses_identity"})
    assert added["events"] == ["bounced", "complained", "delivered", "suppressed"]
    changed = client.patch(f"{API}/sinks/{added['id']}", json={"provider": "postmark"}).json or {}
    assert len(changed["events"]) == 8


def test_a_sink_is_tried(client: Client) -> None:
    added = add(client, PUSH)
    tried = client.post(f"{API}/sinks/{added['id']}/trial", json={"reverse_path": "b@app.example"})
    assert tried.status_code == 202
    schemas.SinkTrial.model_validate(tried.json, strict=True)
    shown = client.get(f"{API}/messages/{(tried.json or {})['message']}").json or {}
    assert (shown["envelope"]["reverse_path"], shown["subject"]) == ("b@app.example", "A trial of a sink")


@pytest.mark.parametrize(
    ("sink", "body", "reason"),
    [
        (SES, {}, "This sink cannot be tried: the app has not confirmed its subscription."),
        ({**PUSH, "enabled": False}, {}, "This sink cannot be tried: it is switched off."),
        ({**HOOK, "events": ["clicked"]}, {}, "This sink cannot be tried: nothing that a trial can be of goes there."),
        (PUSH, {"reverse_path": "no\r\nbody"}, "This sink cannot be tried: 'no\\r\\nbody' is not one address, as "),
    ],
)
def test_why_a_sink_cannot_be_tried_is_told(
    client: Client, sink: dict[str, Any], body: dict[str, Any], reason: str
) -> None:
    answer = client.post(f"{API}/sinks/{add(client, sink)['id']}/trial", json=body)
    assert answer.status_code == 422
    assert (answer.json or {})["detail"].startswith(reason)


def test_an_inbox_has_its_own_address_for_complaints(client: Client, mail: Mail) -> None:
    place = f"{API}/sinks/feedback"
    assert client.get(place).json == {"address": "", "default": ""}
    assert client.put(place, json={"address": "fbl@desk.example"}).json == {
        "address": "fbl@desk.example",
        "default": "",
    }
    public_id = mail.receive()
    preview = client.post(f"{API}/messages/{public_id}/bounce", json={"kind": "complaint", "preview": True}).json or {}
    assert preview["reports"][0]["recipient"] == "fbl@desk.example"
    assert client.post(f"{API}/messages/{public_id}/bounce", json={"kind": "complaint"}).status_code == 200
    newest = (client.get(f"{API}/messages").json or {})["items"][0]
    assert (newest["report"], newest["recipients"]) == ("complaint", ["fbl@desk.example"])
    assert (client.put(place, json={"address": ""}).json or {})["address"] == ""
    refused = client.put(place, json={"address": "fbl@desk.example, two@x.test"})
    assert (refused.json or {})["errors"][0]["field"] == "address"
    assert client.get(f"{place}?inbox=nowhere").status_code == 404
