"""What one transaction of the writer works with: the connection, the statements, what it changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection

from mailpit_py.errors import NotFound
from mailpit_py.storage import plan_schema, schema
from mailpit_py.storage.engine import driver_of
from mailpit_py.storage.fulltext import FullText
from mailpit_py.storage.prepare import BODY_COLUMNS, MESSAGE_COLUMNS
from mailpit_py.storage.row import DELIVERY_COLUMNS, SESSION_COLUMNS
from mailpit_py.storage.statement import Insert
from mailpit_py.storage.value import Ref, Removed

REFS_PER_CHANGE = 500


_SESSION_ID = "(SELECT id FROM session WHERE public_id = ?)"


class Statements:
    """The hot statements, written once. Where a session is meant, they take its public id."""

    def __init__(self) -> None:
        self.message = Insert(schema.message, MESSAGE_COLUMNS, values={"session_id": _SESSION_ID})
        self.content = Insert(schema.content, ("message_id", "encoding", "raw"))
        self.body = Insert(schema.body, BODY_COLUMNS)
        self.placement = Insert(schema.placement, ("mailbox_id", "uid", "message_id", "modseq"))
        self.delivery = Insert(schema.delivery, DELIVERY_COLUMNS)
        self.plan_step = Insert(
            plan_schema.plan_step,
            ("inbox_id", "message_id", "accepted_at", "due_at", "kind", "body", "state", "reason"),
        )
        self.change = Insert(schema.change, ("inbox_id", "kind", "ids", "at"))
        counted = ("messages", "attempts", "kept")
        updates = ", ".join(f"{name} = excluded.{name}" for name in SESSION_COLUMNS[2:])
        counts = ", ".join(f"{name} = session.{name} + excluded.{name}" for name in counted)
        self.session = Insert(
            schema.session,
            (*SESSION_COLUMNS, *counted),
            conflict=f"ON CONFLICT (public_id) DO UPDATE SET {updates}, {counts}",
        )
        self.closing = Insert(
            schema.session,
            (*SESSION_COLUMNS, "closed_at", "ending"),
            conflict=f"ON CONFLICT (public_id) DO UPDATE SET {updates},"
            " closed_at = excluded.closed_at, ending = excluded.ending",
        )
        self.transcript = Insert(
            schema.transcript,
            ("session_id", "owner_id", "lines"),
            values={"session_id": _SESSION_ID},
            conflict="ON CONFLICT (session_id, owner_id) DO UPDATE SET lines = excluded.lines",
        )


class Box(NamedTuple):
    """What adding to a mailbox needs of its row."""

    id: int
    inbox_id: int
    uidnext: int
    highest_modseq: int


@dataclass
class Context:
    """One transaction: work adds rows through it, and the writer asks at the end what became of it."""

    connection: Connection
    statements: Statements
    index: FullText
    now: int
    changed: bool = False
    last_id: int | None = None
    added: int = 0
    attempted: bool = False
    on_agenda: bool = False
    pending_steps: dict[int, int] = field(default_factory=dict)
    cleared: bool = False
    removed: int = 0
    removed_messages: int = 0
    watches_removal: bool = False
    ignores_duplicates: bool = False
    freed: list[Removed] = field(default_factory=list)
    _mailboxes: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def _driver(self) -> sqlite3.Connection:
        return driver_of(self.connection)

    def write(self, insert: Insert, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a hot statement for these rows, on the driver itself: there SQLAlchemy would cost more than SQLite."""
        insert.run(self._driver, rows)

    def update(self, sql: str, parameters: tuple[Any, ...]) -> None:
        """Run another hot statement, likewise."""
        self._driver.execute(sql, parameters)

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Run one statement with the driver's own parameters; a list of tuples runs it for each."""
        return self.connection.exec_driver_sql(sql, parameters)

    def next_id(self) -> int:
        """The next number for a message or an attempt; never one that was used, not even after a deletion."""
        sql = "SELECT max(seq) FROM sqlite_sequence WHERE name IN ('message', 'attempt')"
        return int(self._driver.execute(sql).fetchone()[0] or 0) + 1

    def inbox_id(self, name: str) -> int:
        """The inbox with this name. Raises NotFound."""
        row = self.execute("SELECT id FROM inbox WHERE name = ?", (name,)).first()
        if row is None:
            raise NotFound(f"there is no inbox {name!r}")
        return int(row[0])

    def mailbox(self, inbox: str, name: str) -> Box:
        """The mailbox as it is now. Raises NotFound."""
        row = self._driver.execute(
            "SELECT b.id, b.inbox_id, b.uidnext, b.highest_modseq FROM mailbox b JOIN inbox i ON i.id = b.inbox_id "
            "WHERE i.name = ? AND b.name = ?",
            (inbox, name),
        ).fetchone()
        if row is None:
            raise NotFound(f"there is no mailbox {name!r} in the inbox {inbox!r}")
        return Box(*row)

    def record(self, inbox_id: int, kind: str, refs: Sequence[Ref]) -> None:
        """Write to the journal that `kind` happened to `refs`."""
        rows = [
            (inbox_id, kind, _encode(refs[start : start + REFS_PER_CHANGE]), self.now)
            for start in range(0, max(1, len(refs)), REFS_PER_CHANGE)
        ]
        self.write(self.statements.change, rows)
        self.changed = True


Work = Callable[[Context], Any]
"""What the writer does in one transaction. What it returns is the result, unless that is `Continue`."""

Submit = Callable[[Work], Future[Any]]
"""Hands work to the writer; the result is there when it is committed."""


@dataclass(frozen=True, slots=True)
class Continue:
    """A piece of long work is committed; `work` is the rest."""

    work: Work


def _encode(refs: Iterable[Ref]) -> str:
    rows = [[ref.public_id, ref.id, ref.mailbox, ref.uid, int(ref.seen), int(ref.pinned)] for ref in refs]
    return _dump(rows)


_dump = json.JSONEncoder(separators=(",", ":")).encode


def decode_refs(text: str) -> tuple[Ref, ...]:
    """The refs of a change as they were recorded."""
    return tuple(
        Ref(public_id, number, mailbox, uid, bool(seen), bool(pinned))
        for public_id, number, mailbox, uid, seen, pinned in json.loads(text)
    )
