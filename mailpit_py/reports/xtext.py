"""The encodings of RFC 3461 and RFC 6533: xtext, and addresses beyond ASCII inside it."""

from __future__ import annotations

import re

_HEX = re.compile(r"\+([0-9A-F]{2})")
_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_PLAIN = frozenset(map(chr, range(33, 127))) - {"+", "="}


def decode(value: str) -> str:
    """Return the text of xtext (RFC 3461 §4) with `\\x{...}` undone (RFC 6533 §3). Never raises."""
    octets = _HEX.sub(lambda match: chr(int(match[1], 16)), value)
    return unescape(octets)


def encode(text: str) -> str:
    """Return `text` as xtext; beyond ASCII as `\\x{...}`."""
    return "".join(char if char in _PLAIN else f"+{ord(char):02X}" for char in escape(text))


def unescape(text: str) -> str:
    """Undo the `\\x{...}` of an address of type utf-8."""
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF else chr(number)


def escape(text: str) -> str:
    """Return an address in the ASCII form of type utf-8: each other character as `\\x{...}`."""
    return "".join(char if char.isascii() else f"\\x{{{ord(char):X}}}" for char in text)
