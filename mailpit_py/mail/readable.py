"""HTML as readable text, and its links; loads the parser."""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mailpit_py.mail import url
from mailpit_py.mail.markup import tame

_LARGEST = 5_000_000
MOST_TAGS = 40_000  # a start and an end for as many elements as `sanitise` writes
_HIDDEN_NAMES = "script template audio video canvas select datalist applet embed head style title"
_PARAGRAPHS_NAMES = """
p h1 h2 h3 h4 h5 h6 blockquote ul ol dl table pre form fieldset hr center
"""
_PARAGRAPHS = frozenset(_PARAGRAPHS_NAMES.split())
_LINES_NAMES = """
div li tr dt dd address article aside section header footer nav main figure caption
"""
_LINES = frozenset(_LINES_NAMES.split())
_UNSEEN = frozenset(_HIDDEN_NAMES.split())
_NOT_SHOWN = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_WHITE = re.compile(r"[ \t\r\n\f]+")
_DEEPEST_QUOTE = 20


def to_text(html: str) -> str:
    """Return what a reader of the HTML reads, as plain text with LF line ends and no line at the end.

    Links are followed by their address in angle brackets, items have a dash or number, quotations
    `> `. HTML of more than five million characters, or of more than 40 thousand tags, is cut there.
    """
    writer = _TextWriter()
    writer.walk(tree(html).root)
    return writer.result()


class _TextWriter:
    """Text on its way out: white space collapsed, line breaks gathered until the next word."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.breaks = 0
        self.space = False
        self.quotes = 0
        self.level = 0  # of quotation, where the last word was written
        self.pre = 0
        self.lists: list[int] = []  # the next number of each open list; -1 for bullets

    def result(self) -> str:
        return "".join(self.out).strip("\n")

    def walk(self, root: Any) -> None:
        stack: list[Any] = [root]
        while stack:
            item = stack.pop()
            if callable(item):
                item()
            elif item.is_text_node:
                self.text(item.text_content or "")
            elif item.tag not in _UNSEEN:
                attributes = item.attributes
                if not _NOT_SHOWN.search(attributes.get("style") or ""):
                    stack.extend(self.element(item, attributes))

    def element(self, node: Any, attributes: dict[str, str | None]) -> list[Any]:
        """Begin an element; return what follows it, in the order of a stack."""
        tag = node.tag
        start = len(self.out)
        self.begin(tag, attributes)
        children = []
        child = node.child
        while child is not None:
            children.append(child)
            child = child.next
        return [lambda: self.end(tag, attributes, start), *reversed(children)]

    def begin(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.separate(tag)
        if tag == "br":
            self.breaks += 1
        elif tag == "img":
            self.text(attributes.get("alt") or "")
        elif tag in ("td", "th"):
            self.space = True
        elif tag == "hr":
            self.word("-" * 20)
        elif tag == "pre":
            self.pre += 1
        elif tag == "li":
            self.item()
        else:
            self.enter(tag)

    def enter(self, tag: str) -> None:
        if tag == "blockquote":
            self.quotes += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else -1)

    def end(self, tag: str, attributes: dict[str, str | None], start: int) -> None:
        if tag == "a":
            self.address(attributes.get("href") or "", start)
        elif tag == "pre":
            self.pre -= 1
        elif tag == "blockquote":
            self.quotes -= 1
        elif tag in ("ul", "ol"):
            self.lists.pop()
        self.separate(tag)

    def separate(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.breaks = max(self.breaks, 1 if self.lists else 2)
        elif tag in _LINES:
            self.breaks = max(self.breaks, 1)

    def item(self) -> None:
        number = self.lists[-1] if self.lists else -1
        indent = "  " * (min(len(self.lists), _DEEPEST_QUOTE) - 1)
        self.word(f"{indent}{number}." if number > 0 else f"{indent}-")
        self.space = True
        if number > 0:
            self.lists[-1] += 1

    def address(self, href: str, start: int) -> None:
        shown = "".join(self.out[start:])
        target = url.clean(href)
        if url.scheme(target) in url.LINKS and target.removeprefix("mailto:").rstrip("/") not in shown:
            self.space = True
            self.word(f"<{target}>")
            self.space = False

    def text(self, text: str) -> None:
        if self.pre:
            for index, line in enumerate(text.split("\n")):
                self.breaks += index > 0
                self.word(line)
            return
        words = _WHITE.sub(" ", text)
        self.space = self.space or words.startswith(" ")
        self.word(words.strip(" "))
        self.space = self.space or words.endswith(" ")

    def word(self, text: str) -> None:
        if not text:
            return
        level = min(self.quotes, _DEEPEST_QUOTE)
        prefix = "> " * level
        if not self.out:
            self.out.append(prefix)
        elif self.breaks:
            blank = "\n" + ("> " * min(level, self.level)).rstrip()
            self.out.append(blank * min(self.breaks - 1, 3) + "\n" + prefix)
        elif self.space:
            self.out.append(" ")
        self.out.append(text)
        self.breaks, self.space, self.level = 0, False, level


def tree(html: str, *, gaps: bool = False) -> LexborHTMLParser:
    """The document, cut where it would cost too much: seen before a tree is made of it; for `gaps` see `tame`."""
    source = tame(html[:_LARGEST].replace("\0", "\ufffd"), gaps=gaps)
    rest = source.split("<", MOST_TAGS + 1)[MOST_TAGS + 1 :]
    return LexborHTMLParser(source[: len(source) - len(rest[0]) - 1] if rest else source)


def anchors(html: str) -> list[tuple[str, str]]:
    """The links of a document in order: where each leads, and its text on one line. Bounded as `to_text`."""
    found = []
    for node in tree(html).css("a[href], area[href]"):
        address = url.clean(node.attributes.get("href") or "")
        if url.scheme(address) in url.LINKS:
            label = node.text() or node.attributes.get("alt") or ""
            found.append((address, " ".join(label.split())))
    return found
