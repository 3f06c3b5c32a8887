"""What a store has to know of the database that it opens."""

from __future__ import annotations

from sqlalchemy import Engine

from mailpit_py.storage.fulltext import FullText, is_available


def state_of(engine: Engine) -> tuple[str, FullText, int]:
    """Return the journal's epoch, the search index made ready, and the highest id of messages and attempts."""
    with engine.begin() as connection:
        index = FullText(enabled=is_available(connection))
        index.open(connection)
        epoch = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'epoch'").scalar_one()
        last_id = connection.exec_driver_sql(
            "SELECT max(seq) FROM sqlite_sequence WHERE name IN ('message', 'attempt')"
        ).scalar()
    return str(epoch), index, int(last_id or 0)
