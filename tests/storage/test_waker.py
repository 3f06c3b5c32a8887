"""When the writer is woken, and what goes in one group."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from mailpit_py.storage import Store
from mailpit_py.storage.waker import Waker
from tests.storage.building import arrival, raw_message


def test_a_thread_without_a_loop_wakes_at_once():
    woken: list[str] = []
    waker = Waker(lambda: woken.append("now"))
    waker()
    waker()
    assert woken == ["now", "now"]


def test_a_loop_wakes_once_at_the_end_of_each_turn():
    woken: list[str] = []
    turn: list[Callable[[], None]] = []
    waker = Waker(lambda: woken.append("now"))
    waker.defer(turn.append)
    for _ in range(3):
        waker()
    assert (woken, len(turn)) == ([], 1)
    turn.pop()()
    assert woken == ["now"]
    waker()
    assert len(turn) == 1


def test_what_a_turn_adds_is_written_when_it_ends(store: Store):
    turn: list[Callable[[], None]] = []

    def add_in_a_turn() -> None:
        store.gather(turn.append)
        futures = [store.add(arrival(raw_message(f"m{number}"))) for number in range(5)]
        turn.pop()()
        for future in futures:
            future.result(10)

    with ThreadPoolExecutor(1) as loop:
        loop.submit(add_in_a_turn).result(20)
    assert store.counts().total == 5


def test_other_threads_do_not_wait_for_the_end_of_a_turn(store: Store):
    turn: list[Callable[[], None]] = []

    def begin_a_turn() -> Future[None]:
        store.gather(turn.append)
        return store.add(arrival(raw_message("of the turn")))

    with ThreadPoolExecutor(1) as loop:
        first = loop.submit(begin_a_turn).result(20)
        store.add(arrival(raw_message("of another thread"))).result(10)
        first.result(10)
    assert len(turn) == 1
