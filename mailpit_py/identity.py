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
_HEAD = 6  # characters that ids drawn together share


def new_public_id() -> str:
    """Return 22 random characters of `[0-9A-Za-z]`: 131 bits, so an id cannot be guessed."""
    return _draw(LENGTH, 1)[0]


def _draw(length: int, count: int) -> list[str]:
    """Return at least `count` random texts of so many characters."""
    text = ""
    while len(text) < length * count:
        text += secrets.token_bytes((length + 6) * count).translate(_CHARACTERS, _DRAWN_AGAIN).decode("ascii")
    return [text[start : start + length] for start in range(0, len(text) - length + 1, length)]


class PublicIds:
    """A supply of public ids for who needs many. Thread-safe.

    The system is asked for many at a time: each question gives up the interpreter's lock, which
    costs a busy event loop more than the answer. Those that are drawn together begin alike, so that
    they stand side by side in an index: a page of it is written for many, not for each. Who knows
    one still has 95 bits of the next to guess.
    """

    def __init__(self) -> None:
        self._unused: deque[str] = deque()

    def new(self) -> str:
        """Return an id that nobody else gets."""
        while True:
            try:
                return self._unused.popleft()
            except IndexError:  # perhaps another thread was quicker
                head = new_public_id()[:_HEAD]
                self._unused.extend(head + tail for tail in _draw(LENGTH - _HEAD, _AT_ONCE))
