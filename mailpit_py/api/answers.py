"""JSON answers, and the request bodies and arguments that are read for them."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from mailpit_py.api.problem import Problem

MOST_REASONS = 50  # a request may be wrong in a thousand places, and its answer be a hundred times as long

Model = TypeVar("Model", bound=BaseModel)


def encode(value: Any) -> bytes:
    """The JSON of plain values. Half a surrogate pair, which UTF-8 cannot carry, is written as an escape."""
    try:
        return to_json(value)
    except (PydanticSerializationError, UnicodeEncodeError):
        return json.dumps(value).encode()


def answer(value: Any, status: int = 200) -> Response:
    """A JSON response of plain values."""
    return Response(encode(value), status, mimetype="application/json")


def read_query(model: type[Model]) -> Model:
    """The query parameters as `model`. Raises a 422 problem that names each wrong one."""
    return _validated(model, _single(request.args), "query parameter")


def read_octets() -> bytes:
    """The whole body. Raises the 413 problem if it is too large, and a 400 if it is not whole.

    Werkzeug cuts a body without a declared length off at the limit instead of refusing it, and half
    a message must not pass for a whole one.
    """
    try:
        data = request.get_data(cache=False)
    except ClientDisconnected:
        raise Problem(400, "The body ends early, or its chunks are none.", kind="body") from None
    limit = request.max_content_length
    if limit is not None and len(data) >= limit and request.environ.get("wsgi.input_terminated"):
        raise RequestEntityTooLarge
    return data


def read_body(model: type[Model]) -> Model:
    """The JSON body as `model`. Raises a problem: 400 if it is no JSON object, 422 if a field is wrong."""
    data = read_octets()
    if not data.strip():
        raise Problem(400, "This request needs a JSON body.", kind="body")
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, f"The body is not JSON: {error}.", kind="body") from None
    if not isinstance(value, dict):
        raise Problem(400, "The body must be a JSON object.", kind="body")
    return _validated(model, value, "field")


def _single(arguments: MultiDict[str, str]) -> dict[str, str]:
    repeated = [name for name, values in arguments.lists() if len(values) > 1]
    if repeated:
        reasons = [(name, "is given more than once") for name in repeated]
        raise Problem(422, "A query parameter may be given once.", kind="invalid", errors=reasons)
    return arguments.to_dict()


def _validated(model: type[Model], value: dict[str, Any], what: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
    reasons = [_reason(one, model) for one in wrong[:MOST_REASONS]]
    raise Problem(422, f"{_count(len(wrong), what)} cannot be used.", kind="invalid", errors=reasons)


def _reason(error: Any, model: type[BaseModel]) -> tuple[str, str]:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return field, f"is not known here; known are {', '.join(model.model_fields)}"
    message: str = error["msg"]
    return field, message.removeprefix("Value error, ")


def _count(number: int, what: str) -> str:
    return f"One {what}" if number == 1 else f"{number} {what}s"
