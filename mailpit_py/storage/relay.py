"""The values of the relay queue: what goes on to real servers, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RelayState(StrEnum):
    """How far an item has come: WAITING for its next try, or ended, for all its recipients or only some."""

    WAITING = "waiting"
    SENT = "sent"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RelayRecipient:
    """One recipient: `state` is WAITING, SENT or FAILED; the reply that decided it, code 0 without one."""

    address: str
    state: RelayState = RelayState.WAITING
    code: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelayItem:
    """A message to be sent on. `kind` is `release`, `relay` or `forward`; `raw` is exactly what is sent.

    `is_retried` is False for what is tried once only. `message` is the stored message's public id.
    """

    public_id: str
    inbox: str
    message: str
    kind: str
    reverse_path: str
    recipients: tuple[str, ...]
    raw: bytes
    created_at: int
    is_retried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayItem:
    """An item of the queue. `message` is empty once the message is gone, `next_at` None once the item has ended.

    Instants are wall time in UTC microseconds; `said` is why the last try failed.
    """

    id: int
    public_id: str
    inbox: str
    message: str
    kind: str
    state: RelayState
    subject: str
    reverse_path: str
    recipients: tuple[RelayRecipient, ...]
    size_bytes: int
    created_at: int
    next_at: int | None
    tries: int
    is_retried: bool
    said: str

    @property
    def waiting(self) -> tuple[str, ...]:
        """The addresses that have not got it yet."""
        return tuple(one.address for one in self.recipients if one.state is RelayState.WAITING)


@dataclass(frozen=True, slots=True)
class RelayPage:
    """Items, newest first; `next` goes into `before` for older ones."""

    items: tuple[RelayItem, ...]
    next: str | None
