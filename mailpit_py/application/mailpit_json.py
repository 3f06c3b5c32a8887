"""A message of a list as Mailpit's clients know it, in JSON as Go writes it: for its API, its feed and its webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from mailpit_py.quantity import moment_of
from mailpit_py.storage import Outline

Json = dict[str, Any]

SNIPPET_BYTES = 200
LAST_LETTER = re.compile(rb"[\xc0-\xff][\x80-\xbf]*\Z")
# What Go writes as an escape so that JSON can stand inside HTML and JavaScript.
ESCAPED = (("<", r"\u003c"), (">", r"\u003e"), ("&", r"\u0026"), ("\u2028", r"\u2028"), ("\u2029", r"\u2029"))
_LONE = re.compile("[\ud800-\udfff]")


def encoded(value: Any) -> bytes:
    """A value on one line, its keys in their order."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in ESCAPED:
        text = text.replace(character, escape)
    return _LONE.sub("\ufffd", text).encode()


def moment(at: int, *, minutes_east: int = 0, digits: int = 3) -> str:
    """UTC microseconds as Go writes a time: no zeros at the end of the fraction, `Z` for UTC."""
    try:
        local = moment_of(at + minutes_east * 60_000_000)  # its writer's clock: UTC may be in another year
    except OverflowError:
        return "0001-01-01T00:00:00Z"
    # by hand: a list of all messages spends its time here
    fraction = f"{local.microsecond:06d}"[:digits].rstrip("0")
    day = f"{local.year:04d}-{local.month:02d}-{local.day:02d}"
    shown = f"{day}T{local.hour:02d}:{local.minute:02d}:{local.second:02d}"
    return f"{shown}{'.' if fraction else ''}{fraction}{_zone(minutes_east)}"


def _zone(minutes_east: int) -> str:
    if not minutes_east:
        return "Z"
    return f"{'-' if minutes_east < 0 else '+'}{abs(minutes_east) // 60:02d}:{abs(minutes_east) % 60:02d}"


def address(name: str, mailbox: str) -> Json:
    """A name and an address."""
    return {"Name": name, "Address": mailbox}


def sender(name: str, mailbox: str) -> Json:
    """Who wrote: a word that is no address, as `root`, is a name to Mailpit."""
    return address(mailbox, "") if mailbox and not name and "@" not in mailbox else address(name, mailbox)


def addresses(pairs: Iterable[Sequence[str]]) -> list[Json]:
    """Names and addresses in their order."""
    return [{"Name": name, "Address": mailbox} for name, mailbox in pairs]


def row(one: Outline, *, empty: Any = None, empty_reply_to: Any = None) -> Json:
    """One message of a list. `empty` stands for a list of addresses without any, as Mailpit has it there."""
    return {
        "ID": one.public_id,
        "MessageID": one.message_id,
        "Read": one.seen,
        "From": sender(*one.sender),
        "To": addresses(one.to) or empty,
        "Cc": addresses(one.cc) or empty,
        "Bcc": addresses(one.bcc) or empty,
        "ReplyTo": addresses(one.reply_to) or empty_reply_to,
        "Subject": one.subject,
        "Created": moment(one.received_at),
        "Username": one.username,
        "Tags": list(one.tags),
        "Size": one.size_bytes,
        "Attachments": one.attached,
        "Snippet": snippet(one.snippet),
    }


def snippet(text: str) -> str:
    """At most 200 octets of a text, and dots if that is not all; a letter of several octets at their end goes."""
    octets = text.encode("utf-8", "replace")
    if len(octets) <= SNIPPET_BYTES:
        return text
    return LAST_LETTER.sub(b"", octets[:SNIPPET_BYTES]).decode("utf-8", "ignore").rstrip("…") + "..."
