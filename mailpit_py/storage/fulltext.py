"""The search index: derived data, applied lazily by the writer alone, droppable and rebuilt when in doubt.

`search` is FTS5 over `body` (external content). `term` holds the distinct words of all bodies and
`term_index` their trigrams, which makes parts of words findable at a small part of the size of
trigrams over documents. The watermark in `meta` moves in the same transaction as the index rows:
messages up to it are in the index, later ones are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from mailpit_py.storage import schema
from mailpit_py.storage.engine import driver_of

VERSION = "1"
SHORTEST_TERM = 3
LONGEST_TERM = 200
TERM_LIMIT = 1_000
TIDY_AFTER = 5_000
MERGE_FROM = 5_000

COLUMNS = tuple(column.name for column in schema.body.columns if column.name != "message_id")
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_TOKENIZER = "tokenize = 'unicode61 remove_diacritics 2'"
_TABLES = ("search", "term_index", "term")
_DDL = (
    f"CREATE VIRTUAL TABLE search USING fts5({_NAMES}, content='body', content_rowid='message_id', {_TOKENIZER})",
    "CREATE TABLE term (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE term_index USING fts5(term, content='term', content_rowid='id', tokenize='trigram')",
)
# A scratch index over one batch tells its distinct words exactly as `search` splits them, in C and
# without the interpreter's lock: measured at two thirds of what splitting in Python costs.
_SCRATCH = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.batch USING fts5(words, content='', {_TOKENIZER}, "
    "detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.batch_term USING fts5vocab('temp', 'batch', 'row')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.all_term USING fts5vocab('main', 'search', 'row')",
)
_REACH = "FROM body WHERE message_id > ? AND message_id <= ?"
_JOINED = " || char(10) || ".join(f'"{name}"' for name in COLUMNS)


def is_available(connection: Connection) -> bool:
    """True if this SQLite has FTS5 with both tokenizers that are needed."""
    try:
        for tokenizer in (_TOKENIZER, "tokenize = 'trigram'"):
            connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.probe USING fts5(words, {tokenizer})")
            connection.exec_driver_sql("DROP TABLE temp.probe")
    except SQLAlchemyError:
        return False
    return True


def _meta(connection: Connection, key: str) -> str | None:
    row = connection.exec_driver_sql("SELECT value FROM meta WHERE key = ?", (key,)).first()
    return None if row is None else str(row[0])


def _remember(connection: Connection, key: str, value: int | str) -> None:
    connection.exec_driver_sql(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, str(value)),
    )


class FullText:
    """The index as the writer sees it. `watermark` is the highest message id that was applied."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self.watermark = 0
        self._removed = 0
        self._unmerged = 0
        self._merge_from = MERGE_FROM
        self._is_merging = False

    def open(self, connection: Connection) -> None:
        """Create the index if it is missing, of another version or stale, and read the watermark.

        Without FTS5 nothing is created, and an index that is there is marked as stale.
        """
        if not self.enabled:
            _remember(connection, "index_version", "")
            return
        if _meta(connection, "index_version") != VERSION:
            for name in _TABLES:
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            for statement in _DDL:
                connection.exec_driver_sql(statement)
            _remember(connection, "index_version", VERSION)
            _remember(connection, "index_watermark", 0)
            _remember(connection, "index_removed", 0)
        self.watermark = int(_meta(connection, "index_watermark") or 0)
        self._removed = int(_meta(connection, "index_removed") or 0)
        self._unmerged = self.watermark  # at most: to merge what is merged costs nothing
        for statement in _SCRATCH:
            connection.exec_driver_sql(statement)

    def invalidate(self, connection: Connection) -> None:
        """Mark the index as stale: the next `open` builds it anew."""
        _remember(connection, "index_version", "")

    def apply(self, connection: Connection, limit: int, last_id: int) -> int:
        """Index up to `limit` messages above the watermark; return the new one, for `watermark` after COMMIT.

        `last_id` is the highest id given so far: if nothing is left below it, the watermark goes there.
        """
        highest, number = connection.exec_driver_sql(
            "SELECT max(message_id), count(*) FROM "
            "(SELECT message_id FROM body WHERE message_id > ? ORDER BY message_id LIMIT ?)",
            (self.watermark, limit),
        ).one()
        watermark = int(highest) if number == limit else last_id
        if number:
            reach = (self.watermark, watermark)
            connection.exec_driver_sql(
                f"INSERT INTO search (rowid, {_NAMES}) SELECT message_id, {_NAMES} {_REACH}", reach
            )
            connection.exec_driver_sql("INSERT INTO temp.batch (batch) VALUES ('delete-all')")
            connection.exec_driver_sql(
                f"INSERT INTO temp.batch (rowid, words) SELECT message_id, {_JOINED} {_REACH}", reach
            )
            _add_terms(connection, "batch_term")
            self._unmerged += number
        _remember(connection, "index_watermark", watermark)
        return watermark

    def forget(self, connection: Connection, message_ids: Sequence[int]) -> None:
        """Take messages out of the index; call it while their `body` rows are still there.

        Below the watermark FTS5 is given the indexed text back; above it there is nothing to undo.
        """
        indexed = [(one,) for one in message_ids if one <= self.watermark]
        if self.enabled and indexed:
            connection.exec_driver_sql(
                f"INSERT INTO search (search, rowid, {_NAMES}) SELECT 'delete', message_id, {_NAMES} FROM body "
                "WHERE message_id = ?",
                indexed,
            )
            self._removed += len(indexed)
            _remember(connection, "index_removed", self._removed)

    @property
    def wants_merging(self) -> bool:
        """True once half of the index has come in batches since it was last made one."""
        return self.enabled and (self._is_merging or self._unmerged >= self._merge_from)

    def merge(self, connection: Connection, pages: int) -> None:
        """Bring `search` so many pages nearer to being one part; it is while `wants_merging`.

        FTS5 keeps what was written together as a part and merges by and by; a word is looked up in
        every part. What fails is not tried again before as much has come once more.
        """
        # FTS5: a negative number puts all parts on one level, a positive one goes on with what is begun
        sign, self._is_merging, self._unmerged = 1 if self._is_merging else -1, False, 0
        before = _changes(connection)
        connection.exec_driver_sql("INSERT INTO search (search, rank) VALUES ('merge', ?)", (sign * pages,))
        self._is_merging = _changes(connection) - before >= 2  # FTS5: fewer if there was nothing to do
        if not self._is_merging:
            self._merge_from = max(MERGE_FROM, _live(connection) // 2)

    def leave_merging(self) -> None:
        """Merge no further for now."""
        self._is_merging = False

    @property
    def may_need_tidying(self) -> bool:
        """True once so many messages went that `term` may have many words which occur nowhere."""
        return self.enabled and self._removed > TIDY_AFTER

    def tidy_if_due(self, connection: Connection) -> None:
        """Rebuild `term` if more messages went since the last time than there are now: a constant cost for each."""
        if self._removed > max(TIDY_AFTER, _live(connection)):
            self.tidy(connection)

    def tidy(self, connection: Connection) -> None:
        """Rebuild `term` from the words that still occur."""
        for name in _TABLES[1:]:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        for statement in _DDL[1:]:
            connection.exec_driver_sql(statement)
        _add_terms(connection, "all_term")
        self._removed = 0
        _remember(connection, "index_removed", 0)


def _add_terms(connection: Connection, vocabulary: str) -> None:
    known = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM term").scalar_one()
    connection.exec_driver_sql(
        f"INSERT INTO term (term) SELECT v.term FROM temp.{vocabulary} v "
        "WHERE length(v.term) BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM term t WHERE t.term = v.term)",
        (SHORTEST_TERM, LONGEST_TERM),
    )
    connection.exec_driver_sql("INSERT INTO term_index (rowid, term) SELECT id, term FROM term WHERE id > ?", (known,))


def _live(connection: Connection) -> int:
    """How many messages there are."""
    return int(connection.exec_driver_sql("SELECT coalesce(sum(total), 0) FROM mailbox").scalar_one())


def _changes(connection: Connection) -> int:
    """How many rows this connection has changed since it was opened."""
    return driver_of(connection).total_changes
