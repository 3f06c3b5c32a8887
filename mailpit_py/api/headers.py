"""The response headers that keep pages apart: one set for every answer, and the policies of pages and mail."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PART = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NO_STORE = "no-store"
IMMUTABLE = "public, max-age=31536000, immutable"


def page_policy(nonce: str) -> str:
    """The policy of our own pages: own files, styles injected with the nonce, own frames, no plug-ins."""
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
        "frame-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )


def mail_policy(images: str, *, remote: bool, sheets: bool = True) -> str:
    """The policy of one mail's HTML: no scripts, an origin of its own, nothing from the network unless `remote`.

    Without `sheets` style sheets and fonts do not come from the network in any case.
    `images` is the source of inline images that are too large for data:. A link opens an ordinary
    window (allow-popups-to-escape-sandbox), or the page behind it would be crippled.
    """
    network = " https: http:" if remote else ""
    styles = network if sheets else ""
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src data: {images}{network}; style-src 'unsafe-inline'{styles}; font-src data:{styles}; "
        f"{'media-src https: http:; ' if remote else ''}"
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )


def seal(response: Response, extra: Mapping[str, str] | None = None) -> Response:
    """Set what every response carries; what a view has set itself stays."""
    headers = response.headers
    for name, value in {**ALWAYS, **(extra or {})}.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", NOTHING)
    headers.setdefault("Cache-Control", NO_STORE)
    return response
