"""Who sees what by POP3 and IMAP: the rule that leads from a login to its messages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from mailpit_py.application.account import Accounts
from mailpit_py.application.inboxbook import InboxBook, is_token
from mailpit_py.storage import DEFAULT_INBOX, EVERY_INBOX, Entry, Store


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads folders: an inbox, and of it only what is for one recipient if one is named."""

    inbox: str
    recipient: str = ""


def opened(inboxes: InboxBook, accounts: Accounts | None, name: str, password: str) -> str | None:
    """The inbox that a login may read, `*` for all of them; None for one that is refused. May take a while.

    With the token of an inbox as the password that one, whatever the name. Without `accounts` anybody
    reads all.
    """
    if is_token(password):
        return inboxes.opened_by(password)
    return EVERY_INBOX if accounts is None or accounts.verify(name, password) else None


def reader(store: Store, login: str, inbox: str = EVERY_INBOX) -> Reader:
    """Who a login reads as: in the `inbox` that it may read, or, where that is all, in the one that it names.

    With `@` it is that recipient. A login that names no inbox reads the first one.
    """
    named = login if login in store.inbox_table.names() else None
    home = (named or DEFAULT_INBOX) if inbox == EVERY_INBOX else inbox
    return Reader(home, login if "@" in login and named is None else "")


def entries(store: Store, login: str, inbox: str = EVERY_INBOX, *, utf8: bool = False) -> tuple[Entry, ...]:
    """The messages that a login sees, oldest first, with their sizes for who takes `utf8` or not.

    They are of all inboxes, or of the one that it may read.

    With the name of an inbox, those of that inbox; with `@` in it, those for that envelope recipient
    (`bounces+*@app.example` for all of them); with any other name, all.
    """
    named = login if login in store.inbox_table.names() else None
    recipient = login if "@" in login and named is None else None
    return store.maildrops.entries(inbox=named if inbox == EVERY_INBOX else inbox, recipient=recipient, utf8=utf8)


def discard(store: Store, discarded: tuple[Entry, ...]) -> int:
    """Move messages to the Trash of their inboxes, and return how many, once that is committed."""
    by_inbox = groupby(sorted(discarded, key=lambda one: one.inbox), key=lambda one: one.inbox)
    moves = [store.maildrops.discard(inbox, [one.public_id for one in group]) for inbox, group in by_inbox]
    return sum(move.result() for move in moves)
