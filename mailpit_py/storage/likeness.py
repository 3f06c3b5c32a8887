"""By what the same mail is known again in another try: its Message-ID, else a digest of its content."""

from __future__ import annotations

import re
from hashlib import blake2b

from mailpit_py.mail import read

HEADER_BYTES_AT_MOST = 256 << 10
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")


def header_section(raw: bytes) -> bytes:
    """Return the octets of the header section, with the empty line behind it."""
    usual = raw[: raw.find(b"\r\n\r\n", 0, HEADER_BYTES_AT_MOST) + 4]
    if len(usual) > 4 and usual.count(b"\r\n") == usual.count(b"\n") == usual.count(b"\r"):
        return usual  # each line ends in CRLF: nothing that ends it stands further up
    end = _END_OF_HEADER.search(raw, 0, HEADER_BYTES_AT_MOST)
    return raw[: end.end() if end else HEADER_BYTES_AT_MOST]


def message_id(raw: bytes) -> str:
    """Return the Message-ID without its angle brackets, or nothing."""
    return read(header_section(raw)).message_id


def content_hash(raw: bytes) -> str:
    """Return the digest of a content."""
    return blake2b(raw, digest_size=12).hexdigest()
