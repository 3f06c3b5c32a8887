"""What the first octets of a file tell of its media type: the table of the MIME Sniffing standard (§7) that Go has."""

from __future__ import annotations

import re

LOOKED_AT = 512
_AT_START = (
    (b"<?xml", "text/xml; charset=utf-8"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff", "text/plain; charset=utf-16be"),
    (b"\xff\xfe", "text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf", "text/plain; charset=utf-8"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\x00\x00\x02\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"MThd\x00\x00\x00\x06", "audio/midi"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x00\x01\x00\x00", "font/ttf"),
    (b"OTTO", "font/otf"),
    (b"ttcf", "font/collection"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
    (b"Rar!\x1a\x07\x01\x00", "application/x-rar-compressed"),
    (b"\x00asm", "application/wasm"),
)
# How a container begins, and what it says of its content eight octets on.
_CONTAINERS = (
    (b"RIFF", b"WEBPVP", "image/webp"),
    (b"RIFF", b"WAVE", "audio/wave"),
    (b"RIFF", b"AVI ", "video/avi"),
    (b"FORM", b"AIFF", "audio/aiff"),
)
_HTML_TAGS = b"!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--"
_HTML = re.compile(b"<(?:%b)[ >]" % _HTML_TAGS, re.I)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BLANKS = b"\t\n\x0c\r "


def sniff(content: bytes) -> str:
    """Return the media type of a file, text with its charset."""
    head = content[:LOOKED_AT]
    bare = head.lstrip(_BLANKS)
    if _HTML.match(bare):
        return "text/html; charset=utf-8"
    if bare.startswith(b"<?xml"):
        return "text/xml; charset=utf-8"
    for signature, kind in _AT_START:
        if head.startswith(signature):
            return kind
    for container, inner, kind in _CONTAINERS:
        if head.startswith(container) and head[8:].startswith(inner):
            return kind
    if _is_mp4(head):
        return "video/mp4"
    return "application/octet-stream" if _BINARY.search(bare) else "text/plain; charset=utf-8"


def _is_mp4(head: bytes) -> bool:
    """True for a box `ftyp` of which a brand begins with mp4 (§6.2.1)."""
    size = int.from_bytes(head[:4], "big")
    if len(head) < max(12, size) or size % 4 or head[4:8] != b"ftyp":
        return False
    return any(head[place : place + 3] == b"mp4" for place in range(8, size, 4) if place != 12)
