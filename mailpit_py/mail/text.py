"""Readable text: bodies joined, HTML stripped for the index, the snippet of a list row."""

from __future__ import annotations

import html
import re

# Every alternative matches to the end of the text when its own end is missing: no second attempt
# from a later place can scan the same text again, so all of this is linear.
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(style|script|title|template|noscript)\b.*?(?:</\1\b[^>]*+(?:>|\Z)|\Z)", re.I | re.S
)
_ATTRIBUTES = r"(?:[^>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)"
_BREAK = re.compile(
    rf"<(?:br|hr|/?(?:p|div|tr|li|h[1-6]|table|blockquote|pre|ul|ol|dl|dt|dd|center))\b{_ATTRIBUTES}", re.I
)
_CELL = re.compile(rf"</?t[dh]\b{_ATTRIBUTES}", re.I)
_TAG = re.compile(rf"<[/!?a-zA-Z]{_ATTRIBUTES}")
_SPACES = re.compile(r"[ \t\xa0\u200b-\u200d\u2060\u034f\xad\ufeff]+")
_LINE_ENDS = re.compile(r"[\r\n]+")
_LINES = re.compile(r" ?\n[ \n]*+")
_CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u034f\xad\ufeff]+")
_SNIPPET = 250


def strip_html(markup: str) -> str:
    """The text of HTML without parsing it as a tree: quick and linear, for search and snippets."""
    text = _UNSEEN.sub(" ", markup)
    text = _LINE_ENDS.sub(" ", text)
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    text = html.unescape(_TAG.sub("", text))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def snippet(text: str, limit: int = _SNIPPET) -> str:
    """The first characters of a text on one line, without invisible ones."""
    head = _CONTROLS.sub(" ", text[: limit * 8]).strip()
    return head if len(head) <= limit else head[: limit - 1].rstrip() + "…"


def unify(text: str) -> str:
    """A body with its line ends as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def as_html(text: str) -> str:
    """Plain text as a fragment of HTML that looks the same."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>'


def merge(text: str, other: str) -> str:
    """`text` followed by the lines of `other` that have a word `text` lacks."""
    if not text:
        return other
    words = set(text.split())
    added = [line for line in other.split("\n") if not words.issuperset(line.split())]
    return "\n".join([text, *added])
