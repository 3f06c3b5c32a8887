"""The relay queue's table: what waits, what has ended, and what a restart leaves of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.errors import StorageFull
from mailpit_py.identity import new_public_id
from mailpit_py.storage import NewRelayItem, RelayRecipient, RelayState, Selection, Store, relays
from tests.storage.building import NOW, arrival, keep

SENT, FAILED, WAITING = RelayState.SENT, RelayState.FAILED, RelayState.WAITING


def item(message: str, *recipients: str, **more: Any) -> NewRelayItem:
    values: dict[str, Any] = {
        "public_id": new_public_id(),
        "inbox": "default",
        "message": message,
        "kind": "release",
        "reverse_path": "app@example.org",
        "recipients": recipients or ("ann@example.com",),
        "raw": b"Subject: x\r\n\r\nbody\r\n" * 50,
        "created_at": NOW,
    }
    return NewRelayItem(**{**values, **more})


def queued(store: Store, *recipients: str, **more: Any) -> NewRelayItem:
    (public_id,) = keep(store, arrival())
    one = item(public_id, *recipients, **more)
    store.relay.add([one]).result(10)
    return one


def test_an_item_waits_for_its_time(store: Store) -> None:
    one = queued(store)
    assert store.relay.due(NOW - 1) == ()
    (due,) = store.relay.due(NOW)
    assert (due.public_id, due.message, due.state, due.waiting) == (one.public_id, one.message, WAITING, one.recipients)
    assert (due.subject, due.size_bytes, store.relay.raw(one.public_id)) == ("Hello", len(one.raw), one.raw)
    assert store.relay.next_due() == NOW


@pytest.mark.parametrize(
    ("states", "state"),
    [((SENT, SENT), RelayState.SENT), ((SENT, FAILED), RelayState.PARTLY), ((FAILED, FAILED), RelayState.FAILED)],
)
def test_an_item_that_has_ended_keeps_what_was_said_but_no_bytes(store: Store, states, state) -> None:
    one = queued(store, "a@b.c", "d@e.f")
    said = [RelayRecipient(to, how, 250, "ok") for to, how in zip(one.recipients, states, strict=True)]
    assert store.relay.record(one.public_id, said, "", next_at=None).result(10)
    ended = store.relay.item(one.public_id)
    assert ended is not None
    assert (ended.state, ended.recipients, ended.tries, ended.next_at) == (state, tuple(said), 1, None)
    assert store.relay.raw(one.public_id) is None
    assert store.relay.next_due() is None
    assert not store.relay.record(one.public_id, said, "", next_at=None).result(10)


def test_one_that_is_tried_again_waits_with_what_was_said(store: Store) -> None:
    one = queued(store)
    said = [RelayRecipient("ann@example.com", WAITING, 451, "later")]
    store.relay.record(one.public_id, said, "451 later", next_at=NOW + 5).result(10)
    assert store.relay.due(NOW) == ()
    (due,) = store.relay.due(NOW + 5)
    assert (due.tries, due.said, due.recipients) == (1, "451 later", tuple(said))
    assert store.relay.retry(one.public_id, at=NOW + 1).result(10)
    assert store.relay.due(NOW + 1)


def test_one_that_is_cancelled_is_neither_tried_nor_recorded(store: Store) -> None:
    one = queued(store)
    assert store.relay.cancel(one.public_id).result(10)
    assert not store.relay.cancel(one.public_id).result(10)
    assert not store.relay.retry(one.public_id, at=NOW).result(10)
    assert not store.relay.record(one.public_id, [], "", next_at=NOW).result(10)
    cancelled = store.relay.item(one.public_id)
    assert cancelled is not None
    assert cancelled.state is RelayState.CANCELLED


def test_it_outlives_its_message_and_the_process(tmp_path: Path) -> None:
    with Store.open(tmp_path / "mail.db") as store:
        one = queued(store)
        store.relay.add([], cursor=store.head()).result(10)
        store.delete("default", Selection.ids([one.message])).result(10)
        head = store.head()
    with Store.open(tmp_path / "mail.db") as store:
        (due,) = store.relay.due(NOW)
        assert (due.message, store.relay.raw(due.public_id)) == ("", one.raw)
        cursor = store.relay.cursor()
        assert cursor is not None
        assert (cursor.epoch, cursor < head) == (head.epoch, True)
        store.relay.forget_cursor().result(10)
        assert store.relay.cursor() is None


def test_the_list_is_chosen_from_and_turned_over_page_by_page(store: Store) -> None:
    items = [queued(store) for _ in range(5)]
    store.relay.cancel(items[0].public_id).result(10)
    newest_first = [one.public_id for one in reversed(items)]
    first = store.relay.page("default", limit=3)
    rest = store.relay.page("default", limit=3, before=first.next)
    assert [one.public_id for one in (*first.items, *rest.items)] == newest_first
    assert rest.next is None
    assert len(store.relay.page("default", state="waiting").items) == 4
    (of_message,) = store.relay.page("default", message=items[2].message).items
    assert of_message.public_id == items[2].public_id


def test_the_queue_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch, run_sql: Callable[..., list[Any]]) -> None:
    monkeypatch.setattr(relays, "WAITING_AT_MOST", 3)
    monkeypatch.setattr(relays, "ENDED_KEPT", 2)
    items = [queued(store) for _ in range(3)]
    with pytest.raises(StorageFull, match="3 messages wait"):
        store.relay.add([item(items[0].message)]).result(10)
    for one in items:
        store.relay.cancel(one.public_id).result(10)
    assert [one.public_id for one in store.relay.page("default").items] == [one.public_id for one in items[:0:-1]]


def test_what_was_deleted_in_this_moment_is_not_queued(store: Store) -> None:
    store.relay.add([item(new_public_id())]).result(10)
    assert store.relay.next_due() is None


def test_the_journal_tells_when_the_queue_has_changed(store: Store) -> None:
    (public_id,) = keep(store, arrival())
    start = store.head()

    def told() -> list[tuple[str, str]]:
        nonlocal start
        changes = store.changes(start)
        start = changes.cursor
        return [(one.inbox, one.kind) for one in changes.items]

    one = item(public_id)
    store.relay.add([one, item(public_id)]).result(10)
    assert told() == [("default", "relay")]
    store.relay.record(one.public_id, [RelayRecipient("a", WAITING)], "later", next_at=NOW + 1).result(10)
    assert told() == [("default", "relay")]
    store.relay.retry(one.public_id, at=NOW).result(10)
    assert told() == [("default", "relay")]
    store.relay.cancel(one.public_id).result(10)
    assert told() == [("default", "relay")]
    store.relay.cancel(one.public_id).result(10)  # it has ended
    assert told() == []
