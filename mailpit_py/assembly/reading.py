"""The servers by which mail is read, as the options ask for them: POP3 and IMAP."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace

from mailpit_py.application.account import accounts_of
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.assembly import wiring
from mailpit_py.assembly.part import Part
from mailpit_py.bind import Bind
from mailpit_py.config import Config
from mailpit_py.config.reading import Reading
from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.settings import ReadingSettings

POP3_IDLE_TIMEOUT = 600  # RFC 1939 §3: at least ten minutes


def server(
    reading: Reading, settings: ReadingSettings, loop: LoopThread, sandbox: Sandbox, sockets: Sequence[socket.socket]
) -> Part:
    """One of these servers, loaded only when it is asked for: few sandboxes are read so."""
    if reading.name == "pop3":
        from mailpit_py.servers.pop3.listener import pop3_listener

        return pop3_listener(loop, sandbox, settings, sockets)
    from mailpit_py.servers.imap.listener import ImapListener

    return ImapListener(loop, sandbox, settings, sockets)


def settings_of(config: Config, reading: Reading, context: ssl.SSLContext | None) -> ReadingSettings:
    """What the listener of one of these servers is told.

    Where it has no accounts of its own and the page asks for a password, the page's are asked for:
    who protects the page means the mail.
    """
    own = accounts_of(reading.accounts_file, reading.accounts, f"MP_{reading.name.upper()}_AUTH")
    settings = ReadingSettings(
        software=wiring.software(config),
        accounts=own or accounts_of(config.ui_auth_file, config.ui_auth, "MP_UI_AUTH"),
        ssl_context=context,
        starttls=bool(reading.offers),
        largest_append_bytes=config.max_message_size_bytes,
    )
    return replace(settings, idle_timeout=POP3_IDLE_TIMEOUT) if reading.name == "pop3" else settings


def describe(config: Config, reading: Reading, place: Bind) -> str:
    """One start line: where a server is and what it asks for."""
    tls = f"{reading.offers} offered" if reading.offers else "TLS from the first byte"
    has_accounts = reading.has_accounts or config.ui_auth_file or config.ui_auth.strip()
    who = "login required" if has_accounts else "any name and password"
    return f"[{reading.name}] listening on {place} ({tls if reading.certificate else 'no encryption'}, {who})"
