"""Views that list messages and show what is known of one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

from mailpit_py.api import rendering, schemas, shape
from mailpit_py.api.answers import encode
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery, ListQuery
from mailpit_py.api.native import simulation
from mailpit_py.api.operation import JSON, operation
from mailpit_py.api.problem import not_found, unusable_parameter
from mailpit_py.api.shape import Json
from mailpit_py.errors import QueryError
from mailpit_py.mail import hops
from mailpit_py.storage import INBOX, Counts, Page, Query, Stored

TAG = "Messages"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages")(list_messages)
    routes.get("/messages/<public_id:public_id>")(show_message)
    routes.get("/messages/<public_id:public_id>/headers")(show_headers)
    routes.get("/messages/<public_id:public_id>/envelope")(show_envelope)
    routes.get("/messages/<public_id:public_id>/transcript")(show_transcript)
    routes.get("/messages/<public_id:public_id>/path")(show_path)


@operation(TAG, query=ListQuery, returns=schemas.MessageList, errors=(400,))
def list_messages(query: ListQuery) -> Response:
    """List messages, newest first.

    Without `query` this is the whole inbox. With `refused=true` the transactions that ended without
    a message stand between the messages. `cursor` is the place in the live feed at which exactly
    these rows were true, so that following from there misses nothing.
    """
    search = parse_search(query.query)
    key = (*query.model_dump(exclude={"query"}).values(), search)
    return Response(here().memo.get(key, lambda: _list(query, search)), mimetype=JSON)


@operation(TAG, returns=schemas.Detail)
def show_message(public_id: str, query: InboxQuery) -> Json:
    """Show one message with everything but its bodies: addresses, parts, defects, envelope, session.

    Reading a message here does not mark it as read; that is a PATCH.
    """
    found = stored(query.inbox, public_id)
    message = here().library.message(query.inbox, public_id)
    safe = rendering.render(query.inbox, public_id, remote=False)
    return {
        **shape.message_row(found.summary),
        **shape.addresses(message),
        "recipients": [one.address for one in found.envelope.recipients],
        "attachments": [shape.part(one, children=False) for one in message.attachments],
        "inline": [shape.part(one, children=False) for one in message.inline],
        "parts": shape.part(message.root),
        "defects": [shape.defect(one) for one in message.defects],
        "envelope": shape.envelope(found.envelope),
        "session": shape.session(found.session) if found.session else None,
        "remote_hosts": list(safe.hosts),
        "remote_count": len(safe.blocked),
        "simulation_hint": simulation.hint(found.envelope),
        **_links(query.inbox, public_id),
    }


@operation(TAG, returns=schemas.Headers)
def show_headers(public_id: str, query: InboxQuery) -> Json:
    """Show the header section from the top, each field decoded and as received."""
    message = here().library.message(query.inbox, public_id)
    return {"fields": [shape.header_field(one) for one in message.fields]}


@operation(TAG, returns=schemas.Envelope)
def show_envelope(public_id: str, query: InboxQuery) -> Json:
    """Show what MAIL and RCPT said, apart from the content."""
    return shape.envelope(stored(query.inbox, public_id).envelope)


@operation(TAG, returns=schemas.Transcript)
def show_transcript(public_id: str, query: InboxQuery) -> Json:
    """Show the dialogue that carried the message. Credentials in it are masked."""
    found = stored(query.inbox, public_id)
    lines = here().sandbox.store.transcript(query.inbox, public_id)
    return {
        "session": shape.session(found.session) if found.session else None,
        "lines": [shape.line(one) for one in lines],
    }


@operation(TAG, returns=schemas.Path)
def show_path(public_id: str, query: InboxQuery) -> Json:
    """Show the way of the message: its Received fields, oldest first, with the delay of each hop."""
    return {"hops": [shape.hop(one) for one in hops(here().library.message(query.inbox, public_id))]}


def _links(inbox: str, public_id: str) -> Json:
    """What this message is a report about, and the reports about it."""
    links = here().sandbox.store.agenda.plans.links(inbox, public_id)
    own = next((one for one in links if one.report == public_id), None)
    return {
        "report_of": {"kind": own.kind, "message": own.original or None} if own else None,
        "reports": [{"kind": one.kind, "message": one.report} for one in links if one.report != public_id],
    }


def stored(inbox: str, public_id: str) -> Stored:
    """The message as stored. Raises the 404 problem."""
    found = here().sandbox.store.message(inbox, public_id)
    if found is None:
        raise not_found("message")
    return found


def parse_search(text: str) -> Query | None:
    """The search, or None without one. Raises QueryError."""
    return here().sandbox.store.parse_query(text) if text.strip() else None


def _list(query: ListQuery, search: Query | None) -> bytes:
    counts = here().sandbox.store.counts(query.inbox)
    total = _total(query, search, counts)
    page = _page(query, search)
    return encode(
        {
            "items": [shape.row(item) for item in page.items],
            "next": page.next,
            "previous": page.previous,
            "total": total(),
            "counts": shape.counts(counts),
            "cursor": str(page.cursor),
        }
    )


def _total(query: ListQuery, search: Query | None, counts: Counts) -> Callable[[], int]:
    """What gives how many rows match in all: the counters if they know, else a count, once for all pages of a search.

    To count is two thirds of a broad search; it is done beside the page, by another thread.
    """
    known = _known_total(query, search, counts)
    if known is not None:
        return lambda: known
    context, count = here(), here().sandbox.store.count
    key = (query.inbox, query.mailbox, query.refused, search)

    def counted() -> int:
        return context.memo.get(key, lambda: count(query.inbox, search, mailbox=query.mailbox, refused=query.refused))

    if search is None or not search.is_broad:
        return counted
    try:
        return context.counting.submit(counted).result
    except RuntimeError:  # the application closes
        return counted


def _known_total(query: ListQuery, search: Query | None, counts: Counts) -> int | None:
    if search is None and query.mailbox == INBOX:
        return counts.total + (counts.attempts if query.refused else 0)
    flags = {
        "unread": counts.unread,
        "pinned": counts.pinned,
        "attachment": counts.files,
        "refused": counts.refused,
    }
    if search is not None and search.only_flag in flags and query.mailbox == INBOX:
        return flags[search.only_flag]
    return None


def _page(query: ListQuery, search: Query | None) -> Page:
    try:
        return here().sandbox.store.page(
            query.inbox,
            query=search,
            before=query.before,
            after=query.after,
            skip=query.skip,
            limit=query.limit,
            mailbox=query.mailbox,
            refused=query.refused,
        )
    except QueryError as error:
        raise unusable_parameter("before" if query.before is not None else "after", error.reason) from None
