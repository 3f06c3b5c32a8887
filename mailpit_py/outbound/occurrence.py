"""From an attempt as kept to the event that a provider words: joined with the message it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailpit_py.storage import SinkAttempt, Store
from mailpit_py.webhooks import Event, Kind, Sent, describe

HEADER_BYTES = 300_000  # as much of a message as is read for its header section
_FACTS = ("scenario", "code", "status", "text", "remote_mta", "attempt", "retry_until", "link", "user_agent", "reader")


class Occurrences:
    """Makes events for one round; a message that several events are about is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sent: dict[str, Sent] = {}

    def event(self, attempt: SinkAttempt) -> Event:
        """Return the event of an attempt; a message that is gone has left nothing but its id."""
        told = attempt.event
        if attempt.original not in self._sent:
            self._sent[attempt.original] = self._read(attempt)
        return Event(
            id=attempt.stable_id,
            kind=Kind(told["kind"]),
            recipient=str(told.get("recipient", "")),
            sent=self._sent[attempt.original],
            at=int(told.get("at", attempt.due_at)),
            **_facts(told),
        )

    def _read(self, attempt: SinkAttempt) -> Sent:
        stored = self._store.message(attempt.inbox, attempt.original) if attempt.original else None
        raw = self._store.raw(attempt.inbox, attempt.original) if stored else None
        if stored is None or raw is None:
            return Sent(attempt.original, "", (), attempt.created_at)
        peer = stored.session.session.peer.rpartition(":")[0].strip("[]") if stored.session else ""
        return describe(
            raw[:HEADER_BYTES],
            public_id=attempt.original,
            reverse_path=stored.envelope.reverse_path,
            recipients=tuple(one.address for one in stored.envelope.recipients),
            received_at=stored.summary.received_at,
            size_bytes=len(raw),
            **({"client": peer} if peer else {}),
        )


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _FACTS if name in told}
