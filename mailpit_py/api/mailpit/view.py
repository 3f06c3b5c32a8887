"""The bodies of one message at Mailpit's addresses: /view/<id>.html and .txt."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, unquote, urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from mailpit_py.api import headers, rendering
from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import finding
from mailpit_py.api.mailpit.shape import text_of_message
from mailpit_py.api.problem import Problem
from mailpit_py.errors import NotFound
from mailpit_py.mail import Message
from mailpit_py.mail.arrangement import arrange, number_of
from mailpit_py.storage import DEFAULT_INBOX, Summary

CID = re.compile(r"cid:([^\"'\s<>|\\)]+)", re.I)


def blueprint() -> Blueprint:
    """The routes under /view; what has neither ending is a view of the page."""
    views = Blueprint("view", __name__)
    for path, view in (
        ("/view/latest", lead_to_latest),
        ("/view/<anything:given>.html", show_html),
        ("/view/<anything:given>.txt", show_text),
    ):
        views.get(path, provide_automatic_options=False)(view)
    return views


def lead_to_latest() -> BaseResponse:
    """Lead on to the newest message on the page, or to the page if there is none."""
    webroot = here().config.webroot_path
    try:
        newest = finding.stored(finding.LATEST).summary
        inbox = "" if newest.inbox == DEFAULT_INBOX else f"?{urlencode({'inbox': newest.inbox})}"
        return redirect(f"{webroot}view/{newest.public_id}{inbox}")
    except Problem as problem:
        if problem.kind != "text":
            raise
        return redirect(webroot)


def show_html(given: str) -> Response:
    """Give the HTML as its sender wrote it, its inline images led to their parts; the message is then read.

    `embed=1` gives it made safe for a frame, its links opening windows. In both cases its policy
    gives it an origin of its own and no scripts.
    """
    summary, content = _content(given)
    markup = arrange(content.root).markup
    if not markup:
        raise Problem(404, "This message does not contain a HTML part", kind="text")
    remote = here().config.remote_content == "always"
    if request.args.get("embed") == "1":
        safe = rendering.render(scope(), summary.public_id, remote=remote)
        text = rendering.document(safe)
    else:
        text = _with_images(markup, content, summary.public_id)
    _read(summary.public_id, seen=summary.seen)
    response = Response(text.encode("utf-8", "replace"), content_type="text/html; charset=utf-8")
    sheets = not here().config.block_remote_css_and_fonts
    policy = headers.mail_policy(rendering.image_source(), remote=remote, sheets=sheets)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def show_text(given: str) -> Response:
    """Give the plain text, or what a reader of the HTML reads; the message is then read."""
    summary, content = _content(given)
    text = text_of_message(arrange(content.root))
    _read(summary.public_id, seen=summary.seen)
    response = Response(text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def _content(given: str) -> tuple[Summary, Message]:
    try:
        return finding.content(given)
    except (Problem, NotFound) as error:
        if isinstance(error, Problem) and error.kind == "query":
            raise
        raise Problem(404, "Message not found", kind="text") from None


def _read(public_id: str, *, seen: bool) -> None:
    if not seen and request.method == "GET":
        finding.mark_read(public_id)


def _with_images(markup: str, content: Message, public_id: str) -> str:
    """The HTML with each `cid:` that names a part led to it, in attributes and in style sheets alike."""
    named = rendering.named_parts(content)
    webroot = here().config.webroot_path

    def address(match: re.Match[str]) -> str:
        part = named.get(match[1]) or named.get(unquote(unescape(match[1])))
        if part is None:
            return match[0]
        if rendering.raster_type(part):
            return rendering.signed_address(scope(), public_id, part.path)
        return quote(f"{webroot}api/v1/message/{public_id}/part/{number_of(part, content.root)}")

    return CID.sub(address, markup)
