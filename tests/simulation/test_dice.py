"""Dice: even, repeatable, and deaf to the order in which they are thrown."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.dice import digest, fraction


@settings(deadline=None)
@given(st.integers(), st.text(), st.text(), st.integers(0))
def test_a_throw_lies_in_range_and_is_the_same_each_time(seed, rule, key, count):
    assert 0 <= fraction(seed, rule, key, count) < 1
    assert fraction(seed, rule, key, count) == fraction(seed, rule, key, count)


def test_the_numbers_are_the_same_in_every_version():
    assert digest(1, "rule", "key").hex() == "3a9f1a85304a60368de3e488cf1b2769"


def test_parts_are_framed():
    assert digest(1, "ab", "c") != digest(1, "a", "bc")


def test_the_seed_matters():
    assert digest(1, "a") != digest(2, "a")


def test_order_changes_nothing():
    throws = [(f"key{key}", count) for key in range(50) for count in range(20)]
    in_order = {throw: fraction(7, "rule", *throw) for throw in throws}
    random.Random(3).shuffle(throws)
    assert {throw: fraction(7, "rule", *throw) for throw in throws} == in_order


def test_throws_are_even():
    buckets = [0] * 10
    for count in range(10_000):
        buckets[int(fraction(1, "rule", "key", count) * 10)] += 1
    assert all(880 < bucket < 1120 for bucket in buckets)  # four standard deviations


def test_addresses_that_are_no_text_can_be_thrown_for():
    assert 0 <= fraction(1, "\udcff", "\ud800", 1) < 1
