"""The inboxes of a store: made, changed and removed with everything in them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, fields

from mailpit_py.errors import Taken
from mailpit_py.storage.context import Context, Submit
from mailpit_py.storage.engine import Reading
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.sinks import direct_complaints
from mailpit_py.storage.upkeep import clear
from mailpit_py.storage.value import DEFAULT_INBOX, INBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One inbox as it is kept.

    `origin` says who made it: `options`, `api`, or `mail` that came for it; the first one has none.
    `key` stands behind the plus of its addresses, `token_hash` is that of the token which opens it;
    both are empty where none was issued. It goes `ttl_seconds` after `used_at` (wall time), never
    without. A limit of None is that of the sandbox, 0 is none.
    """

    name: str
    created_at: int = 0
    origin: str = ""
    key: str = ""
    token_hash: str = ""
    used_at: int = 0
    ttl_seconds: int | None = None
    max_messages: int | None = None
    max_age_seconds: int | None = None
    max_bytes: int | None = None

    @property
    def expires_at(self) -> int | None:
        """When it goes if nobody uses it until then, in UTC microseconds; None for never."""
        return None if self.ttl_seconds is None else self.used_at + self.ttl_seconds * 1_000_000


_COLUMNS = tuple(one.name for one in fields(Inbox))
# Everything that belongs to an inbox and does not go with its messages; what refers to another comes first.
_OWNED = ("plan_step", "sink_attempt", "sink", "relay_item", "tag", "change")


class InboxTable:
    """The inboxes as rows. Writes are futures that are resolved after COMMIT."""

    def __init__(self, submit: Submit, reading: Reading) -> None:
        self._submit = submit
        self._reading = reading

    def names(self) -> tuple[str, ...]:
        """The names of all inboxes, oldest first."""
        return tuple(one.name for one in self.all())

    def all(self) -> tuple[Inbox, ...]:
        """All inboxes, the oldest first."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT {', '.join(_COLUMNS)} FROM inbox ORDER BY id").all()
        return tuple(Inbox(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)

    def add(self, inbox: Inbox) -> Future[None]:
        """Make an inbox. The future raises Taken if there is one of this name."""
        return self._submit(lambda context: _add(context, inbox))

    def save(self, inbox: Inbox) -> Future[None]:
        """Change the inbox of this name. The future raises NotFound."""
        return self._submit(lambda context: _save(context, inbox))

    def touch(self, used: Mapping[str, int]) -> Future[None]:
        """Note when inboxes, by name, were last used; those that are gone are passed over."""
        rows = [(at, name) for name, at in used.items()]
        return self._submit(lambda context: context.execute("UPDATE inbox SET used_at = ? WHERE name = ?", rows))

    def remove(self, name: str) -> Future[None]:
        """Remove an inbox with all that is in it: at once, whatever its size. The future raises NotFound."""
        return self._submit(lambda context: _remove(context, name))


def _add(context: Context, inbox: Inbox) -> None:
    columns = ", ".join(_COLUMNS)
    sql = f"INSERT INTO inbox ({columns}) VALUES ({marks(_COLUMNS)}) ON CONFLICT (name) DO NOTHING RETURNING id"
    row = context.execute(sql, tuple(asdict(inbox).values())).first()
    if row is None:
        raise Taken(f"there is an inbox {inbox.name!r} already")
    mailbox = "INSERT INTO mailbox (inbox_id, name, uidvalidity) VALUES (?, ?, ?)"
    context.execute(mailbox, (row.id, INBOX, max(1, context.now // 1_000_000)))
    _tell(context)


def _save(context: Context, inbox: Inbox) -> None:
    inbox_id = context.inbox_id(inbox.name)
    changes = ", ".join(f"{name} = ?" for name in _COLUMNS)
    context.execute(f"UPDATE inbox SET {changes} WHERE id = ?", (*asdict(inbox).values(), inbox_id))
    context.attempted = True  # a limit may be lower: the writer looks what is too much
    _tell(context)


def _remove(context: Context, name: str) -> None:
    inbox_id = context.inbox_id(name)
    clear(context, name)
    direct_complaints(context, name, "")
    for table in _OWNED:
        context.execute(f"DELETE FROM {table} WHERE inbox_id = ?", (inbox_id,))
    context.execute("DELETE FROM mailbox WHERE inbox_id = ?", (inbox_id,))  # clear has put empty ones in their place
    context.execute("DELETE FROM rule WHERE inbox = ?", (name,))
    context.execute("DELETE FROM inbox WHERE id = ?", (inbox_id,))
    context.on_agenda = True
    _tell(context)


def _tell(context: Context) -> None:
    """Write to the journal, of the inbox that is always there, that the inboxes are others."""
    context.record(context.inbox_id(DEFAULT_INBOX), "inboxes", [])
