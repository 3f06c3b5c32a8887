"""What a session at the edge of a protocol waits for before it goes on."""

from __future__ import annotations

from enum import Enum, auto


class Want(Enum):
    """What whoever carries a session's bytes has to do for it."""

    NOTHING = auto()
    WORK = auto()  # the session's `work`, on another thread: `finish` or `fail`
    HANDSHAKE = auto()  # TLS, once `output` is sent: `secure`
    END = auto()  # the end of the connection, once `output` is sent
