"""Inboxes in the store: apart from each other, seen together where that is asked for, and gone with all they had."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from mailpit_py.errors import NotFound, Taken
from mailpit_py.mail.envelope import Line, Transaction
from mailpit_py.storage import EVERY_INBOX, Inbox, Limits, NewStep, RuleRow, Selection, Store, StoreOptions
from mailpit_py.storage.sink import Sink, SinkKind
from tests.storage.building import arrival, attempt, eventually, keep, raw_message, session

Check = Callable[[Store], None]


def make(store: Store, *names: str, **settings: int) -> None:
    for name in names:
        store.inbox_table.add(Inbox(name=name, created_at=1, **settings)).result(10)


def subjects(store: Store, inbox: str, **more: bool) -> list[str]:
    return [getattr(item, "subject", "-") for item in store.page(inbox, **more).items]


def test_mail_of_one_inbox_is_not_in_another_and_all_of_it_is_in_every(store: Store) -> None:
    make(store, "a", "b")
    ids = keep(store, *(arrival(raw_message(name), inbox=name) for name in ("a", "b", "default")))
    assert [subjects(store, name) for name in ("a", "b", "default")] == [["a"], ["b"], ["default"]]
    assert subjects(store, EVERY_INBOX) == ["default", "b", "a"]
    assert [item.inbox for item in store.page(EVERY_INBOX).items] == ["default", "b", "a"]
    assert store.message("a", ids[1]) is None
    assert store.message(EVERY_INBOX, ids[1]) is not None
    assert [store.counts(name).total for name in ("a", EVERY_INBOX)] == [1, 3]


def test_every_inbox_is_paged_searched_and_counted_as_one(store: Store) -> None:
    make(store, "a", "b")
    for number in range(9):
        keep(store, arrival(raw_message(f"number {number}"), inbox=("default", "a", "b")[number % 3]))
        store.refuse(attempt(inbox=("default", "a", "b")[number % 3])).result(10)
    first = store.page(EVERY_INBOX, limit=4, refused=True)
    second = store.page(EVERY_INBOX, limit=20, before=first.next, refused=True)
    assert [item.id for item in (*first.items, *second.items)] == list(range(18, 0, -1))
    query = store.parse_query("subject:number")
    assert (store.count(EVERY_INBOX, query), store.count("a", query)) == (9, 3)
    assert store.counts(EVERY_INBOX).attempts == 9


def test_marks_tags_and_deletions_work_on_every_inbox_at_once(store: Store, check_counters: Check) -> None:
    make(store, "a", "b")
    ids = keep(store, *(arrival(raw_message(name), inbox=name) for name in ("a", "b", "default")))
    assert store.mark(EVERY_INBOX, Selection.ids(ids[:2]), seen=True).result(10) == 2
    assert store.tags.replace(EVERY_INBOX, Selection.ids(ids[:2]), ["T"]).result(10) == 2
    assert [store.counts(name).unread for name in ("a", "b", "default")] == [0, 0, 1]
    assert [store.tags.names(name) for name in ("a", "default", EVERY_INBOX)] == [("T",), (), ("T",)]
    assert store.tags.counts(EVERY_INBOX) == {"T": 2}
    store.tags.rename(EVERY_INBOX, "t", "new").result(10)
    assert [store.tags.names(name) for name in ("a", "b")] == [("new",), ("new",)]
    with pytest.raises(NotFound):
        store.tags.drop("default", "new").result(10)
    store.tags.drop(EVERY_INBOX, "new").result(10)
    assert store.tags.names(EVERY_INBOX) == ()
    assert store.delete(EVERY_INBOX, Selection.everything()).result(10) == 3
    check_counters(store)


def test_a_name_is_taken_once(store: Store) -> None:
    make(store, "a")
    with pytest.raises(Taken):
        make(store, "a")


def test_each_inbox_keeps_what_its_own_limits_allow(check_counters: Check) -> None:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=3))) as small:
        make(small, "few", max_messages=2)
        make(small, "all", max_messages=0)
        for number in range(5):
            for name in ("few", "all", "default"):
                keep(small, arrival(raw_message(str(number)), inbox=name))
        assert eventually(lambda: [small.counts(name).total for name in ("few", "all", "default")] == [2, 5, 3])
        assert subjects(small, "few") == ["4", "3"]
        check_counters(small)


def test_each_inbox_keeps_mail_as_long_as_its_own_limit_allows() -> None:
    day = 86_400_000_000
    now = 1_000 * day
    options = StoreOptions(limits=Limits(max_messages=None, max_age_seconds=10 * 86_400), wall=lambda: now)
    with Store.open(None, options) as store:
        make(store, "short", max_age_seconds=86_400)
        make(store, "ever", max_age_seconds=0)
        for name in ("short", "ever", "default"):
            keep(
                store, *(arrival(raw_message(str(age)), inbox=name, received_at=now - age * day) for age in (20, 5, 0))
            )
        store.prune().result(10)
        assert [subjects(store, name) for name in ("short", "ever", "default")] == [
            ["0"],
            ["0", "5", "20"],
            ["0", "5"],
        ]


def test_a_limit_that_is_lowered_is_kept_at_once(store: Store) -> None:
    make(store, "a")
    keep(store, *(arrival(raw_message(str(number)), inbox="a") for number in range(4)))
    store.inbox_table.save(Inbox(name="a", created_at=1, max_messages=1)).result(10)
    assert eventually(lambda: subjects(store, "a") == ["3"])


def test_an_inbox_goes_with_everything_that_it_had(store: Store, check_counters: Check) -> None:
    make(store, "a")
    steps = (NewStep("failure", 1, 2, {}),)
    (public_id,) = keep(store, arrival(inbox="a", steps=steps))
    keep(store, arrival(raw_message("stays")))
    store.refuse(attempt(inbox="a")).result(10)
    store.tags.replace("a", Selection.ids([public_id]), ["T"]).result(10)
    sink = Sink(public_id="1" * 22, inbox="a", kind=SinkKind.WEBHOOK, target="http://localhost/", provider="sendgrid")
    store.agenda.sinks.save(sink).result(10)
    store.simulation.save_rules([RuleRow("2" * 22, "r", "api", {}, "a")], inbox="a").result(10)
    store.inbox_table.remove("a").result(10)
    with pytest.raises(NotFound):
        store.page("a")
    assert store.inbox_table.names() == ("default",)
    assert (store.simulation.rules(), store.agenda.sinks.all()) == ((), ())
    assert subjects(store, EVERY_INBOX) == ["stays"]

    def is_empty() -> bool:
        with closing(sqlite3.connect(store.path)) as connection:
            sizes = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("mailbox", "message")
            ]
        return sizes == [1, 1]

    assert eventually(is_empty)
    check_counters(store)


def test_its_name_can_be_given_again_and_begins_empty(store: Store) -> None:
    make(store, "a")
    keep(store, arrival(inbox="a"))
    store.inbox_table.remove("a").result(10)
    make(store, "a")
    assert subjects(store, "a") == []


def test_a_change_of_the_inboxes_is_told_of_the_first(store: Store) -> None:
    cursor = store.head()
    make(store, "a")
    store.inbox_table.remove("a").result(10)
    assert [(one.inbox, one.kind) for one in store.changes(cursor).items] == [("default", "inboxes")] * 2


def test_a_session_shows_an_inbox_its_own_part(store: Store) -> None:
    make(store, "a", "b", "c")
    for name in ("a", "b"):
        lines = (Line(1, "C", "EHLO x"), Line(2, "C", f"MAIL FROM:<{name}@x.test>"))
        envelope = arrival().transaction.envelope
        keep(store, arrival(raw_message(name), inbox=name, transaction=Transaction(session(), envelope, lines)))
    store.close_session(session(), (Line(9, "C", "QUIT"),), closed_at=9, ending="quit").result(10)
    found = store.session("session-1", inbox="a")
    assert found is not None
    assert [line.text for line in found[1]] == ["EHLO x", "MAIL FROM:<a@x.test>"]
    whole = store.session("session-1")
    assert whole is not None
    assert whole[1][-1].text == "QUIT"
    assert [len(store.sessions(inbox=name)[0]) for name in ("a", "b", "c", EVERY_INBOX)] == [1, 1, 0, 1]
    assert store.session("session-1", inbox="c") is None
