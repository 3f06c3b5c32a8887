"""What the listeners are told by which mail is read."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from mailpit_py.application.account import Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """Settings of one listener of POP3 or IMAP. Without `accounts` any name and password is taken.

    With `ssl_context` the port speaks TLS from the first byte, or offers a command for it where
    `starttls` asks for that. `idle_timeout` is in seconds: at least ten minutes by RFC 1939 §3,
    thirty by RFC 9051 §5.4. `largest_append_bytes` is what APPEND takes, 0 for anything.
    """

    software: str = "mailpit-py"
    accounts: Accounts | None = None
    ssl_context: ssl.SSLContext | None = None
    starttls: bool = False
    max_connections: int = 400
    max_connections_per_peer: int = 200
    idle_timeout: float = 1_860
    largest_append_bytes: int = 50 << 20

    @property
    def implicit_tls(self) -> bool:
        """True if TLS begins with the first byte."""
        return self.ssl_context is not None and not self.starttls
