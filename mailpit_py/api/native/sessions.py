"""Views of connections, and of the transactions on them that ended without a message."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import schemas, shape
from mailpit_py.api.context import here
from mailpit_py.api.models import AnyInboxQuery, InboxQuery, SessionsQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found, unusable_parameter
from mailpit_py.api.shape import Json
from mailpit_py.errors import QueryError
from mailpit_py.storage import EVERY_INBOX

TAG = "Sessions"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/attempts/<public_id:public_id>")(show_attempt)
    routes.get("/sessions")(list_sessions)
    routes.get("/sessions/<public_id:public_id>")(show_session)


@operation(TAG, returns=schemas.AttemptDetail)
def show_attempt(public_id: str, query: InboxQuery) -> Json:
    """Show a transaction that ended without a message, with its dialogue."""
    store = here().sandbox.store
    found = store.attempt(query.inbox, public_id)
    if found is None:
        raise not_found("refused transaction")
    return {
        **shape.attempt_row(found.summary),
        "envelope": shape.envelope(found.envelope),
        "session": shape.session(found.session) if found.session else None,
        "lines": [shape.line(one) for one in store.transcript(query.inbox, public_id)],
    }


@operation(TAG, query=SessionsQuery, returns=schemas.SessionList, errors=())
def list_sessions(query: SessionsQuery) -> Json:
    """List connections, newest first, also those that never brought a message."""
    try:
        records, following = here().sandbox.store.sessions(
            inbox=query.inbox or EVERY_INBOX, limit=query.limit, before=query.before
        )
    except QueryError as error:
        raise unusable_parameter("before", error.reason) from None
    return {"items": [shape.session(one) for one in records], "next": following}


@operation(TAG, query=AnyInboxQuery, returns=schemas.SessionDetail)
def show_session(public_id: str, query: AnyInboxQuery) -> Json:
    """Show one connection with all that was said on it, or what of that concerns one inbox."""
    found = here().sandbox.store.session(public_id, inbox=query.inbox or EVERY_INBOX)
    if found is None:
        raise not_found("session")
    record, lines = found
    return {**shape.session(record), "lines": [shape.line(one) for one in lines]}
