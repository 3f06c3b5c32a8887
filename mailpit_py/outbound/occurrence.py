"""From an attempt as kept to the event that a provider words: joined with the message it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailpit_py.storage import SinkAttempt, StepOriginal, Store
from mailpit_py.webhooks import Event, Kind, Sent, describe

HEADER_BYTES = 300_000  # as much of a message as is read for its header section
MESSAGES_AT_ONCE = 50
BYTES_AT_ONCE = 8 << 20
_FACTS = ("scenario", "code", "status", "text", "remote_mta", "attempt", "retry_until", "link", "user_agent", "reader")


class Occurrences:
    """Makes events of attempts of one inbox, in about their order; a message that several are about is read once."""

    def __init__(self, store: Store, attempts: Sequence[SinkAttempt]) -> None:
        self._plans = store.agenda.plans
        self._waiting = dict.fromkeys(one.original for one in attempts)
        self._sent: dict[str, Sent | None] = {"": None}

    def event(self, attempt: SinkAttempt) -> Event:
        """Return the event of an attempt; a message that is gone has left nothing but its id."""
        told = attempt.event
        if attempt.original not in self._sent:
            self._read_on(attempt)
        return Event(
            id=attempt.stable_id,
            kind=Kind(told["kind"]),
            recipient=str(told.get("recipient", "")),
            sent=self._sent[attempt.original] or Sent(attempt.original, "", (), attempt.created_at),
            at=int(told.get("at", attempt.due_at)),
            **_facts(told),
        )

    def _read_on(self, attempt: SinkAttempt) -> None:
        """Read the message of an attempt, and with it some of those that will be asked for next."""
        names = dict.fromkeys([attempt.original, *(one for one in self._waiting if one not in self._sent)])
        some = list(names)[:MESSAGES_AT_ONCE]
        found = self._plans.originals_named(attempt.inbox, some, limit_bytes=BYTES_AT_ONCE)
        self._sent |= {name: _sent(original) if original else None for name, original in found.items()}


def _sent(original: StepOriginal) -> Sent:
    peer = original.session.peer.rpartition(":")[0].strip("[]") if original.session else ""
    return describe(
        original.raw[:HEADER_BYTES],
        public_id=original.public_id,
        reverse_path=original.envelope.reverse_path,
        recipients=tuple(one.address for one in original.envelope.recipients),
        received_at=original.received_at,
        size_bytes=len(original.raw),
        **({"client": peer} if peer else {}),
    )


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _FACTS if name in told}
