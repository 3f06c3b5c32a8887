"""Mailpit's views of one message: everything about it, its header section, its source."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from mailpit_py.api import headers
from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import finding, shape
from mailpit_py.api.mailpit.go_json import written
from mailpit_py.api.problem import not_found
from mailpit_py.mail import charset

LINE_END = re.compile(rb"\r\r?\n|\n|\r")


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/message/<given>")(show_message)
    routes.get("/message/<given>/headers")(show_headers)
    routes.get("/message/<given>/raw")(show_raw)


def show_message(given: str) -> Response:
    """Show one message, which is then read."""
    found = finding.stored(given)
    public_id = found.summary.public_id
    content = here().library.message(scope(), public_id)
    outline = here().sandbox.store.outlines.of(scope(), [public_id]).get(public_id)
    if outline is None:  # deleted in between
        raise not_found("message")
    answer = written(shape.message(found, outline, content))
    if not found.summary.seen and request.method == "GET":
        finding.mark_read(public_id)
    return answer


def show_headers(given: str) -> Response:
    """Show every header field by its name, its values in the order of the message, encoded words left alone."""
    _, content = finding.content(given)
    values: dict[str, list[str]] = {}
    for field in content.fields:
        values.setdefault(canonical(field.name), []).append(unfolded(field.raw))
    return written(dict(sorted(values.items())))


def show_raw(given: str) -> Response:
    """Give the message as it was received, octet by octet; `dl=1` makes a file of it."""
    public_id = finding.public_id(given)
    raw = here().sandbox.store.raw(scope(), public_id)
    if raw is None:
        raise not_found("message")
    response = Response(raw, content_type="text/plain; charset=utf-8")
    if request.args.get("dl") == "1":
        response.headers["Content-Disposition"] = f'attachment; filename="{public_id}.eml"'
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def unfolded(raw: bytes) -> str:
    """A field's value as Go reads it: its lines without the blanks at their ends, one blank between them."""
    lines = [line.strip(b" \t") for line in LINE_END.split(raw)]
    return charset.decode(b" ".join(lines).lstrip(b" \t"))


def canonical(name: str) -> str:
    """A field's name as Go writes it: the first letter and each behind a dash large, the others small."""
    if not re.fullmatch(r"[0-9A-Za-z!#$%&'*+.^_`|~-]+", name):
        return name
    return "-".join(word[:1].upper() + word[1:].lower() for word in name.split("-"))
