"""What a transport knows of the other end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from mailpit_py.mail.envelope import Session
from mailpit_py.servers.smtp.settings import SmtpSettings


def name(transport: asyncio.BaseTransport) -> str:
    """The other end as `address:port`, with brackets for IPv6; `unix` for a socket file."""
    address = transport.get_extra_info("peername")
    if not isinstance(address, tuple):
        return "unix"
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def tls(transport: asyncio.BaseTransport) -> tuple[str, str]:
    """The version of TLS and the cipher, as in `TLSv1.3` and `TLS_AES_256_GCM_SHA384`; empty without."""
    cipher = transport.get_extra_info("cipher")
    return (str(cipher[1]), str(cipher[0])) if cipher else ("", "")


def session(public_id: str, transport: asyncio.BaseTransport, settings: SmtpSettings, opened_at: int) -> Session:
    """A new session with the other end; `opened_at` is in microseconds."""
    version, cipher = tls(transport) if settings.implicit_tls else ("", "")
    return Session(
        public_id,
        opened_at,
        listener=settings.listener,
        peer=name(transport),
        protocol="LMTP" if settings.lmtp else "SMTP",
        tls_version=version,
        tls_cipher=cipher,
        inbox=settings.inbox,
    )


def host(session: Session) -> str:
    """The other end's address, without its port."""
    return session.peer.rpartition(":")[0] or session.peer


def reset(transport: asyncio.WriteTransport) -> None:
    """Close as a crash of the network does: the other end is told that the connection was reset, not ended."""
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
