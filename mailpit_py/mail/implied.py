"""The envelope that a message implies: who it was from and to, for messages that come without one."""

from __future__ import annotations

import re

from mailpit_py.mail.message import Message

_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")


def is_address(text: str) -> bool:
    """True for what can stand between the angle brackets of MAIL and RCPT."""
    return bool(text) and _NO_ADDRESS.search(text) is None


def implied_envelope(message: Message) -> tuple[str, tuple[str, ...]]:
    """Return (reverse-path, recipients): Return-Path, else From; To, Cc and Bcc, else From. Either may be empty."""
    senders = [one.address for one in message.from_ if is_address(one.address)]
    reverse_path = senders[0] if senders else ""
    path = message.field("Return-Path")
    if path is not None:
        named = path.value.strip().removeprefix("<").removesuffix(">")
        reverse_path = named if named == "" or is_address(named) else reverse_path
    addresses = (one.address for one in (*message.to, *message.cc, *message.bcc))
    recipients = tuple(dict.fromkeys(one for one in addresses if is_address(one)))
    return reverse_path, recipients or tuple(senders[:1])
