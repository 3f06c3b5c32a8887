"""Timed steps: what is due is done when sandbox time gets there, with the same bytes whichever way it goes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.application import scheduler as scheduling
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.errors import ClockError, NotFound, StorageFull
from mailpit_py.identity import new_public_id
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.reports import understand
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Limits, NewStep, Selection, Sink, SinkKind, StepState, Store, StoreOptions
from tests.application.planning import DAY, SENDER, raws, reports, send
from tests.application.test_clock import HOUR, NOON, HandClock


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        yield Sandbox(store, HandClock())


def plan_of(sandbox: Sandbox, public_id: str) -> list[tuple[str, str, int]]:
    """Kind, state and number of reports of each step."""
    steps = sandbox.store.agenda.plans.of_message("default", public_id)
    return [(one.kind, one.state.value, len(one.reports)) for one in steps]


def test_five_days_take_a_moment(sandbox):
    public_id = send(sandbox, "expire@bounce.test")
    assert plan_of(sandbox, public_id) == [("delay", "pending", 0), ("failure", "pending", 0)]
    first = sandbox.scheduler.advance("default", microseconds=4 * HOUR)
    assert [(one.kind, one.state, len(one.reports)) for one in first.steps] == [("delay", "done", 1)]
    second = sandbox.scheduler.advance("default", to=NOON + 5 * DAY)
    assert (second.before, second.now, second.count) == (NOON + 4 * HOUR, NOON + 5 * DAY, 1)
    assert [one.subject for one in reports(sandbox)] == ["Delivery delayed: hello", "Delivery failed: hello"]
    dates = [read(raw).date for raw in raws(sandbox)]
    assert dates == [NOON + 4 * HOUR, NOON + 5 * DAY]


def test_a_report_goes_to_the_reverse_path_and_into_the_inbox_of_its_original(sandbox):
    public_id = send(sandbox, "ndr+5.1.1@bounce.test")
    sandbox.scheduler.advance("default", microseconds=0)
    (row,) = reports(sandbox)
    stored = sandbox.store.message("default", row.public_id)
    assert stored is not None
    assert (stored.envelope.reverse_path, [one.address for one in stored.envelope.recipients]) == ("", [SENDER])
    (link,) = sandbox.store.agenda.plans.links("default", row.public_id)
    assert (link.original, link.kind) == (public_id, "failure")


def test_a_return_path_that_is_a_simulation_address_gets_its_report_like_any_other(sandbox):
    send(sandbox, "ndr@bounce.test", sender="bounce+5.1.1@bounce.test")
    sandbox.scheduler.advance("default", microseconds=DAY)
    assert [one.recipients for one in reports(sandbox)] == [("bounce+5.1.1@bounce.test",)]


def test_nothing_follows_a_report_that_comes_back(sandbox):
    """The app's bounce host sends the report on, to an address that bounces: that is the end of it."""
    send(sandbox, "ndr@bounce.test", sender="ndr+5.1.1@loop.example")
    sandbox.scheduler.advance("default", microseconds=0)
    (raw,) = raws(sandbox)
    for sender in ("", "app@app.example"):
        transaction = Transaction(Session("back", NOON), Envelope(sender, (Recipient("ndr+5.1.1@loop.example"),)))
        sandbox.receive(transaction, raw).result(10)
    sandbox.scheduler.advance("default", microseconds=DAY)
    assert len(reports(sandbox)) == 1


def test_success_is_reported_where_notify_asks_for_it(sandbox):
    public_id = send(sandbox, "ann@dest.example", notify="SUCCESS")
    assert send(sandbox, "ann@dest.example", subject="silent")
    sandbox.scheduler.advance("default", microseconds=0)
    assert plan_of(sandbox, public_id) == [("delivered", "done", 1)]
    assert [one.subject for one in reports(sandbox)] == ["Delivered: hello"]


def test_a_step_without_a_report_says_why(sandbox):
    public_id = send(sandbox, "ndr@bounce.test", notify="NEVER")
    (step,) = sandbox.scheduler.advance("default", microseconds=0).steps
    assert (step.original, step.state) == (public_id, StepState.SKIPPED)
    assert step.reason == "no report: NOTIFY=NEVER (RFC 3461 §4.1), for ndr@bounce.test"


def test_a_header_field_and_a_rule_reach_what_follows(sandbox):
    send(sandbox, "ann@dest.example", X_Sandbox_Bounce="ndr+mailbox_full+yahoo")
    sandbox.simulator.book.add({"outcome": "complaint+1h", "match": {"recipient": "bob@*"}})
    send(sandbox, "bob@dest.example", subject="second")
    sandbox.scheduler.advance("default", microseconds=HOUR)
    assert [one.subject for one in reports(sandbox)] == ["Failure Notice", "FW: second"]


@pytest.mark.parametrize(
    ("local", "kind", "agent", "status", "sender"),
    [
        ("bounce+case7", "delivery-status", "ses", "5.1.1", ""),
        ("suppressionlist", "delivery-status", "ses", "5.1.1", ""),
        ("complaint", "feedback", "", "", "feedback@email-abuse.amazonses.com"),
        ("ooto", "auto-reply", "", "", ""),
        ("success", None, "", "", ""),
    ],
)
def test_the_addresses_of_ses_do_what_they_do_there(sandbox, local, kind, agent, status, sender):
    send(sandbox, f"{local}@simulator.amazonses.com")
    sandbox.scheduler.advance("default", microseconds=0)
    made = [(row, understand(read(raw))) for row, raw in zip(reports(sandbox), raws(sandbox), strict=True)]
    assert len(made) == (kind is not None)
    for row, report in made:
        assert (row.reverse_path, row.recipients) == (sender, (SENDER,))
        assert report is not None
        assert (report.kind, report.agent, report.outcomes[0].status) == (kind, agent, status)
    if local == "bounce+case7":
        assert made[0][1].outcomes[0].diagnostic == "550 5.1.1 user unknown"


def test_an_out_of_office_reply_comes_once_a_week_in_sandbox_time(sandbox):
    for number in range(3):
        send(sandbox, "ooo@bounce.test", subject=f"mail {number}")
        sandbox.scheduler.advance("default", microseconds=4 * DAY)
    assert [one.subject for one in reports(sandbox)] == ["Auto: mail 0", "Auto: mail 2"]
    assert [record.kind for record in sandbox.simulator.state().values()] == ["answered"]


def test_greylisting_follows_the_clock_of_the_sandbox(sandbox):
    envelope, session = Envelope("app@app.example"), Session("s", NOON)

    def code() -> int:
        recipient = Recipient("greylist+x1+1h@dest.example")
        decision = sandbox.simulator.decide(Stage.RCPT, session, envelope, recipient)
        return decision.reply.code if decision.reply else 250

    assert [code(), code()] == [451, 451]
    sandbox.scheduler.advance("default", microseconds=HOUR)
    assert code() == 250


def test_advancing_prunes_no_mail():
    options = StoreOptions(limits=Limits(max_messages=None, max_age_seconds=60), wall=lambda: NOON)
    with Store.open(None, options) as store:
        sandbox = Sandbox(store, HandClock())
        send(sandbox, "ann@dest.example")
        sandbox.scheduler.advance("default", microseconds=400 * DAY)
        assert store.prune().result(10) == 0


def test_what_is_deleted_is_not_followed(sandbox):
    public_id = send(sandbox, "ndr+5.1.1+1h@dest.example")
    sandbox.store.delete("default", Selection.ids([public_id])).result(10)
    assert sandbox.scheduler.advance("default", microseconds=DAY).count == 0


@pytest.mark.parametrize(("inbox", "error"), [("nowhere", NotFound)])
def test_an_inbox_that_is_not_there_has_no_clock(sandbox, inbox, error):
    with pytest.raises(error):
        sandbox.scheduler.advance(inbox, microseconds=1)


def test_time_does_not_go_back(sandbox):
    with pytest.raises(ClockError):
        sandbox.scheduler.advance("default", to=NOON - 1)


def test_steps_that_come_up_on_the_way_are_done_too(sandbox):
    """A report of one step may be what another one is planned on: what is added while time moves is due as well."""
    public_id = send(sandbox, "ndr+5.1.1+1h@dest.example")
    finish = sandbox.store.agenda.plans.finish
    later = itertools.count(2)

    def finish_and_add(ends: Any) -> Any:
        done = finish(ends)
        if (number := next(later)) < 5:
            step = NewStep("failure", NOON, NOON + number * HOUR, ends[0].step.body)
            sandbox.store.agenda.plans.add("default", public_id, [step]).result(10)
        return done

    sandbox.store.agenda.plans.finish = finish_and_add  # type: ignore[method-assign]
    advanced = sandbox.scheduler.advance("default", microseconds=4 * HOUR)
    assert [one.due_at - NOON for one in advanced.steps] == [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]


def test_more_reports_in_a_minute_than_the_caps_allow_are_left_out(sandbox, monkeypatch):
    monkeypatch.setattr(scheduling, "REPORTS_A_MINUTE_TO_ONE", 2)
    monkeypatch.setattr(scheduling, "REPORTS_A_MINUTE", 3)
    for number, sender in enumerate(
        ("a@app.example", "a@app.example", "a@app.example", "b@app.example", "c@app.example")
    ):
        send(sandbox, "ndr@bounce.test", sender=sender, subject=str(number))
    first = sandbox.scheduler.advance("default", microseconds=0)
    assert [one.state.value for one in first.steps] == ["done", "done", "skipped", "done", "skipped"]
    assert first.steps[2].reason == "1 left out: too many reports in one minute"
    sandbox.scheduler.advance("default", microseconds=HOUR)
    send(sandbox, "ndr@bounce.test", sender="a@app.example", subject="later")
    assert sandbox.scheduler.advance("default", microseconds=0).steps[0].state is StepState.DONE


def test_a_report_that_cannot_be_made_does_not_stop_the_others(sandbox, caplog):
    public_id = send(sandbox, "ann@dest.example")
    wrong = NewStep("failure", NOON, NOON, {"recipients": [{"address": "a\nb"}], "dialect": "rfc"})
    sandbox.store.agenda.plans.add("default", public_id, [wrong]).result(10)
    other = send(sandbox, "ndr@bounce.test", subject="other")
    sandbox.scheduler.advance("default", microseconds=0)
    assert (plan_of(sandbox, public_id), plan_of(sandbox, other)) == (
        [("failure", "failed", 0)],
        [("failure", "done", 1)],
    )
    (step,) = sandbox.store.agenda.plans.of_message("default", public_id)
    assert "a recipient is an address on one line" in step.reason


def test_what_finds_no_room_stays_due(sandbox, monkeypatch):
    send(sandbox, "ndr@bounce.test")
    with monkeypatch.context() as patch:
        patch.setattr(sandbox.store._disk, "is_low", lambda: True)
        with pytest.raises(StorageFull):
            sandbox.scheduler.advance("default", microseconds=0)
    assert sandbox.scheduler.advance("default", microseconds=0).count == 1
    assert len(reports(sandbox)) == 1


def test_an_answer_that_found_no_room_is_given_when_there_is_some(sandbox, monkeypatch):
    send(sandbox, "ooo@bounce.test")
    with monkeypatch.context() as patch:
        patch.setattr(sandbox.store._disk, "is_low", lambda: True)
        with pytest.raises(StorageFull):
            sandbox.scheduler.advance("default", microseconds=0)
    assert [one.state.value for one in sandbox.scheduler.advance("default", microseconds=0).steps] == ["done"]


def test_sinks_get_reports_and_events_in_the_transaction_of_the_step(sandbox):
    sinks = sandbox.store.agenda.sinks
    push = Sink(public_id=new_public_id(), inbox="default", kind=SinkKind.SMTP, target="127.0.0.1:25")
    hook = Sink(public_id=new_public_id(), inbox="default", kind=SinkKind.WEBHOOK, target="http://127.0.0.1/")
    some = Sink(
        public_id=new_public_id(),
        inbox="default",
        kind=SinkKind.WEBHOOK,
        target="http://127.0.0.1/",
        options={"events": ["bounced"]},
    )
    for one in (push, hook, some):
        sinks.save(one).result(10)
    original = send(sandbox, "ndr+gmail+unknown_user@a.example", "ann@dest.example")
    sandbox.scheduler.advance("default", microseconds=0)
    found = sinks.attempts("default").items[::-1]
    assert [(one.sink, one.event["kind"], one.event.get("recipient", "")) for one in found] == [
        (hook.public_id, "bounced", "ndr+gmail+unknown_user@a.example"),
        (some.public_id, "bounced", "ndr+gmail+unknown_user@a.example"),
        (push.public_id, "bounced", ""),
        (hook.public_id, "delivered", "ann@dest.example"),
    ]
    (row,) = reports(sandbox)
    bounced = found[0].event
    assert (bounced["code"], bounced["status"], bounced["remote_mta"]) == (550, "5.1.1", "gmail-smtp-in.l.google.com")
    assert (found[2].stable_id, found[2].report, found[2].original) == (row.message_id, row.public_id, original)
    assert len({one.stable_id for one in found}) == 4


# The same bytes, whatever the order.


def run_script(moves: list[int]) -> list[bytes]:
    """The reports of three mails, after sandbox time went to the same instant in these moves."""
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        sandbox = Sandbox(store, HandClock())
        sandbox.clock.freeze("default", NOON)
        send(
            sandbox, "expire+3h+gmail+mailbox_full@a.example", "ndr+5.1.1+1h@b.example", notify="SUCCESS,DELAY,FAILURE"
        )
        send(sandbox, "complaint+2h@c.example", "ooo+90m@d.example", subject="second")
        send(sandbox, "ann@dest.example", notify="SUCCESS", subject="third")
        for move in moves:
            sandbox.scheduler.advance("default", microseconds=move)
        sandbox.scheduler.advance("default", to=NOON + DAY)
        return raws(sandbox)


@cache
def moved_at_once() -> list[bytes]:
    return run_script([])


@given(st.lists(st.integers(0, 2 * HOUR), max_size=8))
@settings(max_examples=15, deadline=None)
def test_any_way_to_advance_gives_the_same_bytes(moves):
    assert len(moved_at_once()) == 6
    assert run_script(moves) == moved_at_once()
