"""Basic authentication (RFC 7617): who may in, how often a wrong password may be tried."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum
from typing import Protocol

MAX_FAILURES = 10
WINDOW = 60.0
REMEMBERED = 1000


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


class Checker(Protocol):
    """Who has which password; `was_accepted` answers at once, `verify` may take a quarter of a second."""

    def was_accepted(self, name: str, password: str) -> bool:
        """True if `verify` has accepted the same before."""

    def verify(self, name: str, password: str) -> bool:
        """True if the password is right."""


class Login:
    """Checks credentials and slows down guessing.

    After ten failures within a minute an address has to wait, but whoever is in already stays in,
    also from that address.
    """

    def __init__(self, checker: Checker, clock: Callable[[], float] = time.monotonic) -> None:
        self._checker = checker
        self._clock = clock
        self._attempts: OrderedDict[str, list[float]] = OrderedDict()
        self._checking: dict[tuple[str, str, str], Future[bool]] = {}
        self._lock = threading.Lock()

    def judge(self, header: str | None, peer: str) -> Verdict:
        """Decide on one request from the address `peer`. No credentials at all are no failure."""
        given = credentials(header)
        if given is None:
            return Verdict.REFUSED
        if self._checker.was_accepted(*given):
            return Verdict.ADMITTED
        with self._lock:
            checking = self._checking.get((peer, *given))
            is_first = checking is None
            if checking is None:
                attempts = self._recent(peer)
                if len(attempts) >= MAX_FAILURES:
                    return Verdict.THROTTLED
                attempts.append(self._clock())  # before the check: guesses made side by side count too
                checking = self._checking[peer, *given] = Future()
        if is_first:
            self._check(checking, given, peer)
        return Verdict.ADMITTED if checking.result() else Verdict.REFUSED

    def _check(self, checking: Future[bool], given: tuple[str, str], peer: str) -> None:
        """Verify once what may be asked many times at once, as when a page or a test suite starts."""
        is_right = False
        try:
            is_right = self._checker.verify(*given)
        finally:
            with self._lock:
                del self._checking[peer, *given]
                if is_right:
                    self._attempts.pop(peer, None)
            checking.set_result(is_right)

    def _recent(self, peer: str) -> list[float]:
        since = self._clock() - WINDOW
        attempts = self._attempts[peer] = [at for at in self._attempts.get(peer, ()) if at > since]
        self._attempts.move_to_end(peer)
        while len(self._attempts) > REMEMBERED:
            self._attempts.popitem(last=False)
        return attempts
