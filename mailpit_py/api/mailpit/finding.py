"""Which messages a request means: by id, the latest, or by a search."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import request

from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import fields
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.mail import Message
from mailpit_py.storage import PATIENCE, Query, Selection, Stored, Summary
from mailpit_py.storage.mailpit_date import instant
from mailpit_py.storage.mailpit_query import MILLISECOND, parse
from mailpit_py.storage.query import NOTHING, All, Received

logger = logging.getLogger(__name__)

LATEST = "latest"
NO_SEARCH = "Error: no search query"


def search(text: str, *, strict: bool = False) -> Query:
    """What a search means. Raises a problem for one of which nothing can be understood.

    `strict` refuses a search of which only a part can: to leave a term out finds more, and what is
    to be deleted should not grow by a slip.
    """
    found = parse(text, fields.zone())
    if found.query.node == All((NOTHING,)) or (strict and found.ignored):
        terms = " ".join(found.ignored).strip() or text
        raise Problem(400, f"Error: these terms of the search mean nothing: {terms}", kind="query")
    if found.ignored:
        logger.warning("terms of a search that mean nothing: %s", " ".join(found.ignored))
    return found.query


def asked_search(*, strict: bool = False) -> Query:
    """What the parameter `query` means. Raises a problem if it is missing or cannot be understood."""
    text = request.args.get("query", "").strip()
    if not text:
        raise Problem(400, NO_SEARCH, kind="query")
    return search(text, strict=strict)


def narrowed(query: Query | None) -> Query | None:
    """The search with what the parameter `before` asks for; no search finds everything.

    As with Mailpit, a moment before 1970 asks for nothing.
    """
    text = request.args.get("before", "").strip()
    moment = instant(text) if text else None
    if text and moment is None:
        logger.warning("before=%r is no date", text[:100])
    if moment is None or moment < MILLISECOND:
        return query
    older = Received(until=moment - moment % MILLISECOND)
    return replace(query, node=All((*query.node.nodes, older))) if query else Query(text, All((older,)))


def public_id(given: str) -> str:
    """The id that a path names; `latest` is the newest message, or the newest that `query` finds.

    Raises the problem that there is none for `latest`; another id is not looked up.
    """
    if given != LATEST:
        return given
    text = request.args.get("query", "").strip()
    page = here().sandbox.store.page(scope(), query=search(text) if text else None, limit=1)
    if not page.items:
        raise Problem(404, "Message not found", kind="text")
    return page.items[0].public_id


def stored(given: str) -> Stored:
    """The message that a path names. Raises the problem that there is none."""
    found = here().sandbox.store.message(scope(), public_id(given))
    if found is None:
        raise not_found("message")
    return found


def content(given: str) -> tuple[Summary, Message]:
    """The message that a path names, and what is in it. Raises the problem that there is none."""
    summary = stored(given).summary
    return summary, here().library.message(scope(), summary.public_id)


def mark_read(*public_ids: str, read: bool = True) -> None:
    """Set the read state of messages, and wait for it."""
    here().sandbox.store.mark(scope(), Selection.ids(public_ids), seen=read).result(PATIENCE)
