"""Short-lived signed addresses: of the inline images of one message, and of what its style sheets load."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlencode

LIFETIME = 6 * 3600


class Signer:
    """Signs the address of one part of one message with a key that dies with the process.

    The mail's frame has an opaque origin and sends no credentials, so the address itself is the
    permission: for this part, of this message, in this inbox, for six hours.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock

    def query(self, inbox: str, public_id: str, path: str) -> str:
        """The query string that permits this part."""
        expires = int(self._clock()) + LIFETIME
        return urlencode({"inbox": inbox, "exp": expires, "sig": self._sign(inbox, public_id, path, expires)})

    def permits(self, inbox: str, public_id: str, path: str, *, expires: str, signature: str) -> bool:
        """True if `signature` was made here for exactly this part and has not expired."""
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12 and signature.isascii()):
            return False
        right = self._sign(inbox, public_id, path, int(expires))
        return hmac.compare_digest(right, signature) and int(expires) >= self._clock()

    def _sign(self, inbox: str, public_id: str, path: str, expires: int) -> str:
        text = "\0".join((inbox, public_id, path, str(expires)))
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()
