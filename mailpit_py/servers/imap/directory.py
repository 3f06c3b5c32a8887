"""The folders of a reader by their names: which there are, what is special about each, and what each shows; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailpit_py.application.maildrop import Reader
from mailpit_py.servers.imap.mailbox_name import DELIMITER
from mailpit_py.storage import INBOX, TRASH, Folder, Listed

JUNK, REPORTS, TAGS = "Junk", "Reports", "Tags"
# Mailboxes that are always there, made when they are first needed.
ALWAYS = (INBOX, JUNK, TRASH)
SPECIAL_USE = {JUNK: "\\Junk", TRASH: "\\Trash"}
_RESERVED = (*ALWAYS, REPORTS, TAGS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of LIST. A name that only has others below it cannot be selected."""

    name: str
    is_selectable: bool = True
    is_subscribed: bool = True
    has_children: bool = False

    @property
    def special_use(self) -> str:
        """The use of RFC 6154, or nothing."""
        return SPECIAL_USE.get(self.name, "")


def folder_of(reader: Reader, name: str) -> Folder:
    """What a name shows."""
    if name == REPORTS:
        return Folder(reader.inbox, INBOX, reader.recipient, reports=True)
    if name.startswith(f"{TAGS}{DELIMITER}"):
        return Folder(reader.inbox, "", reader.recipient, tag=name[len(TAGS) + 1 :])
    return Folder(reader.inbox, name, reader.recipient)


def is_reserved(name: str) -> bool:
    """True for a name that cannot be made, renamed or deleted."""
    return name in _RESERVED or name.startswith(f"{TAGS}{DELIMITER}")


def entries(listed: Iterable[Listed]) -> list[Entry]:
    """Every name that LIST tells, INBOX first: with the parents of others, which may be no folders themselves."""
    subscribed = dict.fromkeys((*ALWAYS, REPORTS), True)
    for one in listed:
        subscribed[f"{TAGS}{DELIMITER}{one.name}" if one.is_tag else one.name] = one.is_subscribed
    parents = {parent for name in subscribed for parent in _parents(name)}
    found = [Entry(name, True, kept, name in parents) for name, kept in subscribed.items()]
    found += [Entry(name, False, False, True) for name in sorted(parents - subscribed.keys())]
    return found


def _parents(name: str) -> list[str]:
    levels = name.split(DELIMITER)
    return [DELIMITER.join(levels[:count]) for count in range(1, len(levels))]
