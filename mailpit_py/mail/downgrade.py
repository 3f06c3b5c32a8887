"""Internationalized mail for readers that ask for ASCII header sections (RFC 6857)."""

from __future__ import annotations

import re
import unicodedata

from mailpit_py.mail import address, header, parameter
from mailpit_py.mail import field as writing
from mailpit_py.mail.address import Address, GroupMark
from mailpit_py.mail.header import Field
from mailpit_py.mail.message import read
from mailpit_py.mail.part import Part
from mailpit_py.mail.wire import with_crlf

_RESENT = ("resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc", "resent-reply-to")
_ADDRESSES = frozenset(["from", "sender", "reply-to", "to", "cc", "bcc", "disposition-notification-to", *_RESENT])
_PARAMETRISED = frozenset(["content-type", "content-disposition"])
# Their syntax has no room for encoded words, and Return-Path none for a group.
_IDENTIFIERS = ("message-id", "resent-message-id", "in-reply-to", "references", "content-id")
_TRACE = ("return-path", "received", "original-recipient", "final-recipient")
_OTHERS = ("date", "resent-date", "content-transfer-encoding", "mime-version")
_ENCAPSULATED = frozenset([*_IDENTIFIERS, *_TRACE, *_OTHERS])
_GLOBAL = re.compile(rb"message/global(?![!-:<-~])", re.I)
_LONGEST_LABEL = 63


def downgrade(raw: bytes) -> bytes:
    """Return the message with ASCII header sections, those of its parts too; else `raw` itself.

    Only what is UTF-8 is converted: octets in other charsets are no internationalized mail but a
    sender's mistake, which stays to be seen. Bodies stay as they are.
    """
    if raw.isascii():
        return raw
    pieces, position = [], 0
    for part in read(raw).parts():
        for one in part.fields:
            if (written := _written(part, one)) is not None:
                pieces += [raw[position : one.start], written]
                position = one.end
    return b"".join([*pieces, raw[position:]]) if pieces else raw


def as_sent(raw: bytes, *, utf8: bool) -> bytes:
    """Return the message as POP3 and IMAP send it: lines that end in CRLF, in ASCII header sections if need be."""
    return with_crlf(raw if utf8 else downgrade(raw))


def _written(part: Part, one: Field) -> bytes | None:
    """The field as ASCII, without its last line end; None if it can stay."""
    name = one.name.lower()
    if name == "content-type" and part.content_type == "message/global":
        return _named(one.name, _as_rfc822(one.raw))
    if one.raw.isascii() or not _is_utf8(one.raw):
        return None
    return _named(one.name, one.raw)


def _named(name: str, raw: bytes) -> bytes:
    if raw.isascii():
        return name.encode() + b":" + raw
    value = downgraded_value(name.lower().encode(), raw)
    if value is None:
        name, value = f"Downgraded-{name}", header.decode_value(raw)
    return writing.field(name, value).removesuffix(b"\r\n")


def _as_rfc822(raw: bytes) -> bytes:
    """The type that a message inside has once its header section is ASCII."""
    return _GLOBAL.sub(b"message/rfc822", raw, count=1)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def downgraded_value(name: bytes, raw: bytes) -> str | None:
    """Return the value of the field of this lower-case name in ASCII and on one line.

    None where its syntax has no way to write it: it moves to a `Downgraded-` field (§3.1.10).
    """
    kind = name.decode("ascii", "replace")
    if kind in _ADDRESSES:
        return _address_list(header.text_of(raw))
    if kind in _PARAMETRISED:
        return _parametrised(raw)
    if kind in _ENCAPSULATED:
        return None
    return writing.encoded_words(writing.clean(header.decode_value(raw)))


def _parametrised(raw: bytes) -> str:
    found = parameter.parameters(raw)
    value = parameter.main_value(raw).encode("ascii", "replace").decode()
    names = (name.encode("ascii", "replace").decode() for name in found)
    return "; ".join([value, *map(writing.parameter, names, found.values())])


def _address_list(text: str) -> str:
    """The mailboxes with their names as encoded words, domains as A-labels, the rest as empty groups."""
    items: list[str] = []
    group: tuple[str, list[str | None], list[str]] | None = None
    for item in address.parse_marked(text):
        if isinstance(item, GroupMark):
            if group is not None:
                items.append(_group(*group))
            group = None if item.is_end else (header.decode_words(item.name), [], [])
        elif group is not None:
            group[1].append(_mailbox(item))
            group[2].append(str(_decoded(item)))
        else:
            items.append(_mailbox(item) or _removed(str(_decoded(item))))
    return ", ".join(items)


def _group(name: str, mailboxes: list[str | None], originals: list[str]) -> str:
    """A group; one that has a mailbox which ASCII cannot name keeps all of them as a text (§3.1.7)."""
    written = [mailbox for mailbox in mailboxes if mailbox is not None]
    if len(written) < len(mailboxes):
        return _removed(f"{name}: {', '.join(originals)}")
    return f"{writing.phrase(name)}: {', '.join(written)};" if written else f"{writing.phrase(name)}:;"


def _decoded(item: Address) -> Address:
    return Address(header.decode_words(item.name), item.address)


def _mailbox(item: Address) -> str | None:
    """The mailbox in ASCII; None if its local part is beyond it."""
    local, at, domain = item.address.rpartition("@")
    host = _a_labels(domain)
    if host is None or not local.isascii():
        return None
    name = header.decode_words(item.name)
    return writing.mailbox(name, f"{local}{at}{host}") if name else f"{local}{at}{host}"


def _removed(originals: str) -> str:
    """A group without members that says whose mailboxes they were (§3.1.8)."""
    return f"{writing.encoded_words(writing.clean(originals))} :;"


def _a_labels(domain: str) -> str | None:
    """The domain as DNS has it (RFC 5890 §2.3.2.1); None if it cannot be written so.

    The standard library's codec is of 2003, and makes another domain of some.
    """
    labels = [_a_label(label) for label in domain.split(".")]
    return None if None in labels else ".".join(label for label in labels if label is not None)


def _a_label(label: str) -> str | None:
    if label.isascii():
        return label
    if len(label) > _LONGEST_LABEL:
        return None
    written = "xn--" + unicodedata.normalize("NFC", label.lower()).encode("punycode").decode("ascii")
    return written if len(written) <= _LONGEST_LABEL else None
