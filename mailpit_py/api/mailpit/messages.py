"""Mailpit's lists: all messages and searches, with what is read and what is deleted of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import failure, fields, finding
from mailpit_py.api.mailpit.go_json import encoded
from mailpit_py.application import mailpit_json
from mailpit_py.storage import PATIENCE, Counts, Query, Selection, Summary
from mailpit_py.storage.query import All, Flag

AT_ONCE = 500
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
    if limit == 0:
        start = 0

    def make() -> bytes:
        counts = here().sandbox.store.counts(scope())
        rows = _rows(query, start, limit or None, empty_reply_to=[])
        return _summary(counts, counts, start, rows)

    return _json(here().memo.get(("v1 list", scope(), query, start, limit), make))


def search_messages() -> Response:
    """List what a search finds, newest first; `limit=0` only counts it."""
    start, limit = fields.number("start", 0), fields.number("limit", LIMIT)
    query = finding.narrowed(finding.asked_search())
    assert query is not None

    def make() -> bytes:
        counts = here().sandbox.store.counts(scope())
        rows = _rows(query, start, limit, empty_reply_to=None) if limit else []
        return _summary(counts, found_counts(query, counts), start, rows)

    return _json(here().memo.get(("v1 search", scope(), query, start, limit), make))


def set_read_status() -> Response:
    """Mark messages as read or unread: those named, those that a search finds, or else all."""
    given = fields.body()
    read, ids, search = fields.flag(given, "Read"), fields.texts(given, "IDs"), fields.text(given, "Search").strip()
    if ids and search:
        return failure.refusal("You may specify either IDs or a search query, not both")
    if ids:
        chosen = Selection.ids(ids)
    elif search:
        chosen = Selection.matching(finding.search(search, strict=True))
    else:
        chosen = Selection.everything()
    here().sandbox.store.mark(scope(), chosen, seen=read).result(PATIENCE)
    return failure.ok()


def delete_messages() -> Response:
    """Delete the messages that the body names; without a body, or with no ids in it, all of them.

    A body that cannot be read deletes nothing: who sends one means something by it.
    """
    given = fields.body(needed=False)
    ids = fields.texts(given, "IDs")
    chosen = Selection.ids(ids) if ids else Selection.everything()
    here().sandbox.store.delete(scope(), chosen).result(PATIENCE)
    return failure.ok()


def delete_search() -> Response:
    """Delete everything that a search finds."""
    query = finding.asked_search(strict=True)
    here().sandbox.store.delete(scope(), Selection.matching(query)).result(PATIENCE)
    return failure.ok()


def found_counts(query: Query, all_of_them: Counts) -> Counts:
    """How many messages a search finds, and how many of these are unread."""
    count = here().sandbox.store.count
    total = count(scope(), query)
    if total and 0 < all_of_them.unread < all_of_them.total:
        unread = count(scope(), replace(query, node=All((*query.node.nodes, Flag("unread")))))
    else:
        unread = total if all_of_them.unread else 0
    return Counts(total=total, unread=unread)


def _rows(query: Query | None, start: int, limit: int | None, *, empty_reply_to: Any) -> list[mailpit_json.Json]:
    outlines = here().sandbox.store.outlines
    rows: list[mailpit_json.Json] = []
    for page in _pages(query, start, limit):
        found = outlines.of(scope(), [one.public_id for one in page])
        known = [(one, found[one.public_id]) for one in page if one.public_id in found]
        rows += [mailpit_json.row(one, outline, empty_reply_to=empty_reply_to) for one, outline in known]
    return rows


def _pages(query: Query | None, start: int, limit: int | None) -> Iterator[list[Summary]]:
    """Yield messages, newest first, some at a time; without a limit all of them."""
    before = None
    while limit is None or limit > 0:
        some = AT_ONCE if limit is None else min(limit, AT_ONCE)
        page = here().sandbox.store.page(scope(), query=query, before=before, skip=start, limit=some)
        yield [one for one in page.items if isinstance(one, Summary)]
        if page.next is None:
            return
        before, start = page.next, 0
        limit = None if limit is None else limit - some


def _summary(counts: Counts, found: Counts, start: int, rows: list[mailpit_json.Json]) -> bytes:
    return encoded(
        {
            "total": counts.total,
            "unread": counts.unread,
            "count": len(rows),
            "messages_count": found.total,
            "messages_unread": found.unread,
            "start": start,
            "tags": list(here().sandbox.store.tags.names(scope())),
            "messages": rows,
        }
    )


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json")
