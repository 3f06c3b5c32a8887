"""The API of version 2, under /api/v2: one small file of views for each subject."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api.native import (
    attempts,
    checks,
    clock,
    document,
    extracts,
    folders,
    inboxes,
    info,
    messages,
    parts,
    profiles,
    relay,
    rendering,
    reports,
    rules,
    selection,
    sessions,
    simulation,
    sinks,
    tags,
    waiting,
    writing,
)

VIEWS = (
    *(info, messages, waiting, selection, folders, tags, writing, rendering, parts, extracts, checks),
    *(reports, sessions, attempts, rules, profiles, simulation, clock, sinks, relay, inboxes),
    document,
)


def blueprint() -> Blueprint:
    """All routes of the API but the websocket."""
    routes = Blueprint("api", __name__)
    for module in VIEWS:
        module.register(routes)
    return routes
