"""Views of inboxes: made, listed, set, opened by tokens, removed; and what leads mail into them."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import inbox_models as models
from mailpit_py.api import shape
from mailpit_py.api.admission import may_see
from mailpit_py.api.context import here
from mailpit_py.api.models import Nothing
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.api.shape import Json, instant
from mailpit_py.application.inboxbook import InboxBook
from mailpit_py.application.routing import Routing
from mailpit_py.errors import Taken
from mailpit_py.storage import Inbox

TAG = "Inboxes"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/inboxes")(list_inboxes)
    routes.post("/inboxes")(add_inbox)
    routes.get("/inboxes/<inbox_name:inbox>")(show_inbox)
    routes.patch("/inboxes/<inbox_name:inbox>")(change_inbox)
    routes.delete("/inboxes/<inbox_name:inbox>")(delete_inbox)
    routes.post("/inboxes/<inbox_name:inbox>/token")(rotate_token)
    routes.delete("/inboxes/<inbox_name:inbox>/token")(revoke_token)
    routes.get("/routing")(show_routing)
    routes.put("/routing")(change_routing)


@operation(TAG, query=None, returns=models.Inboxes, errors=(), is_common=True)
def list_inboxes() -> Json:
    """List the inboxes that this request sees: all, or with a token the one that it opens."""
    return {"items": [_inbox(one) for one in _book().all if may_see(one.name)]}


@operation(TAG, query=None, body=models.NewInbox, returns=models.IssuedInbox, status=201, errors=(400, 409, 415))
def add_inbox(body: models.NewInbox) -> Json:
    """Make an inbox, and issue its token: whoever has it sees this inbox and nothing else.

    Mail comes here from a client that logs in with the token as its password, to addresses with the
    key, as in `ann+KEY@example.com`, and with the key in the header field. It has its own rules,
    clock, memory and limits.
    """
    given = body.model_dump(exclude={"name", "token"})
    try:
        issued = _book().create(body.name, with_token=body.token, **given)
    except Taken:
        raise Problem(409, f"There is an inbox {body.name!r} already.", kind="taken") from None
    return {**_inbox(issued.inbox), "token": issued.token}


@operation(TAG, query=None, returns=models.Inbox, is_common=True)
def show_inbox(inbox: str) -> Json:
    """Show one inbox."""
    return _inbox(_found(inbox))


@operation(TAG, query=None, body=models.InboxSettings, returns=models.Inbox, errors=(400, 404, 415), is_common=True)
def change_inbox(inbox: str, body: models.InboxSettings) -> Json:
    """Change how long an inbox lives and what it keeps; what is left out stays."""
    _found(inbox)
    return _inbox(_book().change(inbox, **body.model_dump(include=body.model_fields_set)))


@operation(TAG, query=None, returns=models.Inbox, errors=(404, 409), is_common=True)
def delete_inbox(inbox: str) -> Json:
    """Remove an inbox with its mail, rules and sinks, and show what it was. Its name may be used again."""
    shown = _inbox(_found(inbox))
    try:
        _book().remove(inbox)
    except ValueError:
        raise Problem(409, "The first inbox stays; its mail can be deleted.", kind="needed") from None
    return shown


@operation(TAG, query=None, body=Nothing, returns=models.IssuedInbox, errors=(400, 404, 415), is_common=True)
def rotate_token(inbox: str, body: Nothing) -> Json:
    """Issue another token of an inbox; the one before opens nothing any more."""
    _found(inbox)
    issued = _book().rotate(inbox)
    return {**_inbox(issued.inbox), "token": issued.token}


@operation(TAG, query=None, returns=models.Inbox, is_common=True)
def revoke_token(inbox: str) -> Json:
    """Take the token of an inbox back."""
    _found(inbox)
    return _inbox(_book().revoke(inbox))


@operation(TAG, query=None, returns=models.Routing, errors=(), is_common=True)
def show_routing() -> Json:
    """Show what names the inbox of a mail."""
    return _routing(_book().routing)


@operation(TAG, query=None, body=models.NewRouting, returns=models.Routing, errors=(400, 415))
def change_routing(body: models.NewRouting) -> Json:
    """Let these ways name the inbox of a mail, until the next start; inboxes are made when the first mail comes."""
    _book().route_by(Routing(tuple(dict.fromkeys(body.by)), body.header))
    return _routing(_book().routing)


def _book() -> InboxBook:
    return here().sandbox.inboxes


def _found(name: str) -> Inbox:
    """The inbox of this name, if the request may see it. Raises NotFound, or the 404 problem."""
    if not may_see(name):
        raise not_found("inbox")
    return _book().find(name)


def _inbox(one: Inbox) -> Json:
    return {
        "name": one.name,
        "origin": one.origin,
        "key": one.key,
        "has_token": bool(one.token_hash),
        "created_at": instant(one.created_at),
        "used_at": instant(one.used_at or None),
        "ttl_seconds": one.ttl_seconds,
        "expires_at": instant(one.expires_at),
        "limits": {
            "max_messages": one.max_messages,
            "max_age_seconds": one.max_age_seconds,
            "max_bytes": one.max_bytes,
        },
        "counts": shape.counts(here().sandbox.store.counts(one.name)),
    }


def _routing(routing: Routing) -> Json:
    return {"by": list(routing.by), "header": routing.header}
