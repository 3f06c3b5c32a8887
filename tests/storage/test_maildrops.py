"""Maildrops: who sees which messages, how large they are on the wire, and what discarding does."""

from __future__ import annotations

import pytest

from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.storage import TRASH, Limits, Selection, Store, StoreOptions, Summary
from tests.storage.building import arrival, eventually, keep, raw_message, session

UNKNOWN = "X" * 22


def ids(store: Store, **what: str) -> list[str]:
    return [entry.public_id for entry in store.maildrops.entries(**what)]


def boxes(store: Store) -> dict[str, str]:
    items = store.page(mailbox=None).items
    return {one.public_id: one.mailbox for one in items if isinstance(one, Summary)}


def test_a_maildrop_has_the_oldest_message_first(store: Store) -> None:
    kept = keep(store, *(arrival() for _ in range(3)))
    assert ids(store) == kept == ids(store, inbox="default")
    assert ids(store, inbox="another") == []


@pytest.mark.parametrize(
    ("recipient", "found"),
    [
        ("ann@example.com", "A"),
        ("ANN@EXAMPLE.com", "A"),
        ("*@example.com", "AB"),
        ("bounces+*@app.example", "C"),
        ("*@*", "ABC"),
        ("%@example.com", ""),
        ("an_@example.com", ""),
        ("ann@example.co", ""),
        ("\\@example.com", ""),
        ("' OR 1=1 --@x", ""),
    ],
)
def test_an_address_finds_what_was_for_it(store: Store, recipient: str, found: str) -> None:
    keep(store, arrival(None, "ann@example.com", "bob@example.com", public_id="A" * 22))
    keep(store, arrival(None, "bob@example.com", public_id="B" * 22))
    keep(store, arrival(None, "bounces+7=ann@app.example", public_id="C" * 22))
    assert [one[0] for one in ids(store, recipient=recipient)] == list(found)


@pytest.mark.parametrize(
    ("raw", "size_octets"),
    [(b"A: 1\r\n\r\nx\r\n", 11), (b"A: 1\n\nx\n", 11), (b"A: 1\n\nx", 11), (b"", 0), (b"A: 1\n" * 5000, 30_000)],
)
def test_sizes_count_each_line_end_as_two_octets(store: Store, raw: bytes, size_octets: int) -> None:
    keep(store, arrival(raw))
    assert [entry.size_octets for entry in store.maildrops.entries()] == [size_octets]
    assert [entry.size_octets for entry in store.maildrops.entries()] == [size_octets]  # as measured before


def test_sizes_are_of_what_a_reader_of_ascii_or_of_utf_8_is_sent(store: Store) -> None:
    raw = "Subject: ü\n\nü\n".encode()
    international = Transaction(session(), Envelope("a@x.test", (Recipient("ann@example.com"),), smtputf8=True))
    keep(store, arrival(raw, transaction=international), arrival(raw))
    for _ in range(2):
        assert [entry.size_octets for entry in store.maildrops.entries(utf8=True)] == [19, 19]
        # Subject: =?utf-8?B?w7w=?=
        assert [entry.size_octets for entry in store.maildrops.entries()] == [33, 19]


def test_what_is_discarded_is_in_trash_with_all_that_was_set(store: Store, check_counters) -> None:
    first, second, third = keep(store, *(arrival() for _ in range(3)))
    store.mark("default", Selection.ids([first]), seen=True, pinned=True).result(10)
    store.tags.replace("default", Selection.ids([first]), ["kept"]).result(10)

    moved = store.maildrops.discard("default", [first, third, UNKNOWN]).result(10)

    assert moved == 2
    assert boxes(store) == {first: TRASH, second: "INBOX", third: TRASH}
    assert ids(store) == [second]
    assert [one.public_id for one in store.page().items] == [second]
    assert [one.public_id for one in store.page(mailbox=TRASH).items] == [third, first]
    stored = store.message("default", first)
    assert stored is not None
    assert (stored.summary.seen, stored.summary.pinned, stored.summary.tags) == (True, True, ("kept",))
    assert (store.counts().total, store.counts().unread, store.counts().pinned) == (1, 1, 0)
    check_counters(store)


def test_uids_in_trash_rise(store: Store) -> None:
    kept = keep(store, *(arrival() for _ in range(3)))
    for one in reversed(kept):
        store.maildrops.discard("default", [one]).result(10)
    uids = {one.public_id: one.uid for one in store.page(mailbox=TRASH).items if isinstance(one, Summary)}
    assert [uids[one] for one in reversed(kept)] == [1, 2, 3]


def test_what_is_in_trash_is_not_moved_again(store: Store, check_counters) -> None:
    kept = keep(store, arrival())
    assert store.maildrops.discard("default", kept).result(10) == 1
    head = store.head()
    assert store.maildrops.discard("default", kept).result(10) == 0
    assert store.head() == head
    check_counters(store)


def test_the_journal_tells_what_was_moved(store: Store) -> None:
    kept = keep(store, arrival())
    head = store.head()
    store.maildrops.discard("default", kept).result(10)
    (change,) = store.changes(head).items
    assert (change.kind, [(ref.public_id, ref.mailbox, ref.uid) for ref in change.refs]) == (
        "moved",
        [(kept[0], TRASH, 1)],
    )


def test_many_are_discarded(store: Store, check_counters) -> None:
    kept = keep(store, *(arrival() for _ in range(450)))
    assert store.maildrops.discard("default", kept).result(30) == 450
    assert (store.counts().total, ids(store)) == (0, [])
    check_counters(store)


def test_what_is_in_trash_is_found_deleted_and_cleared_like_other_mail(store: Store, check_counters, tables) -> None:
    first, second = keep(store, arrival(raw_message("one")), arrival(raw_message("two")))
    store.maildrops.discard("default", [first, second]).result(10)
    assert store.count(query=store.parse_query("one"), mailbox=TRASH) == 1
    assert store.count(query=store.parse_query("one")) == 0
    assert store.delete("default", Selection.ids([first])).result(10) == 1
    assert store.delete("default", Selection.everything()).result(10) == 1
    assert store.message("default", second) is None
    check_counters(store)


def test_retention_counts_what_is_in_trash(check_counters) -> None:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=3))) as store:
        kept = keep(store, *(arrival() for _ in range(3)))
        store.maildrops.discard("default", kept[:2]).result(10)
        keep(store, arrival())
        assert eventually(lambda: store.message("default", kept[0]) is None)
        assert len(boxes(store)) == 3
        check_counters(store)


def test_ids_and_trash_outlive_a_restart(tmp_path) -> None:
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        kept = keep(store, *(arrival() for _ in range(3)))
        store.maildrops.discard("default", kept[:1]).result(10)
    with Store.open(path) as store:
        assert ids(store) == kept[1:]
        assert boxes(store)[kept[0]] == TRASH


def test_trash_is_empty_before_anything_was_moved_there(store: Store) -> None:
    keep(store, arrival())
    assert store.page(mailbox=TRASH).items == ()
    assert store.count(mailbox=TRASH) == store.count(query=store.parse_query("hello"), mailbox=TRASH) == 0
