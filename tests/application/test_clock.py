"""Sandbox time: how it moves, stands still and comes back, and that it is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailpit_py.application.clock import FURTHEST, Clock
from mailpit_py.errors import ClockError, NotFound
from mailpit_py.storage import Store

NOON = 1_795_435_200_000_000
HOUR = 3_600_000_000


class HandClock(Clock):
    """Wall time that is moved by hand."""

    def __init__(self, now: int = NOON) -> None:
        super().__init__()
        self.now = now

    def wall(self) -> int:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        yield store


def test_sandbox_time_is_wall_time_until_it_is_moved(clock):
    assert clock.sandbox() == NOON
    clock.move("default", NOON + HOUR)
    assert (clock.sandbox(), clock.wall()) == (NOON + HOUR, NOON)
    clock.now += 5
    assert clock.sandbox() == NOON + HOUR + 5


def test_a_running_clock_moves_by_nothing_as_well():
    clock = Clock()
    before, after = clock.move("default", by=0)
    assert before == after


def test_a_clock_that_stands_still_moves_when_it_is_moved(clock):
    clock.freeze("default")
    clock.now += HOUR
    assert clock.sandbox() == NOON
    clock.move("default", NOON + 7)
    clock.now += HOUR
    assert clock.sandbox() == NOON + 7


def test_a_clock_runs_on_from_where_it_stands(clock):
    clock.freeze("default", NOON - HOUR)
    assert clock.sandbox() == NOON - HOUR
    clock.now += 3
    clock.resume("default")
    clock.now += 4
    assert clock.sandbox() == NOON - HOUR + 4


def test_a_reset_clock_goes_with_wall_time_again(clock):
    clock.move("default", NOON + HOUR)
    clock.freeze("default")
    clock.reset("default")
    assert clock.sandbox() == NOON


def test_time_goes_forward_only(clock):
    clock.move("default", NOON + HOUR)
    with pytest.raises(ClockError, match="forward only"):
        clock.move("default", NOON)
    assert clock.sandbox() == NOON + HOUR


def test_a_clock_stays_within_what_mail_can_date(clock):
    with pytest.raises(ClockError, match="hundred years"):
        clock.move("default", NOON + FURTHEST + 1)
    with pytest.raises(ClockError, match="hundred years"):
        clock.freeze("default", NOON - FURTHEST - 1)
    assert clock.sandbox() == NOON


def test_each_inbox_has_its_own(clock):
    clock.move("team", NOON + HOUR)
    assert (clock.sandbox("team"), clock.sandbox("default")) == (NOON + HOUR, NOON)


def test_the_clock_is_kept_with_the_mail(store):
    first, second = HandClock(), HandClock(NOON + 9)
    first.keep_in(store.agenda.clocks)
    first.move("default", NOON + HOUR)
    second.keep_in(store.agenda.clocks)
    assert second.sandbox() == NOON + HOUR + 9
    first.freeze("default")
    third = HandClock(NOON + HOUR)
    third.keep_in(store.agenda.clocks)
    assert third.sandbox() == NOON + HOUR


def test_a_clock_that_cannot_be_kept_stays_as_it_was(store, clock):
    clock.keep_in(store.agenda.clocks)
    with pytest.raises(NotFound):
        clock.move("nowhere", NOON + HOUR)
    assert clock.sandbox("nowhere") == NOON
