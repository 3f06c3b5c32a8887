"""Small texts that belong to the whole database, by name: keys that were made once and stay."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from mailpit_py.storage.context import Context, Submit

ARRIVAL_WEBHOOK = "arrival webhook"
"""The note of how far the journal was told to the webhook of every message."""


class NoteTable:
    """Texts by name in `meta`; those of other rooms of the database have other names."""

    PREFIX = "note:"

    def __init__(
        self,
        submit: Submit,
        reading: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._submit = submit
        self._reading = reading

    def find(self, name: str) -> str | None:
        """Return the text of this name, or None."""
        with self._reading() as connection:
            sql = "SELECT value FROM meta WHERE key = ?"
            row = connection.exec_driver_sql(sql, (self.PREFIX + name,)).first()
        return None if row is None else str(row[0])

    def keep(self, name: str, text: str) -> Future[str]:
        """Keep a text unless there is one of this name; the future gives the one that is kept."""

        def work(context: Context) -> str:
            context.execute("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
                            (self.PREFIX + name, text))  # fmt: skip
            return str(context.execute("SELECT value FROM meta WHERE key = ?", (self.PREFIX + name,)).scalar_one())

        return self._submit(work)

    def put(self, name: str, text: str) -> Future[None]:
        """Keep a text in the place of one of this name."""

        def work(context: Context) -> None:
            sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            context.execute(sql, (self.PREFIX + name, text))

        return self._submit(work)

    def forget(self, name: str) -> Future[None]:
        """Forget the text of this name."""

        def work(context: Context) -> None:
            context.execute("DELETE FROM meta WHERE key = ?", (self.PREFIX + name,))

        return self._submit(work)
