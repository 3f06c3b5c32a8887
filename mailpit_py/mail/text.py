"""Readable text: bodies joined, HTML stripped for the index, the snippet of a list row."""

from __future__ import annotations

import html
import re


# Every alternative matches to the end of the text when its own end is missing: no second attempt
# from a later place can scan the same text again, so all of this is linear.
def _raw_text(name: str) -> str:
    return rf"(?i:{name})\b[^<]*+(?:<(?!/(?i:{name})\b)[^<]*+)*+(?:</(?i:{name})[^>]*+(?:>|\Z)|\Z)"


_RAW_TEXT = "|".join(map(_raw_text, ("style", "script", "title", "template")))
_UNSEEN = re.compile(rf"<(?:!--(?:-?>|[^-]*+(?:-(?!->)[^-]*+)*+(?:-->|\Z))|{_RAW_TEXT})")
_TAG = re.compile(r"<(/?[a-zA-Z][^\s/>]*+|[/!?])(?:[^>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)")
_LINE_NAMES = "br hr p div tr li h1 h2 h3 h4 h5 h6 table blockquote pre ul ol dl dt dd center section article"
_SEPARATORS = {prefix + name: "\n" for name in _LINE_NAMES.split() for prefix in ("", "/")}
_SEPARATORS |= {"td": " ", "th": " ", "/td": " ", "/th": " ", "img": " "}
# letter by letter: with re.I each white space would be a place to begin at
_TARGET = re.compile(r"(?<=\s)[hH][rR][eE][fF]\s*+=\s*+[\"']?([hH][tT][tT][pP][sS]?://[^\s\"'<>]{1,1000}+)")
_MOST_TARGETS = 1_000
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\u034f\xad\ufeff]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u034f\xad\ufeff]+")


def strip_html(markup: str) -> str:
    """The text of HTML without parsing it as a tree: quick and linear, for search and snippets."""
    return _compact(_without_tags(markup))


def _without_tags(markup: str) -> str:
    """The words of HTML in their lines, with white space still as it came."""
    pieces = _TAG.split(_UNSEEN.sub("", markup).replace("\n", " "))
    separators = _SEPARATORS
    pieces[1::2] = [separators.get(name) or separators.get(name.lower(), "") for name in pieces[1::2]]
    text = html.unescape("".join(pieces))
    if not text.isascii() and not text.replace("\n", "").isprintable():
        text = _INVISIBLE.sub("", text)
    return text


def _compact(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join([line for line in lines if line])


def snippet(text: str, limit: int) -> str:
    """The first characters of a text on one line, without invisible ones."""
    head = " ".join(text[: limit * 2].split())
    if len(head) <= limit and len(text) > limit * 2:
        head = " ".join(text[: limit * 8].split())
    if not head.isprintable():
        head = " ".join(_CONTROLS.sub(" ", head).split())
    return head if len(head) <= limit else head[: limit - 1].rstrip() + "…"


def unify(text: str) -> str:
    """A body with its line ends as LF."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")


def as_html(text: str) -> str:
    """Plain text as a fragment of HTML that looks the same."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>'


def with_html(text: str, markup: str) -> str:
    """`text` followed by the lines of the HTML that have a word `text` lacks."""
    other = _without_tags(markup)
    if not text:
        return _compact(other)
    lines = set(text.split("\n"))
    unlike = [line for line in other.split("\n") if (trimmed := line.strip()) and trimmed not in lines]
    if not unlike:  # most say the same twice: no words are made
        return text
    words = set(text.split())
    added = [" ".join(own) for line in unlike if not words.issuperset(own := line.split())]
    return "\n".join([text, *added])


def with_targets(text: str, markup: str) -> str:
    """`text` followed by where the links of the HTML lead, as far as it does not say so itself."""
    if "://" not in markup:
        return text
    targets = dict.fromkeys(html.unescape(one) for one in _TARGET.findall(markup)[:_MOST_TARGETS])
    missing = [one for one in targets if one not in text]
    return "\n".join([text, *missing]) if missing else text
