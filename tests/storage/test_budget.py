"""Back-pressure: what is in flight is counted, waiting ends with room or with StorageFull."""

from __future__ import annotations

import threading

import pytest

from mailpit_py.errors import StorageFull
from mailpit_py.storage import Budget, Store, StoreOptions
from tests.storage.building import arrival, eventually, keep, raw_message


def test_the_budget_is_over_from_its_limit_on():
    budget = Budget(100)
    budget.charge(99)
    assert not budget.is_over
    budget.charge(1)
    assert budget.is_over
    budget.refund(50)
    assert (budget.is_over, budget.used_bytes) == (False, 50)


def test_subscribers_are_called_once_when_there_is_room_again():
    budget, calls = Budget(10), []
    unsubscribe = budget.subscribe(lambda: calls.append(budget.used_bytes))
    budget.charge(20)
    for size in (5, 5, 5, 5):
        budget.refund(size)
    assert calls == [5]
    unsubscribe()
    budget.charge(20)
    budget.refund(20)
    assert calls == [5]


def test_acquiring_waits_for_a_refund():
    budget = Budget(10)
    budget.acquire(8)
    waiting = threading.Thread(target=budget.acquire, args=(5,))
    waiting.start()
    budget.refund(8)
    waiting.join(5)
    assert budget.used_bytes == 5


def test_acquiring_gives_up_when_nothing_moves():
    budget = Budget(10)
    budget.acquire(8)
    with pytest.raises(StorageFull):
        budget.acquire(5, timeout=0.01)


def test_content_larger_than_the_budget_is_let_through_alone():
    budget = Budget(10)
    budget.acquire(50, timeout=0.01)
    assert budget.is_over


def test_no_progress_while_over_the_limit_is_a_stall():
    now = [0.0]
    budget = Budget(10, clock=lambda: now[0])
    budget.charge(10)
    now[0] = 29.0
    assert not budget.is_stalled()
    now[0] = 31.0
    assert budget.is_stalled()
    budget.refund(1)
    assert not budget.is_stalled()


def test_a_store_gives_back_what_it_has_written():
    with Store.open(None, StoreOptions(budget_bytes=1_000)) as store:
        keep(store, *(arrival(raw_message(text="x" * 5_000)) for _ in range(5)))
        assert eventually(lambda: store.budget.used_bytes == 0)


def test_a_stalled_store_refuses_messages():
    with Store.open(None, StoreOptions(budget_bytes=1_000)) as store:
        store.budget.charge(1_000)
        store.budget._progress_at -= 60
        with pytest.raises(StorageFull):
            store.add(arrival()).result(5)
