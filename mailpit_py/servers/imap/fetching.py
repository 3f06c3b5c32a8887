"""From a message to the FETCH that tells of it (RFC 9051 §7.5.2): pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailpit_py.errors import UnknownTransferEncoding
from mailpit_py.mail import imap
from mailpit_py.servers.imap.fetch_item import FetchItem, FetchProgram
from mailpit_py.servers.imap.response import body_literal, flag_list, nliteral, quoted
from mailpit_py.storage import Item


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a message besides its flags; `raw` is None if nothing asks for it, or the message is gone."""

    received_at: int
    octets: int
    raw: bytes | None
    public_id: str = ""


def render(program: FetchProgram, number: int, item: Item, content: Content | None, *, is_utf8: bool) -> bytes:
    """Return the FETCH response of one message. Raises UnknownTransferEncoding for BINARY that cannot be decoded."""
    words = [
        one.label + b" " + _value(one, item, content, is_utf8=is_utf8)
        for one in program.items
        if content is not None or one.name in _OF_ITEM
    ]
    return b"* %d FETCH (%b)\r\n" % (number, b" ".join(words))


def _value(one: FetchItem, item: Item, content: Content | None, *, is_utf8: bool) -> bytes:
    if one.name in _OF_ITEM:
        return _OF_ITEM[one.name](item)
    assert content is not None
    if one.name in _OF_ROW:
        return _OF_ROW[one.name](content)
    raw = content.raw or b""
    if one.section is not None:
        return _section(one, raw)
    return _OF_CONTENT[one.name](raw, is_utf8)


def _section(one: FetchItem, raw: bytes) -> bytes:
    assert one.section is not None
    if one.name == "BINARY.SIZE":
        return b"%d" % (imap.binary_size(raw, one.section.part) or 0)
    if one.name != "BINARY":
        return body_literal(imap.section(raw, one.section))
    decoded = imap.binary(raw, one.section.part)
    if decoded is not None and one.section.partial is not None:
        first, count = one.section.partial
        decoded = decoded[first : first + count]
    return nliteral(decoded)


_OF_ITEM: dict[str, Callable[[Item], bytes]] = {
    "FLAGS": lambda item: flag_list(item.flags),
    "UID": lambda item: b"%d" % item.uid,
    "MODSEQ": lambda item: b"(%d)" % item.modseq,
}
_OF_ROW: dict[str, Callable[[Content], bytes]] = {
    "INTERNALDATE": lambda content: quoted(imap.internal_date(content.received_at)),
    "RFC822.SIZE": lambda content: b"%d" % content.octets,
    # RFC 8474 §5: a copy is the same mail; who keeps no threads says so
    "EMAILID": lambda content: b"(%b)" % content.public_id.encode(),
    "THREADID": lambda content: b"NIL",
}
_OF_CONTENT: dict[str, Callable[[bytes, bool], bytes]] = {
    "ENVELOPE": lambda raw, is_utf8: imap.envelope(raw, utf8=is_utf8),
    "BODY": lambda raw, is_utf8: imap.body_structure(raw, extended=False, utf8=is_utf8),
    "BODYSTRUCTURE": lambda raw, is_utf8: imap.body_structure(raw, extended=True, utf8=is_utf8),
    "PREVIEW": lambda raw, is_utf8: _preview(raw),
}


def _preview(raw: bytes) -> bytes:
    # RFC 8970 §3.1: always UTF-8, whatever was enabled
    text = imap.preview(raw).encode()
    return b"{%d}\r\n%b" % (len(text), text)


__all__ = ["Content", "UnknownTransferEncoding", "render"]
