"""The base subject that IMAP sorts by (RFC 5256 §2.1)."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r" *+")
_BLOB = r"\[[^\[\]]*+\] *+"
_BLOBS = re.compile(rf"(?:{_BLOB})*+")
_MARK = re.compile(rf"(?:re|fwd?) *+(?:{_BLOB})?+:", re.I)
_TRAILER, _OPENING = "(fwd)", "[fwd:"


def base_subject(subject: str) -> str:
    """Return a decoded subject without the marks of replies, forwards and mailing lists, its case kept."""
    text = _SPACE.sub(" ", subject)
    start, end = 0, len(text)
    while True:
        end = _before_trailers(text, start, end)
        start = _after_leaders(text, start, end)
        if text[start : start + len(_OPENING)].lower() != _OPENING or not text.endswith("]", start, end):
            return text[start:end]
        start, end = start + len(_OPENING), end - 1


def _before_trailers(text: str, start: int, end: int) -> int:
    """Where the text ends without marks of a forward and blanks behind it (step 2)."""
    while True:
        if text.endswith(" ", start, end):
            end -= 1
        elif text[max(end - len(_TRAILER), start) : end].lower() == _TRAILER:
            end -= len(_TRAILER)
        else:
            return end


def _after_leaders(text: str, start: int, end: int) -> int:
    """Where the text begins when nothing more can be taken from the front (steps 3 to 5)."""
    while True:
        start = _end(_BLANKS, text, start, end)
        after = _end(_BLOBS, text, start, end)
        if match := _MARK.match(text, after, end):
            start = match.end()
        elif after == end > start:  # of nothing but names in brackets the last one is the subject
            return text.rfind("[", start, end)
        else:
            return after


def _end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    match = pattern.match(text, start, end)
    return match.end() if match else start
