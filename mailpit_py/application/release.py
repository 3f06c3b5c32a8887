"""A message made ready to leave the sandbox: who it is from and to, and which fields change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailpit_py.application.relay_settings import ForwardSettings, RelaySettings
from mailpit_py.errors import MailpitError
from mailpit_py.mail import Message, read
from mailpit_py.mail.field import mailbox
from mailpit_py.mail.implied import ADDRESS
from mailpit_py.mail.rewrite import on_top, with_fields
from mailpit_py.mail.stamp import rfc5322

# RFC 5321 §6.3: many Received fields are a loop; what comes back to us has one of ours each time.
HOPS_AT_MOST = 50


class ReleaseError(MailpitError):
    """A message or an address that may not leave."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent: the envelope and the exact bytes."""

    reverse_path: str
    recipients: tuple[str, ...]
    raw: bytes


def refusal_of(address: str, settings: RelaySettings | None) -> str:
    """Why nothing may be released to this address, or an empty text."""
    if not ADDRESS.fullmatch(address):
        return "is not an address"
    if settings and settings.allowed and not settings.allowed.search(address):
        return "is not on the list of those to whom mail may be released"
    if settings and settings.blocked and settings.blocked.search(address):
        return "is on the list of those to whom no mail may be released"
    return ""


def released(raw: bytes, recipients: Sequence[str], settings: RelaySettings, *, now: int, message_id: str) -> Outgoing:
    """Return a message as it is released by hand: with a new date and id, without Bcc.

    `now` is in UTC microseconds; `message_id` is used unless the settings keep the message's own.
    Raises ReleaseError if the message names no sender.
    """
    message = read(raw)
    sender = _sender(message)
    changed = {"Date": rfc5322(now)}
    if not settings.preserve_message_ids or not message.message_id:
        changed["Message-ID"] = f"<{message_id}>"
    reverse_path = sender
    if settings.return_path:
        reverse_path = settings.return_path
        changed["Return-Path"] = f"<{settings.return_path}>"
    if settings.override_from:
        reverse_path = settings.override_from
        changed |= _overridden(message, settings.override_from)
    return Outgoing(reverse_path, tuple(recipients), with_fields(message, changed, without=("Bcc",)))


def relayed(
    raw: bytes, reverse_path: str, recipients: Sequence[str], received: str, *, override_from: str = ""
) -> Outgoing:
    """Return a message as it is relayed by itself: as it came, below our Received field (RFC 5321 §4.4).

    With `override_from` it is from this address, in the envelope as well.
    """
    if override_from:
        message = read(raw)
        raw = with_fields(message, _overridden(message, override_from))
    return Outgoing(override_from or reverse_path, tuple(recipients), _traced(raw, received))


def forwarded(raw: bytes, reverse_path: str, settings: ForwardSettings, received: str) -> Outgoing:
    """Return a message as it is forwarded: like a relayed one, but to others."""
    reverse_path = settings.return_path or reverse_path
    return relayed(raw, reverse_path, settings.to, received, override_from=settings.override_from)


def received_field(*, helo: str, hostname: str, public_id: str, now: int) -> str:
    """The value of our Received field (RFC 5321 §4.4). Nothing of the client's that is no host name gets in."""
    client = (
        "".join(char for char in helo if char.isascii() and (char.isalnum() or char in ".-_[]:"))[:255] or "unknown"
    )
    return f"from {client} by {hostname} (mailpit-py) with ESMTP id {public_id}; {rfc5322(now)}"


def is_loop(raw: bytes) -> bool:
    """True for a message that has come through so many servers that it goes round."""
    return sum(one.name.lower() == "received" for one in read(raw).fields) > HOPS_AT_MOST


def _traced(raw: bytes, received: str) -> bytes:
    return on_top(f"Received: {received}\r\n", raw, has_header=bool(read(raw).fields))


def _sender(message: Message) -> str:
    for one in (*message.sender, *message.from_):
        if ADDRESS.fullmatch(one.address):
            return one.address
    if message.field("From") is None:
        raise ReleaseError("unable to parse From header: mail: header not in message")
    raise ReleaseError("unable to parse From header: it names no address")


def _overridden(message: Message, address: str) -> dict[str, str]:
    """The From field with another address under the name that it had, and the old address beside it.

    Of a field that has not just one address all stands there, under no name.
    """
    was = message.field("From")
    if was is None or not was.value.strip():
        return {"From": f"<{address}>"}
    if len(message.from_) != 1:
        return {"From": f"<{address}>", "X-Original-From": _one_line(was.value)}
    one = message.from_[0]
    return {"From": mailbox(_one_line(one.name), address), "X-Original-From": _one_line(one.address)}


def _one_line(text: str) -> str:
    return " ".join("".join(char if char >= " " and char != "\x7f" else " " for char in text).split())
