"""Letting mail go on: what may leave, queued in the database, and waited for by whoever asked."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mailpit_py.application.clock import Clock
from mailpit_py.application.relay_settings import ForwardSettings, RelaySettings
from mailpit_py.application.release import Outgoing, ReleaseError, refusal_of, released
from mailpit_py.errors import NotFound
from mailpit_py.identity import new_public_id
from mailpit_py.storage import NewRelayItem, RelayItem, Store

RELEASE, RELAY, FORWARD = "release", "relay", "forward"


class RelayQueue:
    """The queue of one sandbox. Without `relay` nothing is released, and without a worker nothing leaves."""

    def __init__(
        self, store: Store, clock: Clock, relay: RelaySettings | None = None, forward: ForwardSettings | None = None
    ) -> None:
        self.relay = relay
        self.forward = forward
        self.tables = store.relay
        self._store = store
        self._clock = clock

    @property
    def is_automatic(self) -> bool:
        """True if messages go on without being released."""
        return self.forward is not None or (self.relay is not None and self.relay.is_automatic)

    def begin(self) -> None:
        """Note from where on messages go by themselves: what came while none did is not sent later."""
        cursor = self.tables.cursor()
        if self.is_automatic and cursor is None:
            self.tables.add([], cursor=self._store.head()).result()
        elif not self.is_automatic and cursor is not None:
            self.tables.forget_cursor().result()

    def refusals(self, addresses: Sequence[str]) -> list[tuple[str, str]]:
        """The addresses to which nothing may be released, each with the reason."""
        return [(one, reason) for one in addresses if (reason := refusal_of(one, self.relay))]

    def release(self, inbox: str, public_id: str, addresses: Sequence[str], *, is_retried: bool = True) -> str:
        """Queue a message for these addresses; return the item's public id.

        Raises NotFound for a message that is not there, and ReleaseError, with every address that is
        refused, without a server, and for a message without a sender.
        """
        if self.relay is None:
            raise ReleaseError("no server is set to which mail may go: --smtp-relay-config or MP_SMTP_RELAY_HOST")
        if refused := self.refusals(addresses):
            raise ReleaseError("; ".join(f"{address!r} {reason}" for address, reason in refused))
        if not addresses:
            raise ReleaseError("name at least one address")
        raw = self._store.raw(inbox, public_id)
        if raw is None:
            raise NotFound("there is no message with this id")
        message_id = f"{new_public_id()}@mailpit"
        outgoing = released(raw, addresses, self.relay, now=self._clock.wall(), message_id=message_id)
        item = self.item_of(RELEASE, inbox, public_id, outgoing, is_retried=is_retried)
        self.tables.add([item]).result()
        return item.public_id

    def item_of(
        self, kind: str, inbox: str, message: str, outgoing: Outgoing, *, is_retried: bool = True
    ) -> NewRelayItem:
        """An item for the queue."""
        return NewRelayItem(
            public_id=new_public_id(),
            inbox=inbox,
            message=message,
            kind=kind,
            reverse_path=outgoing.reverse_path,
            recipients=outgoing.recipients,
            raw=outgoing.raw,
            created_at=self._clock.wall(),
            is_retried=is_retried,
        )

    def tried(self, public_id: str, *, timeout: float = 60) -> RelayItem:
        """Wait until an item has been tried or has ended, and return it; as it is after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            tick = self.tables.bell.tick
            item = self.tables.item(public_id)
            if item is None:
                raise NotFound("there is no such item")
            left = deadline - time.monotonic()
            if item.tries or item.next_at is None or left <= 0 or self.tables.bell.closed:
                return item
            self.tables.bell.wait(tick, left)

    def retry(self, public_id: str) -> bool:
        """Let an item that waits be tried now; False if there is none."""
        return self.tables.retry(public_id, at=self._clock.wall()).result()
