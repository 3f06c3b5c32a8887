"""Views that hand over a message's bytes: raw, the tree of its parts, each part's content."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response

from mailpit_py.api import headers, schemas, shape
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery, PartQuery, RawQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found
from mailpit_py.api.rendering import raster_type
from mailpit_py.api.shape import Json
from mailpit_py.mail import Message, Part
from mailpit_py.mail.filename import safe_filename

TAG = "Content"
OCTETS = "application/octet-stream"
TEXT = "text/plain"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages/<public_id:public_id>/raw")(show_raw)
    routes.get("/messages/<public_id:public_id>/parts")(list_parts)
    routes.get("/messages/<public_id:public_id>/parts/<part_path:path>")(show_part)


@operation(TAG, query=RawQuery, media=("text/plain", "message/rfc822"))
def show_raw(public_id: str, query: RawQuery) -> Response:
    """Give the message exactly as it was received, octet by octet.

    A browser shows it as plain text; with `download=true` it is a file with the ending .eml.
    """
    raw = here().sandbox.store.raw(query.inbox, public_id)
    if raw is None:
        raise not_found("message")
    if query.download:
        return _file(raw, "message/rfc822", f"{public_id}.eml")
    return _shown(raw, TEXT)


@operation(TAG, returns=schemas.PartTree)
def list_parts(public_id: str, query: InboxQuery) -> Json:
    """Show the tree of MIME parts, the root first."""
    return shape.part(here().library.message(query.inbox, public_id).root)


@operation(TAG, query=PartQuery, media=(OCTETS,))
def show_part(public_id: str, path: str, query: PartQuery) -> Response:
    """Give the content of one part, its transfer encoding undone.

    Images are shown, and plain text as UTF-8; every other type is a file to keep, whatever its
    sender calls it. `download=true` gives the exact octets as a file in any case, `as=text` the
    content as UTF-8 text, `source=true` the part as received.
    """
    message = here().library.message(query.inbox, public_id)
    part = message.part(path)
    if part is None:
        raise not_found("part")
    if query.source:
        return _shown(message.part_source(part), TEXT)
    return _file(part.decoded, OCTETS, _name(part)) if query.download else _content(message, part, query.as_)


def _content(message: Message, part: Part, as_: str | None) -> Response:
    kind = raster_type(part)
    if as_ == "text" or part.content_type == TEXT:
        return _shown(message.part_text(part).encode("utf-8", "replace"), TEXT)
    if kind is not None:
        return _shown(part.decoded, kind, _name(part))
    return _file(part.decoded, OCTETS, _name(part))


def _name(part: Part) -> str:
    return safe_filename(part.filename) if part.filename else f"part-{part.path}"


def _shown(content: bytes, kind: str, name: str = "") -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = disposition("inline", name)
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = disposition("attachment", name)
    response.headers["Content-Security-Policy"] = headers.PART
    return response


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition with a name that is safe already, in ASCII for old clients and in full (RFC 6266 §4.3)."""
    if not name:
        return kind
    plain = "".join(one if " " <= one <= "~" and one not in '"\\%' else "_" for one in name)
    full = "" if plain == name else f"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
    return f'{kind}; filename="{plain}"{full}'
