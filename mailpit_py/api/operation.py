"""The frame of a view: arguments checked on the way in, JSON on the way out, and what the document says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response
from pydantic import BaseModel

from mailpit_py.api.admission import at_home, narrowed
from mailpit_py.api.answers import answer, read_body, read_query
from mailpit_py.api.models import InboxQuery

JSON = "application/json"
View = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What the OpenAPI document says of a view, beside its docstring and its path.

    `document_body` is the body of a view that reads it itself. What `is_common` is the same for all
    inboxes, and may be seen with a token of any.
    """

    tag: str
    query: type[BaseModel] | None = InboxQuery
    body: type[BaseModel] | None = None
    document_body: type[BaseModel] | None = None
    returns: type[BaseModel] | None = None
    media: tuple[str, ...] = (JSON,)
    status: int = 200
    errors: tuple[int, ...] = (404,)
    is_common: bool = False

    @property
    def names_inbox(self) -> bool:
        """True if what is asked for lies in one inbox, which query or body name."""
        return any(one is not None and "inbox" in one.model_fields for one in (self.query, self.body))


def operation(tag: str, **more: Any) -> Callable[[View], View]:
    """Make a view of a function that takes its checked `query` and `body` and returns plain values.

    The keywords are the fields of Operation. A function may also return a finished Response.
    """
    spec = Operation(tag=tag, **more)

    def decorate(view: View) -> View:
        @wraps(view)
        def run(**arguments: Any) -> Response:
            if spec.query is not None:
                arguments["query"] = at_home(narrowed(read_query(spec.query)), arguments.get("public_id", ""))
            if spec.body is not None:
                arguments["body"] = narrowed(read_body(spec.body))
            result = view(**arguments)
            return result if isinstance(result, Response) else answer(result, spec.status)

        run.__dict__["operation"] = spec
        return run

    return decorate


def operation_of(view: View) -> Operation | None:
    """What is known of a view that was made here."""
    found: Operation | None = view.__dict__.get("operation")
    return found
