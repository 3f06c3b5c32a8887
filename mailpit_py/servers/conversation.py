"""What a listener and a connection need to know of a protocol whose sessions are pure."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol


class Want(Enum):
    """What a session waits for before it goes on."""

    NOTHING = auto()
    WORK = auto()  # its `work` done on another thread: `finish` or `fail`
    HANDSHAKE = auto()  # TLS, once `output` is sent: `secure`
    END = auto()  # the end of the connection, once `output` is sent


class Session(Protocol):
    """One side of a conversation: bytes in, bytes out, and work in between. No I/O."""

    output: bytearray
    wants: Want
    work: Any
    is_tls: bool
    token: str  # by which it was logged in; empty for another password

    @property
    def held_bytes(self) -> int:
        """How much was received and waits to be obeyed."""

    @property
    def idle_timeout(self) -> float:
        """Seconds of silence after which the connection is cut off."""

    def greet(self) -> None:
        """Say the first line."""

    def turn_away(self, why: str) -> None:
        """End the session before it began."""

    def expel(self) -> None:
        """End the session: its token opens nothing any more."""

    def receive(self, data: bytes) -> None:
        """Take in what was received."""

    def advance(self) -> None:
        """Obey what was received until something is wanted, or nothing is whole."""

    def finish(self, result: Any) -> None:
        """Go on with what the work came to."""

    def fail(self, error: Exception) -> None:
        """Answer that the work could not be done."""

    def secure(self) -> None:
        """Begin anew inside TLS."""

    def close(self) -> None:
        """The connection is gone: give back what is held."""

    def wake(self) -> None:
        """Look whether there is something to tell that nobody asked for."""


class Settings(Protocol):
    """What listeners of every protocol are told."""

    @property
    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS, where there is any."""

    @property
    def implicit_tls(self) -> bool:
        """True if TLS begins with the first byte."""

    @property
    def max_connections(self) -> int:
        """How many may be open at once."""

    @property
    def max_connections_per_peer(self) -> int:
        """How many one address may have open at once."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A protocol: its name for the log, who begins a session (in TLS or not), and who does its work.

    Work of the types in `shared`, where it is equal, is done once for all sessions that wait for it.
    `admits` says whether a token still opens anything; it takes no time.
    """

    name: str
    begin: Callable[[bool], Session]
    do: Callable[[Any], Any]
    admits: Callable[[str], bool]
    shared: tuple[type, ...] = ()
