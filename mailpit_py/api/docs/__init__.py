"""The documentation pages of both APIs: our own files, drawn in the browser from their OpenAPI documents."""

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
    """The page of our own API and the two files of both pages."""
    routes = Blueprint("docs", __name__)

    @routes.get("/docs")
    def show_page() -> Response:
        """Give the documentation page."""
        return page("api/v2/", "openapi.json", "docs")

    @routes.get("/docs/<any('docs.js', 'docs.css'):name>")
    def file(name: str) -> Response:
        """Give a file of the documentation page."""
        response = Response((FOLDER / name).read_bytes(), mimetype=FILES[name])
        response.headers["Cache-Control"] = "no-cache"
        return response

    return routes


def page(base: str, source: str, name: str) -> Response:
    """Return the page that draws the document `source` below `base`; it is itself `name` there."""
    nonce, webroot = secrets.token_urlsafe(16), here().config.webroot_path
    text = (FOLDER / "page.html").read_text("utf-8").replace("@@nonce@@", nonce)
    filled = {"base": f"{webroot}{base}", "files": f"{webroot}api/v2/docs/", "source": source, "here": name}
    for mark, value in filled.items():
        text = text.replace(f"@@{mark}@@", escape(value))
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = headers.page_policy(nonce)
    return response
