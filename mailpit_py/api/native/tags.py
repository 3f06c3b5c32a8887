"""Views of tags: which there are, another name for one, and its end. Messages are tagged where they are marked."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import folder_schemas as schemas
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery, NewName
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.api.shape import Json
from mailpit_py.errors import NotFound, Taken
from mailpit_py.storage import PATIENCE

TAG = "Tags"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/tags")(list_tags)
    routes.patch("/tags/<tag>")(rename_tag)
    routes.delete("/tags/<tag>")(delete_tag)


@operation(TAG, returns=schemas.Tags)
def list_tags(query: InboxQuery) -> Json:
    """List all tags, and how many messages have each."""
    store = here().sandbox.store
    store.counts(query.inbox)  # raises NotFound for an inbox that does not exist
    return _listed(query.inbox)


@operation(TAG, body=NewName, returns=schemas.Tags, errors=(404, 409))
def rename_tag(tag: str, query: InboxQuery, body: NewName) -> Json:
    """Give a tag another name; what differs in case alone is the same tag."""
    try:
        here().sandbox.store.tags.rename(query.inbox, tag, body.name).result(PATIENCE)
    except NotFound:
        raise not_found("tag") from None
    except Taken as error:
        raise Problem(409, f"{str(error)[0].upper()}{str(error)[1:]}.", kind="taken") from None
    return _listed(query.inbox)


@operation(TAG, returns=schemas.Tags)
def delete_tag(tag: str, query: InboxQuery) -> Json:
    """Take a tag from all its messages, which stay."""
    try:
        here().sandbox.store.tags.drop(query.inbox, tag).result(PATIENCE)
    except NotFound:
        raise not_found("tag") from None
    return _listed(query.inbox)


def _listed(inbox: str) -> Json:
    counts = here().sandbox.store.tags.counts(inbox)
    return {"tags": [{"name": name, "count": count} for name, count in counts.items()]}
