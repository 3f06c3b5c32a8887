"""Views of what goes on to real servers: release by hand, and the queue."""

from __future__ import annotations

import re

from flask import Blueprint

from mailpit_py.api import relay_schemas as schemas
from mailpit_py.api.admission import may_see
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery, Nothing
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem, not_found, unusable_parameter
from mailpit_py.api.relay_models import RelayQuery, ReleaseRequest
from mailpit_py.api.shape import Json, instant
from mailpit_py.application.relay_queue import RelayQueue
from mailpit_py.application.relay_settings import RelayServer
from mailpit_py.application.release import ReleaseError
from mailpit_py.errors import QueryError
from mailpit_py.storage import RelayItem

TAG = "Relay"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/relay")(show_relay)
    routes.get("/relay/items")(list_items)
    routes.get("/relay/items/<public_id:public_id>")(show_item)
    routes.post("/relay/items/<public_id:public_id>/retry")(retry_item)
    routes.delete("/relay/items/<public_id:public_id>")(cancel_item)
    routes.post("/messages/<public_id:public_id>/release")(release_message)


@operation(TAG, query=None, returns=schemas.RelayStatus, errors=(), is_common=True)
def show_relay() -> Json:
    """Show where mail may go, and what goes on by itself. Only the start's options change it."""
    relay, forward = _queue().relay, _queue().forward
    automatic = "none"
    if relay and relay.is_automatic:
        automatic = "all" if relay.relays_all else "matching"
    return {
        "release": _route(relay.server) if relay else None,
        "allowed_recipients": _source(relay.allowed) if relay else "",
        "blocked_recipients": _source(relay.blocked) if relay else "",
        "return_path": relay.return_path if relay else "",
        "override_from": relay.override_from if relay else "",
        "automatic": automatic,
        "matching": _source(relay.matching) if relay else "",
        "forward": _route(forward.server) if forward else None,
        "forward_to": list(forward.to) if forward else [],
    }


@operation(TAG, query=RelayQuery, returns=schemas.RelayItems)
def list_items(query: RelayQuery) -> Json:
    """List what waits to go on and what has gone, newest first. Of what has ended the newest 1,000 are kept."""
    try:
        page = _queue().tables.page(
            query.inbox, state=query.state, message=query.message, before=query.before, limit=query.limit
        )
    except QueryError as error:
        raise unusable_parameter("before", error.reason) from None
    return {"items": [_item(one) for one in page.items], "next": page.next}


@operation(TAG, query=None, returns=schemas.RelayItem, is_common=True)
def show_item(public_id: str) -> Json:
    """Show one item of the queue."""
    return _item(_found(public_id))


@operation(
    TAG, query=None, body=Nothing, returns=schemas.RelayItem, status=202, errors=(400, 404, 409, 415), is_common=True
)
def retry_item(public_id: str, body: Nothing) -> Json:
    """Try an item now that waits for a later try."""
    _found(public_id)
    if not _queue().retry(public_id):
        raise Problem(409, "This item has ended; release the message again.", kind="ended")
    return _item(_found(public_id))


@operation(TAG, query=None, returns=schemas.RelayItem, errors=(404, 409), is_common=True)
def cancel_item(public_id: str) -> Json:
    """Try an item no more. What is being sent in this moment may arrive all the same."""
    _found(public_id)
    if not _queue().tables.cancel(public_id).result():
        raise Problem(409, "This item has ended already.", kind="ended")
    return _item(_found(public_id))


@operation(TAG, body=ReleaseRequest, returns=schemas.RelayItem, status=202, errors=(400, 404, 409, 415, 507))
def release_message(public_id: str, query: InboxQuery, body: ReleaseRequest) -> Json:
    """Send a message on to real people, through the server that the operator has set.

    It leaves with a new date and id and without Bcc, from the address of Sender or From. Look at the
    item that is answered for what became of it.
    """
    queue = _queue()
    if queue.relay is None:
        raise Problem(409, "Nothing can be released: no server is set to which mail may go.", kind="no-relay")
    if refused := queue.refusals(body.recipients):
        reasons = [("recipients", f"{address!r} {reason}") for address, reason in refused]
        raise Problem(422, "Mail may not be released to these addresses.", kind="invalid", errors=reasons)
    try:
        return _item(_found(queue.release(query.inbox, public_id, body.recipients, is_retried=body.retry)))
    except ReleaseError as error:
        raise Problem(422, f"This message cannot be released: {error}.", kind="invalid") from None


def _queue() -> RelayQueue:
    return here().sandbox.relay


def _found(public_id: str) -> RelayItem:
    item = _queue().tables.item(public_id)
    if item is None or not may_see(item.inbox):
        raise not_found("item")
    return item


def _route(server: RelayServer) -> Json:
    encryption = "tls" if server.tls else "starttls" if server.starttls else "none"
    return {"host": server.host, "port": server.port, "encryption": encryption, "auth": server.auth}


def _source(pattern: re.Pattern[str] | None) -> str:
    return pattern.pattern if pattern else ""


def _item(one: RelayItem) -> Json:
    return {
        "id": one.public_id,
        "message": one.message,
        "kind": one.kind,
        "state": one.state.value,
        "subject": one.subject,
        "reverse_path": one.reverse_path,
        "recipients": [
            {"address": to.address, "state": to.state.value, "code": to.code, "text": to.text} for to in one.recipients
        ],
        "size_bytes": one.size_bytes,
        "created_at": instant(one.created_at),
        "next_at": instant(one.next_at),
        "tries": one.tries,
        "retried": one.is_retried,
        "said": one.said,
    }
