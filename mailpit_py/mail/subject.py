"""The base subject that IMAP sorts and threads by (RFC 5256 §2.1)."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_BLOB = r"\[[^\[\]]*+\]\s*+"
_LEADER = re.compile(rf"(?:{_BLOB})*+(?:re|fwd?)\s*+(?:{_BLOB})?+:|\s++", re.I)
_LIST_MARK = re.compile(rf"{_BLOB}(?=.)", re.S)  # the last one is the subject itself
_FORWARDED = re.compile(r"\[fwd:(.*)\]", re.I)


def base_subject(subject: str) -> str:
    """Return a decoded subject without the marks of replies, forwards and mailing lists, its case kept."""
    base = _SPACE.sub(" ", subject)
    while True:
        base = _without_leaders(_without_trailer(base))
        match = _FORWARDED.fullmatch(base)
        if match is None:
            return base
        base = match[1]


def is_reply_or_forward(subject: str) -> bool:
    """True if the subject has a mark of either (§2.1: for THREAD)."""
    bare = _SPACE.sub(" ", subject).strip()
    return base_subject(subject) != bare


def _without_trailer(text: str) -> str:
    end = len(text)
    while True:
        if text[:end].endswith(" "):
            end -= 1
        elif text[max(end - 5, 0) : end].lower() == "(fwd)":
            end -= 5
        else:
            return text[:end]


def _without_leaders(text: str) -> str:
    """What is left when nothing more can be taken from the front (steps 3 to 5)."""
    start = 0
    while match := _LEADER.match(text, start) or _LIST_MARK.match(text, start):
        start = match.end()
    return text[start:]
