"""HTML source made tame before it is parsed: no scripts, no foreign content, bounded nesting.

What is dropped here is dropped for cost and for certainty; what may stay is decided on the tree.
"""

from __future__ import annotations

import html
import re

_ATTRIBUTES = r"(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+)*+(?:>|\Z)"
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})"
    r"|<(?:[!?]|/(?=[^a-zA-Z]))[^>]*+(?:>|\Z)",
    re.S,
)
# Raw text (HTML Living Standard §13.2.5): their content is no markup.
_DOCTYPE = re.compile(r"<!doctype\b", re.I)  # the first of all decides whether a table ends a paragraph
_DROPPED_RAW = frozenset(["script", "iframe", "noembed", "noframes", "title"])
_SHOWN_RAW = frozenset(["xmp", "textarea", "plaintext", "listing"])
_SWALLOWING = frozenset(["textarea", "listing"])  # a line end that they begin with is none of theirs, as in pre
_FIRST_LINE_END = re.compile(r"\A\r?\n")
_RAW = _DROPPED_RAW | _SHOWN_RAW | {"style"}
# Foreign content has rules of its own, and most parser confusions begin there: its tags are dropped.
_DROPPED_TAGS_NAMES = "svg math noscript frameset frame base meta link image isindex"
_DROPPED_TAGS = frozenset(_DROPPED_TAGS_NAMES.split())
_VOID_NAMES = "area br col embed hr img input keygen param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
# Their end is implied by a neighbour's start, so they do not nest by themselves.
_IMPLIED_NAMES = """
p li dd dt td th tr tbody thead tfoot colgroup option optgroup rp rt html head body
"""
_IMPLIED = frozenset(_IMPLIED_NAMES.split())
_FORMATTING_NAMES = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_NAMES.split())
GAP = "gap"
_DEEPEST = 500
_MOST_FORMATTED = 300_000
_WEIGHT = 50  # characters of attributes that cost as much to copy as an element
_MOST_DOCUMENTS = 20
_MOST_ATTRIBUTES = 200
_ATTRIBUTE_START = re.compile(r"[\s/]++[^\s/>=]")


def tame(source: str, *, gaps: bool = False) -> str:
    """Return HTML that shows the same and that a parser handles in linear time.

    Comments, scripts and foreign tags go; raw text elements become plain markup; a start tag nested
    deeper than 500 is dropped, as browsers do at about that depth. `gaps` leaves an empty comment where
    a comment was, and one that says GAP where an element was.
    """
    return _Tamer(source, gaps).run()


class _Tamer:
    """One pass over the tags. `open` is an upper bound of the parser's stack of open elements.

    An end tag closes only what is on top: elements that are closed out of order count as open, so
    that no trick of scopes can hide depth. `formatted` sums up the formatting elements that are
    open at each start tag, by what they weigh: the parser opens all of them again in every block,
    with their attributes (§13.2.4.3).
    """

    def __init__(self, source: str, gaps: bool) -> None:
        self.source = source
        self.gaps = gaps
        self.out: list[str] = []
        self.open: list[tuple[str, int]] = []  # names, and what they add to `formatting`
        self.formatting = 0
        self.formatted = 0
        self.documents = 0

    def run(self) -> str:
        position = 0
        source = self.source
        while match := _TOKEN.search(source, position):
            self.out.append(source[position : match.start()])
            position = match.end()
            name = (match["name"] or "").lower()
            if match["end"]:
                self.end_tag(name, match[0])
            elif name in _RAW:
                position = self.raw_text(name, match)
            elif name and name not in _DROPPED_TAGS:
                self.start_tag(name, match)
            elif _DOCTYPE.match(match[0]):
                self.out.append(match[0])
            else:
                self.drop(name)
        self.out.append(source[position:])
        return "".join(self.out)

    def raw_text(self, name: str, match: re.Match[str]) -> int:
        """Take a raw text element whole; return where it ends."""
        start = match.end()
        end = len(self.source)
        after = end
        if name != "plaintext" and (closing := _closing(name).search(self.source, start)):
            end, after = closing.start(), closing.end()
        content = self.source[start:end]
        if name == "style":
            self.out.append(f"{match[0]}{content}</style>")
        elif name in _SHOWN_RAW:
            shown = content if name == "textarea" else content.replace("&", "&amp;")
            if name in _SWALLOWING:
                shown = _FIRST_LINE_END.sub("", shown)
            self.out.append(f"<pre>\n{shown.replace('<', '&lt;')}</pre>")
        else:
            self.drop(name)
        return after

    def drop(self, name: str) -> None:
        """Leave out a comment, or the start of an element."""
        if self.gaps:
            self.out.append(f"<!--{GAP}-->" if name else "<!---->")

    def start_tag(self, name: str, match: re.Match[str]) -> None:
        attributes = "" if _crowded(match["attributes"]) else match["attributes"]
        weight = 1 + len(attributes) // _WEIGHT if name in _FORMATTING else 0
        if self.may_open(name, weight):
            self.out.append(match[0] if attributes else f"<{name}>")

    def may_open(self, name: str, weight: int) -> bool:
        if name in ("html", "body"):  # a second one only adds attributes to the first
            self.documents += 1
            return self.documents <= _MOST_DOCUMENTS
        if name in _VOID or name in _IMPLIED:
            self.formatted += self.formatting
            return self.formatted < _MOST_FORMATTED or name in _VOID
        if len(self.open) >= _DEEPEST:
            return False
        self.formatted += self.formatting
        if self.formatted >= _MOST_FORMATTED:
            return False
        self.open.append((name, weight))
        self.formatting += weight
        return True

    def end_tag(self, name: str, tag: str) -> None:
        if name in _DROPPED_TAGS or name in _RAW:
            return
        if self.open and self.open[-1][0] == name:
            self.formatting -= self.open.pop()[1]
        self.out.append(tag)


def _crowded(attributes: str) -> bool:
    """Whether a tag has more attributes than a parser compares in reasonable time."""
    return len(attributes) > 4 * _MOST_ATTRIBUTES and len(_ATTRIBUTE_START.findall(attributes)) > _MOST_ATTRIBUTES


_CLOSINGS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"</{name}(?=[\s/>]){_ATTRIBUTES}", re.I) for name in (*_DROPPED_RAW, *_SHOWN_RAW, "style")
}


def _closing(name: str) -> re.Pattern[str]:
    return _CLOSINGS[name]


_NOTICE = "This HTML is too large to be drawn here. Its source:"


def escaped(source: str) -> str:
    """A document that shows HTML source as text: the fall-back for what is too large to render."""
    return f"<!DOCTYPE html><html><head></head><body><p>{_NOTICE}</p><pre>\n{html.escape(source)}</pre></body></html>"
