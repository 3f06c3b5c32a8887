"""What leaves a running sandbox: reports by SMTP and events by webhook, when they are due, until they are taken."""

from __future__ import annotations

import json
import smtplib
import threading

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from mailpit_py.application.sinkbook import SinkSettings, settings_of
from mailpit_py.outbound import occurrence
from mailpit_py.storage import AttemptState, NewSinkAttempt, Selection, SinkKind
from tests.outbound.post import processor
from tests.outbound.servers import web
from tests.outbound.sinking import HOUR, MAIL, attempts, hook_to, push_to, sandbox, send, settled, wait_until

UNKNOWN = "ndr+unknown_user@bounce.test"


def test_a_report_is_pushed_as_it_is_in_the_inbox(node):
    with processor() as app:
        push_to(node, app.port)
        send(node, UNKNOWN, reverse_path="bounces+17=x.test@app.example")
        [(reverse_path, recipients, raw)] = app.wait_for(1)
        [attempt] = settled(node)
    assert (reverse_path, recipients) == ("<>", ["bounces+17=x.test@app.example"])
    assert raw == node.store.raw("default", attempt.report)
    assert f"Message-ID: <{attempt.stable_id}>".encode() in raw
    assert (attempt.state, attempt.tries) == (AttemptState.DELIVERED, 1)
    [one] = node.store.agenda.sinks.attempt("default", attempt.public_id)[1]
    assert (one.ok, one.code, one.response) == (True, 250, "250 Taken")
    assert one.request.startswith("MAIL FROM:<>\nRCPT TO:<bounces+17=x.test@app.example>\nDATA\n")


def test_who_answers_with_a_challenge_is_told_to_the_providers_that_know_such_a_thing(node):
    with web() as app:
        for provider in ("postmark", "sparkpost"):
            hook_to(node, app.port, provider, events=("auto_replied",))
        send(node, "challenge@bounce.test")
        settled(node, 2)
    bodies = b"".join(one.body for one in app.requests)
    assert (b'"ChallengeVerification"' in bodies, b'"bounce_class":"100"' in bodies) == (True, True)


def test_a_4xx_is_tried_again_when_sandbox_time_has_passed(node):
    with processor() as app:
        app.replies = ["451 4.3.0 Not now"]
        push_to(node, app.port)
        send(node, UNKNOWN)
        wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
        assert app.letters == []
        assert attempts(node)[0].state is AttemptState.PENDING
        node.sandbox.scheduler.advance("default", microseconds=HOUR)
        app.wait_for(1)
        [attempt] = settled(node)
    tries = node.store.agenda.sinks.attempt("default", attempt.public_id)[1]
    assert [(one.ok, one.code, one.response) for one in tries] == [
        (False, 451, "451 4.3.0 Not now"),
        (True, 250, "250 Taken"),
    ]


def test_a_5xx_ends_it_and_is_never_bounced_itself(node):
    with processor() as app:
        app.replies = ["550 5.1.1 Nobody here"]
        push_to(node, app.port)
        send(node, UNKNOWN)
        [attempt] = settled(node)
    assert (attempt.state, attempt.tries) == (AttemptState.GIVEN_UP, 1)
    assert node.store.counts().total == 2  # the message and its report


def test_nobody_there_is_tried_for_five_days_and_then_given_up(node):
    with processor() as gone:
        port = gone.port
    push_to(node, port)
    send(node, UNKNOWN)
    wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
    for tries in range(2, 17):
        node.sandbox.scheduler.advance("default", microseconds=24 * HOUR)
        wait_until(node, lambda tries=tries: [one.tries for one in attempts(node)] == [tries])
    assert [one.state for one in attempts(node)] == [AttemptState.GIVEN_UP]


def test_an_event_is_told_in_the_providers_words(node):
    with web() as app:
        hook_to(node, app.port, "sendgrid")
        send(node, UNKNOWN)
        [request] = app.wait_for(1)
        [attempt] = settled(node)
    checker = EventWebhook(node.sandbox.sinks.keys.public_key)
    prefix = "x-twilio-email-event-webhook-"
    said = {name: request.headers[prefix + name] for name in ("signature", "timestamp")}
    assert checker.verify_signature(request.body.decode(), **said)
    [event] = json.loads(request.body)
    assert (event["event"], event["email"], event["status"]) == ("bounce", UNKNOWN, "5.1.1")
    assert event["smtp-id"] == "<1@app.example>"
    assert event["sg_message_id"].startswith(attempt.original)


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (406, "given-up"), (302, "pending"), (500, "pending")]
)
def test_the_answer_decides_as_the_provider_has_it(node, status, state):
    with web() as app:
        app.answer = lambda _: (status, {"Location": "/elsewhere"}, b"said")
        hook_to(node, app.port, "mailgun")
        send(node, UNKNOWN)
        wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
        [attempt] = attempts(node)
    assert attempt.state == state
    assert [request.path for request in app.requests] == ["/hook"]
    [one] = node.store.agenda.sinks.attempt("default", attempt.public_id)[1]
    assert (one.code, one.response.endswith("\n\nsaid")) == (status, True)


def test_a_repeat_has_the_same_id_and_a_signature_of_its_own_time(node):
    with web() as app:
        app.answer = lambda _: (500 if len(app.requests) == 0 else 200, {}, b"")
        hook_to(node, app.port)
        send(node, UNKNOWN)
        wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
        node.sandbox.scheduler.advance("default", microseconds=HOUR)
        first, second = app.wait_for(2)
        settled(node)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) < 600  # wall time


def test_a_scale_shortens_the_pauses():
    with web() as app, sandbox(retry_scale="0") as node:
        app.answer = lambda _: (500, {}, b"")
        hook_to(node, app.port)
        send(node, UNKNOWN)
        [attempt] = settled(node)
    assert (attempt.state, attempt.tries) == (AttemptState.GIVEN_UP, 10)


def test_many_events_go_in_one_request_where_the_provider_batches(node):
    with web() as app:
        hook_to(node, app.port, "sparkpost")
        send(node, *(f"ndr+unknown_user--{number}@bounce.test" for number in range(20)))
        settled(node, 20)
    events = [one["msys"]["message_event"] for request in app.requests for one in json.loads(request.body)]
    assert len(app.requests) < 20
    assert {event["raw_rcpt_to"] for event in events} == {f"ndr+unknown_user--{n}@bounce.test" for n in range(20)}


def test_only_chosen_events_are_told(node):
    with web() as app:
        hook_to(node, app.port, events=("complained",))
        send(node, "ndr+unknown_user@bounce.test", "complaint@bounce.test", "ann@x.test")
        settled(node)
    assert [json.loads(request.body)["type"] for request in app.requests] == ["message.complained"]


def test_a_delivery_is_told_too(node):
    with web() as app:
        hook_to(node, app.port)
        send(node, "ann@x.test")
        [request] = app.wait_for(1)
    told = json.loads(request.body)
    assert (told["type"], told["data"]["recipient"]) == ("message.delivered", "ann@x.test")


def test_a_slow_sink_holds_up_no_other(node):
    let_go = threading.Event()
    with web() as slow, web() as quick:
        slow.answer = lambda _: (let_go.wait(60), (200, {}, b""))[1]
        hook_to(node, slow.port)
        hook_to(node, quick.port)
        send(node, UNKNOWN)
        quick.wait_for(1)
        assert slow.requests == []
        let_go.set()
        settled(node, 2)


def test_ses_is_told_nothing_before_the_app_has_confirmed(node):
    with web() as app:
        sink = hook_to(node, app.port, "ses")
        [asked] = app.wait_for(1)
        confirmation = json.loads(asked.body)
        assert confirmation["Type"] == asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
        send(node, UNKNOWN)
        wait_until(node, lambda: len(attempts(node, state="given-up")) == 1)
        node.sandbox.sinks.confirm(confirmation["TopicArn"], confirmation["Token"])
        send(node, UNKNOWN)
        told = json.loads(app.wait_for(2)[1].body)
        assert json.loads(told["Message"])["eventType"] == "Bounce"
        assert node.sandbox.sinks.find("default", sink.public_id).options["confirmed"] is True


def test_an_attempt_is_replayed_with_its_id(node):
    with web() as app:
        hook_to(node, app.port)
        send(node, UNKNOWN)
        [attempt] = settled(node)
        node.store.agenda.sinks.replay("default", attempt.public_id, due_at=0).result(30)
        first, second = app.wait_for(2)
        [attempt] = settled(node)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (attempt.state, attempt.tries) == (AttemptState.DELIVERED, 2)


def test_sinks_of_the_options_are_there_from_the_start_and_go_with_them(tmp_path):
    database = str(tmp_path / "mail.db")
    with web() as app, processor() as mail:
        configured = {"bounce_push": f"127.0.0.1:{mail.port}", "webhooks": f"mailgun=http://a:b@127.0.0.1:{app.port}/x"}
        with sandbox(database=database, **configured) as node:
            send(node, UNKNOWN)
            mail.wait_for(1)
            assert app.wait_for(1)[0].headers["authorization"] == "Basic YTpi"
            ids = [sink.public_id for sink in node.sandbox.sinks.all()]
        with sandbox(database=database, **configured) as node:
            assert [sink.public_id for sink in node.sandbox.sinks.all()] == ids
        with sandbox(database=database) as node:
            assert node.sandbox.sinks.all() == ()


def test_an_event_that_nobody_can_word_holds_up_no_other(node):
    with web() as app:
        sink = hook_to(node, app.port)
        strange = NewSinkAttempt(
            public_id="x" * 22, sink=sink.public_id, stable_id="x", due_at=0, event={"kind": "odd"}
        )
        node.store.agenda.sinks.add("default", [strange]).result(30)
        send(node, UNKNOWN)
        app.wait_for(1)
        found = settled(node, 2)
    assert {one.stable_id == "x": one.state.value for one in found} == {True: "given-up", False: "delivered"}


def test_a_report_that_was_deleted_meanwhile_is_not_pushed(node):
    with processor() as app:
        app.replies = ["451 4.3.0 Not now"]
        push_to(node, app.port)
        send(node, UNKNOWN)
        wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
        node.store.delete("default", Selection.ids((attempts(node)[0].report,))).result(30)
        node.sandbox.scheduler.advance("default", microseconds=HOUR)
        [attempt] = settled(node)
    assert attempt.state in (AttemptState.GIVEN_UP, AttemptState.CANCELLED)
    assert app.letters == []


def test_what_is_switched_off_waits(node):
    with web() as app:
        sink = hook_to(node, app.port)
        app.answer = lambda _: (500, {}, b"")
        send(node, UNKNOWN)
        wait_until(node, lambda: [one.tries for one in attempts(node)] == [1])
        app.answer = lambda _: (200, {}, b"")
        book = node.sandbox.sinks
        book.change("default", sink.public_id, settings_of(sink, {"enabled": False}))
        node.sandbox.scheduler.advance("default", microseconds=HOUR)
        assert [one.state.value for one in attempts(node)] == ["pending"]
        book.change("default", sink.public_id, settings_of(sink, {"enabled": True}))
        app.wait_for(2)
        assert settled(node)[0].state is AttemptState.DELIVERED


def test_sinks_that_hang_hold_up_no_other(node):
    answer = threading.Event()
    with web() as hangs, web() as app:
        hangs.answer = lambda _: (200 if answer.wait(60) else 500, {}, b"")
        for _ in range(4):
            hook_to(node, hangs.port, "postmark")  # it waits for two minutes
        hook_to(node, app.port)
        for _ in range(9):  # more than one sink is sent at once
            send(node, "ndr+unknown_user+1h@bounce.test")
        node.sandbox.scheduler.advance("default", microseconds=2 * HOUR)
        app.wait_for(9)
        answer.set()
        assert {(one.state, one.tries) for one in settled(node, 45)} == {(AttemptState.DELIVERED, 1)}


def test_events_about_many_messages_are_each_joined_with_their_own(node, monkeypatch):
    monkeypatch.setattr(occurrence, "MESSAGES_AT_ONCE", 3)
    monkeypatch.setattr(occurrence, "BYTES_AT_ONCE", 400)
    with web() as app:
        hook_to(node, app.port)
        for number in range(10):
            send(node, f"ndr+unknown_user+1h--{number}@bounce.test", reverse_path=f"b{number}@app.example")
        node.sandbox.scheduler.advance("default", microseconds=2 * HOUR)
        told = [json.loads(one.body)["data"] for one in app.wait_for(10)]
    about = {(one["recipient"], one["message"]["reverse_path"]) for one in told}
    assert about == {(f"ndr+unknown_user+1h--{number}@bounce.test", f"b{number}@app.example") for number in range(10)}


def test_a_trial_goes_to_one_sink_alone_by_the_way_that_all_go(node):
    with processor() as app, web() as other:
        hook_to(node, other.port)
        sink = node.sandbox.sinks.add("default", SinkSettings(kind=SinkKind.SMTP, target=f"127.0.0.1:{app.port}"))
        message, kind = node.sandbox.sinks.try_out("default", sink.public_id, "bounces+7@app.example")
        [(reverse_path, recipients, raw)] = app.wait_for(1)
        [attempt] = settled(node)
    assert (kind, reverse_path, recipients) == ("bounced", "<>", ["bounces+7@app.example"])
    assert b"\r\nAction: failed\r\n" in raw
    assert (attempt.sink, attempt.original, attempt.state) == (sink.public_id, message, AttemptState.DELIVERED)


@pytest.mark.parametrize("kind", ["suppressed", "deferred", "complained", "delivered", "auto_replied", "opened"])
def test_a_trial_is_of_a_kind_that_goes_there(node, kind):
    with web() as app:
        sink = hook_to(node, app.port, events=(kind,))
        assert node.sandbox.sinks.try_out("default", sink.public_id)[1] == kind
        [request] = app.wait_for(1)
    assert json.loads(request.body)["type"] == f"message.{kind}"


def test_a_receipt_that_somebody_asked_for_tells_that_the_message_was_opened(node):
    asked = MAIL.replace(b"Subject:", b"Disposition-Notification-To: <app@app.example>\r\nSubject:")
    with web() as app:
        hook_to(node, app.port, "postmark", events=("opened",))
        with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=30) as client:
            for mail in (MAIL, asked):
                client.sendmail("bounces@app.example", ["receipt@bounce.test"], mail % b"receipt@bounce.test")
        [attempt] = settled(node)
        [request] = app.wait_for(1)
    told = json.loads(request.body)
    assert (told["RecordType"], told["Recipient"]) == ("Open", "receipt@bounce.test")
    assert b"Disposition-Notification-To" in (node.store.raw("default", attempt.original) or b"")
