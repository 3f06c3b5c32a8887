"""No provider: the event in our own words, signed as the Standard Webhooks specification says."""

from __future__ import annotations

from collections.abc import Sequence

from standardwebhooks import Webhook

from mailpit_py.webhooks import instant
from mailpit_py.webhooks.cause import cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, Policy
from mailpit_py.webhooks.request import EVERY_KIND, Hook, Provider, Request, Stamp, encode

_CAUSELESS = frozenset({Kind.DELIVERED, Kind.COMPLAINED, Kind.OPENED, Kind.CLICKED})


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the signed event."""
    event = events[0]
    sent = event.sent
    data: dict[str, object] = {
        "event_id": event.id,
        "recipient": event.recipient,
        "is_hard": event.kind is Kind.BOUNCED and event.is_hard,
        "cause": "" if event.kind in _CAUSELESS else cause_of(event).name.lower(),
        "scenario": event.scenario,
        "reply": {"code": event.code, "status": event.status, "text": event.text},
        "remote_mta": event.remote_mta,
        "attempt": event.attempt,
        "retry_until": None if event.retry_until is None else instant.microseconds(event.retry_until),
        "link": event.link,
        "message": {
            "id": sent.public_id,
            "message_id": sent.message_id,
            "reverse_path": sent.reverse_path,
            "recipients": list(sent.recipients),
            "subject": sent.subject,
            "received_at": instant.microseconds(sent.received_at),
        },
    }
    body = encode({"type": f"message.{event.kind}", "timestamp": instant.microseconds(event.at), "data": data})
    signed = sign(body, hook.secret or hook.keys.secret("standard"), stamp, "webhook")
    return Request(body, (("Content-Type", "application/json"), *signed))


def sign(body: bytes, secret: str, stamp: Stamp, prefix: str) -> tuple[tuple[str, str], ...]:
    """Return the three headers that prove a body; their names begin with `prefix`."""
    message_id = f"msg_{stamp.id}"
    signature = Webhook(secret).sign(message_id, instant.aware(stamp.wall), body.decode("utf-8"))
    timestamp = str(instant.seconds(stamp.wall))
    return ((f"{prefix}-id", message_id), (f"{prefix}-timestamp", timestamp), (f"{prefix}-signature", signature))


POLICY = Policy(
    (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
    timeout=15,
    refusals=frozenset({410}),
)
PROVIDER = Provider("standard", "Standard Webhooks", compose, EVERY_KIND, POLICY, "secret")
