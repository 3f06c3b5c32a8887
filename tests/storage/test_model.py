"""Random histories against a plain Python model: whatever was done, the store and the model say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpit_py.storage import TRASH, Limits, Selection, Store, StoreOptions
from tests.storage.building import arrival, keep, raw_message

WORDS = ("alpha", "alphabet", "beta", "betamax", "gamma", "Äpfel")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
STEPS = st.one_of(
    st.tuples(st.just("add"), texts),
    st.tuples(st.just("add"), texts),
    st.tuples(st.just("mark"), st.integers(0, 30), st.booleans(), st.booleans()),
    st.tuples(st.just("delete"), st.integers(0, 30)),
    st.tuples(st.just("discard"), st.integers(0, 30)),
    st.tuples(st.just("delete matching"), st.sampled_from(WORDS)),
    st.tuples(st.just("search"), st.sampled_from(("alpha", "eta", "pfel", "gam"))),
    st.tuples(st.just("clear")),
    st.tuples(st.just("reopen")),
)


def plain(text: str) -> str:
    return text.lower().replace("ä", "a")


class History:
    """A store, and what it should contain: public id -> [text, seen, pinned], oldest first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model: dict[str, list[Any]] = {}
        self.trash: dict[str, list[Any]] = {}
        self.ever = 0
        self.store = self.opened()

    def opened(self) -> Store:
        return Store.open(self.path, StoreOptions(limits=Limits(max_messages=None)))

    def do(self, kind: str, *values: Any) -> None:
        getattr(self, "do_" + kind.replace(" ", "_"))(*values)

    def named(self, number: int) -> list[str]:
        return list(self.model)[number : number + 2]

    def do_add(self, text: str) -> None:
        (public_id,) = keep(self.store, arrival(raw_message("s", text)))
        self.model[public_id] = [text, False, False]
        self.ever += 1

    def do_mark(self, number: int, seen: bool, pinned: bool) -> None:
        self.store.mark("default", Selection.ids(self.named(number)), seen=seen, pinned=pinned).result(10)
        for one in self.named(number):
            self.model[one][1:] = [seen, pinned]

    def do_delete(self, number: int) -> None:
        names = self.named(number)
        assert self.store.delete("default", Selection.ids(names)).result(10) == len(names)
        for one in names:
            del self.model[one]

    def do_discard(self, number: int) -> None:
        names = self.named(number)
        assert self.store.maildrops.discard("default", names).result(10) == len(names)
        for one in names:
            self.trash[one] = self.model.pop(one)

    def do_delete_matching(self, word: str) -> None:
        query = self.store.parse_query(word)
        gone = self.holding(word)  # Trash keeps what it has: a search is of one mailbox
        assert self.store.delete("default", Selection.matching(query)).result(10) == len(gone)
        for one in gone:
            del self.model[one]

    def do_search(self, word: str) -> None:
        found = [item.public_id for item in self.store.page(query=self.store.parse_query(word), limit=200).items]
        assert found == self.holding(word)[::-1]

    def do_clear(self) -> None:
        assert self.store.delete("default", Selection.everything()).result(10) == len(self.model) + len(self.trash)
        self.model.clear()
        self.trash.clear()

    def do_reopen(self) -> None:
        self.store.close()
        self.store = self.opened()

    def holding(self, word: str) -> list[str]:
        return [one for one, (text, _, _) in self.model.items() if plain(word) in plain(text)]

    def check(self) -> None:
        rows = self.store.page(limit=200).items
        assert [(row.public_id, row.snippet, row.seen, row.pinned) for row in rows] == [
            (one, *values) for one, values in reversed(self.model.items())
        ]
        trashed = self.store.page(limit=200, mailbox=TRASH).items
        assert {row.public_id: [row.snippet, row.seen, row.pinned] for row in trashed} == self.trash
        counts = self.store.counts()
        assert (counts.total, counts.unread) == (len(rows), sum(not row.seen for row in rows))
        if rows:
            assert rows[0].uid <= self.ever


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=25))
def test_any_history_leaves_what_the_model_says(
    check_index: Callable[[Store], None], check_counters: Callable[[Store], None], steps: list[tuple[Any, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder, "mail.db"))
        try:
            for step in steps:
                history.do(*step)
            history.check()
            check_counters(history.store)
            check_index(history.store)
        finally:
            history.store.close()


@pytest.mark.parametrize(
    "steps",
    [
        [("add", "alpha"), ("delete", 0), ("search", "alpha"), ("add", "alpha"), ("search", "alpha")],
        [("add", "alpha"), ("search", "eta"), ("delete", 0), ("reopen",), ("add", "beta"), ("search", "eta")],
        [("add", "beta"), ("discard", 0), ("search", "eta"), ("add", "beta"), ("reopen",), ("delete matching", "beta")],
        [("add", "beta"), ("discard", 0), ("clear",), ("add", "beta"), ("discard", 0), ("search", "eta")],
        [("add", "beta"), ("clear",), ("add", "beta"), ("search", "eta"), ("reopen",), ("search", "eta")],
    ],
)
def test_histories_that_went_wrong_or_might(tmp_path, check_index, check_counters, steps):
    history = History(tmp_path / "mail.db")
    for step in steps:
        history.do(*step)
    history.check()
    check_counters(history.store)
    check_index(history.store)
    history.store.close()
