"""Replies that keep to SMTP badly or surprisingly, octet for octet."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.simulation.outcome import Raw

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
