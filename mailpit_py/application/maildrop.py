"""Who sees what by POP3: the rule that leads from a login to its messages."""

from __future__ import annotations

from itertools import groupby

from mailpit_py.storage import Entry, Store


def entries(store: Store, login: str) -> tuple[Entry, ...]:
    """The messages that a login sees, oldest first.

    With `@` in it, those for that envelope recipient (`bounces+*@app.example` for all of them); with
    the name of an inbox, those of that inbox; with any other name, all.
    """
    if "@" in login:
        return store.maildrops.entries(recipient=login)
    return store.maildrops.entries(inbox=login if login in store.inbox_table.names() else None)


def discard(store: Store, discarded: tuple[Entry, ...]) -> int:
    """Move messages to the Trash of their inboxes, and return how many, once that is committed."""
    by_inbox = groupby(sorted(discarded, key=lambda one: one.inbox), key=lambda one: one.inbox)
    moves = [store.maildrops.discard(inbox, [one.public_id for one in group]) for inbox, group in by_inbox]
    return sum(move.result() for move in moves)
