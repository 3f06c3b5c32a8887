"""Parts of a message as Mailpit hands them over, and small pictures of images."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Blueprint, Response

from mailpit_py.api import headers
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import finding
from mailpit_py.api.mailpit.filename import shown_name
from mailpit_py.api.mailpit.shape import octets_of
from mailpit_py.api.problem import Problem, not_found
from mailpit_py.mail import Part
from mailpit_py.mail.arrangement import arrange, number_of

HARMLESS = re.compile(r"[ !#-\[\]-~]+")  # in a quoted string
NAME_SAFE = "$&+:=@"  # what Go's url.PathEscape leaves alone


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/message/<given>/part/<number>")(show_part)
    routes.get("/message/<given>/part/<number>/thumb")(show_thumbnail)


def show_part(given: str, number: str) -> Response:
    """Give the content of one part that is listed, its transfer encoding undone."""
    part = _part(given, number)
    if part is None:
        raise not_found("part")
    response = Response(octets_of(part), content_type=part.content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{_escaped(part)}"'
    # whatever type its sender gave it, a browser runs nothing of it in our name
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def show_thumbnail(given: str, number: str) -> Response:
    """Give a small JPEG of an image; white for what is none."""
    part = _part(given, number)
    if part is None:
        raise Problem(400, "attachment not found", kind="part")
    octets = part.decoded if part.content_type.startswith("image/") else b""
    response = Response(here().painter.draw(octets), mimetype="image/jpeg")
    name = shown_name(part)
    response.headers["Content-Disposition"] = f'filename="{name if HARMLESS.fullmatch(name) else _escaped(part)}"'
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def _part(given: str, number: str) -> Part | None:
    _, content = finding.content(given)
    listed = arrange(content.root).listed
    return next((part for part in listed if number_of(part, content.root) == number), None)


def _escaped(part: Part) -> str:
    return quote(shown_name(part).encode("utf-8", "replace"), safe=NAME_SAFE)
