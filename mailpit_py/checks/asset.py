"""What the HTML of a message loads, and style sheets whose addresses lead elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from mailpit_py.checks.compatibility.markup import linked
from mailpit_py.mail import css
from mailpit_py.mail.readable import tree

_FONTS = ("otf", "ttf", "woff", "woff2")
_IMAGES = ("apng", "avif", "bmp", "gif", "jpeg", "jpg", "png", "svg+xml", "tiff", "webp")
SHEET = "text/css"
MEDIA_TYPES = (SHEET, *(f"font/{one}" for one in _FONTS), *(f"image/{one}" for one in _IMAGES))
"""How the types begin that may be handed on: pictures, fonts and style sheets."""
LARGEST = 5_000_000  # characters of HTML that are looked at


def urls(html: str) -> set[str]:
    """Return the http addresses that HTML loads things from: sheets, images, backgrounds, `url()` in styles."""
    return {url for url in _all(html[:LARGEST]) if url.lower().startswith(("http://", "https://"))}


def _all(html: str) -> Iterator[str]:
    yield from (one["href"] for one in linked(html))
    parsed = tree(html)
    for node in parsed.css("img[src], [background], [style]"):
        given = node.attributes
        yield from ((given.get(name) or "").strip() for name in ("src", "background"))
        yield from _in_style(given.get("style") or "")
    for node in parsed.css("style"):
        yield from _in_style(node.text(deep=True) or "")


def _in_style(style: str) -> Iterator[str]:
    if "url(" in style.lower() or "@import" in style.lower():
        found: list[str] = []

        def note(url: str) -> str:
            found.append(url.strip())
            return url

        css.sheet(style, note)
        yield from found


def redirected(sheet: str, base: str, address: Callable[[str], str]) -> str:
    """Return a style sheet from `base` with every http address in it replaced by what `address` makes of it."""

    def lead(url: str) -> str:
        full = urljoin(base, url.strip())
        return address(full) if full.lower().startswith(("http://", "https://")) else url

    return css.sheet(sheet, lead)
