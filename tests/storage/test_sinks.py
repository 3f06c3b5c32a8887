"""Sinks in the database: what is on its way to them, every try, and a replay under the same id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.identity import new_public_id
from mailpit_py.storage import (
    AttemptState,
    Limits,
    NewSinkAttempt,
    Selection,
    Sink,
    SinkAttempt,
    SinkKind,
    SinkTry,
    StepEnd,
    StepState,
    Store,
    StoreOptions,
    upkeep,
)
from mailpit_py.storage import sinks as rows
from mailpit_py.storage.sink import RECORDED_CHARACTERS
from tests.storage.building import NOW, arrival, eventually, keep, raw_message, subjects
from tests.storage.test_plans import due as due_steps
from tests.storage.test_plans import planned, report

HOOK = Sink(
    public_id="h" * 22,
    inbox="default",
    kind=SinkKind.WEBHOOK,
    target="http://127.0.0.1:9/hook",
    provider="postmark",
    options={"events": ["bounced"]},
    created_at=NOW,
)
PUSH = Sink(public_id="p" * 22, inbox="default", kind=SinkKind.SMTP, target="127.0.0.1:25", created_at=NOW)


def attempt(sink: Sink = HOOK, due_at: int = NOW, **more: object) -> NewSinkAttempt:
    values = {"stable_id": "<id@host>", "event": {"kind": "bounced"}, **more}
    return NewSinkAttempt(public_id=new_public_id(), sink=sink.public_id, due_at=due_at, **values)  # type: ignore[arg-type]


def begin(store: Store, *attempts: NewSinkAttempt, sinks: tuple[Sink, ...] = (HOOK, PUSH)) -> tuple[SinkAttempt, ...]:
    """Save sinks, and put attempts about one original with one report on the agenda."""
    for one in sinks:
        store.agenda.sinks.save(one).result(10)
    keep(store, planned(0))
    end = StepEnd(due_steps(store)[0], StepState.DONE, reports=(report(),), attempts=attempts)
    assert store.agenda.plans.finish([end]).result(10) == (True,)
    return store.agenda.sinks.due("default", NOW + 100)


def test_sinks_are_kept_changed_and_removed(store):
    store.agenda.sinks.save(HOOK).result(10)
    store.agenda.sinks.save(PUSH).result(10)
    assert store.agenda.sinks.all() == (HOOK, PUSH)
    changed = replace(HOOK, target="http://127.0.0.1:10/", options={}, enabled=False)
    store.agenda.sinks.save(changed).result(10)
    assert store.agenda.sinks.all("default") == (changed, PUSH)
    assert store.agenda.sinks.all("nowhere") == ()
    assert store.agenda.sinks.remove("default", HOOK.public_id).result(10) is True
    assert store.agenda.sinks.remove("default", HOOK.public_id).result(10) is False
    assert store.agenda.sinks.all() == (PUSH,)


def test_a_sink_of_an_inbox_that_is_not_there_is_refused(store):
    with pytest.raises(NotFound):
        store.agenda.sinks.save(replace(HOOK, inbox="nowhere")).result(10)


def test_an_attempt_knows_its_sink_its_original_and_its_report(store):
    hook, push = begin(store, attempt(), attempt(PUSH, report=0))
    newest, original = store.page().items
    assert (hook.sink, hook.kind, hook.original, hook.report) == (HOOK.public_id, "webhook", original.public_id, "")
    assert (push.sink, push.kind, push.report) == (PUSH.public_id, "smtp", newest.public_id)
    assert (hook.event, hook.stable_id, hook.state, hook.tries) == ({"kind": "bounced"}, "<id@host>", "pending", 0)


def test_attempts_are_due_in_the_order_of_time(store):
    late, soon, later = attempt(due_at=NOW + 50), attempt(due_at=NOW), attempt(due_at=NOW + 200)
    found = begin(store, late, soon, later)
    assert [one.public_id for one in found] == [soon.public_id, late.public_id]
    assert store.agenda.sinks.next_due() == {"default": NOW}
    assert len(store.agenda.sinks.due("default", NOW + 200, limit=2)) == 2


NOBODY = SinkTry(at=NOW, ok=False, error="nobody there")


def test_what_has_to_leave_is_not_pruned_before_its_last_try():
    with Store.open(None, StoreOptions(limits=Limits(max_messages=3))) as store:
        hook, push = begin(store, attempt(), attempt(PUSH, report=0))
        keep(store, *(arrival(raw_message(f"m{number}")) for number in range(5)))
        assert eventually(lambda: subjects(store) == ["m4", "report", "original"])
        for one in (hook, push):
            store.agenda.sinks.record(one.id, NOBODY, AttemptState.PENDING, next_due=NOW + 50).result(10)
        keep(store, arrival(raw_message("m5")))
        assert eventually(lambda: subjects(store) == ["m5", "report", "original"])
        for one in (hook, push):
            store.agenda.sinks.record(one.id, NOBODY, AttemptState.GIVEN_UP).result(10)
        keep(store, arrival(raw_message("m6")))
        assert eventually(lambda: subjects(store) == ["m6", "m5", "report"])


def test_a_sink_that_is_gone_does_not_let_the_inbox_grow(monkeypatch):
    monkeypatch.setattr(upkeep, "REPEATS_HELD", 0)
    with Store.open(None, StoreOptions(limits=Limits(max_messages=3))) as store:
        for one in begin(store, attempt(), attempt(PUSH, report=0)):
            store.agenda.sinks.record(one.id, NOBODY, AttemptState.PENDING, next_due=NOW + 50).result(10)
        keep(store, *(arrival(raw_message(f"m{number}")) for number in range(5)))
        assert eventually(lambda: subjects(store) == ["m4", "m3", "m2"])


def test_what_goes_to_no_sink_that_is_there_is_dropped(store):
    assert begin(store, attempt(), sinks=()) == ()
    assert store.agenda.sinks.add("default", [attempt()]).result(10) == 0


def test_each_try_is_kept_until_one_is_the_last(store):
    (one,) = begin(store, attempt())
    first = SinkTry(at=NOW + 1, ok=False, code=503, request="POST /", response="busy", took_us=5)
    second = SinkTry(at=NOW + 2, ok=True, code=200)
    tables = store.agenda.sinks
    assert tables.record(one.id, first, AttemptState.PENDING, next_due=NOW + 90).result(10)
    assert [each.due_at for each in tables.due("default", NOW + 100)] == [NOW + 90]
    assert tables.record(one.id, second, AttemptState.DELIVERED).result(10)
    assert tables.due("default", NOW + 100) == ()
    kept, tries = tables.attempt("default", one.public_id) or (None, ())
    assert kept is not None
    assert (kept.state, kept.tries, kept.done_at is not None) == (AttemptState.DELIVERED, 2, True)
    assert tries == (replace(first, number=1), replace(second, number=2))


def test_a_replay_bears_the_same_id_and_keeps_the_tries(store):
    (one,) = begin(store, attempt())
    tables = store.agenda.sinks
    tables.record(one.id, SinkTry(at=NOW, ok=False, error="refused"), AttemptState.GIVEN_UP).result(10)
    assert tables.replay("default", one.public_id, due_at=NOW + 7).result(10) is True
    (again,) = tables.due("default", NOW + 7)
    assert (again.id, again.stable_id, again.tries, again.done_at) == (one.id, one.stable_id, 1, None)
    assert tables.replay("default", "0" * 22, due_at=NOW).result(10) is False


def test_what_was_on_its_way_to_a_removed_sink_is_cancelled(store):
    (one,) = begin(store, attempt())
    tables = store.agenda.sinks
    tables.remove("default", HOOK.public_id).result(10)
    kept, _ = tables.attempt("default", one.public_id) or (None, ())
    assert kept is not None
    assert (kept.state, kept.sink) == (AttemptState.CANCELLED, "")
    assert tables.replay("default", one.public_id, due_at=NOW).result(10) is False


def test_a_long_request_is_cut_and_a_lone_surrogate_kept_visible(store):
    (one,) = begin(store, attempt())
    long = SinkTry(at=NOW, ok=False, request="x" * 100_000, response="\udc80")
    store.agenda.sinks.record(one.id, long, AttemptState.GIVEN_UP).result(10)
    _, (kept,) = store.agenda.sinks.attempt("default", one.public_id) or (None, (long,))
    assert (len(kept.request), kept.response) == (RECORDED_CHARACTERS, "\\udc80")


def test_attempts_are_listed_by_sink_original_and_state_page_by_page(store):
    found = begin(store, attempt(), attempt(PUSH), attempt())
    tables = store.agenda.sinks
    tables.record(found[0].id, SinkTry(at=NOW, ok=True), AttemptState.DELIVERED).result(10)
    newest = [one.public_id for one in reversed(found)]
    first = tables.attempts("default", limit=2)
    assert [one.public_id for one in first.items] == newest[:2]
    second = tables.attempts("default", before=first.next, limit=2)
    assert ([one.public_id for one in second.items], second.next) == (newest[2:], None)
    assert [one.sink for one in tables.attempts("default", sink=PUSH.public_id).items] == [PUSH.public_id]
    assert [one.public_id for one in tables.attempts("default", state="delivered").items] == newest[2:]
    original = store.page().items[-1].public_id
    assert len(tables.attempts("default", original=original).items) == 3
    assert tables.attempts("default", original="0" * 22).items == ()


def test_attempts_stay_when_their_messages_are_deleted(store):
    (one,) = begin(store, attempt(PUSH, report=0))
    store.delete("default", Selection.ids([row.public_id for row in store.page().items])).result(10)
    kept, _ = store.agenda.sinks.attempt("default", one.public_id) or (None, ())
    assert kept is not None
    assert (kept.original, kept.report, kept.state) == ("", "", AttemptState.PENDING)


def test_only_the_newest_attempts_that_are_over_are_kept(store, monkeypatch):
    monkeypatch.setattr(rows, "ATTEMPTS_KEPT", 3)
    found = begin(store, *(attempt() for _ in range(3)))
    store.agenda.sinks.record(found[0].id, SinkTry(at=NOW, ok=True), AttemptState.DELIVERED).result(10)
    store.agenda.sinks.add("default", [attempt(), attempt()]).result(10)
    left = store.agenda.sinks.attempts("default").items
    assert found[0].public_id not in {one.public_id for one in left}
    assert len(left) == 4  # two that are pending are above the number, and stay
