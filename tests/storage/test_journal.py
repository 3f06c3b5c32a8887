"""The journal: every change in order, cursors that resume or say that they cannot, waiting without misses."""

from __future__ import annotations

import threading

import pytest

from mailpit_py.storage import Cursor, Selection, Store, upkeep
from tests.storage.building import arrival, attempt, eventually, keep


def start(store: Store) -> Cursor:
    return Cursor(store.epoch, 0)


def test_each_change_is_told_with_what_a_reader_needs(store):
    (one,) = keep(store, arrival())
    store.mark("default", Selection.ids([one]), seen=True).result(5)
    refused = attempt()
    store.refuse(refused).result(5)
    store.delete("default", Selection.ids([one, refused.public_id])).result(5)
    store.delete("default", Selection.everything()).result(5)
    told = [
        (change.kind, [(ref.public_id, ref.id, ref.mailbox, ref.uid, ref.seen) for ref in change.refs])
        for change in store.changes(start(store)).items
    ]
    assert told == [
        ("added", [(one, 1, "INBOX", 1, False)]),
        ("changed", [(one, 1, "INBOX", 1, True)]),
        ("added", [(refused.public_id, 2, "", 0, False)]),
        ("removed", [(refused.public_id, 2, "", 0, False)]),
        ("removed", [(one, 1, "INBOX", 1, True)]),
        ("cleared", []),
    ]


def test_a_cursor_goes_on_where_it_was(store):
    keep(store, arrival())
    cursor = store.head()
    (two,) = keep(store, arrival())
    changes = store.changes(cursor)
    assert [ref.public_id for change in changes.items for ref in change.refs] == [two]
    assert changes.cursor == store.head()
    assert store.changes(changes.cursor).items == ()


def test_many_changes_come_in_portions(store):
    for _ in range(5):
        keep(store, arrival())
    first = store.changes(start(store), limit=3)
    second = store.changes(first.cursor, limit=3)
    assert [change.cursor.seq for change in (*first.items, *second.items)] == [1, 2, 3, 4, 5]


def test_a_page_and_its_cursor_belong_together(store):
    keep(store, arrival())
    page = store.page()
    keep(store, arrival())
    assert len(page.items) == 1
    assert len(store.changes(page.cursor).items) == 1


@pytest.mark.parametrize("cursor", [Cursor("0123456789ab", 0), Cursor("", 7)])
def test_a_cursor_of_another_database_asks_for_a_resync(store, cursor):
    keep(store, arrival())
    changes = store.changes(cursor)
    assert (changes.resync, changes.items, changes.cursor) == (True, (), store.head())


def test_a_cursor_of_the_future_asks_for_a_resync(store):
    assert store.changes(Cursor(store.epoch, 1)).resync


def test_a_cursor_older_than_what_is_kept_asks_for_a_resync(store, run_sql, monkeypatch):
    monkeypatch.setattr(upkeep, "CHANGES_KEPT", 2)
    for _ in range(5):
        keep(store, arrival())
    store._submit(upkeep.trim).result(5)
    assert store.changes(start(store)).resync
    assert store.changes(Cursor(store.epoch, 2)).resync
    assert [change.cursor.seq for change in store.changes(Cursor(store.epoch, 3)).items] == [4, 5]


def test_entries_older_than_a_day_are_dropped(store, run_sql):
    keep(store, arrival())
    run_sql(store, "UPDATE change SET at = 0")
    store._submit(upkeep.trim).result(5)
    assert store.changes(start(store)).resync
    assert store.changes(store.head()).items == ()
    keep(store, arrival())
    assert store.changes(Cursor(store.epoch, 1)).items[0].kind == "added"


def test_a_follower_misses_nothing_and_leaves_when_the_store_closes(store):
    seen: list[str] = []

    def follow() -> None:
        cursor = start(store)
        while not store.journal.closed:
            tick = store.journal.tick
            changes = store.changes(cursor)
            cursor = changes.cursor
            seen.extend(ref.public_id for change in changes.items for ref in change.refs)
            if not changes.items:
                store.journal.wait(tick, 5)

    follower = threading.Thread(target=follow)
    follower.start()
    sent = [public_id for _ in range(40) for public_id in keep(store, arrival(), arrival())]
    eventually(lambda: len(seen) == len(sent))
    store.journal.close()
    follower.join(5)
    assert seen == sent
    assert not follower.is_alive()


def test_waiting_ends_after_its_time(store):
    assert store.journal.wait(store.journal.tick, 0.01) is False
    assert store.journal.wait(store.journal.tick - 1, 5) is True


@pytest.mark.parametrize(
    "text", ["", "abc", "abc.", ".1", "abc.x", "a b.1", "abc.-1", "abc.1.2", "abc.٣", "a." + "9" * 30]
)
def test_a_text_that_is_no_cursor_is_refused(text):
    with pytest.raises(ValueError, match="cursor"):
        Cursor.parse(text)


def test_a_cursor_survives_its_text():
    assert Cursor.parse("0a1b2c.42") == Cursor("0a1b2c", 42)
    assert str(Cursor("0a1b2c", 42)) == "0a1b2c.42"
