"""The INSERT statements of the hot path: written once, and for several rows at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Table

# The usual groups are one statement each, and few enough that all of them stay prepared.
# 16 rows of the widest table are fewer variables than any SQLite takes (999).
_ROWS_AT_ONCE = (16, 8, 7, 6, 5, 4, 3, 2, 1)


class Insert:
    """An INSERT of rows with these columns, in this order.

    Rows go in together where they can: sqlite3 gives up the interpreter's lock for each step of a
    statement, and beside a busy event loop getting it back costs more than a row does. `values` are
    expressions in place of plain parameters, by column; each takes one. `conflict` is the clause
    for rows that are there already. Raises KeyError for a column that the table does not have.
    """

    def __init__(
        self, table: Table, columns: Sequence[str], *, values: dict[str, str] | None = None, conflict: str = ""
    ) -> None:
        names = ", ".join(f'"{table.columns[name].name}"' for name in columns)
        row = ", ".join((values or {}).get(name, "?") for name in columns)
        self._texts = {
            count: f"INSERT INTO {table.name} ({names}) VALUES {', '.join([f'({row})'] * count)} {conflict}"
            for count in _ROWS_AT_ONCE
        }

    def run(self, connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the rows in their order."""
        if (whole := self._texts.get(len(rows))) is not None:
            self._execute(connection, whole, rows)
            return
        start = 0
        for count, text in self._texts.items():
            while len(rows) - start >= count:
                self._execute(connection, text, rows[start : start + count])
                start += count

    @staticmethod
    def _execute(connection: sqlite3.Connection, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        # `execute` would also ask for the last row's id, which gives up the lock once more
        connection.executemany(text, (tuple(chain.from_iterable(rows)),))
