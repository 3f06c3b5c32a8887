"""Mailpit's API of version 1, under /api/v1 and /view: what its clients call, answered as they expect it."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api.mailpit import (
    chaos,
    checks,
    failure,
    information,
    message,
    messages,
    methods,
    metrics,
    parts,
    proxy,
    release,
    sending,
    tags,
    view,
)
from mailpit_py.api.mailpit.go_json import BadJson
from mailpit_py.api.mailpit.live import events, feed
from mailpit_py.api.problem import Problem

__all__ = ["PREFIXES", "blueprint", "events", "failure", "feed", "methods", "views"]

VIEWS = (chaos, checks, information, message, messages, parts, release, sending, tags)
PREFIXES = ("api/v1/", "api/events", "view/", "metrics", "proxy")


def blueprint() -> Blueprint:
    """All routes of the drop-in API."""
    routes = Blueprint("v1", __name__)
    for module in VIEWS:
        module.register(routes)
    routes.after_request(failure.finish_options)
    routes.register_error_handler(BadJson, lambda error: failure.answer(Problem(400, str(error))))
    return routes


def views() -> Blueprint:
    """The bodies of messages, what these load, and the metrics."""
    routes = view.blueprint()
    metrics.register(routes)
    proxy.register(routes)
    return routes
