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


@pytest.fixture
def check_index(run_sql: Callable[..., list[Any]]) -> Callable[[Store], None]:
    """Compare the search index with one that is built anew from the stored texts."""

    def check(store: Store) -> None:
        store.page(query=store.parse_query("waits for the index"))
        with closing(sqlite3.connect(store.path, timeout=10)) as connection:
            for table in ("search", "term_index"):  # raises if index and content differ
                connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
            connection.execute("CREATE VIRTUAL TABLE temp.found USING fts5vocab('main', 'search', 'instance')")
            before = connection.execute("SELECT * FROM found").fetchall()
            connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
            assert connection.execute("SELECT * FROM found").fetchall() == before
            words = {row[0] for row in before if 3 <= len(row[0]) <= 200}
            assert words <= {term for (term,) in connection.execute("SELECT term FROM term")}
            connection.rollback()

    return check


@pytest.fixture
def check_counters() -> Callable[[Store], None]:
    """Compare every counter and every allocator with what it counts, in one snapshot."""

    def check(store: Store) -> None:
        with closing(sqlite3.connect(store.path, timeout=10)) as connection:
            connection.execute("BEGIN")
            for kept, counted in COUNTED:
                assert connection.execute(kept).fetchall() == connection.execute(counted).fetchall()
            for stray in STRAYS:
                assert connection.execute(stray).fetchall() == []

    return check


# What is kept, and the same counted anew.
COUNTED = [
    (
        "SELECT id, total, unread, pinned, files, size_bytes FROM mailbox ORDER BY id",
        "SELECT b.id, count(p.id), coalesce(sum(p.seen = 0), 0), coalesce(sum(p.pinned), 0), "
        "coalesce(sum(m.attachment_count > 0), 0), coalesce(sum(m.size_bytes), 0) FROM mailbox b "
        "LEFT JOIN placement p ON p.mailbox_id = b.id LEFT JOIN message m ON m.id = p.message_id "
        "GROUP BY b.id ORDER BY b.id",
    ),
    (
        "SELECT refused FROM inbox ORDER BY id",
        "SELECT count(a.id) FROM inbox i LEFT JOIN attempt a ON a.inbox_id = i.id GROUP BY i.id ORDER BY i.id",
    ),
    (
        "SELECT id, kept FROM session ORDER BY id",
        "SELECT s.id, (SELECT count(*) FROM message WHERE session_id = s.id) "
        "+ (SELECT count(*) FROM attempt WHERE session_id = s.id) FROM session s ORDER BY s.id",
    ),
    ("SELECT message_id FROM content ORDER BY 1", "SELECT id FROM message ORDER BY 1"),
    ("SELECT message_id FROM body ORDER BY 1", "SELECT id FROM message ORDER BY 1"),
]
# What may not be there.
STRAYS = [
    "SELECT b.id FROM mailbox b JOIN placement p ON p.mailbox_id = b.id WHERE p.uid >= b.uidnext",
    "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM placement)",
    "SELECT owner_id FROM delivery WHERE owner_id NOT IN (SELECT id FROM message UNION SELECT id FROM attempt)",
    "SELECT id FROM message WHERE id > (SELECT seq FROM sqlite_sequence WHERE name = 'message')",
]
