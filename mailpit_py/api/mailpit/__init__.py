"""Mailpit's API of version 1, under /api/v1: what its clients call, answered as they expect it."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api.mailpit import chaos, failure, release

VIEWS = (chaos, release)
PREFIX = "api/v1/"


def blueprint() -> Blueprint:
    """All routes of the drop-in API."""
    routes = Blueprint("v1", __name__)
    for module in VIEWS:
        module.register(routes)
    routes.after_request(failure.finish_options)
    return routes
