"""What a provider makes of events: one HTTP request, its headers and body, signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.keys import Keys
from mailpit_py.webhooks.policy import Policy


@dataclass(frozen=True, slots=True)
class Stamp:
    """What marks one request: `id` is the same for every repeat, `wall` is when this one leaves.

    `wall` is wall time in UTC microseconds: verifiers refuse signatures that are not of today.
    """

    id: str
    wall: int


@dataclass(frozen=True, slots=True)
class Hook:
    """How one subscription signs. `secret` replaces the one derived from `keys`, if the app has its own.

    `base_url` is where this sandbox answers for SNS, with a slash at its end; `name` tells topics of
    one sandbox apart; `certificate_url` is said in place of our own.
    """

    keys: Keys
    secret: str = ""
    name: str = "default"
    base_url: str = "http://localhost:8025/"
    certificate_url: str = ""
    signature_version: str = "1"


@dataclass(frozen=True, slots=True)
class Request:
    """The body and its headers, in the order in which they are sent."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=(("Content-Type", "application/json"),))


class Compose(Protocol):
    """Words events, at least one and no more than the provider's `batch`, as one signed request."""

    def __call__(self, events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
        """Return the request."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: the kinds that it reports at all, its words, and how it repeats.

    `batch` is how many events one request may hold. `proof` says how an app checks a request:
    `secret` (shared), `public_key`, `certificate`, or `none` (a password in the URL).
    """

    name: str
    title: str
    compose: Compose
    kinds: frozenset[Kind]
    policy: Policy
    proof: str = "none"
    batch: int = 1


def encode(value: Any) -> bytes:
    """Return compact JSON in ASCII, so that whatever a mail said can be written."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


EVERY_KIND = frozenset(Kind)
USUAL = EVERY_KIND - {Kind.AUTO_REPLIED}
