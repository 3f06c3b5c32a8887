"""What can be said of one message without asking anybody: its form, parts, size and header section."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from mailpit_py.checks import unsubscribe, web
from mailpit_py.checks.finding import Finding, Severity
from mailpit_py.mail import Message

GMAIL_CLIPS_BYTES = 102 * 1024
MIME_ADVICE = "Let a mail library put the message together instead of joining strings."
# What a reader works around without anybody noticing.
_HARMLESS = {"bare-lf", "bare-cr", "mbox-line", "undeclared-8bit", "raw-8bit-field"}
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,100}\}\}|\{%[^{}]{0,100}%\}|\$\{[^{}]{0,100}\}|%\([a-z_]{1,40}\)s|<%=?.{0,100}?%>", re.I
)

Check = Callable[[Message], Iterator[Finding]]


def form(message: Message) -> Iterator[Finding]:
    """What is not as the RFCs ask: boundaries, encodings, charsets, dates, addresses."""
    for one in message.defects:
        severity = Severity.NOTE if one.code in _HARMLESS else Severity.WARNING
        where = f" (part {one.path})" if one.path else ""
        yield Finding(one.code, severity, f"{one.text}{where}", MIME_ADVICE)


def parts(message: Message) -> Iterator[Finding]:
    """Whether every reader finds something to read: both a text and an HTML part."""
    if not message.has_text and not message.has_html:
        yield Finding("no-body", Severity.ERROR, "There is neither text nor HTML.", "Give the message a body.")
    elif not message.has_text:
        yield Finding(
            "no-text",
            Severity.WARNING,
            "There is HTML and no plain text.",
            "Send multipart/alternative: some readers show no HTML, and filters score mail without text down.",
        )
    elif not message.has_html:
        yield Finding("no-html", Severity.NOTE, "There is plain text and no HTML.", "Fine, unless HTML was meant.")


def size(message: Message) -> Iterator[Finding]:
    """Whether Gmail shows all of it."""
    length = len(message.html.encode("utf-8", "replace"))
    if length > GMAIL_CLIPS_BYTES:
        yield Finding(
            "clipped",
            Severity.WARNING,
            f"The HTML has {length / 1024:.0f} kB; Gmail clips it at 102 kB.",
            "Shorten it: inlined styles and embedded images are what usually makes it long.",
        )


_NEEDED: tuple[tuple[str, Callable[[Message], object], str, str], ...] = (
    (
        "no-message-id",
        lambda one: one.message_id,
        "There is no Message-ID.",
        "Set one: replies and threads refer to it.",
    ),
    ("no-subject", lambda one: one.subject.strip(), "There is no subject.", "Say in a line what the mail is about."),
    (
        "no-recipient-field",
        lambda one: one.to or one.cc or one.bcc,
        "There is neither To nor Cc.",
        "Name who it is for; filters ask.",
    ),
)
"""Code, what must be there, and the words for its absence."""


def fields(message: Message) -> Iterator[Finding]:
    """Whether the header section has what every message needs (RFC 5322 §3.6) and readers look at."""
    for code, is_there, text, advice in _NEEDED:
        if not is_there(message):
            yield Finding(code, Severity.WARNING, text, advice)
    for one in message.from_:
        if "@" not in one.address:
            text = f"The From address {one.address!r} has no domain."
            yield Finding("from-without-domain", Severity.ERROR, text, "Send from an address of a domain that you own.")


def template(message: Message) -> Iterator[Finding]:
    """Whether a template was filled in."""
    for where, text in (("subject", message.subject), ("text", message.text), ("HTML", message.html)):
        found = list(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)))
        if found:
            yield Finding(
                "placeholder",
                Severity.ERROR,
                f"The {where} still has {', '.join(map(repr, found[:3]))}.",
                "Fill the template in, or check the names of its variables.",
            )


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "form": form,
        "parts": parts,
        "size": size,
        "fields": fields,
        "template": template,
        "links": web.links,
        "mixed-content": web.mixed_content,
        "unsubscribe": unsubscribe.check,
    }
)
"""All checks by name, in the order in which they are told."""


def inspect(message: Message, names: tuple[str, ...] = tuple(CHECKS)) -> list[Finding]:
    """Return what these checks find, in their order. Raises KeyError for one that is not there."""
    return [finding for name in names for finding in CHECKS[name](message)]
