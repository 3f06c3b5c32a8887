"""What a reader by POP3 finds: the messages of an inbox, of an address, or all, each with its size on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from mailpit_py.storage.context import Submit
from mailpit_py.storage.engine import Reading
from mailpit_py.storage.folder import address_pattern
from mailpit_py.storage.moving import move
from mailpit_py.storage.octets import Octets
from mailpit_py.storage.selecting import Chosen, moving
from mailpit_py.storage.value import INBOX, TRASH, Selection

_FOUND = (
    "SELECT m.id, i.name, m.public_id, m.smtputf8, min(p.id) FROM placement p JOIN mailbox b ON b.id = p.mailbox_id "
    "JOIN inbox i ON i.id = b.inbox_id JOIN message m ON m.id = p.message_id WHERE b.name = ? "
)
_OF_RECIPIENT = (
    "AND EXISTS (SELECT 1 FROM delivery d WHERE d.owner_id = m.id AND d.accepted = 1 AND d.address LIKE ? ESCAPE '\\') "
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as a maildrop lists it; `size_octets` is that of what is sent (RFC 1939 §11).

    `smtputf8` is true for internationalized mail (RFC 6531).
    """

    inbox: str
    public_id: str
    size_octets: int
    smtputf8: bool = False


class Maildrops:
    """The maildrops of a store. May be used from any thread; what it writes are futures."""

    def __init__(
        self,
        submit: Submit,
        reading: Reading,
        choose: Callable[[str, Selection], Chosen],
        octets: Octets,
    ) -> None:
        self._submit = submit
        self._reading = reading
        self._choose = choose
        self._octets = octets

    def entries(
        self, *, inbox: str | None = None, recipient: str | None = None, utf8: bool = False
    ) -> tuple[Entry, ...]:
        """The messages in INBOX, oldest first: of all inboxes or one, and of all accepted recipients or one.

        `recipient` is an address in any case, in which `*` stands for anything; `utf8` says what the
        reader takes.
        """
        sql, parameters = _FOUND, [INBOX]
        if inbox is not None:
            sql, parameters = sql + "AND i.name = ? ", [*parameters, inbox]
        if recipient is not None:
            sql, parameters = sql + _OF_RECIPIENT, [*parameters, address_pattern(recipient)]
        with self._reading() as connection:
            rows = connection.exec_driver_sql(f"{sql} GROUP BY m.id ORDER BY m.id", tuple(parameters)).all()
            sizes = self._octets.measure(connection, [row[0] for row in rows], utf8=utf8)
        return tuple(Entry(row[1], row[2], sizes[row[0]], bool(row[3])) for row in rows)

    def discard(self, inbox: str, public_ids: Iterable[str]) -> Future[int]:
        """Move these messages to Trash; the result is how many were not there already."""
        return self.move(inbox, Selection.ids(public_ids), TRASH)

    def move(self, inbox: str, selection: Selection, mailbox: str) -> Future[int]:
        """Move the selected messages to a mailbox; the result is how many were not there already."""
        chosen = self._choose(inbox, selection)
        return self._submit(moving(chosen, lambda context, rows: len(move(context, inbox, rows, mailbox))))
