"""A message's HTML made safe to show, with its inline images inside it or behind signed addresses."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from flask import request

from mailpit_py.api.context import here
from mailpit_py.mail import Message, Part
from mailpit_py.mail.html import SafeHtml, sanitise

# What a browser draws without running anything; SVG is a document with scripts.
RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"})
ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
MAX_INLINE = 64 << 10
MAX_INLINE_TOTAL = 1 << 20

HEAD = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'


def raster_type(part: Part) -> str | None:
    """The type under which a part may be shown as an image, or None."""
    kind = ALIASES.get(part.content_type, part.content_type)
    return kind if kind in RASTER else None


def render(inbox: str, public_id: str, *, remote: bool) -> SafeHtml:
    """The message's HTML, safe to be shown in its frame. Raises NotFound."""

    def make(message: Message) -> SafeHtml:
        if not message.has_html:
            return SafeHtml("")
        return sanitise(message.html, resolve=_resolver(message, inbox, public_id), remote=remote)

    return here().library.safe_html(inbox, public_id, remote=remote, make=make)


def document(safe: SafeHtml) -> str:
    """The safe HTML as a document that also stands in a window of its own."""
    return re.sub(r"<head[^>]*>", lambda head: head[0] + HEAD, safe.html, count=1)


def _resolver(message: Message, inbox: str, public_id: str) -> Callable[[str], str | None]:
    """What `cid:` and Content-Location references stand for: data: while small, else a signed address.

    A name that occurs twice means its first part; a reference is text to compare, never a pattern.
    """
    named = named_parts(message)
    made: dict[str, str] = {}
    room = MAX_INLINE_TOTAL

    def resolve(reference: str) -> str | None:
        nonlocal room
        part = named.get(reference.removeprefix("cid:"))
        kind = raster_type(part) if part else None
        if part is None or kind is None:
            return None
        if part.path not in made:
            content = part.decoded if part.body_end - part.body_start <= 2 * MAX_INLINE else b""
            if content and len(content) <= min(MAX_INLINE, room):
                room -= len(content)
                made[part.path] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
            else:
                made[part.path] = signed_address(inbox, public_id, part.path)
        return made[part.path]

    return resolve


def named_parts(message: Message) -> dict[str, Part]:
    """The parts that the HTML may refer to, by Content-ID and Content-Location; the first of each name."""
    named: dict[str, Part] = {}
    for part in message.parts():
        for name in (part.content_id, part.content_location):
            if name:
                named.setdefault(name, part)
    return named


def signed_address(inbox: str, public_id: str, path: str) -> str:
    """The address of an inline image that needs no login, for an hour or two."""
    context = here()
    return f"{context.config.webroot_path}cid/{public_id}/{path}?{context.signer.query(inbox, public_id, path)}"


def image_source() -> str:
    """Where inline images may come from. A policy cannot name an IPv6 address, so there it is the whole origin."""
    return "'self'" if request.host.startswith("[") else f"{request.host}{here().config.webroot_path}cid/"
