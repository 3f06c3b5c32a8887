"""What a command is refused with."""

from __future__ import annotations

from mailpit_py.errors import MailpitError


class Bad(MailpitError):
    """A command that cannot be read, or has no place here: BAD (RFC 9051 §7.1.3)."""


class No(MailpitError):
    """A command that cannot be done: NO with a response code (RFC 9051 §7.1.2)."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code
