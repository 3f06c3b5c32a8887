"""What a transport knows of the other end."""

from __future__ import annotations

import asyncio


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
