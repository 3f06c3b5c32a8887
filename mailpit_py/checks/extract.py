"""What a test takes from a message: the one link or the one code it is after, or a complaint that lists them all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailpit_py.checks.code import Code, find
from mailpit_py.checks.wanted import Text, contains, shown
from mailpit_py.errors import MailpitError, is_told
from mailpit_py.mail import Link, Message, linkify
from mailpit_py.mail import links as all_links
from mailpit_py.mail.text import strip_html

_EDGES = re.compile(r"^[\s:<>()\[\]*•-]+|[\s:<>()\[\]*•-]+$")


__tracebackhide__ = is_told


class NotExactlyOne(MailpitError, AssertionError):
    """There is none of what is asked for, or more than one; the text lists what there is."""


def links(message: Message) -> tuple[Link, ...]:
    """Return the links in order, those of the HTML first.

    The text of one that stands in plain text is what comes before it on its line, else the line above.
    """
    found = {one: None for one in all_links(message) if one.where == "html"}
    if message.has_text:
        above = ""
        for line in message.text.splitlines():
            before = ""
            for span in linkify(line):
                if span.url:
                    found[Link(span.url, _label(before) or above, "text")] = None
                else:
                    before = span.text
            above = _label(line) or above
    return tuple(found)


def _label(words: str) -> str:
    return _EDGES.sub("", words)


def links_with(found: Sequence[Link], wanted: Text) -> tuple[Link, ...]:
    """Return the links whose text or address has this in it; a text in any case."""
    if isinstance(wanted, str):
        lower = wanted.lower()
        return tuple(one for one in found if lower in one.text.lower() or lower in one.url.lower())
    return tuple(one for one in found if contains(wanted, one.text) or contains(wanted, one.url))


def link(message: Message, wanted: Text | None = None) -> str:
    """Return the address of the one link with this text, or of the only link. Raises NotExactlyOne."""
    found = links(message)
    matching = found if wanted is None else links_with(found, wanted)
    addresses = list(dict.fromkeys(one.url for one in matching))
    if len(addresses) == 1:
        return addresses[0]
    what = "link" if wanted is None else f"link with {shown(wanted)}"
    listed = [f"{one.text!r} -> {one.url}" if one.text else one.url for one in (matching if addresses else found)]
    raise _not_one(what, len(addresses), listed)


def codes(message: Message) -> tuple[Code, ...]:
    """Return what is most likely a one-time code, each once: exactly one in the usual case."""
    found = find(message.subject, message.text)
    return found or find(message.subject, _text_of_html(message))


def _text_of_html(message: Message) -> str:
    return strip_html(message.html) if message.has_html else ""


def code(message: Message, pattern: Text | None = None) -> str:
    """Return the one code of the message. Raises NotExactlyOne.

    An expression finds it in the readable text and its first group, if it has one, is the code.
    """
    if pattern is None:
        found = codes(message)
        values = [one.code for one in found]
        listed = [f"{one.code} in {one.context!r}" for one in found]
    else:
        values = listed = _by_pattern(message, pattern)
    if len(values) == 1:
        return values[0]
    raise _not_one("code" if pattern is None else f"code like {shown(pattern)}", len(values), listed)


def _by_pattern(message: Message, pattern: Text) -> list[str]:
    expression = re.compile(pattern) if isinstance(pattern, str) else pattern
    texts = (message.subject, message.text, _text_of_html(message))
    found = (match for text in texts for match in expression.finditer(text))
    return list(dict.fromkeys(match[1] if expression.groups else match[0] for match in found))


def _not_one(what: str, count: int, listed: list[str]) -> NotExactlyOne:
    head = f"there is no {what}" if not count else f"there are {count} of: {what}"
    rest = "".join(f"\n  {one}" for one in listed) or " (and none like it)"
    return NotExactlyOne(f"{head}; the message has{':' if listed else ''}{rest}")
