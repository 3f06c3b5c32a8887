"""Ids and boundaries that look random and are not: a seed and a purpose always give the same."""

from __future__ import annotations

import hashlib
import string

DIGITS = string.digits
HEX = "0123456789abcdef"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def token(seed: str, purpose: str, length: int, alphabet: str = HEX) -> str:
    """Return `length` characters of `alphabet` that depend on nothing but the seed and the purpose."""
    digest = hashlib.shake_256(f"{seed}\0{purpose}".encode("utf-8", "surrogatepass")).digest(length * 2)
    pairs = (int.from_bytes(digest[at : at + 2], "big") for at in range(0, length * 2, 2))
    return "".join(alphabet[pair % len(alphabet)] for pair in pairs)


def guid(seed: str, purpose: str) -> str:
    """Return a GUID as Exchange writes it, in lower case."""
    digits = token(seed, purpose, 32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
