"""Failures as Mailpit tells them: plain text, and 400 for nearly everything."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from mailpit_py.api.mailpit.go_json import written
from mailpit_py.api.problem import HANDSHAKE, Problem

TOO_LARGE = "http: request body too large"
UTF_8 = "text/plain; charset=utf-8"
NO_ROUTE = "File not found\n"
SENDING = "v1.send_message"
NO_SUCH_THING = "404 page not found"
# Who may not ask at all is told so: these say what a client can do about it.
KEPT = frozenset({401, 403, 415, 429})


def refusal(text: str) -> Response:
    """Answer that something was wrong: the bare text, without a line end."""
    return Response(text, 400, content_type="text/plain")


def ok() -> Response:
    """Answer that something was done."""
    return Response("ok", content_type="text/plain")


def told_as_json(problem: Problem) -> Response:
    """Answer a problem of sending, the one route whose errors are JSON."""
    status = problem.status if problem.status in (*KEPT, 413) or problem.status >= 500 else 400
    return written({"Error": TOO_LARGE if status == 413 else problem.detail}, status)


def answer(problem: Problem) -> Response:
    """Answer a problem of the application below /api/v1."""
    response = told_as_json(problem) if request.endpoint == SENDING else _told_as_text(problem)
    response.headers.extend(problem.headers)
    return response


def _told_as_text(problem: Problem) -> Response:
    match problem.status:
        case 404 if problem.kind == "text":
            return Response(problem.detail, 404, content_type=UTF_8)
        case 404 if problem.kind:
            return Response(NO_SUCH_THING, 404, content_type="text/plain")
        case 404:
            return Response(NO_ROUTE, 404, content_type=UTF_8)
        case 405:
            return Response(f"{HTTPStatus(405).phrase}\n", 405, content_type=UTF_8)
        case 400 if problem.kind == HANDSHAKE:
            return Response(f"{HTTPStatus(400).phrase}\n", 400, content_type=UTF_8)
        case 413:
            return refusal(TOO_LARGE)
        case status if status in KEPT or status >= 500:
            return Response(f"{problem.detail}\n", status, content_type=UTF_8)
    return refusal(" ".join([problem.detail, *(reason for _, reason in problem.errors)]))


def finish_options(response: Response) -> Response:
    """Let the answer to OPTIONS be empty text, as Mailpit's is, which does not say what is allowed."""
    if request.method == "OPTIONS":
        response.content_type = "text/plain"
        response.headers.pop("Allow", None)
    return response
