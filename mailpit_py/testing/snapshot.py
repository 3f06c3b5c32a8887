"""A message as text that is the same in each run: what changes by itself is masked, everything else stays."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from mailpit_py.mail import Message, Part

# Fields that are new with each message, or come from the machine that runs the test.
_VOLATILE = {"date", "message-id", "received", "dkim-signature", "return-path", "x-mailer", "resent-date"}
_BOUNDARY = re.compile(r'(boundary\s*=\s*)("[^"]*"|[^\s;]+)', re.I)
_MASKS = (
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "<uuid>"),
    (re.compile(r"(https?://(?:localhost|127\.0\.0\.1|\[::1\])):\d+"), r"\1:<port>"),
    (re.compile(r"(?<=[/=?&])(?=[\w.~-]{0,200}\d)(?=[\w.~-]{0,200}[A-Za-z])[\w.~-]{16,500}"), "<token>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"), "<instant>"),
)


def snapshot(message: Message) -> str:
    """Return the header section, the bodies decoded, and one line for each file. Lines end in LF."""
    return "\n".join(_lines(message)) + "\n"


def diff(one: str, other: str, name: str, other_name: str) -> str:
    """Return a unified diff."""
    return "\n".join(difflib.unified_diff(one.splitlines(), other.splitlines(), name, other_name, lineterm=""))


def _lines(message: Message) -> Iterator[str]:
    for field in message.fields:
        value = "<masked>" if field.name.lower() in _VOLATILE else _BOUNDARY.sub(r"\1<boundary>", field.value)
        yield f"{field.name}: {mask(value)}"
    for part in message.parts():
        if not part.children:
            yield from ["", f"--- {part.path or '1'} {part.content_type}", *_content(message, part)]


def _content(message: Message, part: Part) -> Iterator[str]:
    if part.content_type.startswith("text/") and part.disposition != "attachment":
        yield from mask(message.part_text(part).replace("\r\n", "\n").rstrip("\n")).split("\n")
    else:
        yield f"{part.filename or 'no name'}, {len(part.decoded)} bytes"


def mask(text: str) -> str:
    """Return a text with UUIDs, instants, local ports and the tokens of addresses masked."""
    for expression, replacement in _MASKS:
        text = expression.sub(replacement, text)
    return text
