"""Basic authentication (RFC 7617): who may in, how often a wrong password may be tried."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from typing import Any

MAX_FAILURES = 10
WINDOW = 60.0
REMEMBERED = 256


class Verdict(Enum):
    """What becomes of a request with these credentials."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    THROTTLED = "throttled"


def credentials(header: str | None) -> tuple[str, str] | None:
    """Read an Authorization header of the Basic scheme: name and password, or None.

    Only the first colon separates. Bytes are UTF-8 (RFC 7617 §2.1), else ISO 8859-1 as old clients send.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        text = decoded.decode("latin-1")
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


class Login:
    """Checks credentials with `check`, remembers those that were right, and slows down guessing.

    A right password is remembered as a keyed digest for as long as the process lives, because a
    good password hash takes a tenth of a second. After ten failures within a minute an address has
    to wait, but whoever is already in stays in, also from that address.
    """

    def __init__(self, check: Callable[[str, str], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._check = check
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def judge(self, header: str | None, peer: str) -> Verdict:
        """Decide on one request from the address `peer`. No credentials at all are no failure."""
        given = credentials(header)
        if given is None:
            return Verdict.REFUSED
        digest = hmac.digest(self._key, "\0".join(given).encode("utf-8", "surrogatepass"), "sha256")
        with self._lock:
            if digest in self._known:
                self._known.move_to_end(digest)
                return Verdict.ADMITTED
            attempts = self._recent(peer)
            if len(attempts) >= MAX_FAILURES:
                return Verdict.THROTTLED
            attempts.append(self._clock())  # before the check: guesses made side by side count too
        return self._settle(self._check(*given), digest, peer)

    def _settle(self, right: bool, digest: bytes, peer: str) -> Verdict:
        with self._lock:
            if not right:
                return Verdict.REFUSED
            self._known[digest] = None
            _trim(self._known)
            if attempts := self._failures.get(peer):
                attempts.pop()
            return Verdict.ADMITTED

    def _recent(self, peer: str) -> list[float]:
        since = self._clock() - WINDOW
        attempts = self._failures[peer] = [at for at in self._failures.get(peer, ()) if at > since]
        self._failures.move_to_end(peer)
        _trim(self._failures)
        return attempts


def _trim(table: OrderedDict[Any, Any]) -> None:
    while len(table) > REMEMBERED:
        table.popitem(last=False)
