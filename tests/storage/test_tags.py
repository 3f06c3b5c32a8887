"""Tags in the store: with the message from its first moment, and gone with the last that has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailpit_py.errors import NotFound, Taken
from mailpit_py.storage import Selection, Store, Summary
from tests.storage.building import arrival, keep


def tagged(store: Store, *names: str, public_id: str = "") -> str:
    one = arrival(public_id=public_id, tagger=lambda *_: names)
    keep(store, one)
    return one.public_id


def tags_of(store: Store, public_id: str) -> tuple[str, ...]:
    (found,) = store.summaries("default", (public_id,))
    assert isinstance(found, Summary)
    return found.tags


def kinds(store: Store, since: Any) -> list[str]:
    return [change.kind for change in store.changes(since).items]


def test_a_message_is_never_seen_without_its_tags(store: Store) -> None:
    before = store.head()
    public_id = tagged(store, "b", "A")
    assert tags_of(store, public_id) == ("A", "b")
    assert kinds(store, before) == ["added"]


def test_replacing_is_told_with_the_messages(store: Store) -> None:
    one, two = tagged(store, "old"), tagged(store)
    before = store.head()
    assert store.tags.replace("default", Selection.ids([one, two, "unknown"]), ["new"]).result(10) == 2
    assert (tags_of(store, one), tags_of(store, two), store.tags.names("default")) == (("new",), ("new",), ("new",))
    (change,) = store.changes(before).items
    assert (change.kind, {ref.public_id for ref in change.refs}) == ("tagged", {one, two})


def test_many_are_tagged_in_pieces(store: Store) -> None:
    for _ in range(450):
        store.add(arrival())
    keep(store, arrival())
    assert store.tags.replace("default", Selection.everything(), ["all"]).result(20) == 451
    assert store.tags.counts("default") == {"all": 451}
    assert store.count(query=store.parse_query("tag:ALL")) == store.count(query=store.parse_query("is:tagged")) == 451


def test_renaming_and_dropping_are_told(store: Store) -> None:
    public_id = tagged(store, "old", "other")
    before = store.head()
    store.tags.rename("default", "OLD", "New").result(10)
    assert tags_of(store, public_id) == ("New", "other")
    store.tags.drop("default", "new").result(10)
    assert tags_of(store, public_id) == ("other",)
    assert kinds(store, before) == ["tags", "tags"]


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda tags: tags.rename("default", "none", "x"), NotFound, "tag not found: none"),
        (lambda tags: tags.rename("default", "one", "TWO"), Taken, "tag already exists: TWO"),
        (lambda tags: tags.drop("default", "none"), NotFound, "tag not found: none"),
        (lambda tags: tags.drop("nowhere", "one"), NotFound, "tag not found: one"),
    ],
)
def test_what_cannot_be_done_is_told_and_hurts_nothing(
    store: Store, work: Callable[[Any], Any], error: type[Exception], words: str
) -> None:
    tagged(store, "one", "two")
    with pytest.raises(error, match=words):
        work(store.tags).result(10)
    assert store.tags.names("default") == ("one", "two")


def test_a_name_that_only_dead_mail_had_is_free(store: Store) -> None:
    tagged(store, "Name")
    store.delete("default", Selection.everything()).result(10)
    assert store.tags.names("default") == ()
    public_id = tagged(store, "NAME", "other")
    assert tags_of(store, public_id) == ("NAME", "other")
    tagged(store, "gone", public_id="g")
    store.delete("default", Selection.ids(["g"])).result(10)
    store.tags.rename("default", "other", "Gone").result(10)
    assert tags_of(store, public_id) == ("Gone", "NAME")


def test_unused_tags_leave_the_table(store: Store, run_sql: Callable[..., list[Any]]) -> None:
    public_id = tagged(store, "one")
    store.tags.replace("default", Selection.ids([public_id]), []).result(10)
    assert run_sql(store, "SELECT count(*) FROM tag") == [(0,)]


def test_an_arrival_that_cannot_be_read_is_kept_without_tags(store: Store) -> None:
    def fails(*_: Any) -> tuple[str, ...]:
        raise RuntimeError("a tagger that fails")

    keep(store, arrival(public_id="one", tagger=fails))
    assert tags_of(store, "one") == ()
