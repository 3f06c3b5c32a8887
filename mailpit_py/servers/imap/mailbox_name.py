"""Names of mailboxes on the wire: UTF-8, or modified UTF-7 for who has not asked for UTF-8 (RFC 3501 §5.1.3)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64

from mailpit_py.servers.imap.problem import Bad

DELIMITER = "/"
_OUTSIDE = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def encode_utf7(name: str) -> str:
    """Return a name in modified UTF-7."""
    return _OUTSIDE.sub(lambda found: "&-" if found[0] == "&" else f"&{_base64(found[0])}-", name)


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-16-be", "surrogatepass")).decode().rstrip("=").replace("/", ",")


def decode_utf7(name: str) -> str:
    """Return a name that came in modified UTF-7. Raises Bad for what is none."""
    if "&" in _SHIFTED.sub("", name):
        raise Bad("the mailbox name is no modified UTF-7")
    return _SHIFTED.sub(lambda found: _unshifted(found[1]) if found[1] else "&", name)


def _unshifted(text: str) -> str:
    try:
        return b64decode(text.replace(",", "/") + "=" * (-len(text) % 4), validate=True).decode("utf-16-be")
    except (BadBase64, UnicodeDecodeError):
        raise Bad("the mailbox name is no modified UTF-7") from None


def normal(name: str) -> str:
    """A name as it is kept: INBOX in any case is one name, and an empty last level none."""
    head, delimiter, rest = name.partition(DELIMITER)
    head = "INBOX" if head.upper() == "INBOX" else head
    return (head + delimiter + rest).rstrip(DELIMITER)


def pattern(reference: str, wanted: str) -> re.Pattern[str]:
    """What LIST's reference and pattern match: `*` is anything, `%` all but the delimiter (RFC 9051 §6.3.9)."""
    parts = {"*": ".*", "%": f"[^{DELIMITER}]*"}
    text = re.sub(r"[*%][*%]*", lambda found: "*" if "*" in found[0] else "%", reference + wanted)
    expression = "".join(parts.get(one) or re.escape(one) for one in text)
    is_inbox = re.fullmatch(r"inbox(?=/|\*|%|$).*", text, re.IGNORECASE | re.DOTALL)
    return re.compile(f"(?i:{expression[:5]}){expression[5:]}" if is_inbox else expression, re.DOTALL)
