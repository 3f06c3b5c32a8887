"""Whether the sandbox lives and is ready: the two routes that ask for nothing and say nothing."""

from __future__ import annotations

from flask import Blueprint, Response

from mailpit_py.api.context import here
from mailpit_py.errors import StorageError


def blueprint() -> Blueprint:
    """The two probes."""
    probes = Blueprint("probes", __name__)

    @probes.get("/livez", provide_automatic_options=False)
    def livez() -> Response:
        """Answer that the process serves requests."""
        return _answer(200)

    @probes.get("/readyz", provide_automatic_options=False)
    def readyz() -> Response:
        """Answer whether mail can be read and kept: 200, or 503."""
        store = here().sandbox.store
        try:
            store.head()
        except StorageError:
            return _answer(503)
        return _answer(503 if store.journal.closed else 200)

    return probes


def _answer(status: int) -> Response:
    """Nothing but a status: there is no content that could have a type."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response
