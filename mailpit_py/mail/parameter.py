"""`value; name=value` fields: content type and disposition with their parameters (RFC 2045, 2231)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from mailpit_py.mail import charset, header

# Many senders leave quotes as they are in a quoted name: one ends it only before what may follow it.
_ENDS = r"\s*+(?:;|\Z)|\s++(?:\(|[^\s=;\"]++\s*+=)"
_LENIENT = rf"\"((?:[^\"\\]++|\\.?|\"(?!{_ENDS}))*+)\""
_QUOTED = r"\"((?:[^\"\\]++|\\.?)*+)(?:\"|\Z)"
_PARAMETER = re.compile(
    rf"[\s;]*([^\s=;\"]++)\s*+=\s*+(?:{_LENIENT}|{_QUOTED}|([^;]*+))|[\s;]*[^;\s]++|[\s;]+",
    re.S,
)
_SINGLE = re.compile(rb"[^;]*;[ \t]*([a-zA-Z-]+)=(?:\"([\w .,:=/+'-]*)\"|([\w.:/+-]+));?\s*", re.A)
_UNQUOTE = re.compile(r"\\([\"\\])")
_COMMENT = re.compile(r"(?<!\s)\s++\(.*\Z", re.S)
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})(\*?)")
_WHOLE_TOKEN = re.compile(rb"\s*+([!#-'*+.0-9A-Z^_`a-z{|}~-]++)(?![^\s;(])")
_TOKEN = re.compile(rb"[\s;]*([^\s;()]+)")


def main_value(raw: bytes) -> str:
    """The value before the parameters, in lower case."""
    match = _TOKEN.match(raw)
    return match[1].decode("ascii", "replace").lower() if match else ""


def token(raw: bytes) -> str:
    """The value before the parameters if it is a token (RFC 2045 §5.1), in lower case, else `''`."""
    match = _WHOLE_TOKEN.match(raw)
    return match[1].decode("ascii").lower() if match else ""


def parameters(raw: bytes, limit: int = 100) -> Mapping[str, str]:
    """The parameters of a field's value by name in lower case; the first of two equal names counts.

    Continuations are joined and extended values decoded (RFC 2231); encoded words, which RFC 2047
    forbids here and senders use all the same, are decoded too.
    """
    if b";" not in raw:
        return {}
    raw = header.unfold(raw)
    if single := _SINGLE.fullmatch(raw):
        return {single[1].decode().lower(): (single[3] if single[2] is None else single[2]).decode()}
    rest = raw.partition(b";")[2]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in _pairs(charset.decode(rest), limit):
        if match := _CONTINUED.fullmatch(name):
            pieces.setdefault(match[1], {}).setdefault(int(match[2]), (value, match[3] == "*"))
        elif name.endswith("*") and len(name) > 1:
            pieces.setdefault(name[:-1], {}).setdefault(0, (value, True))
        else:
            plain.setdefault(name, value)
    decoded = {name: header.decode_words(value) for name, value in plain.items()}
    return decoded | {name: _join(parts) for name, parts in pieces.items() if 0 in parts or name not in plain}


def pairs(raw: bytes, limit: int = 100) -> list[tuple[str, str]]:
    """The parameters as they stand there: continued, extended and encoded ones are not read."""
    return _pairs(charset.decode(header.unfold(raw).partition(b";")[2]), limit)


def _pairs(text: str, limit: int) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for match in _PARAMETER.finditer(text):
        if match[1] is None:
            continue
        quoted, bare = match[3] if match[2] is None else match[2], match[4]
        value = _COMMENT.sub("", bare).strip() if quoted is None else _UNQUOTE.sub(r"\1", quoted)
        pairs.append((match[1].lower(), value))
        if len(pairs) >= limit:
            break
    return pairs


def _join(parts: dict[int, tuple[str, bool]]) -> str:
    """Join continuations in order up to the first gap; the first one names the charset."""
    name = ""
    octets = bytearray()
    index = min(parts)
    while index in parts:
        value, extended = parts[index]
        if extended and not octets and value.count("'") >= 2:
            name, _, value = value.split("'", 2)
        octets += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
        index += 1
    return header.decode_words(charset.decode(bytes(octets), name))
