"""What happened to a message at one recipient, in no provider's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mailpit_py.mail import Message, read

HEADER_BYTES_AT_MOST = 10_240  # Amazon SES cuts the header section there


class Kind(StrEnum):
    """The kinds of events."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    AUTO_REPLIED = "auto_replied"
    OPENED = "opened"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class Sent:
    """The message that an event is about.

    `fields` are the names and decoded values of its header section in order, `is_truncated` if not
    all of them are here; `addresses` are the mailboxes of To and Cc. `client` is the address that
    submitted it; `received_at` is in UTC microseconds.
    """

    public_id: str
    reverse_path: str
    recipients: tuple[str, ...]
    received_at: int
    size_bytes: int = 0
    client: str = "192.0.2.1"
    fields: tuple[tuple[str, str], ...] = ()
    is_truncated: bool = False
    message_id: str = ""
    subject: str = ""
    from_: tuple[str, ...] = ()
    to: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """Return the first value of a field in any case, or nothing."""
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of a field in any case, from the top."""
        wanted = name.lower()
        return tuple(value for each, value in self.fields if each.lower() == wanted)

    @property
    def domain(self) -> str:
        """The domain of the author, or that of the reverse-path."""
        author = self.from_[0] if self.from_ else self.reverse_path
        return author.rpartition("@")[2].rstrip(">").lower()


def describe(message: Message | bytes, *, public_id: str, reverse_path: str, **more: Any) -> Sent:
    """Return the facts of a message; `more` are fields of Sent that its octets do not tell."""
    message = read(message) if isinstance(message, bytes) else message
    fields, is_truncated = _fields(message)
    facts: dict[str, Any] = {
        "size_bytes": len(message.raw),
        "fields": fields,
        "is_truncated": is_truncated,
        "message_id": message.message_id,
        "subject": message.subject,
        "from_": tuple(map(str, message.from_)),
        "to": tuple(map(str, message.to)),
    }
    return Sent(public_id=public_id, reverse_path=reverse_path, **(facts | more))


def _fields(message: Message) -> tuple[tuple[tuple[str, str], ...], bool]:
    found: list[tuple[str, str]] = []
    room = HEADER_BYTES_AT_MOST
    for field in message.fields:
        room -= len(field.raw) + len(field.name)
        if room < 0:
            return tuple(found), True
        found.append((field.name, field.value))
    return tuple(found), False


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to `sent` at one recipient, at `at` in sandbox time (UTC microseconds).

    `id` stays the same over every repeat. `scenario` is the name of the cause, if it is known;
    `code`, `status` and `text` are the other server's reply, without code and status in the text.
    `attempt` counts deliveries from 1. The last three are for opened and clicked.
    """

    id: str
    kind: Kind
    recipient: str
    sent: Sent
    at: int
    scenario: str = ""
    code: int = 0
    status: str = ""
    text: str = ""
    remote_mta: str = ""
    remote_address: str = "192.0.2.25"
    attempt: int = 1
    retry_until: int | None = None
    link: str = ""
    user_agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    reader: str = "192.0.2.77"

    @property
    def is_hard(self) -> bool:
        """True if the cause is permanent, so that the address should be given up."""
        return (self.status or str(self.code)).startswith("5")

    @property
    def said(self) -> str:
        """The other server's reply on one line, with what is known of code and status before the text."""
        words = [str(self.code) if self.code else "", self.status, " ".join(self.text.split())]
        return " ".join(word for word in words if word)

    @property
    def domain(self) -> str:
        """The recipient's domain."""
        return self.recipient.rpartition("@")[2].lower()

    @property
    def mx(self) -> str:
        """The host that answered for the recipient."""
        return self.remote_mta or f"mx.{self.domain or 'dest.example'}"
