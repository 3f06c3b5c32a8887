"""The API of version 2, under /api/v2: one small file of views for each subject."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api.native import (
    attempts,
    clock,
    document,
    info,
    messages,
    parts,
    rendering,
    reports,
    rules,
    selection,
    sessions,
    simulation,
    sinks,
    writing,
)

VIEWS = (
    *(
        info,
        messages,
        selection,
        writing,
        rendering,
        parts,
        reports,
        sessions,
        attempts,
        rules,
        simulation,
        clock,
        sinks,
    ),
    document,
)


def blueprint() -> Blueprint:
    """All routes of the API but the websocket."""
    routes = Blueprint("api", __name__)
    for module in VIEWS:
        module.register(routes)
    return routes
