"""The writer: groups, culprits that hurt nobody else, a full disk, readers beside it."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.storage import Limits, Selection, Store, StoreOptions
from mailpit_py.storage import prepare as prepare_module
from mailpit_py.storage import store as store_module
from mailpit_py.storage.context import Context
from tests.storage.building import NOW, arrival, eventually, keep, raw_message, session, subjects


def held_up(store: Store) -> threading.Event:
    """Stop the writer until the event is set, so that what is added meanwhile becomes one group."""
    holding, go = threading.Event(), threading.Event()

    def hold(context: Context) -> None:
        holding.set()
        go.wait(10)

    store._submit(hold)
    assert holding.wait(10)
    return go


def test_a_group_shares_one_transaction_and_one_change(store, run_sql):
    go = held_up(store)
    futures = [store.add(arrival(raw_message(f"m{number}"))) for number in range(50)]
    assert not any(future.done() for future in futures)
    go.set()
    for future in futures:
        future.result(10)
    assert run_sql(store, "SELECT kind, json_array_length(ids) FROM change") == [("added", 50)]
    assert [item.subject for item in store.page(limit=2).items] == ["m49", "m48"]


def test_a_message_that_cannot_be_stored_does_not_hurt_its_neighbours(store, check_counters, check_index):
    twin = arrival(raw_message("twin"))
    go = held_up(store)
    good = [store.add(arrival(raw_message(f"good{number}"))) for number in range(5)]
    first, second = store.add(twin), store.add(twin)  # the same public id twice
    good += [store.add(arrival(raw_message(f"good{number}"))) for number in range(5, 10)]
    go.set()
    for future in [*good, first]:
        future.result(10)
    with pytest.raises(StorageError):
        second.result(10)
    assert store.counts().total == 11
    check_counters(store)
    check_index(store)


def test_the_end_of_a_session_that_cannot_be_stored_does_not_hurt_the_others(store):
    go = held_up(store)
    unstorable: Any = object()
    ends = [
        store.close_session(session(name), closed_at=at, ending="quit")
        for name, at in (("one", NOW), ("bad", unstorable), ("two", NOW + 1))
    ]
    go.set()
    for end in ends:
        end.result(10)
    known = [store.session(name) for name in ("one", "bad", "two")]
    assert [one and one[0].closed_at for one in known] == [NOW, None, NOW + 1]


def test_the_ends_of_sessions_are_all_stored_however_many_they_are(store, run_sql):
    go = held_up(store)
    ends = [store.close_session(session(f"s{number}"), closed_at=NOW, ending="quit") for number in range(450)]
    go.set()
    for end in ends:
        end.result(10)
    assert run_sql(store, "SELECT count(*) FROM session WHERE ending = 'quit'") == [(450,)]


def test_a_message_that_cannot_be_read_is_kept_as_raw_and_envelope(monkeypatch, caplog):
    def read(raw: bytes) -> object:
        if b"poison" in raw:
            raise RecursionError("too deep")
        return real(raw)

    real = prepare_module.read
    monkeypatch.setattr(prepare_module, "read", read)
    with Store.open(None) as store, caplog.at_level(logging.CRITICAL):
        bad, _ = keep(store, arrival(b"poison", "ann@example.com"), arrival(raw_message("fine")))
        assert store.raw("default", bad) == b"poison"
        stored = store.message("default", bad)
        assert stored is not None
        assert (stored.summary.readable, stored.summary.subject) == (False, "")
        assert stored.envelope.recipients == (Recipient("ann@example.com"),)
        assert [item.public_id for item in store.page(query=store.parse_query("to:ann@")).items][-1] == bad


def test_a_message_that_comes_alone_after_many_waits_for_nobody(store):
    for _ in range(3):
        go = held_up(store)
        many = [store.add(arrival(raw_message(f"m{number}"))) for number in range(20)]
        go.set()
        for future in many:
            future.result(10)
        store.add(arrival(raw_message("alone"))).result(10)
    assert store.counts().total == 63


def test_a_search_and_the_end_do_not_wait_for_a_group_to_grow(tmp_path):
    with Store.open(tmp_path / "mail.db") as store:
        go = held_up(store)
        many = [store.add(arrival(raw_message(f"m{number}"))) for number in range(20)]
        go.set()
        for future in many:
            future.result(10)
        last = store.add(arrival(raw_message("last")))
        store.page(query=store.parse_query("subject:m1"))
    assert last.exception(0) is None


def test_rows_that_the_database_refuses_are_tried_again_without_what_was_read(store, monkeypatch, caplog):
    real = prepare_module._described
    monkeypatch.setattr(prepare_module, "_described", lambda message: (object(), *real(message)[1:]))
    with caplog.at_level(logging.CRITICAL):
        (public_id,) = keep(store, arrival(raw_message("odd")))
    stored = store.message("default", public_id)
    assert stored is not None
    assert (stored.summary.readable, store.raw("default", public_id)) == (False, raw_message("odd"))


def test_no_log_line_carries_a_message(store, caplog):
    twin = arrival(raw_message("a secret subject", "a secret text"))
    with caplog.at_level(logging.DEBUG):
        store.add(twin).result(5)
        with pytest.raises(StorageError) as caught:
            store.add(twin).result(5)
    assert "secret" not in caplog.text
    assert "secret" not in str(caught.value)


def test_a_full_disk_refuses_mail_but_what_is_there_stays_readable_and_it_recovers(tmp_path, caplog):
    options = StoreOptions(limits=Limits(max_messages=None), max_page_count=150, compression=0)
    with Store.open(tmp_path / "mail.db", options) as store, caplog.at_level(logging.CRITICAL):
        kept: list[str] = []

        def fill() -> None:
            for number in range(1_000):
                kept.extend(keep(store, arrival(raw_message(f"m{number}", "x" * 5_000))))

        with pytest.raises(StorageFull):
            fill()
        assert store.counts().total == len(kept) > 20
        assert store.raw("default", kept[0]) == raw_message("m0", "x" * 5_000)
        go = held_up(store)
        futures = [store.add(arrival(raw_message(text="y" * 5_000))) for _ in range(3)]
        go.set()
        assert [type(future.exception(10)) for future in futures] == [StorageFull] * 3
        assert store.delete("default", Selection.ids(kept[:-1])).result(10) == len(kept) - 1
        keep(store, arrival(raw_message("after")))
        assert store.page(limit=1).items[0].subject == "after"


def test_the_index_recovers_from_a_full_disk_too(tmp_path, caplog, check_index):
    def leave_no_room(context: Context) -> None:
        pages = context.execute("PRAGMA page_count").scalar_one()
        context.execute(f"PRAGMA max_page_count = {pages + 1}").all()

    words = " ".join(f"word{number}" for number in range(2_000))
    with Store.open(tmp_path / "mail.db") as store, caplog.at_level(logging.WARNING):
        go = held_up(store)
        stored = [store.add(arrival(raw_message(f"m{number}", words))) for number in range(9)]
        store._submit(leave_no_room)
        go.set()
        assert [future.exception(10) for future in stored] == [None] * 9
        assert eventually(lambda: "upkeep of the database failed" in caplog.text)
        assert store.page().items[0].subject == "m8"
        store._submit(lambda context: context.execute("PRAGMA max_page_count = 1000000").all()).result(5)
        assert store.count(query=store.parse_query("word17")) == 9
        check_index(store)


def test_a_disk_below_its_floor_refuses_mail(tmp_path):
    with Store.open(tmp_path / "mail.db", StoreOptions(free_floor_bytes=1 << 60)) as store:
        with pytest.raises(StorageFull):
            store.add(arrival()).result(5)
        assert store.page().items == ()


def test_large_content_is_prepared_apart_and_arrives_whole(store):
    raws = [raw_message(f"large{number}", "z" * 400_000) for number in range(6)]
    ids = keep(store, *(arrival(raw) for raw in raws))
    assert [store.raw("default", public_id) for public_id in ids] == raws


@pytest.mark.parametrize("size_bytes", [300, 300_000])
def test_a_failure_while_content_is_prepared_is_told_to_the_sender(size_bytes):
    def out_of_memory(*_: object) -> None:
        raise MemoryError

    with Store.open(None) as store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_module, "prepare", out_of_memory)
            with pytest.raises(StorageError):
                store.add(arrival(b"x" * size_bytes)).result(5)
        keep(store, arrival())
        assert eventually(lambda: store.budget.used_bytes == 0)


def test_readers_see_whole_groups_while_others_write(store):
    stop = threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not stop.is_set():
            page = store.page(limit=200)
            ids = [item.id for item in page.items]
            if ids != sorted(ids, reverse=True) or any(
                store.raw("default", one.public_id) is None for one in page.items
            ):
                wrong.append(ids)
            total = store.counts().total
            if store.count(query=store.parse_query("together")) < total:
                wrong.append(total)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(40):
        keep(store, *(arrival(raw_message(f"m{number}", "together")) for _ in range(5)))
    stop.set()
    for reader in readers:
        reader.join(10)
    assert wrong == []
    assert store.counts().total == 200


def test_many_threads_write_at_once(store, check_counters):
    def send(name: int) -> None:
        for number in range(25):
            store.add(arrival(raw_message(f"t{name}-{number}"))).result(10)

    senders = [threading.Thread(target=send, args=(name,)) for name in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(20)
    assert store.counts().total == 200
    assert len({item.uid for item in store.page(limit=200).items}) == 200
    check_counters(store)


def test_a_message_for_many_recipients_keeps_each_of_them(store):
    accepted = tuple(Recipient(f"r{number}@example.com") for number in range(1_000))
    refused = tuple(Recipient(f"n{number}@example.com", reply=Reply(452, "4.5.3", "Too many")) for number in range(5))
    (public_id,) = keep(
        store, arrival(transaction=Transaction(session(), Envelope("a@example.org", accepted, refused)))
    )
    stored = store.message("default", public_id)
    assert stored is not None
    assert (stored.envelope.recipients, stored.envelope.refused) == (accepted, refused)
    assert (stored.summary.recipient_count, len(stored.summary.recipients)) == (1_000, 5)


def test_closing_writes_what_is_queued(tmp_path):
    store = Store.open(tmp_path / "mail.db")
    futures = [store.add(arrival(received_at=NOW)) for _ in range(100)]
    store.close()
    assert all(future.exception(0) is None for future in futures)
    with Store.open(tmp_path / "mail.db") as again:
        assert again.counts().total == 100
        assert len(subjects(again, "hello", limit=200)) == 100


def test_free_pages_go_back_to_the_file_system(tmp_path):
    with Store.open(tmp_path / "mail.db", StoreOptions(limits=Limits(max_messages=None), compression=0)) as store:
        keep(store, *(arrival(raw_message(text="x" * 50_000)) for _ in range(200)))
        store.delete("default", Selection.everything()).result(10)

        def is_small() -> bool:
            with store._readers.connect() as connection:
                return bool(connection.exec_driver_sql("PRAGMA page_count").scalar_one() < 1_000)

        assert eventually(is_small)
