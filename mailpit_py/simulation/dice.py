"""Chance without a generator: a keyed hash of what is decided, so that order and parallelism change nothing."""

from __future__ import annotations

from hashlib import blake2b

DEFAULT_SEED = 1


def digest(seed: int, *parts: str) -> bytes:
    """Return 16 octets that depend on the seed and on each part, and on nothing else.

    Parts are framed by their lengths, so that ("ab", "c") and ("a", "bc") differ.
    """
    hashed = blake2b(digest_size=16, key=str(seed).encode()[:64], person=b"mailpit-py dice")
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(octets))
        hashed.update(octets)
    return hashed.digest()


def fraction(seed: int, rule: str, key: str, count: int) -> float:
    """Return the number in [0, 1) that belongs to the `count`-th decision of `rule` about `key`."""
    return (int.from_bytes(digest(seed, rule, key, str(count))[:8], "big") >> 11) / (1 << 53)
