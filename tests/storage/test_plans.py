"""Plans in the database: written with their message, ended exactly once, and kept from retention until then."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.storage import (
    Arrival,
    Limits,
    NewStep,
    Selection,
    Sink,
    SinkKind,
    Step,
    StepEnd,
    StepState,
    Store,
    StoreOptions,
)
from mailpit_py.storage.planned import PENDING_AT_MOST, TOO_MANY
from tests.storage.building import NOW, arrival, eventually, keep, raw_message, subjects

ROOT = Path(__file__).parent.parent.parent
MINUTE = 60_000_000


def planned(*due: int, subject: str = "original", **more: object) -> Arrival:
    steps = tuple(NewStep("failure", NOW, NOW + one, {"number": place}) for place, one in enumerate(due))
    return arrival(raw_message(subject), steps=steps, **more)


def report(subject: str = "report") -> Arrival:
    transaction = Transaction(Session("", NOW), Envelope("", (Recipient("app@example.org"),)))
    return Arrival(
        public_id=new_public_id(),
        transaction=transaction,
        raw=raw_message(subject),
        received_at=NOW,
        source="report",
    )


def due(store: Store, after: int = 365 * 24 * 60 * MINUTE) -> tuple[Step, ...]:
    return store.agenda.plans.due("default", NOW + after)


def end(step: Step, *subject_of_reports: str, state: StepState = StepState.DONE, **more: object) -> StepEnd:
    return StepEnd(step, state, reports=tuple(map(report, subject_of_reports)), **more)  # type: ignore[arg-type]


def test_a_plan_is_due_in_the_order_of_time_then_of_ids(store):
    keep(store, planned(3, 1, 1), planned(2, 1))
    assert [(one.due_at - NOW, one.body["number"], one.original_id) for one in due(store)] == [
        (1, 1, 1),
        (1, 2, 1),
        (1, 1, 2),
        (2, 0, 2),
        (3, 0, 1),
    ]
    assert [one.due_at - NOW for one in due(store, 1)] == [1, 1, 1]
    assert store.agenda.plans.next_due() == {"default": NOW + 1}


def test_a_message_without_a_plan_has_none(store):
    (public_id,) = keep(store, arrival())
    assert (due(store), store.agenda.plans.next_due()) == ((), {})
    assert store.agenda.plans.of_message("default", public_id) == ()


def test_a_step_ends_with_its_report_linked_both_ways(store):
    (original,) = keep(store, planned(0))
    (step,) = due(store)
    assert store.agenda.plans.finish([end(step, "one", "two")]).result(10) == (True,)
    assert subjects(store) == ["two", "one", "original"]
    (done,) = store.agenda.plans.of_message("default", original)
    assert (done.state, len(done.reports), due(store)) == (StepState.DONE, 2, ())
    rows = store.page().items
    assert [row.source for row in rows] == ["report", "report", "smtp"]
    (link,) = store.agenda.plans.links("default", done.reports[1])
    assert (link.original, link.kind, link.step_id) == (original, "failure", done.id)
    assert [one.report for one in store.agenda.plans.links("default", original)] == list(done.reports)


def test_a_step_ends_once(store, tables):
    keep(store, planned(0))
    (step,) = due(store)
    endings: list[Future[tuple[bool, ...]]] = [store.agenda.plans.finish([end(step, f"report {n}")]) for n in range(5)]
    assert sorted(one.result(10) for one in endings) == [(False,)] * 4 + [(True,)]
    assert (tables(store)["message"], tables(store)["report"]) == (2, 1)


def test_steps_that_end_together_have_each_its_own_report(store, tables, check_counters):
    first, second = keep(store, planned(0, 1, subject="one"), planned(2, subject="two"))
    steps = due(store)
    store.agenda.plans.finish([end(steps[1], "early")]).result(10)
    ends = [end(steps[0], "a", "b"), end(steps[1], "again"), end(steps[2], "c")]
    assert store.agenda.plans.finish(ends).result(10) == (True, False, True)
    assert subjects(store) == ["c", "b", "a", "early", "two", "one"]
    made = [store.agenda.plans.of_message("default", one) for one in (first, second)]
    by_id = {row.public_id: row.subject for row in store.page().items}
    assert [[[by_id[one] for one in step.reports] for step in plan] for plan in made] == [
        [["a", "b"], ["early"]],
        [["c"]],
    ]
    check_counters(store)


def test_steps_get_their_originals_as_long_as_these_are_not_too_many_octets(store):
    keep(store, *(planned(0, 1, subject=name) for name in ("one", "two", "three")))
    size = len(raw_message("one"))
    plans = store.agenda.plans
    read = [(step.id, original.subject) for step, original in plans.with_originals(due(store), limit_bytes=2 * size)]
    assert [subject for _, subject in read] == ["one", "two"]
    assert len(plans.with_originals(due(store), limit_bytes=4 * size)) == 6
    assert len(plans.with_originals(due(store), limit_bytes=0)) == 1


def test_a_skipped_step_says_why(store):
    (original,) = keep(store, planned(0))
    (step,) = due(store)
    store.agenda.plans.finish([StepEnd(step, StepState.SKIPPED, "NOTIFY=NEVER")]).result(10)
    (skipped,) = store.agenda.plans.of_message("default", original)
    assert (skipped.state, skipped.reason, skipped.reports) == (StepState.SKIPPED, "NOTIFY=NEVER", ())


def test_steps_can_be_added_to_a_message_that_is_there(store):
    (original,) = keep(store, planned(5))
    ids = store.agenda.plans.add("default", original, [NewStep("delay", NOW, NOW + 2)]).result(10)
    first = due(store)[0]
    assert (first.id, first.kind) == (ids[0], "delay")
    assert [one.kind for one in store.agenda.plans.by_ids(ids)] == ["delay"]
    assert store.agenda.plans.add("default", "0" * 22, [NewStep("delay", NOW, NOW)]).result(10) == ()


def test_what_a_report_needs_of_its_original_is_read_at_once(store):
    keep(store, planned(0))
    ((_, original),) = store.agenda.plans.with_originals(due(store), limit_bytes=0)
    assert original is not None
    assert (original.raw, original.subject) == (raw_message("original"), "original")
    assert [one.address for one in original.envelope.recipients] == ["ann@example.com"]
    assert original.session is not None
    assert original.session.helo == "app"


def test_an_original_that_is_deleted_takes_its_plan_along_and_leaves_its_report(store, check_counters):
    first, second = keep(store, planned(0, 5), planned(1, subject="other"))
    step = due(store)[0]
    store.agenda.plans.finish([end(step)]).result(10)
    (made,) = store.agenda.plans.of_message("default", first)[0].reports or ("",)
    assert made == ""
    store.delete("default", Selection.ids([first])).result(10)
    assert [one.original for one in due(store)] == [second]
    late = store.agenda.plans.finish([end(step, "late")])
    assert late.result(10) == (False,)
    check_counters(store)


def test_a_report_outlives_its_original(store):
    (original,) = keep(store, planned(0))
    store.agenda.plans.finish([end(due(store)[0], "kept")]).result(10)
    store.delete("default", Selection.ids([original])).result(10)
    (row,) = store.page().items
    (link,) = store.agenda.plans.links("default", row.public_id)
    assert (link.original, link.kind) == ("", "failure")


def test_nothing_follows_what_was_cleared(store):
    keep(store, planned(0, 1))
    store.delete("default", Selection.everything()).result(10)
    assert due(store) == ()


def test_a_message_with_a_pending_step_is_not_pruned():
    with Store.open(None, StoreOptions(limits=Limits(max_messages=2))) as store:
        keep(store, planned(0, subject="waits"), *(arrival(raw_message(f"m{n}")) for n in range(5)))
        assert eventually(lambda: subjects(store) == ["m4", "waits"])
        store.agenda.plans.finish([end(due(store)[0])]).result(10)
        keep(store, arrival(raw_message("m5")))
        assert eventually(lambda: subjects(store) == ["m5", "m4"])


def test_more_steps_than_an_inbox_may_have_pending_are_skipped_with_a_reason(store):
    (first,) = keep(store, arrival(steps=tuple(NewStep("failure", NOW, NOW) for _ in range(PENDING_AT_MOST))))
    (second,) = keep(store, planned(0))
    (step,) = store.agenda.plans.of_message("default", second)
    assert (step.state, step.reason) == (StepState.SKIPPED, TOO_MANY)
    assert len(store.agenda.plans.due("default", NOW, limit=20_000)) == PENDING_AT_MOST
    store.delete("default", Selection.ids([first])).result(60)


def test_who_waits_for_the_agenda_is_woken_by_plans_only(store):
    bell = store.agenda.bell
    before = bell.tick
    keep(store, arrival())
    assert bell.tick == before
    keep(store, planned(0))
    assert bell.wait(before, 10)
    assert bell.tick > before


def test_the_journal_tells_that_something_became_of_a_message(store):
    keep(store, planned(0))
    cursor = store.head()
    store.agenda.plans.finish([end(due(store)[0], "report")]).result(10)
    kinds = [(one.kind, [ref.id for ref in one.refs]) for one in store.changes(cursor).items]
    assert kinds == [("added", [2]), ("delivery", [1])]


def test_clocks_are_kept(tmp_path):
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        assert store.agenda.clocks.all() == {"default": (0, None)}
        cursor = store.head()
        store.agenda.clocks.save("default", 5, 7).result(10)
        assert [one.kind for one in store.changes(cursor).items] == ["clock"]
        with pytest.raises(NotFound):
            store.agenda.clocks.save("nowhere", 5, 7).result(10)
    with Store.open(path) as store:
        assert store.agenda.clocks.all() == {"default": (5, 7)}


def test_after_kill_9_a_step_has_ended_with_all_of_it_or_not_at_all(tmp_path, check_counters, check_index):
    path = tmp_path / "mail.db"
    sink = Sink(public_id=new_public_id(), inbox="default", kind=SinkKind.SMTP, target="127.0.0.1:2525")
    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        store.agenda.sinks.save(sink).result(10)
        keep(store, *(planned(0, subject=f"original {n}") for n in range(400)))
    code = (
        "import sys; from pathlib import Path; from mailpit_py.storage import *\n"
        "from tests.storage.test_plans import *\n"
        "store = Store.open(Path(sys.argv[1]), StoreOptions(limits=Limits(max_messages=None)))\n"
        "for step in store.agenda.plans.due('default', NOW, limit=400):\n"
        "    attempt = NewSinkAttempt(public_id=new_public_id(), sink=sys.argv[2], stable_id='x', due_at=0, report=0)\n"
        "    done = store.agenda.plans.finish([end(step, f'report {step.id}', attempts=(attempt,))])\n"
        "    done.add_done_callback(lambda _, step=step: print(step.id, flush=True))\n"
        "import time; time.sleep(60)\n"
    )
    rounds = 0
    while rounds < 12:
        rounds += 1
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(path), sink.public_id], stdout=subprocess.PIPE, cwd=ROOT
        )
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(40)]  # then it is killed in the middle of the next ones
        process.kill()
        process.stdout.close()
        process.wait()
        with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
            left = {one.id for one in store.agenda.plans.due("default", NOW, limit=400)}
            assert left.isdisjoint(int(one) for one in told if one.strip())
            made = [text for text in subjects(store, limit=1_000) if text.startswith("report")]
            assert sorted(made) == sorted(f"report {n}" for n in set(range(1, 401)) - left)
            assert store.agenda.sinks.next_due() == {"default": 0}
            page = store.agenda.sinks.attempts("default", limit=1_000)
            assert len(page.items) == 400 - len(left)
            assert all(one.report and one.original for one in page.items)
            check_counters(store)
            check_index(store)
        if not left:
            break
    assert not left
