"""Plans, the clock, reports read, and bounces on request, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import report_schemas as schemas
from mailpit_py.api import simulation_schemas
from mailpit_py.api.schemas import Detail
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.reports import DIALECTS, Action, build_dsn
from tests.api.conftest import API, SIMPLE, Mail, session
from tests.reports.scenarios import ORIGINAL, report, told

DAY = 86_400
SENDER = "bounces+bob=example.com@app.example"


@pytest.fixture(autouse=True)
def time_of_day(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.clock.reset("default")
    sandbox.simulator.reset().result(10)


def post(client: Client, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{API}/{path}", json=body)
    return answer.status_code, answer.json or {}


def advance(client: Client, **body: Any) -> dict[str, Any]:
    status, answer = post(client, "clock/advance", **body)
    assert status == 200, answer
    schemas.Advanced.model_validate(answer, strict=True)
    return answer


def bounce(client: Client, public_id: str, **body: Any) -> dict[str, Any]:
    status, answer = post(client, f"messages/{public_id}/bounce", **body)
    assert status == 200, answer
    schemas.Bounced.model_validate(answer, strict=True)
    return answer


# The clock.


def test_the_clock_is_shown(client: Client) -> None:
    shown = client.get(f"{API}/clock").json or {}
    schemas.Clock.model_validate(shown, strict=True)
    assert (shown["inbox"], shown["is_frozen"], shown["offset_seconds"], shown["next_due_at"]) == (
        "default",
        False,
        0,
        None,
    )


def test_five_days_go_by_and_their_reports_are_there(client: Client, mail: Mail) -> None:
    post(client, "clock/freeze", at="2026-11-23T12:00:00Z")
    public_id = mail.receive(SIMPLE, SENDER, "expire@bounce.test")
    assert (client.get(f"{API}/clock").json or {})["next_due_at"] == "2026-11-23T16:00:00.000000Z"
    advanced = advance(client, seconds=5 * DAY)
    assert (advanced["before"], advanced["clock"]["now"]) == (
        "2026-11-23T12:00:00.000000Z",
        "2026-11-28T12:00:00.000000Z",
    )
    assert [(one["kind"], one["due_at"][:19], one["state"]) for one in advanced["steps"]] == [
        ("delay", "2026-11-23T16:00:00", "done"),
        ("failure", "2026-11-28T12:00:00", "done"),
    ]
    listed = client.get(f"{API}/messages").json or {}
    assert [one["source"] for one in listed["items"]] == ["report", "report", "smtp"]
    assert [one["message"] for one in advanced["steps"]] == [public_id] * 2
    assert [one["reports"][0] for one in reversed(advanced["steps"])] == [one["id"] for one in listed["items"][:2]]


def test_the_clock_goes_to_an_instant_and_runs_on(client: Client) -> None:
    post(client, "clock/freeze", at="2026-11-23T12:00:00Z")
    assert advance(client, to="2026-12-01T00:00:00+01:00")["clock"]["now"] == "2026-11-30T23:00:00.000000Z"
    status, resumed = post(client, "clock/resume")
    assert (status, resumed["is_frozen"], resumed["now"][:16]) == (200, False, "2026-11-30T23:00")
    status, reset = post(client, "clock/reset")
    assert (status, reset["offset_seconds"]) == (200, 0)


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        ("clock/advance", {"seconds": -1}, 422, "invalid"),
        ("clock/advance", {}, 422, "invalid"),
        ("clock/advance", {"seconds": 1, "to": "2026-11-23T12:00:00Z"}, 422, "invalid"),
        ("clock/advance", {"to": "2000-01-01T00:00:00Z"}, 409, "clock"),
        ("clock/advance", {"to": "2250-01-01T00:00:00Z"}, 409, "clock"),
        ("clock/freeze", {"at": "1700-01-01T00:00:00Z"}, 409, "clock"),
        ("clock/advance", {"seconds": 1, "inbox": "nowhere"}, 404, "not-found"),
        ("clock/freeze", {"inbox": "nowhere"}, 404, "not-found"),
        ("clock/resume", {"inbox": "nowhere"}, 404, "not-found"),
        ("clock/reset", {"inbox": "nowhere"}, 404, "not-found"),
    ],
)
def test_what_a_clock_cannot_do_is_told(client: Client, path: str, body: Any, status: int, kind: str) -> None:
    code, problem = post(client, path, **body)
    assert (code, problem["type"]) == (status, f"urn:mailpit-py:problem:{kind}")


def test_an_inbox_that_is_not_there_has_no_clock(client: Client) -> None:
    assert client.get(f"{API}/clock?inbox=nowhere").status_code == 404


# Plans and links.


def test_a_plan_is_shown_with_who_said_what(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER, "ndr+unknown_user+gmail+1h@dest.example")
    shown = client.get(f"{API}/messages/{public_id}/plan").json or {}
    schemas.Plan.model_validate(shown, strict=True)
    (step,) = shown["items"]
    assert (step["state"], step["kind"], step["dialect"], step["reports"]) == ("pending", "failure", "gmail", [])
    (told,) = step["recipients"]
    assert (told["reply"]["code"], told["scenario"]) == (550, "unknown_user")
    assert told["decided_by"] == "address ndr+unknown_user+gmail+1h@dest.example"


def test_report_and_original_are_linked_and_on_the_timeline(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER, "ndr@bounce.test")
    (step,) = advance(client, seconds=1)["steps"]
    original = client.get(f"{API}/messages/{public_id}").json or {}
    made = client.get(f"{API}/messages/{step['reports'][0]}").json or {}
    for one in (original, made):
        Detail.model_validate(one, strict=True)
    assert original["reports"] == [{"kind": "failure", "message": step["reports"][0]}]
    assert (original["report_of"], made["report_of"]) == (None, {"kind": "failure", "message": public_id})
    timeline = client.get(f"{API}/messages/{public_id}/timeline").json or {}
    simulation_schemas.Timeline.model_validate(timeline, strict=True)
    assert [(one["kind"], one["state"]) for one in timeline["steps"]] == [("failure", "done")]
    client.delete(f"{API}/messages/{public_id}")
    orphan = client.get(f"{API}/messages/{step['reports'][0]}").json or {}
    assert orphan["report_of"] == {"kind": "failure", "message": None}


@pytest.mark.parametrize("view", ["plan", "report"])
def test_what_is_not_there_has_no_plan_and_is_no_report(client: Client, view: str) -> None:
    assert client.get(f"{API}/messages/{'0' * 22}/{view}").status_code == 404


# Reports read.


def read_report(client: Client, public_id: str) -> dict[str, Any]:
    answer = client.get(f"{API}/messages/{public_id}/report").json or {}
    schemas.Report.model_validate(answer, strict=True)
    return answer


def test_a_report_is_explained_checked_and_linked(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER, "ndr+mailbox_full@dest.example")
    (step,) = advance(client, seconds=1)["steps"]
    shown = read_report(client, step["reports"][0])
    assert (shown["kind"], shown["verdict"], shown["original"]["id"]) == ("delivery-status", "right", public_id)
    assert [(one["code"], one["level"]) for one in shown["findings"]] == [("transient-failure", "note")]
    (outcome,) = shown["outcomes"]
    assert (outcome["action"], outcome["status"], outcome["reply_code"]) == ("failed", "4.2.2", 452)
    assert "mailbox is full" in outcome["explanation"]
    assert shown["return_path"] == [
        {
            "scheme": "VERP",
            "address": "bob@example.com",
            "explanation": "VERP: bob@example.com (list bounces@app.example)",
        }
    ]


@pytest.mark.parametrize(
    ("local", "kind"),
    [("complaint", "feedback"), ("ooo", "auto-reply"), ("receipt", "disposition"), ("ndr", "delivery-status")],
)
def test_each_kind_of_report_is_read_and_right(client: Client, mail: Mail, local: str, kind: str) -> None:
    raw = b"Disposition-Notification-To: <ann@example.org>\r\n" + SIMPLE.replace(b"bob@example.com", b"%b@bounce.test")
    raw = raw.replace(b"%b", local.encode())
    public_id = mail.receive(raw, "ann@example.org", f"{local}@bounce.test")
    (step,) = advance(client, seconds=1)["steps"]
    shown = read_report(client, step["reports"][0])
    assert (shown["kind"], shown["verdict"], shown["findings"]) == (kind, "right", [])
    assert shown["original"]["id"] == public_id


def test_a_report_of_another_system_finds_its_original_by_message_id(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE.replace(b"<1@example.org>", b"<invoice-1@app.example>"), SENDER)
    foreign = mail.receive(build_dsn(report(), "exim"), "")
    shown = read_report(client, foreign)
    assert (shown["agent"], shown["original"]["id"]) == ("exim", public_id)
    codes = {one["code"] for one in shown["findings"]}
    assert "wrong-recipient" in codes
    assert shown["verdict"] == "wrong"


def test_a_report_of_another_system_is_linked_both_ways(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE.replace(b"<1@example.org>", b"<linked-1@app.example>"), SENDER)
    foreign = mail.receive(build_dsn(report(original=ORIGINAL.replace(b"invoice-1", b"linked-1")), "exim"), "")
    original, found = (client.get(f"{API}/messages/{one}").json or {} for one in (public_id, foreign))
    assert original["reports"] == [{"kind": "failure", "message": foreign}]
    assert (found["report_of"], found["report"]) == ({"kind": "failure", "message": public_id}, "failure")
    assert (found["source"], original["report"]) == ("smtp", "")
    timeline = client.get(f"{API}/messages/{public_id}/timeline").json or {}
    assert timeline["reports"] == [{"kind": "failure", "message": foreign, "received_at": found["received_at"]}]
    assert (client.get(f"{API}/messages/{foreign}/timeline").json or {})["reports"] == []


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (build_dsn(report(told(Action.DELAYED)), "postfix"), "delay"),
        (build_dsn(report(told(Action.DELIVERED)), "sendmail"), "delivered"),
        (build_dsn(report(), "qmail"), "failure"),
        (SIMPLE.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:"), "auto-reply"),
        (SIMPLE.replace(b"Subject:", b"Auto-Submitted: auto-generated\r\nSubject:"), ""),
        (SIMPLE, ""),
    ],
)
def test_a_row_says_what_a_report_tells(client: Client, mail: Mail, raw: bytes, kind: str) -> None:
    public_id = mail.receive(raw, "")
    (row,) = [one for one in (client.get(f"{API}/messages").json or {})["items"] if one["id"] == public_id]
    assert row["report"] == kind


def test_ordinary_mail_is_no_report(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive()}/report")
    assert (answer.status_code, (answer.json or {})["type"]) == (404, "urn:mailpit-py:problem:no-report")


def test_a_success_report_that_nobody_asked_for_is_named_as_such(client: Client, mail: Mail) -> None:
    mail.receive(SIMPLE, SENDER, "dsn@bounce.test")
    (step,) = advance(client, seconds=1)["steps"]
    shown = read_report(client, step["reports"][0])
    assert (shown["verdict"], [one["code"] for one in shown["findings"]]) == ("wrong", ["not-asked-for"])


# Bounce this.


def test_any_message_bounces_on_request(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER, "bob@example.com")
    (step,) = bounce(client, public_id, scenario="mailbox_full", dialect="m365")["steps"]
    assert (step["state"], step["dialect"]) == ("done", "m365")
    shown = read_report(client, step["reports"][0])
    assert (shown["agent"], shown["outcomes"][0]["status"], shown["original"]["id"]) == ("m365", "5.2.2", public_id)


def test_a_bounce_may_wait(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER)
    steps = bounce(client, public_id, kind="expiry", delay=5 * DAY)["steps"]
    assert [(one["kind"], one["state"]) for one in steps] == [("delay", "pending"), ("failure", "pending")]
    assert advance(client, seconds=5 * DAY)["count"] == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_keeps_nothing(client: Client, mail: Mail, dialect: str) -> None:
    public_id = mail.receive(SIMPLE, SENDER)
    shown = bounce(client, public_id, dialect=dialect, preview=True)
    (made,) = shown["reports"]
    assert (made["recipient"], made["about"], shown["steps"]) == (SENDER, ["bob@example.com"], [])
    assert "Bob" in made["raw"]
    assert (client.get(f"{API}/messages").json or {})["total"] == 1
    assert (client.get(f"{API}/messages/{public_id}/plan").json or {})["items"] == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"kind": "success"}, "delivered"),
        ({"kind": "delay"}, "delay"),
        ({"kind": "complaint", "redact": True}, "complaint"),
        ({"kind": "auto-reply"}, "auto-reply"),
        ({"kind": "challenge"}, "challenge"),
        ({"code": 550, "text": "Go away"}, "failure"),
        ({"status": "5.7.1", "provider": "gmail"}, "failure"),
        ({"nasty": ["nested", "base64-status", "truncated", "encoded-subject", "rewritten-recipient"]}, "failure"),
    ],
)
def test_all_kinds_can_be_had(client: Client, mail: Mail, body: dict[str, Any], kind: str) -> None:
    public_id = mail.receive(SIMPLE, SENDER)
    (step,) = bounce(client, public_id, **body)["steps"]
    assert (step["kind"], step["state"], len(step["reports"])) == (kind, "done", 1)


def test_two_bounces_alike_are_two_messages(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER)
    made = [bounce(client, public_id)["steps"][0]["reports"][0] for _ in range(2)]
    ids = {(client.get(f"{API}/messages/{one}").json or {})["message_id"] for one in made}
    assert len(ids) == 2


def test_only_the_chosen_recipients_bounce(client: Client, mail: Mail) -> None:
    public_id = mail.receive(SIMPLE, SENDER, "bob@example.com", "Cid@example.com")
    (step,) = bounce(client, public_id, recipients=["cid@EXAMPLE.com"])["steps"]
    assert [one["address"] for one in step["recipients"]] == ["Cid@example.com"]


@pytest.mark.parametrize(
    ("reverse_path", "notify", "body", "status", "says"),
    [
        ("", "", {}, 409, "reverse-path is null"),
        (SENDER, "NEVER", {}, 409, "NOTIFY=NEVER"),
        (SENDER, "NEVER", {"ignore_notify": True}, 200, ""),
        (SENDER, "", {"recipients": ["eve@example.com"]}, 409, "did not go to eve@example.com"),
        (SENDER, "", {"kind": "receipt"}, 409, "Disposition-Notification-To"),
        (SENDER, "", {"scenario": "nothing_such"}, 422, "cause"),
        (SENDER, "", {"code": 250}, 422, "cause"),
        (SENDER, "", {"dialect": "fax"}, 422, "field"),
        (SENDER, "", {"kind": "wish"}, 422, "field"),
        (SENDER, "", {"nasty": ["odd"]}, 422, "field"),
        (SENDER, "", {"delay": -1}, 422, "field"),
    ],
)
def test_what_cannot_bounce_is_told_with_the_reason(
    client: Client, sandbox: Sandbox, reverse_path: str, notify: str, body: dict[str, Any], status: int, says: str
) -> None:
    envelope = Envelope(reverse_path, (Recipient("bob@example.com", notify),))
    public_id = sandbox.receive(Transaction(session(), envelope), SIMPLE).result(10).public_id
    code, answer = post(client, f"messages/{public_id}/bounce", **body)
    assert (code, says in str(answer.get("detail", ""))) == (status, True)


def test_dialects_are_listed(client: Client) -> None:
    shown = client.get(f"{API}/dialects").json or {}
    schemas.Dialects.model_validate(shown, strict=True)
    assert [one["name"] for one in shown["items"]] == list(DIALECTS)
