"""What an IMAP listener is told."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from mailpit_py.application.account import Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Settings of one listener. Without `accounts` any name and password is taken.

    With `ssl_context` the port speaks TLS from the first byte, or offers STARTTLS where `starttls`
    asks for it. `idle_timeout` is in seconds, at least thirty minutes by RFC 9051 §5.4.
    `largest_append_bytes` is what APPEND takes, 0 for anything.
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
