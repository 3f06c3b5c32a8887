"""Which inboxes a request may see: all of them, or the one whose token it brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import g
from pydantic import BaseModel

from mailpit_py.api.context import here
from mailpit_py.api.problem import not_found
from mailpit_py.storage import EVERY_INBOX

Given = TypeVar("Given", bound=BaseModel)


def pledge() -> Callable[[], bool]:
    """What is False once the token of this request opens its inbox no more; it may be asked behind the request."""
    inbox, inboxes = admitted(), here().sandbox.inboxes
    token: str = g.get("token", "")
    return lambda: inbox is None or inboxes.opened_by(token) == inbox


def admitted() -> str | None:
    """The inbox of the token that the request brought; None if it sees all."""
    inbox: str | None = g.get("inbox")
    return inbox


def scope() -> str:
    """The inbox that the request sees, or `*`."""
    return admitted() or EVERY_INBOX


def may_see(inbox: str) -> bool:
    """True if what belongs to an inbox is to be seen by this request."""
    return admitted() in (None, inbox)


def at_home(query: Given, public_id: str) -> Given:
    """A query that looks across all inboxes, made one about the inbox in which the message or attempt of this id is."""
    if public_id and getattr(query, "inbox", None) == EVERY_INBOX:
        rows = here().sandbox.store.summaries(EVERY_INBOX, (public_id,))
        query.inbox = rows[0].inbox if rows else EVERY_INBOX  # type: ignore[attr-defined]  # it is one of its fields
    return query


def narrowed(given: Given) -> Given:
    """What a request has given, its `inbox` that of its token. Raises the 404 problem for another one."""
    if "inbox" not in type(given).model_fields:
        return given
    own = admitted()
    named: str | None = given.inbox  # type: ignore[attr-defined]  # it is one of its fields
    if own is None:
        if named is not None:
            here().sandbox.inboxes.touch(named)
        return given
    if "inbox" in given.model_fields_set and named != own:
        raise not_found("inbox")
    given.inbox = own  # type: ignore[attr-defined]  # as above
    return given
