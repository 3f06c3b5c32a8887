"""How commands work: they ask the desk by yielding calls, and are sent what these return. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeVar

from mailpit_py.storage import Cursor, Folder, News

if TYPE_CHECKING:
    from mailpit_py.servers.imap.desk import Desk

T = TypeVar("T")

Call = Callable[["Desk"], Any]
Work = Generator[Call | None, Any, T]
"""A command at work; None is yielded by one that waits for a line, or to be woken."""


class State(Enum):
    """Where a session is (RFC 9051 §3)."""

    NOT_AUTHENTICATED = auto()
    AUTHENTICATED = auto()
    SELECTED = auto()
    LOGOUT = auto()


@dataclass(frozen=True, slots=True)
class ReadNews:
    """Asks what happened in a folder after `cursor`; sessions that ask the same at the same `tick` share the answer."""

    folder: Folder
    cursor: Cursor
    tick: int

    def __call__(self, desk: Desk) -> News:
        """The answer."""
        return desk.news(self.folder, self.cursor)


def ask(call: Callable[[Desk], T]) -> Work[T]:
    """Ask the desk, from within a command."""
    answer: T = yield call
    return answer


def next_line() -> Work[bytes | None]:
    """Wait for the client's next line; None if the session was woken instead."""
    line: bytes | None = yield None
    return line
