"""Public ids: what a message, an attempt or a session is called outside the database."""

from __future__ import annotations

import secrets
import string
from collections import deque

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 22


# Octets from 248 on are drawn again, so that each character is equally likely.
_CHARACTERS = bytes(ord(ALPHABET[octet % 62]) for octet in range(256))
_DRAWN_AGAIN = bytes(range(248, 256))
_AT_ONCE = 64


def new_public_id() -> str:
    """Return 22 random characters of `[0-9A-Za-z]`: 131 bits, so an id cannot be guessed."""
    while True:
        if ids := _draw(1):
            return ids[0]


def _draw(count: int) -> list[str]:
    """Return about so many ids; none if too many octets were to be drawn again."""
    text = secrets.token_bytes((LENGTH + 6) * count).translate(_CHARACTERS, _DRAWN_AGAIN).decode("ascii")
    return [text[start : start + LENGTH] for start in range(0, len(text) - LENGTH + 1, LENGTH)]


class PublicIds:
    """A supply of public ids for who needs many. Thread-safe.

    The system is asked for many at a time: each question gives up the interpreter's lock, which
    costs a busy event loop more than the answer.
    """

    def __init__(self) -> None:
        self._unused: deque[str] = deque()

    def new(self) -> str:
        """Return an id that nobody else gets."""
        while True:
            try:
                return self._unused.popleft()
            except IndexError:  # perhaps another thread was quicker
                self._unused.extend(_draw(_AT_ONCE))
