"""HTML of a message: a safe document for the viewer's frame, and readable text.

Imports selectolax and tinycss2, so this module is imported only by what renders HTML.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mailpit_py.mail import css, url
from mailpit_py.mail.markup import escaped, tame
from mailpit_py.mail.readable import anchors, to_text

__all__ = ["LARGEST", "SafeHtml", "anchors", "sanitise", "to_text"]

# The bounds are what a slow machine makes safe in about a second; newsletters stay far below them.
LARGEST = 1_000_000
LARGEST_WITH_IMAGES = 5_000_000
MOST_ELEMENTS = 20_000
_MOST_BLOCKED = 1_000
_MOST_CSS = 300_000
_MOST_ROUNDS = 4
_LARGE = 200_000
_STYLE_COST = 30  # of an empty style, in characters
_IMAGE = re.compile(r"\ssrc=[\"']data:image/[a-z.+-]{1,40};base64,[A-Za-z0-9+/=]*+")

StartTag = Callable[[str, dict[str, str | None]], str]

_TAGS_NAMES = """
a abbr acronym address area article aside b bdi bdo big blockquote body br button caption center
cite code col colgroup dd del details dfn dir div dl dt em fieldset figcaption figure font footer h1
h2 h3 h4 h5 h6 head header hgroup hr html i img input ins kbd label legend li main map mark menu nav
nobr ol p pre q rp rt ruby s samp section small span strike strong style sub summary sup table tbody
td tfoot th thead time tr tt u ul var wbr
"""
_TAGS = frozenset(_TAGS_NAMES.split())
_VOID_NAMES = "area br col hr img input wbr"
_VOID = frozenset(_VOID_NAMES.split())
_HIDDEN_NAMES = """
script template audio video canvas select datalist applet embed param source track
"""
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
_SINGLE = frozenset(["a", "button", "nobr"])
_ATTRIBUTES_NAMES = """
abbr align alt aria-describedby aria-hidden aria-label aria-labelledby axis bgcolor border
bordercolor cellpadding cellspacing char charoff checked cite class clear color cols colspan compact
coords datetime dir disabled face frame headers height hspace id lang link alink vlink text
leftmargin topmargin marginheight marginwidth media name noshade nowrap open placeholder reversed
role rows rowspan rules scope shape size span start summary title type usemap valign value vspace
width
"""
_ATTRIBUTES = frozenset(_ATTRIBUTES_NAMES.split())
_WRITTEN = _ATTRIBUTES | {"style", "src", "srcset", "href", "background", "target", "rel"}
_SOURCES = {"src": ("img",), "background": ("body", "table", "tbody", "thead", "tfoot", "tr", "td", "th")}
_LOADING_NAMES = "src background poster data lowsrc dynsrc href longdesc"
_LOADING = frozenset(_LOADING_NAMES.split())
_INPUTS_NAMES = """
text checkbox radio button submit reset search email number tel url password date
"""
_INPUTS = frozenset(_INPUTS_NAMES.split())
_CANDIDATE = re.compile(r"\s*+,?\s*+([^\s,]\S*[^\s,]|[^\s,])(?:,|\s+[^,]*+,?|\Z)")


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A document to show, and what was kept from loading: URLs in order, and their hosts sorted."""

    html: str
    blocked: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def sanitise(html: str, *, resolve: Callable[[str], str | None], remote: bool) -> SafeHtml:
    """Return a whole HTML document with only what is known to be harmless.

    `resolve` gives the address of a part for a `cid:` URL or a Content-Location, or None; what it
    gives is trusted. `remote` lets images, style sheets' images and fonts be loaded by http and https.
    HTML of more than a million characters, images within it not counted, or of more than 20 thousand
    elements is shown as text. Never raises.
    """
    if len(html) > LARGEST_WITH_IMAGES or len(html) - _images(html) > LARGEST:
        return SafeHtml(escaped(html[:LARGEST]))
    source = tame(html.replace("\0", "\ufffd"))
    if source.count("<") > 2 * MOST_ELEMENTS:  # a start and an end each: seen before a tree is made
        return SafeHtml(escaped(html[:LARGEST]))
    cleaner = _Cleaner(resolve, remote=remote)
    try:
        document = _settled(_written(source, cleaner.start_tag, cleaner.style))
    except _TooMany:
        return SafeHtml(escaped(html[:LARGEST]))
    blocked = tuple(cleaner.blocked)
    return SafeHtml(document, blocked, tuple(sorted({url.host(address) for address in blocked} - {""})))


class _TooMany(Exception):
    """The tree has more elements than are written: parsers add some that no tag names."""


def _images(html: str) -> int:
    """How many characters are images within the HTML: long, but no work."""
    return sum(match.end() - match.start() for match in _IMAGE.finditer(html))


def _settled(document: str) -> str:
    """A document that a parser reads as it was written: parsers move what is nested in odd ways.

    Each round's result is as harmless as the first; a large document is not worth many of them.
    """
    for _ in range(min(_MOST_ROUNDS, 1) if len(document) > _LARGE else _MOST_ROUNDS):
        again = _written(document, _start_tag, _text_of)
        if again == document:
            break
        document = again
    return document


def _written(source: str, start_tag: StartTag, style: Callable[[Any], str]) -> str:
    tree = LexborHTMLParser("<!DOCTYPE html>" + source)  # no quirks: as the document that is written
    writer = _Writer(start_tag, style)
    writer.walk(tree.root)
    return "".join(writer.out)


def _start_tag(tag: str, attributes: dict[str, str | None]) -> str:
    """A start tag that was already cleaned; its attributes' names are checked all the same."""
    kept = [(name, value or "") for name, value in attributes.items() if name in _WRITTEN]
    return "".join([f"<{tag}", *(f' {name}="{entities.escape(value)}"' for name, value in kept), ">"])


def _text_of(node: Any) -> str:
    """The style element again: its text is raw (HTML Living Standard §13.3)."""
    text = "".join(child.text_content or "" for child in node.iter(include_text=True))
    return f"{_start_tag('style', node.attributes)}{text}</style>"


class _Writer:
    """A tree on its way out: allowed elements written anew, the rest left out or opened."""

    def __init__(self, start_tag: StartTag, style: Callable[[Any], str]) -> None:
        self.start_tag = start_tag
        self.style = style
        self.out: list[str] = ["<!DOCTYPE html>"]
        self.left = MOST_ELEMENTS
        self.single: set[str] = set()  # the open elements that another of their kind would close

    def walk(self, root: Any) -> None:
        """Write the tree in order, without recursion: mail may be nested deeper than the stack is."""
        stack: list[Any] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                self.out.append(node)
                self.single.discard(node[2:-1])
            elif node.is_text_node:
                self.out.append(entities.escape(node.text_content or "", quote=False))
            else:
                self.element(node, stack)

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _TooMany

    def element(self, node: Any, stack: list[Any]) -> None:
        tag = node.tag
        self.count()
        if tag in _HIDDEN:
            self.start_tag(tag, node.attributes)  # for what it would have loaded
            return
        if tag == "style":
            self.out.append(self.style(node))
            return
        if tag in _TAGS and tag not in self.single:
            if tag in _SINGLE:
                self.single.add(tag)
            self.out.append(self.start_tag(tag, node.attributes))
            if tag in _VOID:
                return
            stack.append(f"</{tag}>")
            if tag == "pre" and node.child is not None and node.child.is_text_node:
                self.out.append("\n")
        children = []
        child = node.child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend(reversed(children))


class _Cleaner:
    """What may stay of one document's attributes and styles."""

    def __init__(self, resolve: Callable[[str], str | None], *, remote: bool) -> None:
        self.resolve = resolve
        self.remote = remote
        self.blocked: dict[str, None] = {}
        self.css_left = _MOST_CSS
        self.inlined: dict[str, str] = {}

    def style(self, node: Any) -> str:
        """A style element, or nothing if nothing of it is left."""
        text = "".join(child.text_content or "" for child in node.iter(include_text=True))
        cleaned = self.css(text, css.sheet)
        media = entities.escape(node.attributes.get("media") or "")
        attribute = f' media="{media}"' if media else ""
        return f"<style{attribute}>{cleaned}</style>" if cleaned else ""

    def css(self, text: str, clean: Callable[[str, css.Resource], str]) -> str:
        self.css_left -= len(text) + _STYLE_COST
        return clean(text, self.resource) if self.css_left > 0 else ""

    def inline(self, text: str) -> str:
        """A style attribute; the same one is taken apart once, and a plain one not at all."""
        if css.is_plain(text):
            return text.strip()
        if text not in self.inlined:
            self.inlined[text] = self.css(text, css.inline)
        return self.inlined[text]

    def start_tag(self, tag: str, attributes: dict[str, str | None]) -> str:
        """An element's start tag; of a hidden one only what it would have loaded is noted."""
        if tag in _HIDDEN:
            self.note_blocked(attributes)
            return ""
        written = [f"<{tag}"]
        for name, value in attributes.items():
            kept = self.attribute(tag, name, value or "")
            if kept is None:
                continue
            written.append(f' {name}="{entities.escape(kept)}"')
            if name == "href" and not kept.startswith("#"):
                written.append(' target="_blank" rel="noopener noreferrer nofollow"')
        if tag in ("input", "button") and "disabled" not in attributes:
            written.append(' disabled=""')
        return "".join(written) + ">"

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """The value to write for an attribute, or None to leave it out."""
        if name == "style":
            return self.inline(value) or None
        if name in ("srcset", "imagesrcset"):
            return self.srcset(value) if tag == "img" else None
        if name == "href" and tag in ("a", "area"):
            return self.link(value)
        if tag in _SOURCES.get(name, ()):
            return self.resource(value)
        if name == "type" and tag in ("input", "button"):
            return self.input_type(tag, value)
        return value if name in _ATTRIBUTES else None

    def input_type(self, tag: str, value: str) -> str:
        if tag == "button":
            return "button"
        return value.lower() if value.lower() in _INPUTS else "text"

    def link(self, value: str) -> str | None:
        """Where a link may lead: another page, a mail program, a place in this document."""
        address = url.clean(value)
        if address.startswith("#"):
            return address
        return address if url.scheme(address) in url.LINKS else None

    def resource(self, value: str) -> str | None:
        """What may be loaded for a URL: a part of the message, an image within the URL, or remote."""
        address = url.clean(value)
        if not address:
            return None
        if (part := self.resolve(address)) is not None:
            return part
        if url.is_raster(address):
            return address
        if not url.is_remote(address):
            return None
        if self.remote and url.scheme(address) in ("http", "https"):
            return address
        if len(self.blocked) < _MOST_BLOCKED:
            self.blocked[address] = None
        return None

    def srcset(self, value: str) -> str | None:
        """The candidates of a srcset when all of them may load, else None."""
        candidates = []
        for match in _CANDIDATE.finditer(value[:20_000]):
            address = self.resource(match[1])
            descriptor = match[0].strip(" \t\r\n,").removeprefix(match[1]).strip()
            if address is None or not re.fullmatch(r"[\d.]*[wxh]?", descriptor):
                return None
            candidates.append(f"{address.replace(' ', '%20').replace(',', '%2C')} {descriptor}".strip())
        return ", ".join(candidates) or None

    def note_blocked(self, attributes: dict[str, str | None]) -> None:
        for name, value in attributes.items():
            if name in _LOADING and value:
                self.resource(value)
