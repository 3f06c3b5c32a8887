"""The page's shell and its built files: everything under the webroot that is neither API nor probe."""

from __future__ import annotations

import mimetypes
import re
import secrets
from html import escape
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import safe_join

from mailpit_py.api import headers

BASE, NONCE, WORDS = "@@base@@", "@@nonce@@", "@@words@@"
PLAIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mailpit-py</title><base href="@@base@@">
<meta name="viewport" content="width=device-width">
<style nonce="@@nonce@@">:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
code { background: #8882; padding: .1em .3em }</style></head>
<body>@@words@@</body></html>
"""
NOT_BUILT = """<h1>The page has not been built</h1>
<p>The sandbox runs: it takes mail, and its <a href="api/v2/docs">API</a> answers.
Only the page's files are missing from this checkout.</p>
<p>Build them with <code>npm ci &amp;&amp; npm run build</code> in the folder <code>web/</code>,
or install the package again with <code>pip install .</code>, and load this page anew.</p>
"""
NOWHERE = """<h1>There is nothing at this address</h1>
<p>The sandbox runs, and its mail is on <a href="./">its page</a>.</p>
"""
# What web/src/app/location.ts reads; a test compares the two.
# `view` and `search` are addresses of Mailpit's page, which tests and bookmarks know.
VIEW = re.compile(r"connect/?|search|simulate(?:/.*)?|(?:messages|attempts|view)/[^/].*")
# Python's table depends on the machine (Windows keeps types in its registry); these decide whether the page starts.
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


class Shell:
    """The built page in `directory`: index.html as a template, and the files beside it."""

    def __init__(self, directory: Path, webroot: str, *, private: bool) -> None:
        self._directory = directory
        self._webroot = webroot
        self._scope = "private" if private else "public"
        self._template: tuple[float, str] | None = None

    def page(self) -> Response:
        """The page with its base path and a nonce of this response alone, or words on how to build it."""
        template = self._read_template()
        return self._html(PLAIN.replace(WORDS, NOT_BUILT) if template is None else template)

    def nowhere(self) -> Response:
        """What is said at an address that is no view of the page."""
        response = self._html(PLAIN.replace(WORDS, NOWHERE))
        response.status_code = 404
        return response

    def _html(self, template: str) -> Response:
        nonce = secrets.token_urlsafe(16)
        text = template.replace(BASE, escape(self._webroot)).replace(NONCE, nonce)
        response = Response(text, mimetype="text/html")
        response.headers["Content-Security-Policy"] = headers.page_policy(nonce)
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    def file(self, name: str) -> Response:
        """A built file. Those below assets/ have a hash in their name and never change. Raises NotFound."""
        path = safe_join(str(self._directory), name)
        if path is None or name == "index.html" or ".." in name.split("/") or not Path(path).is_file():
            raise NotFound
        suffix = Path(path).suffix
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = Response(Path(path).read_bytes(), mimetype=kind)
        immutable = headers.IMMUTABLE.replace("public", self._scope)
        response.headers["Cache-Control"] = immutable if name.startswith("assets/") else "no-cache"
        return response

    def _read_template(self) -> str | None:
        index = self._directory / "index.html"
        try:
            changed = index.stat().st_mtime
        except OSError:
            return None
        if self._template is None or self._template[0] != changed:
            self._template = (changed, _template(index.read_text("utf-8")))
        return self._template[1]


def _template(html: str) -> str:
    """Mark in the built index.html where the base path and the nonce go."""
    marks = f'<base href="{BASE}"><meta name="csp-nonce" content="{NONCE}">'
    html = re.sub(r"<base\b[^>]*>|<meta name=\"csp-nonce\"[^>]*>", "", html)
    html = re.sub(r"(<head[^>]*>)", lambda match: match[1] + marks, html, count=1)
    html = re.sub(r"\snonce=(\"[^\"]*\"|'[^']*')", "", html)
    return re.sub(r"<(script|style)\b", rf'<\1 nonce="{NONCE}"', html)


def blueprint(shell: Shell) -> Blueprint:
    """The routes of the shell's files; pages have no routes, see `page_or_file`."""
    files = Blueprint("shell", __name__)

    @files.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        """Give a built file of the page."""
        return shell.file(f"assets/{name}")

    @files.get("/", provide_automatic_options=False)
    def index() -> Response:
        """Give the page."""
        return shell.page()

    return files


def page_or_file(shell: Shell, webroot: str, error: HTTPException) -> Response | None:
    """What stands at an address that has no route: a view of the page, a built file, words that nothing does, or None.

    Which message, part or rule there is only the page finds out, and says.
    """
    inner = request.path.removeprefix(webroot)
    if error.code != 404 or request.method not in ("GET", "HEAD") or inner == request.path:
        return None
    if inner.startswith(("api/", "assets/")) or inner == "api" or ".." in inner.split("/"):
        return None
    if VIEW.fullmatch(inner):
        return shell.page()
    if "/" in inner or "." not in inner:
        return shell.nowhere()
    try:
        return shell.file(inner)
    except NotFound:
        return None
