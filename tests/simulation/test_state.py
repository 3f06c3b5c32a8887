"""Steps of the state: tables of tries, one line each."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.outcome import Greylist, Quota, Rate
from mailpit_py.simulation.state import (
    IDLE,
    SECOND,
    Change,
    Ledger,
    Record,
    after_deletion,
    has_room,
    is_void,
    key_of,
    parts_of,
    release,
    step_count,
    step_greylist,
    step_quota,
    step_rate,
    step_tries,
    suppression,
    void_keys,
)


def walk(step, tries):
    """Take tries one after the other, as (seconds, ...) each; return whether each passes."""
    record, results = None, []
    for at, *rest in tries:
        now = at * SECOND
        record = None if record is None or is_void(record, now) else record
        record, passes = step(record, *rest, now)
        results.append(passes)
    return results


@pytest.mark.parametrize(
    ("greylist", "idle", "seconds", "expected"),
    [
        (Greylist(), IDLE, [0, 0, 0, 0], [False, True, False, True]),
        (Greylist(times=2), IDLE, [0, 1, 2, 3], [False, False, True, False]),
        (Greylist(wait=30), IDLE, [0, 10, 29, 30, 31], [False, False, False, True, False]),
        (Greylist(times=2, wait=30), IDLE, [0, 31, 32], [False, False, True]),
        (Greylist(), IDLE, [0, 599], [False, True]),
        (Greylist(), IDLE, [0, 600], [False, False]),  # forgotten after ten idle minutes
        (Greylist(), None, [0, 600], [False, True]),  # a rule's greylist is not
        (Greylist(), None, [0, 4 * 3600], [False, False]),  # the window is over
        (Greylist(times=3, window=10), None, [0, 4, 11], [False, False, False]),
        (Greylist(wait=900, window=3600), IDLE, [0, 900], [False, True]),  # idle time counts from the wait's end
    ],
)
def test_greylisting(greylist, idle, seconds, expected):
    assert (
        walk(lambda record, now: step_greylist(record, greylist, now, idle=idle), [(at,) for at in seconds]) == expected
    )


def test_an_expired_window_is_seen_without_the_ledger():
    first, _ = step_greylist(None, Greylist(window=5), 0)
    again, passes = step_greylist(first, Greylist(window=5), 5 * SECOND)
    assert (again.first_at, passes) == (5 * SECOND, False)


@pytest.mark.parametrize(
    ("quota", "sizes", "expected"),
    [
        (Quota(messages=3, times=1), [1] * 8, [True, True, True, False, True, True, True, False]),
        (Quota(messages=1, times=2), [1] * 5, [True, False, False, True, False]),
        (Quota(messages=2), [1] * 5, [True, True, False, False, False]),
        (Quota(size_bytes=100, times=1), [60, 40, 1, 60], [True, True, False, True]),
        (Quota(size_bytes=100), [60, 50, 40, 1], [True, False, True, False]),
        (Quota(messages=2, size_bytes=10), [9, 2, 1, 0], [True, False, True, False]),
    ],
)
def test_quota(quota, sizes, expected):
    def step(record, size, now):
        return step_quota(record, quota, size, now, idle=IDLE)

    assert walk(step, [(0, size) for size in sizes]) == expected


def test_a_quota_is_forgotten_when_idle_and_kept_without_idle():
    quota = Quota(messages=1)
    assert step_quota(None, quota, 1, 5, idle=IDLE)[0].expires_at == 5 + IDLE
    assert step_quota(None, quota, 1, 5)[0].expires_at is None


@pytest.mark.parametrize(
    ("messages", "size", "count", "left"), [(1, 10, 2, 20), (0, 0, 3, 30), (2, 99, 1, 0), (3, 30, None, None)]
)
def test_deleting_mail_makes_room(messages, size, count, left):
    after = release(Record("quota", count=3, fired=4, size_bytes=30), messages, size)
    assert (after and (after.count, after.size_bytes, after.fired)) == (None if count is None else (count, left, 0))


def test_room_is_asked_for_without_taking_it():
    assert has_room(None, Quota(messages=1), 5)
    assert not has_room(Record("quota", count=1), Quota(messages=1), 5)


@pytest.mark.parametrize(
    ("rate", "seconds", "expected"),
    [
        (Rate(2, 60), [0, 1, 2, 59, 60, 61, 62], [True, True, False, False, True, True, False]),
        (Rate(1, 0.5), [0, 0, 1, 1], [True, False, True, False]),
    ],
)
def test_rate(rate, seconds, expected):
    assert walk(lambda record, now: step_rate(record, rate, now), [(at,) for at in seconds]) == expected


def test_a_span_that_is_over_is_seen_without_the_ledger():
    record, _ = step_rate(None, Rate(1, 1), 0)
    assert step_rate(record, Rate(1, 1), SECOND)[1]


@pytest.mark.parametrize(
    ("times", "draws", "expected"),
    [
        (2, [1, 1, 1, 1, 1, 1], [True, True, False, True, True, False]),
        (1, [1, 0, 1], [True, False, False, True, False]),
        (0, [1, 0, 1], [True, False, True]),
        (2, [0, 1, 0], [False, True, True, False, False]),
    ],
)
def test_cycles_of_failing_tries(times, draws, expected):
    record, results = None, []
    for _ in expected:
        record, fails = step_tries(record, times, 0, lambda count: bool(draws[count - 1]))
        results.append(fails)
    assert results == expected


def test_counting_remembers_first_and_last():
    record = step_count(step_count(None, 5), 9, idle=10)
    assert (record.count, record.first_at, record.last_at, record.expires_at) == (2, 5, 9, 19)


def test_suppression_stays():
    record = suppression("550 5.1.1 gone", 7)
    assert (record.kind, record.note, record.expires_at) == ("suppression", "550 5.1.1 gone", None)


RECORDS = st.builds(
    Record,
    kind=st.sampled_from(["count", "quota"]),
    count=st.integers(0),
    first_at=st.integers(0),
    expires_at=st.none() | st.integers(0),
    note=st.text(),
)


@settings(deadline=None)
@given(RECORDS)
def test_a_record_survives_json(record):
    written = json.dumps(record.as_mapping() | {"added_later": 1})
    assert Record.of(json.loads(written)) == record


def test_keys_cannot_be_confused():
    assert key_of("quota", "a b", "c") != key_of("quota", "a", "b c")
    assert key_of("quota", "\udcff\ud800@x").isascii()


def test_the_ledger_reads_through_and_forgets_what_is_void():
    ledger = Ledger({"a": Record("count", count=1), "b": Record("count", expires_at=5)})
    assert ledger.get("a", 0).count == 1
    assert (ledger.get("b", 4) is not None, ledger.get("b", 5), ledger.get("c", 0)) == (True, None, None)
    ledger.put("a", None)
    ledger.put("c", Record("count"))
    ledger.put("c", None)  # never known: nothing to write
    ledger.put("d", Record("count", count=2))
    assert ledger.get("a", 0) is None
    assert ledger.changes == (Change("a", None), Change("d", Record("count", count=2)))


def test_a_key_can_be_shown():
    assert parts_of(key_of("quota", "address", "default", "a@b")) == ["quota", "address", "default", "a@b"]


def test_what_is_void_can_be_pruned():
    state = {"a": Record("count", expires_at=5), "b": Record("count"), "c": Record("count", expires_at=6)}
    assert void_keys(state, 5) == ("a",)


def test_deleting_mail_gives_room_to_the_quotas_that_count_it():
    full = Record("quota", count=1, size_bytes=9)
    state = {
        key_of("quota", "address", "default", "s@a.example", "ann@b.example"): full,
        key_of("quota", "address", "other", "s@a.example", "ann@b.example"): full,
        key_of("quota", "address", "default", "s@a.example", "bob@b.example"): full,
        key_of("quota", "rule", "one", "default ann@b.example"): full,
        key_of("quota", "rule", "two", "b.example"): replace(full, count=3, size_bytes=50),
        key_of("quota", "rule", "three", ""): full,
        key_of("count", "rule", "three", ""): full,
    }
    changes = after_deletion(state, "default", "Ann@b.example", 1, 9)
    assert {tuple(parts_of(change.key)[1:]): change.record and change.record.count for change in changes} == {
        ("address", "default", "s@a.example", "ann@b.example"): None,
        ("rule", "one", "default ann@b.example"): None,
        ("rule", "two", "b.example"): 2,
        ("rule", "three", ""): None,
    }
