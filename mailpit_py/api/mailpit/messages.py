"""Mailpit's lists: all messages and searches, with what is read and what is deleted of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response

from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import failure, fields, finding
from mailpit_py.api.mailpit.go_json import encoded
from mailpit_py.application import mailpit_json
from mailpit_py.storage import PATIENCE, Counts, Outline, Selection

LIMIT = 50


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages")(list_messages)
    routes.put("/messages")(set_read_status)
    routes.delete("/messages")(delete_messages)
    routes.get("/search")(search_messages)
    routes.delete("/search")(delete_search)


def list_messages() -> Response:
    """List messages, newest first; `limit=0` lists all of them."""
    start, limit = fields.number("start", 0), fields.number("limit", LIMIT)
    query = finding.narrowed(None)
    skip = start if limit else 0

    def make() -> bytes:
        counts = here().sandbox.store.counts(scope())
        pages = here().sandbox.store.outlines.pages(scope(), query, skip=skip, limit=limit or None)
        return _summary(counts, (counts.total, counts.unread), start, (_rows(one, empty_reply_to=[]) for one in pages))

    return _json(here().memo.get(("v1 list", scope(), query, start, limit), make))


def search_messages() -> Response:
    """List what a search finds, newest first; `limit=0` only counts it."""
    start, limit = fields.number("start", 0), fields.number("limit", LIMIT)
    query = finding.narrowed(finding.asked_search())
    assert query is not None

    def make() -> bytes:
        counts = here().sandbox.store.counts(scope())
        found = here().sandbox.store.outlines.search(scope(), query, skip=start, limit=limit)
        return _summary(counts, (found.total, found.unread), start, [_rows(found.items, empty_reply_to=None)])

    return _json(here().memo.get(("v1 search", scope(), query, start, limit), make))


def set_read_status() -> Response:
    """Mark messages as read or unread: those named, those that a search finds, or else all."""
    given = fields.body("struct { Read bool; IDs []string; Search string }")
    read, ids, search = fields.flag(given, "Read"), fields.texts(given, "IDs"), fields.text(given, "Search")
    if ids and search:
        return failure.refusal("You may specify either IDs or a search query, not both")
    if ids:
        chosen = Selection.ids(ids)
    elif search.strip():
        chosen = Selection.matching(finding.search(search, strict=True))
    else:
        chosen = Selection.everything()
    here().sandbox.store.mark(scope(), chosen, seen=read).result(PATIENCE)
    return failure.ok()


def delete_messages() -> Response:
    """Delete the messages that the body names; without a body, or with no ids in it, all of them.

    A body that cannot be read deletes nothing: who sends one means something by it.
    """
    given = fields.body("struct { IDs []string }", needed=False)
    ids = fields.texts(given, "IDs")
    chosen = Selection.ids(ids) if ids else Selection.everything()
    here().sandbox.store.delete(scope(), chosen).result(PATIENCE)
    return failure.ok()


def delete_search() -> Response:
    """Delete everything that a search finds."""
    query = finding.asked_search(strict=True)
    here().sandbox.store.delete(scope(), Selection.matching(query)).result(PATIENCE)
    return failure.ok()


def _rows(found: Sequence[Outline], *, empty_reply_to: Any) -> list[mailpit_json.Json]:
    return [mailpit_json.row(one, empty_reply_to=empty_reply_to) for one in found]


def _summary(counts: Counts, found: tuple[int, int], start: int, pages: Iterable[list[mailpit_json.Json]]) -> bytes:
    """The answer to a list; each page of rows becomes octets before the next is made."""
    written = [(len(rows), encoded(rows)[1:-2]) for rows in pages if rows]
    head = encoded(
        {
            "total": counts.total,
            "unread": counts.unread,
            "count": sum(number for number, _ in written),
            "messages_count": found[0],
            "messages_unread": found[1],
            "start": start,
            "tags": list(here().sandbox.store.tags.names(scope())),
            "messages": [],
        }
    )
    return head.removesuffix(b"]}\n") + b",".join(octets for _, octets in written) + b"]}\n"


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json")
