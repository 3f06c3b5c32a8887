"""Links of a message, and plain text cut into spans that may be shown as links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message

_BIDI = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_MARKS = "".join(_BIDI)
_SPAN = re.compile(
    rf"(?P<mark>[{_MARKS}])"
    rf"|(?<![a-zA-Z0-9])(?P<url>(?:https?://|mailto:)[^\s<>\"`\x00-\x20\x7f-\xa0{_MARKS}]++)",
    re.I,
)
_TRAILING = ".,;:!?'*_~|"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a reader can follow; `where` is `html` or `text`."""

    url: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of plain text: a link if `url` is set, one bidi control if `mark` is its abbreviation."""

    text: str
    url: str = ""
    mark: str = ""


def linkify(text: str) -> tuple[Span, ...]:
    """Cut `text` into spans that give it back when joined; only http, https and mailto are links.

    Nothing is escaped: whoever makes markup of it escapes text and URL alike.
    """
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[Span]:
    position = 0
    for match in _SPAN.finditer(text):
        url = _trimmed(match["url"] or "")
        end = match.end() if match["mark"] else match.start() + len(url)
        if url.endswith(("://", ":")):
            continue
        if match.start() > position:
            yield Span(text[position : match.start()])
        yield Span(text[match.start() : end], url, _BIDI.get(match["mark"] or "", ""))
        position = end
    if position < len(text):
        yield Span(text[position:])


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays if it was opened."""
    end = len(url)
    balance = {closing: url.count(opening) - url.count(closing) for closing, opening in _PAIRS.items()}
    while end:
        last = url[end - 1]
        if last in _PAIRS and balance[last] < 0:
            balance[last] += 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def links(message: Message) -> tuple[Link, ...]:
    """The links of a message in order, those of the HTML first; each pair of URL and text once."""
    found: dict[Link, None] = {}
    if message.has_html:
        from mailpit_py.mail.readable import anchors  # selectolax is loaded only for HTML

        found |= {Link(url, text, "html"): None for url, text in anchors(message.html)}
    if message.has_text:
        found |= {Link(span.url, span.text, "text"): None for span in linkify(message.text) if span.url}
    return tuple(found)
