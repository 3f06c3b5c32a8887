"""The envelope that a message implies, and addresses as people write them where an envelope is meant."""

from __future__ import annotations

import re

from mailpit_py.mail.message import Message

_ATOMS = r"[^\s@<>()\[\],;:\"\\\x00-\x20\x7f]+"
ADDRESS = re.compile(rf'(?:{_ATOMS}|"(?:[^"\\\x00-\x1f\x7f]|\\[ -~])*")@(?:{_ATOMS}|\[[0-9A-Za-z.:]+\])')
_NAME = r'(?:"[^"\x00-\x1f]*" *|[^"<>,;@\x00-\x1f]*)'
_NAMED = re.compile(rf"{_NAME}<(?P<named>{ADDRESS.pattern})>|(?P<bare>{ADDRESS.pattern})")
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")


def is_address(text: str) -> bool:
    """True for what can stand between the angle brackets of MAIL and RCPT."""
    return bool(text) and _NO_ADDRESS.search(text) is None


def address_of(text: str) -> str:
    """The address of `ann@example.com` or `Ann <ann@example.com>`; empty if it is none, or more than one."""
    found = _NAMED.fullmatch(text.strip())
    return (found["named"] or found["bare"]) if found else ""


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
