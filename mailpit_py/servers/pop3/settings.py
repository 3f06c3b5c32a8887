"""What a POP3 listener is told."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from mailpit_py.application.account import Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop3Settings:
    """Settings of one listener. Without `accounts` any name and password is taken.

    With `ssl_context` the port speaks TLS from the first byte, or offers STLS where `stls` asks for
    it. `idle_timeout` is in seconds, at least ten minutes by RFC 1939 §3.
    """

    software: str = "mailpit-py"
    accounts: Accounts | None = None
    ssl_context: ssl.SSLContext | None = None
    stls: bool = False
    max_connections: int = 200
    max_connections_per_peer: int = 100
    idle_timeout: float = 600

    @property
    def implicit_tls(self) -> bool:
        """True if TLS begins with the first byte."""
        return self.ssl_context is not None and not self.stls
