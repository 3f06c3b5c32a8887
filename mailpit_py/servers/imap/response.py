"""The words of IMAP's answers (RFC 9051 §7), as bytes."""

from __future__ import annotations

from collections.abc import Iterable

from mailpit_py.mail.imap import string
from mailpit_py.storage import Item


def quoted(text: str, *, is_utf8: bool = True) -> bytes:
    """Text as a quoted string or a literal."""
    return string(text, utf8=is_utf8)


def astring(text: str) -> str:
    """A name in quotes; control characters, which no name has, do not come here."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(octets: bytes) -> bytes:
    """Octets as a literal; NULs need a literal8 (RFC 9051 §4.3)."""
    return (b"~{%d}\r\n" if b"\0" in octets else b"{%d}\r\n") % len(octets) + octets


def nliteral(octets: bytes | None) -> bytes:
    """Octets as a literal, or NIL."""
    return b"NIL" if octets is None else literal(octets)


def body_literal(octets: bytes | None) -> bytes:
    """Octets as a literal whatever is in them: BODY[...] knows no literal8 (RFC 9051 §9, msg-att-static)."""
    return b"NIL" if octets is None else b"{%d}\r\n%b" % (len(octets), octets)


def flag_list(flags: Iterable[str]) -> bytes:
    """Flags in brackets, in an order that is always the same."""
    return b"(" + " ".join(sorted(flags)).encode("ascii", "replace") + b")"


def flags_of(number: int, item: Item, *, with_uid: bool, with_modseq: bool) -> bytes:
    """The FETCH that tells an item's flags (RFC 9051 §7.5.2, RFC 7162 §3.2)."""
    words = [b"FLAGS " + flag_list(item.flags)]
    if with_uid:
        words.insert(0, b"UID %d" % item.uid)
    if with_modseq:
        words.append(b"MODSEQ (%d)" % item.modseq)
    return b"* %d FETCH (%b)\r\n" % (number, b" ".join(words))


def modseq_of(number: int, item: Item) -> bytes:
    """The FETCH that tells an item's MODSEQ alone, as to who asked for silence (RFC 7162 §3.1.3)."""
    return b"* %d FETCH (UID %d MODSEQ (%d))\r\n" % (number, item.uid, item.modseq)
