"""Mailpit's websocket: each change as an event with a type and data, and the totals after each batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint

from mailpit_py import __version__
from mailpit_py.api import events as sockets
from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.feed import Feed
from mailpit_py.api.frames import Rows, text_frame
from mailpit_py.api.mailpit.go_json import encoded
from mailpit_py.application import mailpit_json
from mailpit_py.storage import INBOX, AttemptSummary, Change, Counts, Cursor, Ref, Store, Summary

PAUSE = 0.25  # between batches, so that `stats` comes at most four times a second
ONE_BY_ONE = 200  # more than these of one kind are told as a whole


def events() -> Blueprint:
    """The websocket at /api/events."""

    def stream(ws: sockets.Connection) -> None:
        """Follow all mail live."""
        sockets.follow(ws, here().live, scope(), None)

    return sockets.websocket("live", sockets.take_socket, stream)


def feed(store: Store) -> Feed:
    """The feed of this websocket."""
    return Feed(store, Events(store), pause=PAUSE)


class Events:
    """Changes as Mailpit's events, in the order in which they happened."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def hello(self, cursor: Cursor, totals: Counts) -> bytes:
        """The totals, for a client that has just come."""
        return _stats(totals)

    def resync(self, cursor: Cursor) -> bytes:
        """The event after which clients read their lists anew."""
        return _event("prune", None)

    def build(self, start: Cursor, changes: Sequence[Change], rows: Rows, totals: Counts) -> list[bytes]:
        """The events of one batch, and the totals last if they may have moved.

        What is said twice in a row is said once: each inbox is emptied for itself, clients know of one.
        """
        told = [frame for frame, _ in groupby(frame for change in changes for frame in self._of(change, rows))]
        return [*told, _stats(totals)] if any(_may_count(change) for change in changes) else told

    def _of(self, change: Change, rows: Rows) -> Iterator[bytes]:
        match change.kind:
            case "cleared":
                yield _event("truncate", None)
            case "tags" | "moved" | "inboxes":
                yield _event("prune", None)
            case "added":
                yield from self._added(change, rows)
            case "tagged":
                found = _rows(change, rows)
                yield from (_tags(row) for row in found if isinstance(row, Summary))
            case "changed" | "removed":
                yield from _marked_or_gone(change.kind, [ref for ref in change.refs if not ref.is_attempt])

    def _added(self, change: Change, rows: Rows) -> Iterator[bytes]:
        """Tell of new mail, of its tags before it, and of what was refused."""
        found = _rows(change, rows)
        messages = [row for row in found if isinstance(row, Summary)]
        outlines = self._store.outlines.of(change.inbox, [row.public_id for row in messages])
        for row in found:
            if isinstance(row, AttemptSummary):
                yield _refused(row, self._store)
            elif (outline := outlines.get(row.public_id)) is not None:
                if row.tags:
                    yield _tags(row)
                yield _event("new", mailpit_json.row(outline, empty=[], empty_reply_to=[]))


def _may_count(change: Change) -> bool:
    """Whether the totals may be others after it: what was refused never is in them."""
    is_counted = not change.refs or any(not ref.is_attempt for ref in change.refs)
    return is_counted and change.kind in ("added", "changed", "removed", "moved", "cleared")


def _rows(change: Change, rows: Rows) -> list[Summary | AttemptSummary]:
    """The rows of a change that are still there and in INBOX, the oldest first."""
    listed = [ref.public_id for ref in change.refs if ref.mailbox in (INBOX, "")]
    found = {row.public_id: row for row in rows(change.inbox, tuple(listed))}
    return [found[public_id] for public_id in listed if public_id in found]


def _marked_or_gone(kind: str, refs: Iterable[Ref]) -> Iterator[bytes]:
    told = list(refs)
    if len(told) >= ONE_BY_ONE:
        yield _event("prune", None)
    elif kind == "changed":
        yield from (_event("update", {"ID": ref.public_id, "Read": ref.seen}) for ref in told)
    else:
        yield from (_event("delete", {"ID": ref.public_id}) for ref in told)


def _tags(row: Summary) -> bytes:
    return _event("update", {"ID": row.public_id, "Tags": list(row.tags)})


def _refused(row: AttemptSummary, store: Store) -> bytes:
    reply = row.reply
    found = store.session(row.session_id) if row.session_id else None
    peer = found[0].session.peer if found else ""
    return _event(
        "error",
        {
            "Level": "warning" if reply.code < 500 else "error",
            "Type": "smtpd",
            "IP": peer.rpartition(":")[0].strip("[]"),
            "Message": reply.lines[-1],
        },
    )


def _stats(totals: Counts) -> bytes:
    return _event("stats", {"Total": totals.total, "Unread": totals.unread, "Version": f"v{__version__}"})


def _event(kind: str, data: Any) -> bytes:
    return text_frame(encoded({"Type": kind, "Data": data})[:-1])
