"""The ENVELOPE of IMAP: a header section's dates, names and identifiers as one list (RFC 9051 §7.5.2)."""

from __future__ import annotations

from itertools import chain

from mailpit_py.mail import address, header, nstring
from mailpit_py.mail.address import Address, GroupMark
from mailpit_py.mail.downgrade import downgraded_value
from mailpit_py.mail.limits import DEFAULT
from mailpit_py.mail.nstring import NIL, parenthesised
from mailpit_py.mail.part import Section
from mailpit_py.mail.walk import walk_header

_GROUP_END = b"(NIL NIL NIL NIL)"


def envelope(raw: bytes, *, utf8: bool = False) -> bytes:
    """Return the parenthesised envelope of a message. Never raises; encoded words stay encoded.

    With `utf8` (UTF8=ACCEPT, RFC 6855 §3, or IMAP4rev2) texts beyond ASCII are quoted as UTF-8;
    without it they are down-converted (RFC 6857), and the answer is ASCII.
    """
    return of_section(walk_header(raw, DEFAULT), utf8=utf8)


def of_section(section: Section, *, utf8: bool) -> bytes:
    """Return the envelope of the message that a header section belongs to."""
    found = _Fields(section, utf8)
    sender = found.mailboxes(b"from")
    return parenthesised(
        (
            found.text(b"date"),
            found.text(b"subject"),
            sender,
            # RFC 9051 §7.5.2: absent or empty, both are the same as From
            found.mailboxes(b"sender", sender),
            found.mailboxes(b"reply-to", sender),
            found.mailboxes(b"to"),
            found.mailboxes(b"cc"),
            found.mailboxes(b"bcc"),
            found.text(b"in-reply-to"),
            found.text(b"message-id"),
        )
    )


class _Fields:
    """The fields of a header section as an envelope has them."""

    def __init__(self, section: Section, utf8: bool) -> None:
        self._section = section
        self._utf8 = utf8

    def text(self, name: bytes) -> bytes:
        """The first field of this name: NIL if there is none, `""` if it is empty."""
        raw = self._section.value(name)
        return NIL if raw is None else nstring.nstring(self._value(name, raw), utf8=self._utf8)

    def mailboxes(self, name: bytes, default: bytes = NIL) -> bytes:
        """The mailboxes and groups of all fields of this name."""
        limit = self._section.limits.addresses
        lists = (address.parse_marked(self._value(name, raw) or "", limit) for raw in self._section.values(name))
        written = parenthesised((self._one(item) for item in chain.from_iterable(lists)), b"")
        return default if written == NIL else written

    def _value(self, name: bytes, raw: bytes) -> str | None:
        """The value on one line; None if down-conversion leaves nothing of it."""
        if self._utf8 or raw.isascii():
            return header.text_of(raw)
        return downgraded_value(name, raw)

    def _one(self, item: Address | GroupMark) -> bytes:
        if isinstance(item, GroupMark):
            return _GROUP_END if item.is_end else b"(NIL NIL %b NIL)" % self._string(item.name)
        name = self._string(item.name) if item.name else NIL
        mailbox, host = address.split(item.address)
        # a missing host is no NIL, which would begin a group
        return b"(%b NIL %b %b)" % (name, self._string(mailbox), self._string(host))

    def _string(self, text: str) -> bytes:
        return nstring.string(text, utf8=self._utf8)
