"""Ids in the providers' forms that depend on nothing but what they name, so that a repeat has the same."""

from __future__ import annotations

import base64
import uuid
from hashlib import blake2b

DOMAIN = b"mailpit-py hook"


def octets(purpose: str, name: str, length: int = 16) -> bytes:
    """Return octets that stand for `name` in its role `purpose`."""
    framed = f"{purpose}\0{name}".encode("utf-8", "surrogatepass")
    return blake2b(framed, digest_size=length, person=DOMAIN).digest()


def hexadecimal(purpose: str, name: str, length: int) -> str:
    """Return `length` hexadecimal digits, at most 128."""
    return octets(purpose, name, (length + 1) // 2).hex()[:length]


def guid(purpose: str, name: str) -> str:
    """Return a UUID in lower case that looks like a random one (RFC 9562 §5.4)."""
    return str(uuid.UUID(bytes=octets(purpose, name), version=4))


def number(purpose: str, name: str, digits: int) -> int:
    """Return a positive number of exactly so many decimal digits."""
    low: int = 10 ** (digits - 1)
    return low + int.from_bytes(octets(purpose, name), "big") % (9 * low)


def base64url(purpose: str, name: str, length: int) -> str:
    """Return `length` characters of URL-safe Base64."""
    return base64.urlsafe_b64encode(octets(purpose, name, length))[:length].decode("ascii")
