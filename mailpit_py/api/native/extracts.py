"""The view that takes from a message what tests need: links, one-time codes, the readable text."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import waiting_schemas as schemas
from mailpit_py.api.context import here
from mailpit_py.api.models import ExtractQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.shape import Json
from mailpit_py.checks.wanted import body_of

TAG = "Content"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages/<public_id:public_id>/extract")(show_extract)


@operation(TAG, query=ExtractQuery, returns=schemas.Extract)
def show_extract(public_id: str, query: ExtractQuery) -> Json:
    """Take from a message what a test goes on with: its links, one-time codes and readable text."""
    from mailpit_py.checks import extract  # its expressions take a while to compile

    message = here().library.message(query.inbox, public_id)
    links = extract.links(message)
    if query.link is not None:
        links = extract.links_with(links, query.link)
    return {
        "links": [{"url": one.url, "text": one.text, "where": one.where} for one in links],
        "codes": [{"code": one.code, "context": one.context} for one in extract.codes(message)],
        "text": body_of(message, "text"),
    }
