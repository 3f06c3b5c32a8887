"""Stores, and a look at their tables past the facade."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from mailpit_py.storage import Limits, Store, StoreOptions


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        yield store


@pytest.fixture
def run_sql() -> Callable[..., list[Any]]:
    """Run a statement on a connection of its own, as another program would."""

    def run(store: Store, sql: str, *parameters: Any) -> list[Any]:
        with closing(sqlite3.connect(store.path, timeout=10)) as connection, connection:
            return connection.execute(sql, parameters).fetchall()

    return run


@pytest.fixture
def tables(run_sql: Callable[..., list[Any]]) -> Callable[[Store], dict[str, int]]:
    """How many rows each table of the schema has; the search index is left out."""

    def count(store: Store) -> dict[str, int]:
        names = run_sql(
            store,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' "
            "AND name NOT LIKE 'term%' AND name NOT LIKE 'sqlite_%'",
        )
        return {name: run_sql(store, f"SELECT count(*) FROM {name}")[0][0] for (name,) in names}

    return count
