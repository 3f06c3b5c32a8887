"""List-Unsubscribe read and judged (RFC 2369 §3.2, RFC 8058 §3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_COMMENT = re.compile(r"\([^()]*\)")
_LINK = re.compile(r"<([^<>]*)>")
_BETWEEN = re.compile(r">\s*,\s*<")
_MAILTO = re.compile(r"mailto:[a-zA-Z0-9]")
_HTTP = re.compile(r"https?://", re.I)
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """The links of a List-Unsubscribe field, also of one with errors; `errors` joins sentences with commas."""

    links: tuple[str, ...]
    errors: str


def judge(value: str) -> Unsubscribe:
    """Return the links of a field's value and what is wrong with it. Never raises; linear."""
    text = " ".join(_without_comments(value[:_LONGEST]).split())
    found = _LINK.findall(text)
    if not found:
        return Unsubscribe((), f'"{text}" no valid unsubscribe links found')
    links = tuple(link.strip() for link in found if _is_link(link.strip()))
    return Unsubscribe(links, ", ".join(_faults(text, found)))


def _without_comments(text: str) -> str:
    """Remove comments, the innermost first, to a depth that no sender needs."""
    for _ in range(5):
        text, number = _COMMENT.subn("", text)
        if not number:
            break
    return text


def _is_link(link: str) -> bool:
    return bool(_MAILTO.match(link) or _HTTP.match(link)) and not _url_fault(link)


def _faults(text: str, found: list[str]) -> list[str]:
    """Everything that is wrong, in the words of Mailpit."""
    checks = (
        (not (text.startswith("<") and text.endswith(">")), "should be enclosed in <>"),
        (len(found) > 2, "should include a maximum of one email and one HTTP link"),
        (len(_BETWEEN.findall(text)) != len(found) - 1, "<> should be split with a comma and optional spaces"),
        (any(" " in link for link in found), "should not contain spaces"),
        (sum(bool(_MAILTO.match(link)) for link in found) > 1, "should only contain one mailto:"),
        (sum(bool(_HTTP.match(link)) for link in found) > 1, "should only contain one HTTP link"),
    )
    faults = [f'"{text}" {words}' for is_wrong, words in checks if is_wrong]
    for link in found:
        if not (_MAILTO.match(link) or _HTTP.match(link)):
            faults.append(f'"{link}" should start with either http(s):// or mailto:')
        elif fault := _url_fault(link):
            faults.append(f'"{link}" {fault}')
    return faults


def _url_fault(link: str) -> str:
    """What is wrong with a URL, or nothing."""
    try:
        parts = urlsplit(link)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError as error:
        return f"is no URL: {error}"
    if "\\" in link:
        return "contains a backslash"
    return "has no host" if parts.scheme != "mailto" and not parts.hostname else ""
