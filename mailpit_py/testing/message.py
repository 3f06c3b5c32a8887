"""A received message as a test uses it: decoded, with its links and codes, its envelope and the session."""

from __future__ import annotations

import email.message
import email.policy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mailpit_py.checks import extract
from mailpit_py.checks.wanted import Text, body_of
from mailpit_py.errors import is_told
from mailpit_py.mail import Address, Link, Part
from mailpit_py.mail.envelope import Envelope, Session
from mailpit_py.quantity import moment_of
from mailpit_py.testing.assertion import Check
from mailpit_py.testing.source import Letter, Source

__tracebackhide__ = is_told


class Headers(Mapping[str, str]):
    """The header section: the first value of each name, in any case, decoded; `all` gives every one."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields

    def __getitem__(self, name: str) -> str:
        values = self.all(name)
        if not values:
            raise KeyError(f"{name}; the header fields are {', '.join(self)}")
        return values[0]

    def __contains__(self, name: object) -> bool:
        return bool(self.all(str(name)))

    def __iter__(self) -> Iterator[str]:
        first: dict[str, str] = {}
        for name, _ in self.fields:
            first.setdefault(name.lower(), name)
        return iter(first.values())

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.fields})

    def all(self, name: str) -> list[str]:
        """Return the values of all fields of this name, from the top."""
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def __repr__(self) -> str:
        return f"Headers({self.fields!r})"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message, its transfer encoding undone."""

    filename: str
    content_type: str
    content: bytes

    @property
    def text(self) -> str:
        """The content as UTF-8 text."""
        return self.content.decode()


class Attachments(Mapping[str, Attachment]):
    """The files of a message by name, in their order; of two with one name the first, `list` has both."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.list = [Attachment(part.filename, part.content_type, part.decoded) for part in parts]

    def __getitem__(self, name: str) -> Attachment:
        for one in self.list:
            if one.filename == name:
                return one
        raise KeyError(f"{name}; the files are {', '.join(self) or 'none'}")

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(one.filename for one in self.list))

    def __len__(self) -> int:
        return len(list(iter(self)))


class Message:
    """One message. Nothing here marks it as read or changes it."""

    def __init__(self, letter: Letter, source: Source) -> None:
        self.letter = letter
        self.source = source

    def __repr__(self) -> str:
        return f"<Message {self.subject!r} to {', '.join(self.recipients)}>"

    @property
    def id(self) -> str:
        """Its id on the server."""
        return self.letter.id

    @property
    def url(self) -> str:
        """Where a person reads it."""
        return self.source.page_of(self.id)

    @property
    def raw(self) -> bytes:
        """Exactly what was received."""
        return self.letter.message.raw

    @property
    def received_at(self) -> datetime:
        """When it was received, in UTC."""
        return moment_of(self.letter.received_at)

    # the content

    @cached_property
    def headers(self) -> Headers:
        """The header section."""
        return Headers([(field.name, field.value) for field in self.letter.message.fields])

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return self.letter.message.subject

    @property
    def from_(self) -> tuple[Address, ...]:
        """The mailboxes of From."""
        return self.letter.message.from_

    @property
    def to(self) -> tuple[Address, ...]:
        """The mailboxes of To."""
        return self.letter.message.to

    @property
    def cc(self) -> tuple[Address, ...]:
        """The mailboxes of Cc."""
        return self.letter.message.cc

    @property
    def reply_to(self) -> tuple[Address, ...]:
        """The mailboxes of Reply-To."""
        return self.letter.message.reply_to

    @property
    def date(self) -> datetime | None:
        """The Date field in UTC; None if it is missing or no date."""
        at = self.letter.message.date
        return None if at is None else moment_of(at)

    @property
    def message_id(self) -> str:
        """The Message-ID without its angle brackets."""
        return self.letter.message.message_id

    @property
    def text(self) -> str:
        """The plain text, or that of the HTML if there is no other."""
        return body_of(self.letter.message, "text")

    @property
    def html(self) -> str:
        """The HTML source, or nothing."""
        return self.letter.message.html

    @cached_property
    def attachments(self) -> Attachments:
        """The files by name."""
        return Attachments(self.letter.message.attachments)

    @cached_property
    def inline(self) -> Attachments:
        """The parts that the HTML embeds, by name."""
        return Attachments(self.letter.message.inline)

    def select(self, css: str) -> list[Any]:
        """Return the elements of the HTML that a CSS selector finds, as selectolax nodes (`.text()`, `.attributes`)."""
        from selectolax.lexbor import LexborHTMLParser

        return list(LexborHTMLParser(self.html).css(css))

    def as_email(self) -> email.message.EmailMessage:
        """Return it as the standard library reads it."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, email.message.EmailMessage)
        return parsed

    # what a test goes on with

    @property
    def links(self) -> tuple[Link, ...]:
        """All links in order: `url`, `text` and `where` (html or text)."""
        return extract.links(self.letter.message)

    def link(self, wanted: Text | None = None) -> str:
        """Return the address of the one link with this in its text or address, or of the only link.

        Raises NotExactlyOne, an AssertionError that lists what there is.
        """
        return extract.link(self.letter.message, wanted)

    def code(self, pattern: Text | None = None) -> str:
        """Return the one-time code, or what an expression (its first group, if any) finds.

        Raises NotExactlyOne, an AssertionError that lists the candidates.
        """
        return extract.code(self.letter.message, pattern)

    # what SMTP said

    @property
    def envelope(self) -> Envelope:
        """What MAIL and RCPT said."""
        return self.letter.envelope

    @property
    def reverse_path(self) -> str:
        """MAIL FROM; empty for the null reverse-path."""
        return self.letter.envelope.reverse_path

    @property
    def recipients(self) -> tuple[str, ...]:
        """RCPT TO: who gets it, blind copies as well."""
        return tuple(one.address for one in self.letter.envelope.recipients)

    @property
    def session(self) -> Session | None:
        """The connection that brought it: `helo`, `tls_version`, `auth_identity`...; None if it came otherwise."""
        return self.letter.session

    @property
    def transcript(self) -> str:
        """The SMTP dialogue, a line each: `C: ` the client, `S: ` the server."""
        return "\n".join(f"{line.side}: {line.text}" for line in self.source.transcript(self.id))

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """All tries of this mail in order, refused ones too, as the API tells them: `reply`, `stage`, `pause_ms`..."""
        tries: list[dict[str, Any]] = self.source.api().get(f"messages/{self.id}/timeline")["tries"]
        return tries

    @property
    def check(self) -> Check:
        """Assertions about this message, as in `message.check.list_unsubscribe()`."""
        return Check(self)

    # comparison

    def snapshot(self) -> str:
        """Return header section and bodies as text in which what changes with each run is masked."""
        from mailpit_py.testing.snapshot import snapshot

        return snapshot(self.letter.message)

    def diff(self, other: Message) -> str:
        """Return how the snapshot of another message differs from this one's, as a unified diff; empty if not."""
        from mailpit_py.testing.snapshot import diff

        return diff(self.snapshot(), other.snapshot(), self.subject, other.subject)
