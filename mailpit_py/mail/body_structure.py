"""BODY and BODYSTRUCTURE of an IMAP FETCH: the tree of a message's parts as one list (RFC 9051 §7.5.2)."""

from __future__ import annotations

from mailpit_py.mail import fetch_envelope, field, header, parameter
from mailpit_py.mail.downgrade import downgraded_value
from mailpit_py.mail.message import read
from mailpit_py.mail.nstring import NIL, nstring, parenthesised, string
from mailpit_py.mail.part import Part
from mailpit_py.mail.section import inner
from mailpit_py.mail.wire import with_crlf

_PLAIN = ("text", "plain")
_WITH_ENVELOPE = ("message/rfc822", "message/global")
# RFC 5322's default for what declares nothing (RFC 2045 §5.2)
_DEFAULT_PARAMETERS = (("charset", "us-ascii"),)


def body_structure(raw: bytes, *, extended: bool = True, utf8: bool = False) -> bytes:
    """Return the structure of a message; without `extended` as BODY has it. Never raises.

    A multipart without parts and a message that was not looked into have no form in the grammar:
    they are what they can be read as, a text and a file. Sizes are of lines that end in CRLF.
    """
    return _Structure(extended, utf8).of(read(with_crlf(raw)).root)


class _Structure:
    """How a structure is written: with extension data or without, in UTF-8 or ASCII."""

    def __init__(self, extended: bool, utf8: bool) -> None:
        self._extended = extended
        self._utf8 = utf8

    def of(self, part: Part) -> bytes:
        """One part with everything in it. The walker bounds how deep that is."""
        if part.is_multipart and part.children:
            return self._multipart(part)
        message = inner(part)
        if message is not None and part.content_type in _WITH_ENVELOPE:
            return self._message(part, message)
        return self._leaf(part)

    def _multipart(self, part: Part) -> bytes:
        words = [b"".join(map(self.of, part.children)), self._string(part.content_type.partition("/")[2])]
        if self._extended:
            words += [self._parameters(part, b"content-type"), *self._place(part)]
        return parenthesised(words)

    def _message(self, part: Part, root: Part) -> bytes:
        subtype = part.content_type.partition("/")[2] if self._utf8 else "rfc822"
        words = self._basic(part, "message", subtype)
        words += [fetch_envelope.of_section(root.section, utf8=self._utf8), self.of(root), _lines(part)]
        return parenthesised(words + self._extension(part))

    def _leaf(self, part: Part) -> bytes:
        kind, _, subtype = part.content_type.partition("/")
        if part.is_multipart:
            kind, subtype = _PLAIN
        elif part.content_type in _WITH_ENVELOPE:
            kind, subtype = "application", "octet-stream"
        words = self._basic(part, kind, subtype)
        if kind == "text":
            words.append(_lines(part))
        return parenthesised(words + self._extension(part))

    def _basic(self, part: Part, kind: str, subtype: str) -> list[bytes]:
        return [
            self._string(kind),
            self._string(subtype),
            self._parameters(part, b"content-type", _DEFAULT_PARAMETERS if kind == "text" else ()),
            self._text(part, b"content-id"),
            self._text(part, b"content-description"),
            self._string(part.encoding or "7bit"),
            b"%d" % (part.body_end - part.body_start),
        ]

    def _extension(self, part: Part) -> list[bytes]:
        return [self._text(part, b"content-md5"), *self._place(part)] if self._extended else []

    def _place(self, part: Part) -> list[bytes]:
        """Disposition, languages and location, which every part may have."""
        return [self._disposition(part), self._languages(part), self._text(part, b"content-location")]

    def _disposition(self, part: Part) -> bytes:
        if not part.disposition:
            return NIL
        return parenthesised((self._string(part.disposition), self._parameters(part, b"content-disposition")))

    def _languages(self, part: Part) -> bytes:
        words = header.text_of(part.section.value(b"content-language") or b"").split(",")
        tags = [self._string(word.strip()) for word in words if word.strip()]
        return tags[0] if len(tags) == 1 else parenthesised(tags)

    def _parameters(self, part: Part, name: bytes, default: tuple[tuple[str, str], ...] = ()) -> bytes:
        """Names and values as their sender wrote them: continuations and extended values are the client's to read."""
        raw = part.section.value(name)
        found = default if raw is None else parameter.pairs(raw, part.section.limits.parameters)
        return parenthesised(self._string(word) for pair in found for word in self._ascii(*pair))

    def _ascii(self, name: str, value: str) -> tuple[str, str]:
        if self._utf8 or value.isascii():
            return name, value
        return f"{name.removesuffix('*')}*", field.extended(value)

    def _text(self, part: Part, name: bytes) -> bytes:
        raw = part.section.value(name)
        if raw is None or self._utf8 or raw.isascii():
            return nstring(None if raw is None else header.text_of(raw), utf8=self._utf8)
        return nstring(downgraded_value(name, raw), utf8=False)

    def _string(self, text: str) -> bytes:
        return string(text, utf8=self._utf8)


def _lines(part: Part) -> bytes:
    """How many ends of lines a body has, as other servers count; the boundary took the last one's."""
    return b"%d" % part.body.count(b"\n")
