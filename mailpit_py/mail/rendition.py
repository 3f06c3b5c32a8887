"""HTML as the plain text that Mailpit gives where a sender gave none; loads the parser.

Unlike `readable`, it is put together from pieces: each text, address or sign has a blank before it unless
white space stands there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailpit_py.mail.markup import GAP
from mailpit_py.mail.readable import tree

_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u2028\u2029\u202f\u205f\u3000"  # White_Space of Unicode: `isspace` has more
_SPACE = re.compile(f"[{_SPACES}]")
_BLANKS = re.compile(f"[{_SPACES}]*+")
_RUN = re.compile(r"[ \r\n\t]+")
_PARAGRAPH_BREAK = re.compile(r"\n\n+")
_WIDTH = 74  # of quotations
_DEEPEST = 20  # nesting that shows: what is deeper costs what it adds to each line
_LONGEST_RULE = 1_000
_UNSEEN = frozenset(["style", "script", "head"])
_PARAGRAPHS = frozenset(["p", "ul", "table"])
_HEADINGS = {"h1": ("*", True), "h2": ("-", True), "h3": ("-", False)}  # the rule, and whether there is one above
_BOLD = frozenset(["b", "strong"])


def to_text(html: str) -> str:
    """Return the text of HTML, line ends as LF, none at the end. Bounded as `readable.to_text`."""
    writer = _Writer()
    writer.walk(tree(html.removeprefix("\ufeff"), gaps=True).root)
    text = writer.page.text.replace("\n ", "\n")
    return _PARAGRAPH_BREAK.sub("\n\n", text).strip(_SPACES)


@dataclass
class _Page:
    """What is written so far: the whole text, a heading, or words in bold."""

    ends_blank: bool = False
    pieces: list[str] = field(default_factory=list)
    column: int = 0
    quotes: int = 0
    prefix: str = ""
    in_pre: bool = False
    after_div: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def put(self, piece: str) -> None:
        """Add a piece, in lines where it is quoted."""
        for line in self.lines(piece):
            if not (line[0] in _SPACES or self.ends_blank or piece.startswith(".")):
                self.pieces.append(" ")
                self.column += 1
            self.ends_blank = line[-1] in _SPACES
            self.pieces.append(line.replace("\n", f"\n{self.prefix}"))
            newline = line.rfind("\n")
            self.column = self.column + len(line) if newline < 0 else len(line) - newline - 1

    def lines(self, piece: str) -> Iterator[str]:
        """The lines that a piece makes; only quotations are broken."""
        start, room = 0, _WIDTH - self.column
        if piece and self.quotes and room <= 0:
            yield "\n"
            room = _WIDTH
        while self.quotes and len(piece) - start > room:
            end = _break(piece, start, room)
            yield f"{piece[start:end]}\n"
            blanks = _BLANKS.match(piece, end)
            start, room = (blanks.end() if blanks else end), _WIDTH
        if start < len(piece):
            yield piece[start:]


def _break(text: str, start: int, room: int) -> int:
    """Where the line that begins at `start` ends: at the last white space that there is room for, else at the next."""
    for index in range(start + room, start - 1, -1):
        if text[index] in _SPACES:
            return index
    match = _SPACE.search(text, start + room)
    return match.start() if match else len(text)


class _Writer:
    """One walk over the tree, without recursion: depth costs no stack."""

    def __init__(self) -> None:
        self.page = _Page()
        self.outer: list[_Page] = []

    def walk(self, root: Any) -> None:
        stack: list[Any] = [root]
        while stack:
            item = stack.pop()
            if callable(item):
                item()
            elif item.is_text_node:
                self.text(item.text_content or "")
            elif item.is_comment_node:
                self.page.after_div = self.page.after_div and item.comment_content != GAP
            elif item.is_element_node or item is root:
                stack.extend(reversed(self.element(item)))

    def text(self, text: str) -> None:
        self.page.put(text if self.page.in_pre else _RUN.sub(" ", text).strip(_SPACES))

    def element(self, node: Any) -> list[Any]:
        """Begin an element; return what follows it, in order: its children, and steps."""
        tag = node.tag
        self.page.after_div = False
        if tag in _UNSEEN:
            return []
        if tag == "br":
            self.page.put("\n")
            return []
        if tag == "a":
            return self.link(node)
        if (tag in _HEADINGS or tag in _BOLD) and len(self.outer) < _DEEPEST:
            return [*self.apart(_children(node), blank=tag in _BOLD), lambda: self.join(tag)]
        return self.block(tag, _children(node))

    def block(self, tag: str, children: list[Any]) -> list[Any]:
        page = self.page
        if tag in _PARAGRAPHS:
            page.put("\n\n")
            return [*children, lambda: page.put("\n\n")]
        if tag == "div":
            if page.column > 0:
                page.put("\n")
            return [*children, self.end_div]
        if tag == "li":
            page.put("* ")
            return [*children, lambda: page.put("\n")]
        if tag == "blockquote":
            self.quote(1)
            return [*children, lambda: self.quote(-1)]
        if tag == "pre":
            page.in_pre = True
            return [*children, self.end_pre]
        return children

    def end_div(self) -> None:
        if not self.page.after_div:
            self.page.put("\n")
        self.page.after_div = True

    def end_pre(self) -> None:
        self.page.in_pre = False

    def quote(self, more: int) -> None:
        """Begin or end a quotation."""
        page = self.page
        page.quotes += more
        page.prefix = f"{'>' * min(page.quotes, _DEEPEST)} " if page.quotes else ""
        page.put("\n" if more > 0 else "\n\n")
        if more > 0 and page.quotes == 1:
            page.put("\n")

    def apart(self, children: list[Any], *, blank: bool) -> list[Any]:
        """Write children on a page of their own; a step puts the outer one back."""
        self.outer.append(self.page)
        self.page = _Page(ends_blank=blank)
        return children

    def join(self, tag: str) -> None:
        """Put what was written apart on the page that was there before."""
        written = self.page.text
        self.page = self.outer.pop()
        if tag in _BOLD:
            self.page.put(f"*{written}*")
            return
        sign, has_rule_above = _HEADINGS[tag]
        widest = max(len(line) - 1 for line in written.split("\n"))
        rule = sign * min(widest, _LONGEST_RULE)
        above = f"{rule}\n" if has_rule_above else ""
        self.page.put(f"\n\n{above}{written}\n{rule}\n\n")

    def link(self, node: Any) -> list[Any]:
        children = _children(node)
        only = children[0] if len(children) == 1 else None
        shown = only.text_content or "" if only is not None and only.is_text_node else ""
        if only is not None and only.tag == "img" and (alt := only.attributes.get("alt")):
            self.page.put(alt)
            children = []
        target = (node.attributes.get("href") or "").strip(_SPACES).removeprefix("mailto:")
        is_new = target not in ("", shown)
        return [*children, lambda: self.page.put(f"( {target} )" if is_new else "")]


def _children(node: Any) -> list[Any]:
    found = []
    child = node.child
    while child is not None:
        found.append(child)
        child = child.next
    return found
