"""SMTP and LMTP: a grammar and a state machine without sockets, and aiosmtpd's protocol around them."""

from __future__ import annotations

from mailpit_py.servers.smtp.listener import SmtpListener
from mailpit_py.servers.smtp.settings import SmtpSettings

__all__ = ["SmtpListener", "SmtpSettings"]
