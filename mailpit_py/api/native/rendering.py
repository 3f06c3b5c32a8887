"""Views that show a message's bodies: the HTML for its frame, the HTML's source, the plain text."""

from __future__ import annotations

from flask import Blueprint, Response

from mailpit_py.api import headers, rendering
from mailpit_py.api.context import here
from mailpit_py.api.models import HtmlQuery, InboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found

TAG = "Content"
HTML = "text/html"
TEXT = "text/plain"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages/<public_id:public_id>/html")(show_html)
    routes.get("/messages/<public_id:public_id>/html/source")(show_html_source)
    routes.get("/messages/<public_id:public_id>/text")(show_text)


@operation(TAG, query=HtmlQuery, media=(HTML,))
def show_html(public_id: str, query: HtmlQuery) -> Response:
    """Give the message's HTML as a document for a sandboxed frame.

    It is made safe by an allow list, and its own Content-Security-Policy gives it an opaque origin
    and no scripts, so that opening it in a window is as safe as in the frame. Nothing is loaded from
    the network without `remote=true`.
    """
    remote = _remote(query.remote)
    safe = rendering.render(query.inbox, public_id, remote=remote)
    if not here().library.message(query.inbox, public_id).has_html:
        raise not_found("HTML in this message")
    response = Response(rendering.document(safe), mimetype=HTML)
    sheets = not here().config.block_remote_css_and_fonts
    policy = headers.mail_policy(rendering.image_source(), remote=remote, sheets=sheets)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@operation(TAG, media=(TEXT,))
def show_html_source(public_id: str, query: InboxQuery) -> Response:
    """Give the HTML as its sender wrote it, as plain text."""
    message = here().library.message(query.inbox, public_id)
    if not message.has_html:
        raise not_found("HTML in this message")
    return _plain(message.html)


@operation(TAG, media=(TEXT,))
def show_text(public_id: str, query: InboxQuery) -> Response:
    """Give the plain text; empty if the sender gave none."""
    return _plain(here().library.message(query.inbox, public_id).text)


def _plain(text: str) -> Response:
    response = Response(text.encode("utf-8", "replace"), mimetype=TEXT)
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def _remote(asked: bool | None) -> bool:
    policy = here().config.remote_content
    return policy == "always" if asked is None else asked and policy != "never"
