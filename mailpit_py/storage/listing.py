"""Reading lists: pages by keyset, counts, and what a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import NotFound, QueryError
from mailpit_py.mail.envelope import Reply
from mailpit_py.storage.cause import read_cause
from mailpit_py.storage.fulltext import SHORTEST_TERM, TERM_LIMIT
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.query import Query
from mailpit_py.storage.row import decode_all, decode_outcomes
from mailpit_py.storage.search import Compiler, Condition, Terms, compile_for_attempts
from mailpit_py.storage.value import EVERY_INBOX, TRASH, AttemptSummary, Correspondent, Counts, Cursor, Page, Summary

# Columns that a list row carries as they are, by its own names.
_SAME = {
    "id": "m.id",
    "public_id": "m.public_id",
    "mailbox": "b.name",
    "uid": "p.uid",
    "received_at": "m.received_at",
    "size_bytes": "m.size_bytes",
    "source": "m.source",
    "reverse_path": "m.reverse_path",
    "recipient_count": "m.recipient_count",
    "refused_count": "m.refused_count",
    "subject": "m.subject",
    "snippet": "m.snippet",
    "message_id": "m.message_id_header",
    "date": "m.date",
    "attachment_count": "m.attachment_count",
    "defect_count": "m.defect_count",
    "report": "coalesce(r.kind, '')",
}
SUMMARY = (
    "SELECT p.id, m.to_first, m.recipients_first, m.from_name, m.from_address, p.flags, s.public_id, "
    f"m.has_text, m.has_html, m.readable, p.seen, p.pinned, {', '.join(_SAME.values())} "
    "FROM placement p CROSS JOIN message m ON m.id = p.message_id CROSS JOIN mailbox b ON b.id = p.mailbox_id "
    "LEFT JOIN session s ON s.id = m.session_id LEFT JOIN report r ON r.message_id = m.id "
)
ATTEMPT = (
    "SELECT a.id, a.public_id, a.at, a.stage, a.reverse_path, a.recipients_first, a.recipient_count, "
    "a.reply_code, a.reply_status, a.reply_text, a.size_bytes, s.public_id AS session_id, "
    'a.message_id_header, a."trigger", a.rule, a.count, a.seed, a.explanation '
    "FROM attempt a LEFT JOIN session s ON s.id = a.session_id "
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The inbox that is read, and the ids of its mailboxes (all, or the one that was named).

    For every inbox together `inbox_id` is None, and the mailboxes are those of all.
    """

    inbox: str
    inbox_id: int | None
    mailboxes: tuple[int, ...]

    @classmethod
    def find(cls, connection: Connection, inbox: str, mailbox: str | None = None) -> Scope:
        """Look the inbox up; where there is only one, every inbox is that one. Raises NotFound."""
        where, names = ("", ()) if inbox == EVERY_INBOX else (" WHERE i.name = ?", (inbox,))
        rows = connection.exec_driver_sql(
            f"SELECT i.name, i.id, b.id, b.name FROM inbox i LEFT JOIN mailbox b ON b.inbox_id = i.id{where}", names
        ).all()
        if not rows:
            raise NotFound(f"there is no inbox {inbox!r}")
        boxes = tuple(box for _, _, box, name in rows if box is not None and mailbox in (None, name))
        if mailbox not in (None, TRASH) and not boxes:
            raise NotFound(f"there is no mailbox {mailbox!r} in the inbox {inbox!r}")
        is_one = len({row[1] for row in rows}) == 1
        return cls(rows[0][0], rows[0][1], boxes) if is_one else cls(EVERY_INBOX, None, boxes)

    @classmethod
    def single(cls, connection: Connection, inbox: str) -> Scope | None:
        """Look one inbox up; None for every inbox. Raises NotFound."""
        return None if inbox == EVERY_INBOX else cls.find(connection, inbox)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list: older than `before`, or newer than `after`, then `skip` passed over, then `limit`."""

    before: int | None = None
    after: int | None = None
    skip: int = 0
    limit: int = 50

    @property
    def is_upward(self) -> bool:
        """True if rows are taken from the oldest on, as behind `after`."""
        return self.after is not None and self.before is None


def parse_key(text: str | None) -> int | None:
    """Read a page's `next` or `previous`. Raises QueryError for anything else."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise QueryError("this is not the place of a page", 0)
    return int(text)


def word_lookup(connection: Connection) -> Terms:
    """Return the function that finds the indexed words around a part of a word; None for too many."""

    @lru_cache
    def look_up(part: str, kind: str) -> Sequence[str] | None:
        where: list[str] = []
        parameters: list[Any] = []
        if len(part) >= SHORTEST_TERM:
            where.append("id IN (SELECT rowid FROM term_index WHERE term_index MATCH ?)")
            parameters.append(f'"{part}"')  # letters and numbers only: nothing to escape
        if kind == "suffix":
            where.append("substr(term, -length(?)) = ?")
            parameters += [part, part]
        sql = f"SELECT term FROM term WHERE {' AND '.join(where)} LIMIT ?"
        rows = connection.exec_driver_sql(sql, (*parameters, TERM_LIMIT + 1)).all()
        return None if len(rows) > TERM_LIMIT else [row[0] for row in rows]

    return look_up


@dataclass(frozen=True, slots=True)
class Search:
    """A query compiled against one snapshot of the database, for messages and for attempts."""

    condition: Condition
    attempts: tuple[str, list[Any]] | None

    @classmethod
    def compile(cls, connection: Connection, query: Query | None, *, has_index: bool, refused: bool) -> Search:
        """Compile; attempts are looked for if asked by `refused` or by the query itself."""
        if query is None or query.is_empty:
            return cls(Condition(), ("1", []) if refused else None)
        condition = Compiler(word_lookup(connection) if has_index else None).compile(query.node)
        wants_attempts = refused or query.asks_for_refused
        return cls(condition, compile_for_attempts(query.node) if wants_attempts else None)


def page(connection: Connection, scope: Scope, search: Search, window: Window, cursor: Cursor) -> Page:
    """Return the rows in the window, newest first, and where the pages beside it begin; `cursor` goes with them."""
    found = find(connection, scope, search, replace(window, limit=window.limit + 1))
    has_more, found = len(found) > window.limit, found[: window.limit]
    if not found:
        return Page((), None, None, cursor)
    if window.is_upward:
        found.reverse()
        has_older, has_newer = True, has_more
    else:
        has_older, has_newer = has_more, bool(window.skip or window.before is not None)
    items = _rows_in_order(connection, scope, found)
    return Page(items, str(found[-1][0]) if has_older else None, str(found[0][0]) if has_newer else None, cursor)


def find(connection: Connection, scope: Scope, search: Search, window: Window) -> list[tuple[int, int | None]]:
    """Return (id, placement id or None for an attempt) in the order in which the window takes them."""
    sql, parameters = _both_sql(scope, search, window)
    direction = "ASC" if window.is_upward else "DESC"
    sql += f" ORDER BY 1 {direction} LIMIT ? OFFSET ?"
    rows = connection.exec_driver_sql(sql, (*parameters, window.limit, window.skip)).all()
    return [(row[0], row[1]) for row in rows]


def _both_sql(scope: Scope, search: Search, window: Window) -> tuple[str, list[Any]]:
    """The statement for messages, and for attempts where these are looked for."""
    sql, parameters = _messages_sql(scope, search.condition, window)
    if search.attempts is None:
        return sql, parameters
    attempts, more = _attempts_sql(scope, search.attempts, window)
    return f"{sql} UNION ALL {attempts}", parameters + more


def _messages_sql(
    scope: Scope, condition: Condition, window: Window, columns: str = "p.id AS placement_id"
) -> tuple[str, list[Any]]:
    key, where, parameters = "p.message_id", list(condition.where), list(condition.parameters)
    source = "placement p"
    if condition.match is not None:
        key = "search.rowid"
        source = "search CROSS JOIN placement p ON p.message_id = search.rowid"
        where.insert(0, "search MATCH ?")
        parameters.insert(0, condition.match)
    if condition.needs_message:
        source += " CROSS JOIN message m ON m.id = p.message_id"
    # of all inboxes, the rows are met in the order of the list, and not gathered from a thousand mailboxes
    column = "p.mailbox_id" if scope.inbox_id is not None else "+p.mailbox_id"
    where.append(f"{column} IN ({marks(scope.mailboxes)})")
    parameters.extend(scope.mailboxes)
    _bound(key, window, where, parameters)
    return f"SELECT {key} AS id, {columns} FROM {source} WHERE {' AND '.join(where)}", parameters


def _attempts_sql(scope: Scope, attempts: tuple[str, list[Any]], window: Window) -> tuple[str, list[Any]]:
    clause, parameters = attempts
    where, parameters = [clause], list(parameters)
    if scope.inbox_id is not None:
        where, parameters = ["a.inbox_id = ?", clause], [scope.inbox_id, *parameters]
    _bound("a.id", window, where, parameters)
    return f"SELECT a.id, NULL FROM attempt a WHERE {' AND '.join(where)}", parameters


def _bound(key: str, window: Window, where: list[str], parameters: list[Any]) -> None:
    for sign, value in (("<", window.before), (">", window.after)):
        if value is not None:
            where.append(f"{key} {sign} ?")
            parameters.append(value)


def count(connection: Connection, scope: Scope, search: Search, limit: int | None) -> int:
    """How many rows the search finds; counting stops at `limit`."""
    if search.attempts is None and limit is None and scope.mailboxes and _is_alone(connection, search.condition):
        row = connection.exec_driver_sql(
            "SELECT count(*) FROM search WHERE search MATCH ?", (search.condition.match,)
        ).one()
        return int(row[0])
    sql, parameters = _both_sql(scope, search, Window())
    sql += "" if limit is None else " LIMIT ?"
    bounds = () if limit is None else (limit,)
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({sql})", (*parameters, *bounds)).scalar_one())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages a search finds, how many of them are unread, and the places of those in a window."""

    total: int
    unread: int
    placements: Sequence[int]


def count_all(connection: Connection, scope: Scope, search: Search, window: Window) -> Tally:
    """Count what a search finds, attempts aside, and find what is in a window; in one go if to look costs much."""
    if search.condition.reads_content:
        sql, parameters = _messages_sql(scope, search.condition, window, "p.id, p.seen")
        rows = connection.exec_driver_sql(f"{sql} ORDER BY 1 DESC", tuple(parameters)).all()
        wanted = rows[window.skip : window.skip + window.limit]
        return Tally(len(rows), sum(not row[2] for row in rows), [row[1] for row in wanted])
    found = find(connection, scope, search, window) if window.limit else []
    places = [place for _, place in found if place is not None]
    everything = counts(connection, scope)
    if everything.unread in (0, everything.total):
        total = count(connection, scope, search, None)
        return Tally(total, total if everything.unread else 0, places)
    sql, parameters = _messages_sql(scope, search.condition, Window(), "p.seen AS seen")
    sql = f"SELECT count(*), coalesce(sum(seen = 0), 0) FROM ({sql})"
    total, unread = connection.exec_driver_sql(sql, tuple(parameters)).one()
    return Tally(total, unread, places)


def _is_alone(connection: Connection, condition: Condition) -> bool:
    """True if the index alone can count: there is one mailbox in all, so each indexed message is in it."""
    if condition.match is None or condition.where:
        return False
    return bool(connection.exec_driver_sql("SELECT count(*) = 1 FROM mailbox").scalar_one())


def counts(connection: Connection, scope: Scope) -> Counts:
    """The totals of the mailboxes, from counters; attempts are the inbox's."""
    row = connection.exec_driver_sql(
        "SELECT coalesce(sum(total), 0), coalesce(sum(unread), 0), coalesce(sum(pinned), 0), "
        "coalesce(sum(files), 0), coalesce(sum(size_bytes), 0), coalesce(sum(refused), 0) FROM mailbox "
        f"WHERE id IN ({marks(scope.mailboxes)})",
        scope.mailboxes,
    ).one()
    attempts = connection.exec_driver_sql(
        "SELECT sum(refused) FROM inbox WHERE id = coalesce(?, id)", (scope.inbox_id,)
    ).scalar_one()
    total, unread, pinned, files, size_bytes, partly = row
    return Counts(
        total=total,
        unread=unread,
        pinned=pinned,
        files=files,
        size_bytes=size_bytes,
        refused=attempts + partly,
        attempts=attempts,
    )


def _rows_in_order(
    connection: Connection, scope: Scope, keys: Sequence[tuple[int, int | None]]
) -> tuple[Summary | AttemptSummary, ...]:
    """The list rows for what `find` returned, in that order."""
    items: dict[tuple[int, int | None], Summary | AttemptSummary] = {}
    for summary, placement_id in summaries(connection, scope.inbox, [key[1] for key in keys if key[1] is not None]):
        items[summary.id, placement_id] = summary
    for attempt in attempts(connection, scope.inbox, [key[0] for key in keys if key[1] is None]):
        items[attempt.id, None] = attempt
    return tuple(items[key] for key in keys if key in items)


def summaries(connection: Connection, inbox: str, placement_ids: Sequence[int]) -> list[tuple[Summary, int]]:
    """List rows (with their placement's id) in no order."""
    if not placement_ids:
        return []
    rows = connection.exec_driver_sql(SUMMARY + f"WHERE p.id IN ({marks(placement_ids)})", tuple(placement_ids)).all()
    tags, homes = tags_of(connection, placement_ids), _homes(connection, inbox, _OF_PLACEMENTS, placement_ids)
    correspondents = decode_all([row.to_first for row in rows])
    addresses = decode_all([row.recipients_first for row in rows])
    return [
        (_summary(row, homes.get(row[0], inbox), to, recipients, tags.get(row[0], ())), row[0])
        for row, to, recipients in zip(rows, correspondents, addresses, strict=True)
    ]


_OF_PLACEMENTS = (
    "SELECT p.id, i.name FROM placement p JOIN mailbox b ON b.id = p.mailbox_id JOIN inbox i ON i.id = b.inbox_id "
    "WHERE p.id IN "
)
_OF_ATTEMPTS = "SELECT a.id, i.name FROM attempt a JOIN inbox i ON i.id = a.inbox_id WHERE a.id IN "


def _homes(connection: Connection, inbox: str, sql: str, ids: Sequence[int]) -> dict[int, str]:
    """The inbox in which each of these is, where one looks into all; else nothing has to be asked."""
    if inbox != EVERY_INBOX:
        return {}
    return {row[0]: row[1] for row in connection.exec_driver_sql(f"{sql} ({marks(ids)})", tuple(ids))}


def tags_of(connection: Connection, placement_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of what stands at these places, in the order of the alphabet; those without any are left out."""
    rows = connection.exec_driver_sql(
        "SELECT pt.placement_id, t.name FROM placement_tag pt CROSS JOIN tag t ON t.id = pt.tag_id "
        f"WHERE pt.placement_id IN ({marks(placement_ids)}) ORDER BY t.name COLLATE NOCASE",
        tuple(placement_ids),
    ).all()
    tags: dict[int, tuple[str, ...]] = {}
    for placement_id, name in rows:
        tags[placement_id] = (*tags.get(placement_id, ()), name)
    return tags


def _summary(row: Any, inbox: str, to: list[Any], recipients: list[str], tags: tuple[str, ...]) -> Summary:
    # by position: reading fifty rows by name costs half a page
    (_, _, _, name, address, flags, session_id, text, html, readable, seen, pinned, *same) = row
    return Summary(
        inbox=inbox,
        session_id=session_id or "",
        from_=Correspondent(name, address) if name or address else None,
        to=tuple(Correspondent(*pair) for pair in to),
        recipients=tuple(recipients),
        has_text=bool(text),
        has_html=bool(html),
        readable=bool(readable),
        seen=bool(seen),
        pinned=bool(pinned),
        flags=tuple(flags.split()),
        tags=tags,
        **dict(zip(_SAME, same, strict=True)),
    )


def attempts(connection: Connection, inbox: str, ids: Sequence[int]) -> list[AttemptSummary]:
    """The list rows of attempts, in no order."""
    if not ids:
        return []
    rows = connection.exec_driver_sql(ATTEMPT + f"WHERE a.id IN ({marks(ids)})", tuple(ids)).all()
    homes = _homes(connection, inbox, _OF_ATTEMPTS, ids)
    return [attempt_summary(row, homes.get(row.id, inbox)) for row in rows]


def attempt_summary(row: Any, inbox: str) -> AttemptSummary:
    """An attempt's list row from a row of ATTEMPT."""
    return AttemptSummary(
        id=row.id,
        public_id=row.public_id,
        inbox=inbox,
        received_at=row.at,
        stage=row.stage,
        reverse_path=row.reverse_path,
        recipients=decode_outcomes(row.recipients_first),
        recipient_count=row.recipient_count,
        reply=Reply(row.reply_code, row.reply_status, row.reply_text),
        size_bytes=row.size_bytes,
        session_id=row.session_id or "",
        message_id=row.message_id_header,
        cause=read_cause(row),
    )
