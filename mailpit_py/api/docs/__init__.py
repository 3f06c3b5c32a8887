"""The API's documentation page: our own files, drawn in the browser from the OpenAPI document."""

from __future__ import annotations

import secrets
from html import escape
from pathlib import Path

from flask import Blueprint, Response

from mailpit_py.api import headers
from mailpit_py.api.context import here

FOLDER = Path(__file__).parent
FILES = {"docs.js": "text/javascript", "docs.css": "text/css"}


def blueprint() -> Blueprint:
    """The page and its two files."""
    routes = Blueprint("docs", __name__)

    @routes.get("/docs")
    def page() -> Response:
        """Give the documentation page."""
        nonce = secrets.token_urlsafe(16)
        text = (FOLDER / "page.html").read_text("utf-8")
        text = text.replace("@@base@@", escape(f"{here().config.webroot_path}api/v2/")).replace("@@nonce@@", nonce)
        response = Response(text, mimetype="text/html")
        response.headers["Content-Security-Policy"] = headers.page_policy(nonce)
        return response

    @routes.get("/docs/<any('docs.js', 'docs.css'):name>")
    def file(name: str) -> Response:
        """Give a file of the documentation page."""
        response = Response((FOLDER / name).read_bytes(), mimetype=FILES[name])
        response.headers["Cache-Control"] = "no-cache"
        return response

    return routes
