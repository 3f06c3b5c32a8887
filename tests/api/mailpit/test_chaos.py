"""Mailpit's /api/v1/chaos, byte for byte as Mailpit 1.x answers it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.simulation.stage import Stage
from tests.api.conftest import session

CHAOS = "/api/v1/chaos"
DEFAULTS = (
    b'{"Sender":{"ErrorCode":451,"Probability":0},"Recipient":{"ErrorCode":451,"Probability":0},'
    b'"Authentication":{"ErrorCode":535,"Probability":0}}\n'
)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_it_says_that_it_is_not_enabled(client: Client, method: str) -> None:
    answer = client.open(CHAOS, method=method, data=b"{}")
    assert (answer.status_code, answer.data, answer.content_type) == (400, b"Chaos is not enabled", "text/plain")


def test_the_defaults_are_shown(chaotic: Client) -> None:
    answer = chaotic.get(CHAOS)
    assert (answer.status_code, answer.data, answer.content_type) == (200, DEFAULTS, "application/json")
    assert chaotic.head(CHAOS).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", DEFAULTS),
        (b"null", DEFAULTS),
        (b'{"Sender":{"ErrorCode":421,"Probability":5}}',
         DEFAULTS.replace(b'451,"Probability":0', b'421,"Probability":5', 1)),
        (b'{"sender":{"probability":5}} and more', DEFAULTS.replace(b'"Probability":0', b'"Probability":5', 1)),
        (b'{"SENDER":{"ERRORCODE":0,"probability":100}}',
         DEFAULTS.replace(b'"Probability":0', b'"Probability":100', 1)),
        (b'{"Authentication":{"ErrorCode":599,"Probability":100}}',
         DEFAULTS.replace(b'535,"Probability":0', b'599,"Probability":100')),
        (b'{"Lunch":{"ErrorCode":1},"Sender":null}', DEFAULTS),
    ],
)  # fmt: skip
def test_a_put_replaces_everything_and_shows_it(chaotic: Client, body: bytes, expected: bytes) -> None:
    chaotic.put(CHAOS, json={name: {"ErrorCode": 500, "Probability": 50} for name in ("Sender", "Recipient")})
    answer = chaotic.put(CHAOS, data=body)
    assert (answer.status_code, answer.data) == (200, expected)
    assert chaotic.get(CHAOS).data == expected


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "EOF"),
        (b"  \n", "EOF"),
        (b'{"Sender"', "unexpected EOF"),
        (b'{"Sender', "unexpected EOF"),
        (b"hello", "invalid character 'h' looking for beginning of value"),
        (b"NaN", "invalid character 'N' looking for beginning of value"),
        (b"{Sender: 1}", "invalid character 'S' looking for beginning of object key string"),
        (b'{"Sender" 1}', "invalid character '1' after object key"),
        (b'{"Sender": {} "x"}', "invalid character '\"' after object key:value pair"),
        (b"[" * 100_000, "exceeded max depth"),
        (b"[]", "json: cannot unmarshal array into Go value of type chaos.Triggers"),
        (b'"x"', "json: cannot unmarshal string into Go value of type chaos.Triggers"),
        (b"5", "json: cannot unmarshal number into Go value of type chaos.Triggers"),
        (b'{"Sender":5}', "json: cannot unmarshal number into Go struct field Triggers.Sender of type chaos.Trigger"),
        (b'{"Sender":{"ErrorCode":"451"}}',
         "json: cannot unmarshal string into Go struct field Trigger.Sender.ErrorCode of type int"),
        (b'{"Recipient":{"Probability":5.5}}',
         "json: cannot unmarshal number 5.5 into Go struct field Trigger.Recipient.Probability of type int"),
        (b'{"Recipient":{"Probability":true}}',
         "json: cannot unmarshal bool into Go struct field Trigger.Recipient.Probability of type int"),
        (b'{"Sender":{"ErrorCode":399}}', "error code must be between 400 and 599"),
        (b'{"Sender":{"ErrorCode":600}}', "error code must be between 400 and 599"),
        (b'{"Sender":{"ErrorCode":-1}}', "error code must be between 400 and 599"),
        (b'{"Sender":{"Probability":101}}', "probability must be between 0 and 100"),
        (b'{"Sender":{"Probability":-1}}', "probability must be between 0 and 100"),
        (b'{"Sender":{"Probability":' + b"9" * 5_000 + b"}}", None),
    ],
)  # fmt: skip
def test_a_bad_put_is_refused_in_plain_text_and_changes_nothing(chaotic: Client, body: bytes, said: str | None) -> None:
    answer = chaotic.put(CHAOS, data=body)
    assert (answer.status_code, answer.content_type) == (400, "text/plain")
    assert said is None or answer.text == said
    assert chaotic.get(CHAOS).data == DEFAULTS


def test_the_triggers_before_a_mistake_are_set_and_those_behind_it_stand(chaotic: Client) -> None:
    chaotic.put(CHAOS, json={"Authentication": {"ErrorCode": 454, "Probability": 20}})
    triggers = {"Sender": {"Probability": 7}, "Recipient": {"ErrorCode": 200}, "Authentication": {"Probability": 9}}
    assert chaotic.put(CHAOS, json=triggers).text == "error code must be between 400 and 599"
    assert chaotic.get(CHAOS).json == {
        "Sender": {"ErrorCode": 451, "Probability": 7},
        "Recipient": {"ErrorCode": 451, "Probability": 0},
        "Authentication": {"ErrorCode": 454, "Probability": 20},
    }


def test_what_is_set_acts_and_carries_no_enhanced_code(chaotic: Client, sandbox: Sandbox) -> None:
    chaotic.put(CHAOS, json={"Authentication": {"Probability": 100}})
    decision = sandbox.simulator.decide(Stage.AUTH, session())
    assert decision.reply is not None
    assert decision.reply.encoded == b"535 Chaos authentication error\r\n"


def test_both_apis_show_the_same_triggers(chaotic: Client) -> None:
    shown = chaotic.put(CHAOS, json={"Recipient": {"ErrorCode": 550, "Probability": 50}}).json
    assert (chaotic.get("/api/v2/simulation").json or {})["chaos"] == {"enabled": True, "triggers": shown}


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", CHAOS, 405, "Method Not Allowed\n"),
        ("GET", f"{CHAOS}/", 404, "File not found\n"),
        ("GET", "/api/v1/nowhere", 404, "File not found\n"),
    ],
)
def test_failures_are_plain_text(client: Client, method: str, path: str, status: int, text: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.text, answer.content_type) == (status, text, "text/plain; charset=utf-8")
    assert ("Allow" in answer.headers) is (status == 405)


def test_a_body_without_end_is_too_large(chaotic: Client) -> None:
    answer = chaotic.put(CHAOS, data=b" " * (6 << 20))
    assert (answer.status_code, answer.data, answer.content_type) == (
        400,
        b"http: request body too large",
        "text/plain",
    )


def test_options_is_answered_with_nothing(client: Client) -> None:
    answer = client.options(CHAOS)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"", "text/plain")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "http://evil.com"}, 403), ({"Host": "evil.com"}, 403), ({"Origin": "http://localhost"}, 415)],
)
def test_other_pages_are_kept_out_in_plain_text(client: Client, headers: dict[str, str], status: int) -> None:
    answer = client.put(CHAOS, data=b"{}", headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")


def test_the_password_is_asked_for(make_app: Any) -> None:
    answer = make_app(ui_auth="ann:secret").test_client().get(CHAOS)
    assert (answer.status_code, answer.mimetype) == (401, "text/plain")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_it_stands_below_the_webroot(make_app: Any) -> None:
    client = make_app(webroot="/mail/pit/").test_client()
    assert client.get("/mail/pit/api/v1/chaos").text == "Chaos is not enabled"
    assert client.get("/mail/pit/api/v1/nowhere").text == "File not found\n"
