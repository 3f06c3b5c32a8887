"""Putting messages in through the API."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api.native import sample
from mailpit_py.api.simulation_schemas import Created
from mailpit_py.mail import read
from tests.api.conftest import API, SIMPLE, Mail


def test_a_message_in_json_is_kept_with_crlf(client: Client, mail: Mail) -> None:
    answer = client.post(f"{API}/messages", json={"raw": "Subject: Grüße\nTo: ann@example.com\n\nHi\r\nthere\r"})
    public_id = (answer.json or {})["id"]
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{API}/messages/{public_id}")
    expected = "Subject: Grüße\r\nTo: ann@example.com\r\n\r\nHi\r\nthere\r\n".encode()
    assert mail.sandbox.store.raw("default", public_id) == expected


def test_a_message_as_such_is_kept_octet_by_octet(client: Client, mail: Mail) -> None:
    raw = SIMPLE + bytes(range(256)) + b"\nbare"
    answer = client.post(f"{API}/messages", data=raw, content_type="message/rfc822")
    assert mail.sandbox.store.raw("default", (answer.json or {})["id"]) == raw


def test_the_envelope_is_taken_from_the_header_or_given(client: Client) -> None:
    raw = SIMPLE.decode().replace("To:", "Cc: carl@example.com\r\nTo:")
    for extra, expected in (
        ({}, ("ann@example.org", ["bob@example.com", "carl@example.com"])),
        ({"reverse_path": "x@example.org", "recipients": ["y@example.com"]}, ("x@example.org", ["y@example.com"])),
    ):
        public_id = (client.post(f"{API}/messages", json={"raw": raw, **extra}).json or {})["id"]
        envelope = client.get(f"{API}/messages/{public_id}/envelope").json or {}
        assert (envelope["reverse_path"], [one["address"] for one in envelope["recipients"]]) == expected


def test_a_message_is_written_from_fields(client: Client) -> None:
    new = {
        "from": "Jörg <joerg@example.org>",
        "to": ["ann@example.com"],
        "subject": "Grüße",
        "text": "a",
        "html": "<b>b",
    }
    public_id = (client.post(f"{API}/messages", json=new).json or {})["id"]
    shown = client.get(f"{API}/messages/{public_id}").json or {}
    assert (shown["subject"], shown["from"]["name"], shown["has_text"], shown["has_html"]) == (
        "Grüße",
        "Jörg",
        True,
        True,
    )
    assert (shown["source"], shown["session"]["listener"], shown["defect_count"]) == ("api", "api", 1)  # no Date


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"raw": "x", "subject": "y"}, 422),
        ({"raw": ""}, 400),
        ({"raw": 1}, 422),
        ({"row": "x"}, 422),
        ({"raw": "x", "recipients": ["a@b\r\nX: y"]}, 422),
        ({"raw": "x", "reverse_path": "a b@c"}, 422),
        ({"raw": "x", "recipients": ["<a@b>"]}, 422),
        ({"raw": "x", "recipients": ["a@b\x85.test"]}, 422),
        ({"raw": "x", "reverse_path": "a\x9b31m@b.test"}, 422),
        ({"raw": "x", "recipients": ["a@b"] * 101}, 422),
        ({"subject": "a\r\nX-Injected: y", "text": "x"}, 422),
        ({"from": "a@b\r\nX-Injected: y", "text": "x"}, 422),
        ({"to": ["a@b\nX-Injected: y"], "text": "x"}, 422),
    ],
)
def test_what_cannot_be_put_in_is_refused(client: Client, mail: Mail, body: dict[str, Any], status: int) -> None:
    answer = client.post(f"{API}/messages", json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert mail.sandbox.store.counts("default").total == 0


def test_a_header_with_a_hostile_address_gives_no_hostile_envelope(client: Client) -> None:
    raw = 'From: "a" <a\x00@b>\r\nTo: <x y@b>, ok@example.com\r\n\r\n'
    public_id = (client.post(f"{API}/messages", json={"raw": raw}).json or {})["id"]
    envelope = client.get(f"{API}/messages/{public_id}/envelope").json or {}
    assert all(one["address"].isprintable() and " " not in one["address"] for one in envelope["recipients"])


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_json_bodies_end_at_5_mib(client: Client, method: str) -> None:
    answer = client.open(f"{API}/messages", method=method, data=b" " * ((5 << 20) + 1), content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_message_may_be_as_large_as_by_smtp(make_app: Any) -> None:
    client = make_app(max_message_size=6).test_client()
    for size, status in ((6 << 20, 201), ((6 << 20) + 1, 413)):
        answer = client.post(f"{API}/messages", data=b"a" * size, content_type="message/rfc822")
        assert answer.status_code == status


def test_the_sample_shows_something_in_every_view(client: Client) -> None:
    answer = client.post(f"{API}/messages/sample", json={})
    assert answer.status_code == 201
    shown = client.get(answer.headers["Location"]).json or {}
    assert (shown["defects"], shown["attachment_count"], shown["remote_hosts"]) == ([], 1, ["garden-shop.test"])
    assert [part["content_type"] for part in shown["inline"]] == ["image/png"]
    document = client.get(answer.headers["Location"] + "/html").text
    assert "data:image/png;base64," in document
    assert len((client.get(answer.headers["Location"] + "/path").json or {})["hops"]) == 2


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b'{"x": 1}', 422), (b"[]", 400)])
def test_the_sample_takes_an_empty_object(client: Client, body: bytes, status: int) -> None:
    answer = client.post(f"{API}/messages/sample", data=body, content_type="application/json")
    assert answer.status_code == status


def test_the_sample_is_the_same_for_the_same_time_and_token() -> None:
    now = 1_795_000_000_000_000
    raw = sample.build(now, "t" * 22)
    assert raw == sample.build(now, "t" * 22)
    assert read(raw).date == now // 1_000_000 * 1_000_000 - 5_000_000
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_recipients_that_refuse_are_told_in_the_answer(client: Client) -> None:
    new = {"raw": SIMPLE.decode(), "recipients": ["bounce+5.1.1@bounce.test", "ann@example.com"]}
    answer = client.post(f"{API}/messages", json=new)
    body = answer.json or {}
    Created.model_validate(body, strict=True)
    assert (answer.status_code, body["kept"]) == (201, True)
    assert [(one["address"], one["accepted"], one["reply"]["code"]) for one in body["recipients"]] == [
        ("ann@example.com", True, 250),
        ("bounce+5.1.1@bounce.test", False, 550),
    ]
    assert [one["cause"] and one["cause"]["trigger"] for one in body["recipients"]] == [None, "address"]


def test_a_message_that_all_refuse_is_a_problem_with_each_reply(client: Client, mail: Mail) -> None:
    new = {"raw": SIMPLE.decode(), "recipients": ["bounce+5.1.1@bounce.test"]}
    answer = client.post(f"{API}/messages", json=new)
    body = answer.json or {}
    assert (answer.status_code, body["type"]) == (422, "urn:mailpit-py:problem:refused")
    assert body["errors"][0]["field"] == "bounce+5.1.1@bounce.test"
    assert body["errors"][0]["reason"].startswith("550 5.1.1 ")
    counts = mail.sandbox.store.counts("default")
    assert (counts.total, counts.refused) == (0, 1)
    attempt = (client.get(f"{API}/attempts").json or {})["items"][0]
    assert (attempt["stage"], attempt["cause"]["rule"]) == ("RCPT", "bounce+5.1.1@bounce.test")


def test_a_discarded_message_is_accepted_and_not_there(client: Client) -> None:
    answer = client.post(f"{API}/messages", json={"raw": SIMPLE.decode(), "recipients": ["discard@bounce.test"]})
    body = answer.json or {}
    assert (answer.status_code, body["kept"], "Location" in answer.headers) == (201, False, False)
    assert client.get(f"{API}/messages/{body['id']}").status_code == 404


def test_simulation_can_be_left_out(client: Client) -> None:
    new = {"raw": SIMPLE.decode(), "recipients": ["bounce+5.1.1@bounce.test"]}
    answer = client.post(f"{API}/messages?simulate=false", json=new)
    assert (answer.status_code, (answer.json or {})["recipients"][0]["accepted"]) == (201, True)
