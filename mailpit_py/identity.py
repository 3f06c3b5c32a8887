"""Public ids: what a message, an attempt or a session is called outside the database."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 22


# Octets from 248 on are drawn again, so that each character is equally likely.
_CHARACTERS = bytes(ord(ALPHABET[octet % 62]) for octet in range(256))
_DRAWN_AGAIN = bytes(range(248, 256))


def new_public_id() -> str:
    """Return 22 random characters of `[0-9A-Za-z]`: 131 bits, so an id cannot be guessed."""
    text = b""
    while len(text) < LENGTH:
        text += secrets.token_bytes(LENGTH + 6).translate(_CHARACTERS, _DRAWN_AGAIN)
    return text[:LENGTH].decode("ascii")
