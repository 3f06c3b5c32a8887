"""How one SMTP or LMTP listener behaves, as one immutable value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ssl import SSLContext

from mailpit_py.application.account import Accounts
from mailpit_py.errors import ConfigError
from mailpit_py.servers.smtp.sasl import offered


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """What a listener offers, demands and bears. Times are seconds; a limit of 0 means none.

    `accounts` of None accepts any name and password; `has_tokens` tells whether a password may also
    be the token of an inbox. `require_starttls` refuses mail on a connection
    that is not inside TLS; `implicit_tls` speaks TLS from the first byte. `listener` is the name
    that sessions carry, `inbox` the one to which all mail goes, where that is not chosen by each
    mail. `allowed_recipients` is a regular expression: recipients in which
    it is not found are refused, or with `ignore_rejected` accepted and forgotten. `strict_headers`
    refuses messages with a malformed header section. Raises ConfigError if TLS is asked for without
    `ssl_context`.
    """

    hostname: str = "localhost"
    software: str = "mailpit-py"
    listener: str = "smtp"
    inbox: str = ""
    lmtp: bool = False
    fast_path: bool = True

    max_message_size_bytes: int = 50 << 20
    max_recipients: int = 100
    allowed_recipients: str = ""
    ignore_rejected: bool = False
    strict_headers: bool = False
    max_connections: int = 1000
    max_connections_per_peer: int = 500
    max_bad_commands: int = 100
    max_idle_commands: int = 1000
    command_line_limit: int = 4096
    auth_line_limit: int = 16384
    idle_timeout: float = 300
    session_timeout: float = 3600

    ssl_context: SSLContext | None = None
    implicit_tls: bool = False
    require_starttls: bool = False

    offer_auth: bool = True
    require_auth: bool = False
    allow_insecure_auth: bool = True
    accounts: Accounts | None = None
    has_tokens: Callable[[], bool] = _never

    def __post_init__(self) -> None:
        if (self.implicit_tls or self.require_starttls) and self.ssl_context is None:
            raise ConfigError("requiring TLS needs a certificate")
        if self.require_auth and not self.offer_auth:
            raise ConfigError("requiring AUTH needs it to be offered")

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The mechanisms of AUTH that can be checked now."""
        return offered(self.accounts, has_tokens=self.has_tokens())

    @property
    def source(self) -> str:
        """How mail of this listener came, in the words of the store."""
        return "lmtp" if self.lmtp else "smtp"
