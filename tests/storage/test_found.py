"""What a search finds by the ids of messages, and the day on which a message says that it was sent."""

from __future__ import annotations

import os

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.mail import read
from mailpit_py.storage import Store
from mailpit_py.storage.evaluation import Facts, matches
from mailpit_py.storage.folders import HEAD_BYTES
from mailpit_py.storage.query import All, HeaderField, Node, Not, Sent, Text
from tests.storage.building import NOW, arrival, keep, raw_message

DAY = 86_400_000_000
NEW_YEAR = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
DATES = {
    1: "Wed, 31 Dec 2025 23:30:00 -0800",  # on its writer's clock still the old year
    2: "Thu, 1 Jan 2026 00:30:00 +1400",
    3: "Thu, 1 Jan 2026 12:00:00 +0000",
    4: "Sun, 1 Mar 2026 12:00:00 +0000",
    5: "no date",
}
RAWS = [raw_message(f"Number {number}", Date=date) for number, date in DATES.items()] + [raw_message("Number 6")]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Sent(NEW_YEAR, NEW_YEAR + DAY), {2, 3}),
        (Sent(since=NEW_YEAR), {2, 3, 4}),
        (Sent(until=NEW_YEAR), {1}),
        (Sent(since=NEW_YEAR + 30 * DAY), {4}),
        (Sent(until=NEW_YEAR + 300 * DAY), {1, 2, 3, 4}),
        (Not(Sent(since=NEW_YEAR)), {1, 5, 6}),
        (All((Sent(since=NEW_YEAR), Text("Number", "subject"))), {2, 3, 4}),
        (HeaderField("date", "mar 2026"), {4}),
    ],
)
def test_the_day_of_sending_is_that_of_the_writer(store: Store, node: Node, expected: set[int]) -> None:
    keep(store, *(arrival(raw) for raw in RAWS))
    assert store.folders.found("default", node) == expected
    facts = [Facts(read(raw), {"subject": f"Number {number}"}, NOW, 0) for number, raw in enumerate(RAWS, 1)]
    assert {number for number, one in enumerate(facts, 1) if matches(node, one)} == expected


def test_what_was_just_stored_is_found_in_every_mailbox(store: Store) -> None:
    keep(store, arrival(raw_message("Apples"), public_id="A" * 22), arrival(raw_message("Pears")))
    store.maildrops.discard("default", ["A" * 22]).result(10)
    assert store.folders.found("default", Text("apples", "subject")) == {1}


def test_an_inbox_that_is_not_there_has_nothing_to_search(store: Store) -> None:
    with pytest.raises(NotFound):
        store.folders.found("elsewhere", Text("apples"))


@pytest.mark.parametrize(
    "body", [b"x" * 3_000_000, os.urandom(1_000_000), b"short"], ids=["packed", "as it is", "short"]
)
def test_the_head_of_a_message_is_its_first_octets(store: Store, body: bytes) -> None:
    raw = raw_message() + body
    keep(store, arrival(raw), arrival(raw + b"!"))
    assert store.folders.heads([1, 2, 3]) == {1: raw[:HEAD_BYTES], 2: (raw + b"!")[:HEAD_BYTES]}
    assert store.folders.fitting([1, 2], 2 * HEAD_BYTES, of_each=HEAD_BYTES) == 2
