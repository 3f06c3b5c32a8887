"""Which message is waited for: filters that all must hold, and in words what keeps a message from being it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from mailpit_py.mail import Address, Message
from mailpit_py.mail.envelope import Envelope

Text = str | re.Pattern[str]
SHOWN = 120  # characters of what was found


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One filter that a message does not pass: its name, what it asks for, what stands there, all for people."""

    filter: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.filter}: {self.wanted} is not in {self.found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Filters; what is None is not asked for.

    Addresses are equal to a text (the domain in any case) or found by an expression in
    `Name <address>`; `to` is a To field or a recipient of the envelope, `bcc` a recipient that stands
    in neither To nor Cc, `sender` a From field or the reverse-path. Other texts are contained, in
    this case, or found by an expression. An `attachment` of `*`, or a header field's text of `*`, is any.
    """

    to: Text | None = None
    cc: Text | None = None
    bcc: Text | None = None
    sender: Text | None = None
    subject: Text | None = None
    text: Text | None = None
    html: Text | None = None
    header: tuple[tuple[str, Text], ...] = ()
    attachment: Text | None = None

    @property
    def is_anything(self) -> bool:
        """True if every message passes."""
        return not any(getattr(self, one.name) for one in fields(self))

    def mismatches(self, message: Message, envelope: Envelope) -> tuple[Mismatch, ...]:
        """Return what keeps this message from being the wanted one; nothing if it is."""
        return tuple(self._compare(message, envelope))

    def _compare(self, message: Message, envelope: Envelope) -> Iterator[Mismatch]:
        for name in ("to", "cc", "bcc", "sender"):
            wanted = getattr(self, name)
            addresses = [] if wanted is None else list(_ADDRESSES[name](message, envelope))
            if wanted is not None and not any(_is_address(wanted, one) for one in addresses):
                yield Mismatch(LABELS.get(name, name), shown(wanted), _listed(map(str, addresses)))
        for name in ("subject", "text", "html"):
            wanted = getattr(self, name)
            if wanted is not None and not contains(wanted, found := body_of(message, name)):
                yield Mismatch(name, shown(wanted), _clipped(found))
        yield from self._compare_header(message)
        if self.attachment is not None:
            names = [part.filename for part in message.attachments]
            if not any(is_name(self.attachment, one) for one in names):
                yield Mismatch("attachment", shown(self.attachment), _listed(names))

    def _compare_header(self, message: Message) -> Iterator[Mismatch]:
        for name, wanted in self.header:
            values = [field.value for field in message.fields if field.name.lower() == name.lower()]
            if not any(wanted == "*" or contains(wanted, value) for value in values):
                yield Mismatch(f"header {name}", "a field" if wanted == "*" else shown(wanted), _listed(values))

    def __str__(self) -> str:
        given = [(one.name, getattr(self, one.name)) for one in fields(self) if one.name != "header"]
        words = [f"{LABELS.get(name, name)} {shown(value)}" for name, value in given if value is not None]
        words += [f"header {name}{'' if value == '*' else f' {shown(value)}'}" for name, value in self.header]
        return ", ".join(words) or "any message"


LABELS = {"sender": "from"}


def body_of(message: Message, name: str) -> str:
    """Return the subject, the readable text (that of the HTML if there is no other) or the HTML source."""
    if name == "text" and not message.has_text and message.has_html:
        return message.words
    return str(getattr(message, name))


def _to(message: Message, envelope: Envelope) -> Iterator[Address]:
    yield from message.to
    yield from (Address("", one.address) for one in envelope.recipients)


def _blind(message: Message, envelope: Envelope) -> Iterator[Address]:
    named = [one.address for one in (*message.to, *message.cc)]
    yield from message.bcc
    for recipient in envelope.recipients:
        if not any(same_address(recipient.address, one) for one in named):
            yield Address("", recipient.address)


def _sender(message: Message, envelope: Envelope) -> Iterator[Address]:
    yield from message.from_
    yield Address("", envelope.reverse_path)


_ADDRESSES = {"to": _to, "cc": lambda message, _: iter(message.cc), "bcc": _blind, "sender": _sender}


def same_address(one: str, other: str) -> bool:
    """True for equal addresses: domains in any case, local parts as they are (RFC 5321 §2.4)."""
    local, _, domain = one.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    return local == other_local and domain.lower() == other_domain.lower()


def _is_address(wanted: Text, address: Address) -> bool:
    if isinstance(wanted, str):
        return same_address(wanted, address.address)
    return bool(wanted.search(str(address)))


def contains(wanted: Text, text: str) -> bool:
    """True if a text is contained, or an expression found."""
    return wanted in text if isinstance(wanted, str) else bool(wanted.search(text))


def is_name(wanted: Text, name: str) -> bool:
    """True if a file is called so; `*` is any."""
    return wanted in ("*", name) if isinstance(wanted, str) else bool(wanted.search(name))


def shown(wanted: Text) -> str:
    """What is wanted as it is written: a text in quotes, an expression between slashes."""
    return repr(wanted) if isinstance(wanted, str) else f"/{wanted.pattern}/"


def _clipped(text: str) -> str:
    line = " ".join(text[: SHOWN * 4].split())
    return repr(line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…")


def _listed(values: Iterable[str]) -> str:
    return _clipped(", ".join(dict.fromkeys(value for value in values if value)))
