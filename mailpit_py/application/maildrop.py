"""Who sees what by POP3 and IMAP: the rule that leads from a login to its messages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from mailpit_py.storage import DEFAULT_INBOX, Entry, Store


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads folders: an inbox, and of it only what is for one recipient if one is named."""

    inbox: str
    recipient: str = ""


def reader(store: Store, login: str) -> Reader:
    """Who a login reads as: with `@` that recipient, with the name of an inbox that one, else the default inbox."""
    if "@" in login:
        return Reader(DEFAULT_INBOX, login)
    return Reader(login if login in store.inbox_table.names() else DEFAULT_INBOX)


def entries(store: Store, login: str, *, utf8: bool = False) -> tuple[Entry, ...]:
    """The messages that a login sees, oldest first, with their sizes for who takes `utf8` or not.

    With `@` in it, those for that envelope recipient (`bounces+*@app.example` for all of them); with
    the name of an inbox, those of that inbox; with any other name, all.
    """
    if "@" in login:
        return store.maildrops.entries(recipient=login, utf8=utf8)
    return store.maildrops.entries(inbox=login if login in store.inbox_table.names() else None, utf8=utf8)


def discard(store: Store, discarded: tuple[Entry, ...]) -> int:
    """Move messages to the Trash of their inboxes, and return how many, once that is committed."""
    by_inbox = groupby(sorted(discarded, key=lambda one: one.inbox), key=lambda one: one.inbox)
    moves = [store.maildrops.discard(inbox, [one.public_id for one in group]) for inbox, group in by_inbox]
    return sum(move.result() for move in moves)
