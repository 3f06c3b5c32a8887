"""The PREVIEW of an IMAP FETCH (RFC 8970)."""

from __future__ import annotations

from mailpit_py.mail.message import read

_LIMIT = 200


def preview(raw: bytes) -> str:
    """Return the beginning of what a message says, at most 200 characters on one line (RFC 8970 §3.1)."""
    return read(raw).excerpt(_LIMIT)
