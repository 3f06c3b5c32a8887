"""Which messages a reader by IMAP has before it, as SQL: a mailbox, a part of one, or what has a tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from mailpit_py.storage.flag import Flags, flags_of
from mailpit_py.storage.value import INBOX, TRASH, Cursor

_OF_RECIPIENT = (
    "AND EXISTS (SELECT 1 FROM delivery d WHERE d.owner_id = p.message_id AND d.accepted = 1 "
    "AND d.address LIKE ? ESCAPE '\\') "
)
_REPORTS = "AND EXISTS (SELECT 1 FROM report r WHERE r.message_id = p.message_id) "
# A modification sequence is positive (RFC 7162 §7), and that of a mailbox without any change is stored as 0.
_COLUMNS = "p.id, p.message_id, p.seen, p.pinned, p.flags, p.modseq + 1"


@dataclass(frozen=True, slots=True)
class Folder:
    """What is read: the mailbox of an inbox; of it only the `reports`, or what has this `tag` wherever but in Trash.

    `recipient` leaves only what was accepted for this address, in which `*` stands for anything.
    """

    inbox: str
    mailbox: str = INBOX
    recipient: str = ""
    reports: bool = False
    tag: str = ""

    @property
    def is_trash(self) -> bool:
        """True for the mailbox of what was deleted once."""
        return self.mailbox == TRASH and not self.tag

    @property
    def is_mailbox(self) -> bool:
        """True for a mailbox itself: messages can be put into it."""
        return not self.tag and not self.reports


class Item(NamedTuple):
    """A message of a folder. `uid` rises in it and is never used again; `modseq` is 0 in a folder of a tag."""

    uid: int
    placement_id: int
    id: int
    seen: int
    pinned: int
    words: str
    modseq: int

    @property
    def flags(self) -> Flags:
        """All flags."""
        return flags_of(self.seen, self.pinned, self.words)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder's UIDs are counted: the row of its mailbox or tag, with UIDVALIDITY and UIDNEXT."""

    row_id: int
    inbox_id: int
    uidvalidity: int
    uidnext: int
    highest_modseq: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder at one moment: all its items in the order of their UIDs, and the place in the journal."""

    folder: Folder
    place: Place
    items: tuple[Item, ...]
    cursor: Cursor

    @property
    def object_id(self) -> str:
        """What the folder is called whatever its name (RFC 8474 §4); no other one of its inbox has ever been so."""
        kind = "T" if self.folder.tag else "R" if self.folder.reports else "M"
        return f"{kind}{self.place.uidvalidity}"


@dataclass(frozen=True, slots=True)
class News:
    """What the journal tells of a folder: the items of these messages as they are at `cursor`.

    Those of the messages that are not among the items are not in the folder (any more); `ids` is None
    if the items are all that there are. `place` is None if the folder itself is gone.
    """

    ids: frozenset[int] | None
    items: tuple[Item, ...]
    place: Place | None
    cursor: Cursor


def find_place(connection: Connection, folder: Folder) -> Place | None:
    """Look up where the folder's UIDs are counted; None if there is no such mailbox or tag."""
    if folder.tag:
        sql = (
            "SELECT t.id, t.inbox_id, t.uidvalidity, t.uidnext, 0 FROM tag t JOIN inbox i ON i.id = t.inbox_id "
            "WHERE i.name = ? AND t.name = ? COLLATE NOCASE"
        )
    else:
        sql = (
            "SELECT b.id, b.inbox_id, b.uidvalidity, b.uidnext, b.highest_modseq + 1 FROM mailbox b "
            "JOIN inbox i ON i.id = b.inbox_id WHERE i.name = ? AND b.name = ?"
        )
    row = connection.exec_driver_sql(sql, (folder.inbox, folder.tag or folder.mailbox)).first()
    return None if row is None else Place(*row)


def items_sql(folder: Folder, place: Place, more: str = "") -> tuple[str, list[Any]]:
    """The statement for the items of a folder, oldest first, without the values of `more`, a condition on `p`."""
    parameters: list[Any] = [place.row_id]
    if folder.tag:
        sql = (
            f"SELECT pt.uid, {_COLUMNS.replace('p.modseq + 1', '0')} FROM placement_tag pt "
            "JOIN placement p ON p.id = pt.placement_id JOIN mailbox b ON b.id = p.mailbox_id "
            "WHERE pt.tag_id = ? AND b.inbox_id = ? AND b.name <> ? "
        )
        parameters += [place.inbox_id, TRASH]
    else:
        sql = f"SELECT p.uid, {_COLUMNS} FROM placement p WHERE p.mailbox_id = ? "
    if folder.reports:
        sql += _REPORTS
    if folder.recipient:
        sql += _OF_RECIPIENT
        parameters.append(address_pattern(folder.recipient))
    return f"{sql} {more} ORDER BY 1", parameters


def address_pattern(recipient: str) -> str:
    """An address in which `*` stands for anything, as LIKE wants it."""
    for character in "\\%_":
        recipient = recipient.replace(character, f"\\{character}")
    return recipient.replace("*", "%")
