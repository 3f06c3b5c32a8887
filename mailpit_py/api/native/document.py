"""The view of the OpenAPI document. Its library is loaded when the document is first asked for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from mailpit_py.api.answers import encode


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/openapi.json")(show_document)


def show_document() -> Response:
    """Give the OpenAPI document of this API."""
    encoded: bytes | None = current_app.extensions.get("openapi")
    if encoded is None:
        from mailpit_py.api.openapi import document

        encoded = current_app.extensions["openapi"] = encode(document(current_app))
    return Response(encoded, mimetype="application/json")
