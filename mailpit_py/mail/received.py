"""The way of a message: its Received fields as hops with the delay of each (RFC 5321 §4.4)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailpit_py.mail import date, header

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message


@dataclass(frozen=True, slots=True)
class Hop:
    """What one server wrote when it took the message; empty where it did not say.

    `from_` is the name that the client gave, `from_address` the IP address it came from. `tls` is
    version and cipher, or `TLS` if only the protocol's name tells (RFC 3848). `at` is in UTC
    microseconds; `delay_ms` counts from the hop before, and is negative when clocks disagree.
    """

    from_: str = ""
    from_address: str = ""
    by: str = ""
    with_: str = ""
    id: str = ""
    for_: str = ""
    tls: str = ""
    at: int | None = None
    delay_ms: int | None = None
    raw: str = ""


_TOKEN = re.compile(r"(?P<open>\()|(?P<close>\))|(?P<word>[^\s()]++)|\s++")
_CLAUSES = frozenset(["from", "by", "via", "with", "id", "for", "tls"])
_ADDRESS = re.compile(
    r"\[(?:IPv6:)?([0-9a-fA-F:.]{2,45})\]"
    r"|(?<![\w.:-])([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w:-])"
)
_HELO = re.compile(r"(?:helo|ehlo)[=\s]\s*([^\s()]+)", re.I)
_VERSION = re.compile(r"\b(TLS|SSL)[ _]?v?([123])(?:[._]([0-3]))?(?:[._]\d)?(?![0-9A-Za-z]*_)", re.I)
_CIPHER = re.compile(
    r"cipher[= ]\s*([A-Za-z0-9_-]{5,60})|:([A-Z0-9_-]{5,60}):\d"
    r"|\b(TLS_[A-Z0-9_]{5,60}|(?:ECDHE|DHE|AES|ADH|RC4|DES)[A-Z0-9_-]{4,60})"
)
_SECURE = re.compile(r"(?:utf8)?(?:e?smtp|lmtp)sa?", re.I)
_DATE = re.compile(r"(?:[A-Z][a-z]{2},\s{1,9})?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d{1,2}:\d\d[^;]*+")
_LONGEST = 16_384


def hops(message: Message) -> tuple[Hop, ...]:
    """The hops of a message, the oldest first."""
    found: list[Hop] = []
    before: int | None = None
    for raw in reversed(list(message.root.section.values(b"received"))):
        hop = parse(header.text_of(raw[:_LONGEST]))
        if hop.at is not None:
            if before is not None:
                hop = replace(hop, delay_ms=(hop.at - before) // 1000)
            before = hop.at
        found.append(hop)
    return tuple(found)


def parse(text: str) -> Hop:
    """Read the value of one Received field, unfolded. Never raises; what is not found stays empty."""
    head, semicolon, tail = text.rpartition(";")
    at = date.parse(tail) if semicolon else None
    if at is None:
        head = text
        if match := _DATE.search(text):
            head, at = text[: match.start()], date.parse(match[0])
    values, comments = _clauses(head)
    words = {name: " ".join(said) for name, said in values.items()}
    from_comment = " ".join(comments.get("from", []))
    protocol = words.get("with", "")
    return Hop(
        from_=_client(words.get("from", ""), from_comment),
        from_address=_address(f"{from_comment} {words.get('from', '')}"),
        by=_first(words.get("by", "")),
        with_=protocol,
        id=_first(words.get("id", "")).strip("<>"),
        for_=words.get("for", "").strip("<>; "),
        tls=_tls(head, protocol),
        at=at,
        raw=text,
    )


def _first(text: str) -> str:
    return text.split(" ", 1)[0].rstrip(";")


def _clauses(text: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The words of each clause, and its comments without their parentheses."""
    values: dict[str, list[str]] = {}
    comments: dict[str, list[str]] = {}
    clause = ""
    depth = start = 0
    for match in _TOKEN.finditer(text):
        if match["open"]:
            start = match.end() if not depth else start
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
            if not depth:
                comments.setdefault(clause, []).append(text[start : match.start()])
        elif match["word"] and not depth:
            word = match[0].lower()
            if word in _CLAUSES and word not in values:
                clause = word
                values[clause] = []
            else:
                values.setdefault(clause, []).append(match[0])
    return values, comments


def _client(said: str, comment: str) -> str:
    """The name the client gave: qmail keeps it in a comment."""
    name = _first(said)
    if name.lower() in ("", "unknown") and (match := _HELO.search(comment)):
        return match[1]
    return name


def _address(text: str) -> str:
    for match in _ADDRESS.finditer(text):
        try:
            return str(ipaddress.ip_address(match[1] or match[2]))
        except ValueError:
            continue
    return ""


def _tls(text: str, protocol: str) -> str:
    version = _VERSION.search(text)
    cipher = _CIPHER.search(text) if version else None
    if version:
        number = f"{version[2]}.{version[3] or '0'}"
        name = next((group for group in cipher.groups() if group), "") if cipher else ""
        return f"{version[1].upper()}v{number} {name}".strip()
    return "TLS" if _SECURE.fullmatch(_first(protocol)) else ""
