"""Header fields written: cleaned, encoded, folded; no text can end its line or add another."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

WIDTH = 78
LONGEST = 998  # RFC 5322 §2.1.1, without the line end
_CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACE = re.compile(r"[ \t]+")
_WORD = re.compile(r"([ \t]+)([^ \t]*)")
_WORD_OCTETS = 45  # an encoded word has at most 75 characters (RFC 2047 §2)
_PARAMETER_OCTETS = 50
_UNSAFE = re.compile(r"[^A-Za-z0-9!#$&+.^_`{|}~-]")
_ATTRIBUTE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~"
_SPECIALS = re.compile(r"[()<>\[\]:;@\\,.\"]")


def clean(text: str) -> str:
    """Return `text` without control characters: each run of them becomes one space."""
    return _CONTROL.sub(" ", text)


def field(name: str, value: str, *, width: int = WIDTH, indent: str = " ", utf8: bool = False) -> bytes:
    """Return one field with its line ends. Non-ASCII is encoded, or UTF-8 if `utf8` (RFC 6532).

    Lines are folded at white space where they pass `width`, and anywhere before they pass 998.
    """
    text = clean(value).rstrip()
    if not utf8 and not text.isascii():
        text = encoded_words(text)
    return fold(f"{name}: {text}" if text else f"{name}:", width, indent).encode() + b"\r\n"


def laid_out(name: str, *lines: str, utf8: bool = False) -> bytes:
    """Return one field folded exactly where the caller says: each further line begins with a tab."""
    cleaned = [clean(line).rstrip() for line in lines]
    text = "\r\n\t".join(cleaned if utf8 else (line.encode("ascii", "replace").decode() for line in cleaned))
    whole = f"{name}: {text}".split("\r\n")
    return "\r\n".join(piece for line in whole for piece in _cut(line, "\t")).encode() + b"\r\n"


def fold(line: str, width: int = WIDTH, indent: str = " ") -> str:
    """Return `line` broken before white space so that no line passes `width`, if it can be."""
    if len(line) <= min(width, LONGEST // 4):  # a character has at most four octets
        return line
    head, words = _opening(line, len(indent))
    lines = [head]
    for space, word in words:
        if word and len(lines[-1]) + len(space) + len(word) > width:
            lines.append(indent + word)
        else:
            lines[-1] += space + word
    return "\r\n".join(piece for each in lines for piece in _cut(each, indent))


def _opening(line: str, indent: int) -> tuple[str, Iterator[tuple[str, str]]]:
    """What is never broken (a field's name and first word, or just the first word), and the rest by words."""
    colon = line.find(": ")
    start = colon + 2 if colon >= 0 and not line.startswith((" ", "\t")) else indent
    first = _SPACE.search(line, start)
    end = first.start() if first else len(line)
    return line[:end], ((match[1], match[2]) for match in _WORD.finditer(line, end))


def _cut(line: str, indent: str) -> list[str]:
    """Pieces of at most 998 octets: a word that long has no place to be folded at."""
    octets = line.encode()
    if len(octets) <= LONGEST:
        return [line]
    pieces = cut_octets(octets, LONGEST - len(indent))
    return [pieces[0].decode(), *(indent + piece.decode() for piece in pieces[1:])]


def cut_octets(octets: bytes, length: int) -> list[bytes]:
    """Cut into pieces of at most `length` octets; UTF-8 characters stay whole."""
    pieces, start = [], 0
    while len(octets) - start > length:
        end = start + length
        while end > max(start + length - 3, start + 1) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        start = end
    return [*pieces, octets[start:]]


def encoded_words(text: str) -> str:
    """Return `text` as base64 encoded words of UTF-8, cut between characters (RFC 2047 §5)."""
    pieces = cut_octets(text.encode(), _WORD_OCTETS)
    return " ".join(f"=?utf-8?B?{binascii.b2a_base64(piece, newline=False).decode()}?=" for piece in pieces)


def phrase(name: str) -> str:
    """Return a display name, quoted or encoded where it must be (RFC 5322 §3.2.5)."""
    words = clean(name).strip()
    if not words.isascii():
        return encoded_words(words)
    return '"' + re.sub(r"([\\\"])", r"\\\1", words) + '"' if _SPECIALS.search(words) else words


def mailbox(name: str, address: str) -> str:
    """Return `name <address>`, the name quoted or encoded where it must be (RFC 5322 §3.4)."""
    words = phrase(name)
    return f"{words} <{address}>" if words else f"<{address}>"


def parameter(name: str, value: str) -> str:
    """Return `name=value` for a structured field: token, quoted string, or extended (RFC 2231 §4).

    A long value is continued over several parameters, joined by `; `.
    """
    value = clean(value)
    if value.isascii() and len(value) <= _PARAMETER_OCTETS:
        return f'{name}="' + re.sub(r"([\\\"])", r"\\\1", value) + '"' if _UNSAFE.search(value) else f"{name}={value}"
    pieces = cut_octets(value.encode(), _PARAMETER_OCTETS // 3)
    texts = list(map(_percent_encoded, pieces))
    if len(texts) == 1:
        return f"{name}*=utf-8''{texts[0]}"
    first = f"{name}*0*=utf-8''{texts[0]}"
    return "; ".join([first, *(f"{name}*{number}*={text}" for number, text in enumerate(texts[1:], 1))])


def extended(value: str) -> str:
    """Return the value of an extended parameter, which its name marks with an asterisk (RFC 2231 §4)."""
    return f"utf-8''{_percent_encoded(clean(value).encode())}"


def _percent_encoded(octets: bytes) -> str:
    return "".join(chr(octet) if octet in _ATTRIBUTE else f"%{octet:02X}" for octet in octets)
