"""Numbers for Prometheus, in its text format 0.0.4 and under Mailpit's names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as BaseResponse

from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.statistics import memory_bytes
from mailpit_py.storage import EVERY_INBOX

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def register(routes: Blueprint) -> None:
    """Add the view of this file."""
    routes.get("/metrics", provide_automatic_options=False)(show_metrics)


def show_metrics() -> Response:
    """Show the numbers, read now."""
    if not here().config.metrics_enabled:
        raise NotFound
    return numbers(here().sandbox, scope())


def numbers(sandbox: Sandbox, inbox: str) -> Response:
    """Answer the numbers of an inbox, or of all (`*`)."""
    return Response("".join(_lines(sandbox, inbox)), content_type=MEDIA_TYPE)


def alone(sandbox: Sandbox) -> Callable[..., Any]:
    """An application with nothing but the numbers at /metrics, for an address of its own: no login, no webroot."""

    @Request.application
    def answer(request: Request) -> BaseResponse:
        if request.path == "/metrics" and request.method in ("GET", "HEAD"):
            return numbers(sandbox, EVERY_INBOX)
        return BaseResponse("404 page not found\n", 404, content_type="text/plain; charset=utf-8")

    return answer


def _lines(sandbox: Sandbox, inbox: str) -> Iterator[str]:
    store, statistics = sandbox.store, sandbox.statistics
    counts = store.counts(inbox)
    told = (
        ("database_size_bytes", "gauge", "Size of the database in bytes", store.size_bytes()),
        ("memory_usage_bytes", "gauge", "Memory in use in bytes", memory_bytes()),
        ("messages", "gauge", "Messages in the database", counts.total),
        ("messages_deleted_total", "counter", "Messages deleted since the start", store.journal.removed_messages),
        ("messages_unread", "gauge", "Unread messages in the database", counts.unread),
        ("smtp_accepted_size_bytes_total", "counter", "Size of accepted messages", statistics.accepted_bytes),
        ("smtp_accepted_total", "counter", "Messages accepted since the start", statistics.accepted),
        ("smtp_ignored_total", "counter", "Messages ignored since the start", statistics.ignored),
        ("smtp_rejected_total", "counter", "Recipients and messages refused since the start", statistics.rejected),
    )
    for name, kind, words, value in told:
        yield f"{_head(name, kind, words)}mailpit_{name} {value}\n"
    yield _head("tag_messages", "gauge", "Messages with a tag")
    for tag, number in store.tags.counts(inbox).items():
        yield f'mailpit_tag_messages{{tag="{tag}"}} {number}\n'  # a tag has no character that needs an escape
    yield f"{_head('uptime_seconds', 'gauge', 'Seconds since the start')}mailpit_uptime_seconds {statistics.uptime}\n"


def _head(name: str, kind: str, words: str) -> str:
    return f"# HELP mailpit_{name} {words}\n# TYPE mailpit_{name} {kind}\n"
