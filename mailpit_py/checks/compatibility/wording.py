"""The little Markdown of descriptions and notes, as HTML or as plain words."""

from __future__ import annotations

import re
from html import escape
from types import MappingProxyType

_SITE = "https://www.caniemail.com"
_OPENING = re.compile(r"(?<![^\s(])['\"](?=\S)")
_STRAIGHT = re.compile("['\"]")
_CURLY = MappingProxyType({"'": ("&lsquo;", "&rsquo;"), '"': ("&ldquo;", "&rdquo;")})
_PIECE = re.compile(
    r"`(?P<code>[^`]*)`"
    r"|\[(?P<label>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)"
    r"|\*\*(?P<bold>[^*]+)\*\*"
)


def as_html(text: str) -> str:
    """Return the text as HTML of one paragraph, without its tags; what looks like markup is text."""
    out, position = [], 0
    for match in _PIECE.finditer(text):
        out += [_words(text[position : match.start()]), _element(match)]
        position = match.end()
    return "".join([*out, _words(text[position:])]).strip()


def as_text(text: str) -> str:
    """Return the words alone."""
    return _PIECE.sub(lambda match: match["code"] or as_text(match["label"] or "") or match["bold"] or "", text).strip()


def _words(text: str) -> str:
    """Return words as HTML; quotation marks are curly, as Mailpit's are."""
    curly = _OPENING.sub(lambda match: _CURLY[match[0]][0], escape(text, quote=False))
    return _STRAIGHT.sub(lambda match: _CURLY[match[0]][1], curly)


def _element(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return f"<code>{escape(match['code'])}</code>"
    if match["bold"] is not None:
        return f"<strong>{escape(match['bold'])}</strong>"
    url = match["url"]
    target = f"{_SITE}{url}" if url.startswith("/") else url
    if not re.match(r"https?://", target, re.I):
        return as_html(match["label"])
    return f'<a href="{escape(target)}" target="_blank" rel="noreferrer noopener">{as_html(match["label"])}</a>'
