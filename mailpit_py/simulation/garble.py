"""Replies that keep to SMTP badly or surprisingly, octet for octet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.outcome import Raw

_CODE = re.compile(rb"([2-5][0-9][0-9])(?![^ \r\n-])")
_UNSPEAKABLE = {ord("\r"): " ", ord("\n"): " ", 0: "\\0"}

REPLIES: Mapping[str, bytes] = MappingProxyType(
    {
        # Correct (RFC 5321 §4.2.1), and still too much for a client that reads one line.
        "multiline": b"550-5.1.1 This mailbox does not exist.\r\n550-5.1.1 The reply has three lines,\r\n"
        b"550 5.1.1 and this is the last one.\r\n",
        "nocode": b"Mailbox unavailable\r\n",
        "mixed": b"550-5.1.1 First line, permanent\r\n450 4.1.1 Last line, temporary\r\n",
        "longline": b"550 5.1.1 " + b"long " * 400 + b"line\r\n",
        "lf": b"550 5.1.1 This line ends in a bare LF\n",
        "binary": b"550 5.1.1 \xff\xfe\x00\x80 not text\r\n",
    }
)


def raw(style: str) -> Raw:
    """Return the reply of a style of `token.STYLES`."""
    return Raw(REPLIES[style])


def refusal_in(octets: bytes) -> Reply | None:
    """Return what octets in place of a reply come to: None for an acceptance, a 2xx or 3xx.

    Whatever does not begin as a reply leaves the client without an acceptance, so it counts as a
    refusal: nothing of the transaction that it answers is kept.
    """
    text = octets.partition(b"\r\n")[0].decode("utf-8", "backslashreplace").translate(_UNSPEAKABLE)
    code = _CODE.match(octets)
    if code is None:
        return Reply(554, "", text)
    return Reply(int(code[1]), "", text[4:]) if code[1] >= b"400" else None
