"""Public ids: what a message, an attempt or a session is called outside the database."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 22


def new_public_id() -> str:
    """Return 22 random characters of `[0-9A-Za-z]`: 131 bits, so an id cannot be guessed."""
    number = secrets.randbits(131)
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(digits)
