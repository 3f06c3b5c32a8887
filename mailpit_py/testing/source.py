"""Where a view's mail comes from: this process, a sandbox elsewhere, or a Mailpit; what each must be able to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mailpit_py.client import Client
from mailpit_py.mail import Message
from mailpit_py.mail.envelope import Envelope, Line, Session

Cursor = Any
"""A place in the order of arrivals; only the source that gave it can read it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application finds the server. `ca_path` is what a client of its TLS should trust."""

    smtp_host: str
    smtp_port: int
    url: str
    user: str = ""
    password: str = ""
    ca_path: Path | None = None

    @property
    def api_url(self) -> str:
        """The root of the API of version 2."""
        return f"{self.url}api/v2/"


@dataclass(frozen=True, slots=True)
class Letter:
    """One stored message as it was read: its content, what SMTP said of it, when it came (UTC microseconds)."""

    id: str
    message: Message
    envelope: Envelope
    session: Session | None
    received_at: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A transaction that ended without a message."""

    stage: str
    reverse_path: str
    recipients: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came after a cursor, oldest first; `gone` counts messages that were removed before they were read."""

    letters: tuple[Letter, ...]
    cursor: Cursor
    refused: tuple[Refusal, ...] = ()
    gone: int = 0


class Source(Protocol):
    """A server as a view sees it. Calls that the server cannot do raise Unsupported.

    `key` behind the plus of an address leads mail into the inbox that is seen; most servers have none.
    """

    place: Place
    is_shared: bool
    key: str

    def isolated(self) -> Source | None:
        """Return an inbox of the server that nobody else uses; None where that cannot be had, or is not needed."""

    def close(self) -> None:
        """Remove the inbox that `isolated` made; other sources are left as they are."""

    def mark(self) -> Cursor:
        """Return the place after everything that has come."""

    def arrivals(self, since: Cursor, timeout: float, is_over: Callable[[], bool], token: str) -> Arrivals:
        """Return what came after `since`, as soon as there is something, or at the latest after `timeout` seconds.

        Returns early, too, soon after `is_over` gives True. With a `token`, mail to addresses without
        it may be left out.
        """

    def letter(self, id: str) -> Letter | None:
        """Return one message, or None if it is gone."""

    def found(self, query: str) -> frozenset[str]:
        """Return the ids of the newest messages that a search finds."""

    def page_of(self, id: str) -> str:
        """Return the address at which a person reads a message."""

    def transcript(self, id: str) -> tuple[Line, ...]:
        """Return the dialogue that brought a message."""

    def api(self) -> Client:
        """Return a client of the server's own API, for what only our own servers can do."""
