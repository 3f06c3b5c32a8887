"""Which methods an address has, as Mailpit's router sees it: each may be read, and each below /api/v1 knows OPTIONS."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing.exceptions import WebsocketMismatch

READING = ("GET", "HEAD")
INSIDE = "api/v1/"
OURS = "api/v2/"
EVENTS = "api/events"  # a websocket has no OPTIONS of its own


def settled(error: HTTPException, webroot: str) -> HTTPException | Response:
    """Return what is said of an address that has no view for this method: `error`, another one, or an answer.

    What cannot be read is not found, and what can only be read, as everything that is not there,
    does not allow another method.
    """
    inner = request.path.removeprefix(webroot)
    if inner == request.path or inner.startswith(OURS):
        return error
    if request.method in READING and isinstance(error, WebsocketMismatch):
        return error
    is_inside = inner.startswith(INSIDE)
    if request.method in READING:
        return NotFound() if is_inside else error
    if is_inside and request.method == "OPTIONS":
        return Response(content_type="text/plain")
    known = set(error.valid_methods or ()) if isinstance(error, MethodNotAllowed) else set()
    if known and not is_inside and inner != EVENTS:
        return error
    return MethodNotAllowed(sorted((known - {"OPTIONS"}).union(READING, ["OPTIONS"] if is_inside else [])))
