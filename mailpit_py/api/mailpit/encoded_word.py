"""Text in header fields as encoded words (RFC 2047), chosen and cut as Mailpit does it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

SPECIAL = frozenset("\"#$%&'(),.:;<>@[]^`{|}~")
"""What may not stand in the name of a mailbox in `q` (RFC 2047 §5)."""
_PLAIN = re.compile(r"[\t\x20-\x7e]*\Z")
_BASE64_OCTETS = 45  # in one word, which has at most 75 characters (§2)
_QUOTED_LETTERS = 63
_TOO_MANY = 5  # of so many octets one that is not plain: base64 is shorter


def field(text: str) -> str:
    """Return a text as the value of a field: as it is if it is plain, and would not be read as encoded words."""
    if _PLAIN.match(text) and "=?" not in text:
        return text
    octets = text.encode("utf-8", "replace")
    odd = sum(not (0x20 <= one <= 0x7E or one == 0x09) for one in octets)
    return _words(text, "b" if odd >= len(octets) // _TOO_MANY or not odd else "q")


def name(text: str) -> str:
    """Return the name of a mailbox, in quotation marks if it is plain."""
    if _PLAIN.match(text) and "=?" not in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _words(text, "b" if SPECIAL.intersection(text) else "q")


def _words(text: str, sort: str) -> str:
    if sort == "q":
        return " ".join(f"=?utf-8?q?{word}?=" for word in _cut(map(_quoted, text), _QUOTED_LETTERS))
    octets = (character.encode("utf-8", "replace").decode("latin-1") for character in text)
    words = (word.encode("latin-1") for word in _cut(octets, _BASE64_OCTETS))
    return " ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _cut(pieces: Iterable[str], length: int) -> Iterator[str]:
    """Yield the pieces joined to words that are not longer than `length`."""
    word = ""
    for piece in pieces:
        if len(word) + len(piece) > length:
            yield word
            word = ""
        word += piece
    yield word


def _quoted(character: str) -> str:
    if character == " ":
        return "_"
    if "!" <= character <= "~" and character not in "=?_":
        return character
    return "".join(f"={octet:02X}" for octet in character.encode("utf-8", "replace"))
