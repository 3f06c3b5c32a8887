"""Errors as problem details (RFC 9457), and the one table that turns exceptions into them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, current_app, request
from pydantic_core import to_json
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import WebsocketMismatch

from mailpit_py.errors import (
    BounceError,
    ClockError,
    MailpitError,
    NotFound,
    QueryError,
    StorageError,
    StorageFull,
    TargetRefused,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
BLANK = "about:blank"
HANDSHAKE = "handshake"
WEBSOCKET_VERSION = {"Sec-WebSocket-Version": "13"}  # RFC 6455 §4.4


class Problem(Exception):
    """An answer that is not a success: `status`, one plain sentence, and which fields are wrong and why.

    `kind` names the sort of problem for programs; without one the status says all (RFC 9457 §4.2.1).
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        """The members of RFC 9457 §3.1, and `errors` if fields are named."""
        named = [{"field": field, "reason": reason} for field, reason in self.errors]
        return {
            "type": f"urn:mailpit-py:problem:{self.kind}" if self.kind else BLANK,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **({"errors": named} if named else {}),
        }


Telling = Callable[[Problem], Response]
NO_OTHERS: Mapping[str, Telling] = MappingProxyType({})


def not_found(what: str) -> Problem:
    """The problem that there is no such thing in this inbox."""
    return Problem(404, f"There is no such {what}; it may have been deleted.", kind="not-found")


def unusable(field: str, reason: str) -> Problem:
    """The problem that one field of a body cannot be used."""
    return Problem(422, "One field cannot be used.", kind="invalid", errors=[(field, reason)])


def unusable_parameter(name: str, reason: str) -> Problem:
    """The problem that one query parameter cannot be used."""
    return Problem(422, "One query parameter cannot be used.", kind="invalid", errors=[(name, reason)])


def register(app: Flask, api_prefix: str, others: Mapping[str, Telling] = NO_OTHERS) -> None:
    """Let `app` answer every exception: below `api_prefix` as problem details, elsewhere as plain text.

    Below the prefixes of `others` each tells problems in its own way.
    """
    app.config["API_PREFIX"] = api_prefix
    app.config["OTHER_PREFIXES"] = others
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Turn an exception into its response; what we did not foresee is logged and says nothing to the client."""
    problem = _translate(error)
    for prefix, tell in current_app.config["OTHER_PREFIXES"].items():
        if request.path.startswith(prefix):
            told: Response = tell(problem)
            return told
    if request.path.startswith(current_app.config["API_PREFIX"]):
        response = Response(to_json(problem.body), problem.status, mimetype=MEDIA_TYPE)
    else:
        title = HTTPStatus(problem.status).phrase
        response = Response(f"{problem.status} {title}\n\n{problem.detail}\n", problem.status, mimetype="text/plain")
    response.headers.extend(problem.headers)
    return response


def _translate(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException():
            return _of_http(error)
        case QueryError():
            reason = [("query", str(error))]
            return Problem(400, "The search could not be understood.", kind="query", errors=reason)
        case NotFound():
            sentence = str(error) or "there is no such message"
            return Problem(404, f"{sentence[0].upper()}{sentence[1:]}.", kind="not-found")
        case StorageError():
            return _of_storage(error)
        case TargetRefused():
            reason = [("target", str(error))]
            return Problem(422, "This target cannot be reached from here.", kind="target", errors=reason)
        case MailpitError():
            return _of_ours(error)
    logger.error("unforeseen error method=%s path=%r", request.method, request.path, exc_info=error)
    return Problem(500, "Something went wrong here; the log of the sandbox has the details.")


def _of_ours(error: MailpitError) -> Problem:
    """An error of our own: what only stands against the present state is a conflict."""
    kind = {BounceError: "bounce", ClockError: "clock"}.get(type(error))
    if kind is None:
        return Problem(400, str(error))
    sentence = str(error)
    return Problem(409, f"{sentence[:1].upper()}{sentence[1:]}.", kind=kind)


def _of_storage(error: StorageError) -> Problem:
    if isinstance(error, StorageFull):
        return Problem(507, "There is no room left for this.", kind="storage-full")
    logger.error("storage failed path=%r: %s", request.path, error)
    return Problem(503, "The store could not do this; nothing was changed.", kind="storage")


def _of_http(error: HTTPException) -> Problem:
    if isinstance(error, WebsocketMismatch):
        return Problem(400, "This address speaks websocket.", kind=HANDSHAKE, headers=WEBSOCKET_VERSION)
    status = error.code or 500
    details = {
        404: f"There is nothing at {request.path}.",
        405: f"{request.method} is not possible here.",
        413: f"The body is larger than {request.max_content_length} bytes.",
    }
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    if "Allow" in kept:
        kept["Allow"] = ", ".join(sorted(kept["Allow"].split(", ")))  # it comes out of a set
    return Problem(status, details.get(status) or error.description or "", headers=kept)
