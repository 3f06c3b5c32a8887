"""What BINARY[...] of an IMAP FETCH names: a part without its transfer encoding (RFC 9051 §6.4.5)."""

from __future__ import annotations

from mailpit_py.errors import UnknownTransferEncoding
from mailpit_py.mail import encoding
from mailpit_py.mail.message import read
from mailpit_py.mail.section import find
from mailpit_py.mail.wire import crlf_lines, with_crlf


def binary(raw: bytes, part: tuple[int, ...]) -> bytes | None:
    """Return the decoded body of the part with this number, None if the message has none such.

    Without a number it is the message itself. Lines end in CRLF, but for parts whose encoding is
    `binary`: their octets are nobody's to change.
    Raises UnknownTransferEncoding if the encoding cannot be undone.
    """
    if not part:
        return with_crlf(raw)
    found = find(read(raw).root, part)
    if found is None:
        return None
    if not encoding.is_known(found.encoding):
        raise UnknownTransferEncoding(found.encoding)
    body = found.body if found.encoding == "binary" else crlf_lines(found.body)
    return encoding.decode(body, found.encoding)


def binary_size(raw: bytes, part: tuple[int, ...]) -> int | None:
    """Return how many octets `binary` gives, which has to decode them to know it."""
    found = binary(raw, part)
    return None if found is None else len(found)
