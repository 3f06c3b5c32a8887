"""What the tags of a document use, by the slugs of caniemail.com."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType
from typing import Any

from mailpit_py.mail.readable import tree

_SELECTORS: Mapping[str, str] = MappingProxyType(
    {
        "html-object": "object, embed",
        "html-hr": "hr",
        "html-dialog": "dialog",
        "html-srcset": "[srcset]",
        "html-picture": "picture",
        "html-progress": "progress",
        "html-required": "[required]",
        "html-meter": "meter",
        "html-audio": "audio",
        "html-form": "form",
        "html-input-submit": "input[type=submit i]",
        "html-input-reset": "input[type=reset i]",
        "html-button-reset": "button[type=reset i]",
        "html-button-submit": "button[type=submit i]",
        "html-input-checkbox": "input[type=checkbox i]",
        "html-input-hidden": "input[type=hidden i]",
        "html-input-radio": "input[type=radio i]",
        "html-input-text": "input[type=text i]",
        "html-video": "video",
        "html-semantics": "article, aside, details, figcaption, figure, footer, header, main, mark, nav, section, "
        "summary, time",
        "html-select": "select",
        "html-anchor-links": 'a[href^="#"]',
        "html-style": "style",
        "html-image-maps": "map, img[usemap]",
        "html-marquee": "marquee",
        "html-ruby": "ruby",
        "html-popover": "[popover]",
        "html-loading-attribute": "img[loading]",
    }
)
# What is dropped before a tree is made, and counted by its start tags.
_DROPPED: Mapping[str, str] = MappingProxyType(
    {"link": "html-link", "svg": "html-svg", "base": "html-base", "script": "html-script", "image": "html-object"}
)
_UNSEEN = frozenset([*_DROPPED, "title", "iframe", "math"])
_DROPPED_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|</(?P<end>svg)(?=[\s/>])"
    r"|<(?P<name>link|svg|base|script|image|textarea|meta|title|iframe|math)(?=[\s/>])(?P<attributes>[^>]{0,4000})",
    re.I | re.S,
)
# What stands before the body opens by itself; the parser leaves these in the head.
_BODY_BEGINS = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>title|style|script)\b.*?(?:</(?P=raw)|\Z)"
    r"|<(?!/|!|(?:html|head|title|meta|link|base|style|script)\b)|(?:\A|(?<=>))\s*+[^\s<]",
    re.I | re.S,
)
_DATA_SCRIPT = re.compile(r"type\s*=\s*[\"']?application/(?:ld\+)?json", re.I)
_COLOR_SCHEME = re.compile(r"name\s*=\s*[\"']?(?:supported-)?color-scheme", re.I)
_END_OF_BODY = re.compile(r"</body\s*>", re.I)
# An attribute, and the property whose page tells about it as well.
_PRESENTATIONAL: Mapping[str, str] = MappingProxyType(
    {
        "bgcolor": "css-background-color",
        **{name: f"css-{name}" for name in ("background", "border", "height", "padding", "width")},
    }
)
_IMAGES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        **{
            f"image-{name}": re.compile(rf"\.{name}(?:[?#]|\Z)", re.I)
            for name in ["apng", "avif", "bmp", "gif", "hdr", "heif", "ico", "mp4", "svg", "webp"]
        },
        "image-tiff": re.compile(r"\.tiff?(?:[?#]|\Z)", re.I),
        "image-base64": re.compile(r"\s*data:image/", re.I),
    }
)
SCRIPT = "html-script"
"""No page of caniemail.com: no mail program runs any."""
SLUGS = frozenset({*_SELECTORS, *_DROPPED.values(), *_IMAGES, "html-body", "html-meta-color-scheme", "html-textarea"})
"""Everything that is looked for in tags beside what attributes share with CSS."""


class Document:
    """A document of HTML, parsed: its elements, and what its tags use. Bounded as `mail.readable.tree`."""

    def __init__(self, html: str) -> None:
        self.tree = tree(html)
        self._has_body = _END_OF_BODY.search(html) is not None
        self._dropped = _dropped(html)
        self._unseen = _unseen(html, 0 if self._has_body else _start_of_body(html))

    @property
    def nodes(self) -> int:
        """How many elements there are: those of the body, or all but html, head and meta if the source ends a body."""
        if self._has_body:
            return self._unseen + sum(node.tag not in ("html", "head", "meta") for node in self.tree.css("*"))
        return self._unseen + len(self.tree.css("body *"))

    def uses(self) -> Counter[str]:
        """Return how often each thing of HTML is there."""
        found = Counter({slug: len(self.tree.css(selector)) for slug, selector in _SELECTORS.items()})
        found.update(self._dropped)
        found["html-body"] = int(self._has_body)
        for image in self.tree.css("img[src]"):
            source = image.attributes.get("src") or ""
            found.update(slug for slug, pattern in _IMAGES.items() if pattern.search(source))
        return +found

    def sheets(self) -> list[str]:
        """Return the sheets that stand in the document."""
        return [node.text(deep=True) or "" for node in self.tree.css("style")]


def of_attributes(node: Any) -> set[str]:
    """Return the slugs of the properties for which an element has attributes."""
    names = {name.lower() for name in node.attributes}
    return {slug for name, slug in _PRESENTATIONAL.items() if name in names}


def _dropped(html: str) -> Counter[str]:
    found = Counter[str]()
    drawings = 0  # open at this place: `image` is an element of theirs, and elsewhere another name for img
    for match in _DROPPED_TAG.finditer(html):
        name, attributes = (match["name"] or "").lower(), match["attributes"] or ""
        drawings = max(0, drawings + (name == "svg") - bool(match["end"]))
        if name == "meta":
            found["html-meta-color-scheme"] += bool(_COLOR_SCHEME.search(attributes))
        elif name == "textarea":
            found["html-textarea"] += 1
        elif name in _DROPPED and not _is_other(name, attributes, drawings):
            found[_DROPPED[name]] += 1
    return found


def _is_other(name: str, attributes: str, drawings: int) -> bool:
    """Whether this tag is not what its page of caniemail.com is about: data, or an image of HTML."""
    is_data = name == "script" and _DATA_SCRIPT.search(attributes) is not None
    return is_data or (name == "image" and not drawings)


def _unseen(html: str, start: int) -> int:
    """Count the elements that no tree has: scripts anywhere, others from `start` on."""
    before, behind = (
        Counter((match["name"] or "").lower() for match in _DROPPED_TAG.finditer(html, *ends))
        for ends in ((0, start), (start,))
    )
    return before["script"] + sum(behind[name] for name in _UNSEEN)


def _start_of_body(html: str) -> int:
    """Return where the first thing stands that belongs to the body."""
    found = (match for match in _BODY_BEGINS.finditer(html) if not match["raw"] and not match[0].startswith("<!--"))
    return next((match.start() for match in found), len(html))


def links(html: str) -> list[str]:
    """Return the addresses of the style sheets that a document links to, each once."""
    given = linked(html)
    found = (one["href"] for one in given if "stylesheet" in one.get("rel", "").lower().split())
    return list(dict.fromkeys(found))


def linked(html: str) -> list[dict[str, str]]:
    """Return the attributes of the `link` elements that lead anywhere, by names in small letters."""
    found = []
    for match in _DROPPED_TAG.finditer(html):
        if (match["name"] or "").lower() == "link":
            given = {name.lower(): value.strip() for name, value in _attributes(match["attributes"])}
            if given.get("href"):
                found.append(given)
    return found


def _attributes(text: str) -> list[tuple[str, str]]:
    pattern = r"([^\s=/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
    return [(name, unescape(a or b or c)) for name, a, b, c in re.findall(pattern, text)]
