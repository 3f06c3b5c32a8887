"""Mailgun: one event with a signature beside it, HMAC-SHA256 over timestamp and token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import custom, derived, instant
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, ONLY_200, Policy
from mailpit_py.webhooks.request import USUAL, Hook, Provider, Request, Stamp, encode

_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DELIVERED: "delivered",
        Kind.DEFERRED: "failed",
        Kind.BOUNCED: "failed",
        Kind.SUPPRESSED: "failed",
        Kind.COMPLAINED: "complained",
        Kind.OPENED: "opened",
        Kind.CLICKED: "clicked",
    }
)
_LEVELS = {Kind.DEFERRED: "warn", Kind.BOUNCED: "error", Kind.SUPPRESSED: "error", Kind.COMPLAINED: "warn"}
_BLOCKED = frozenset({Cause.BLOCKED, Cause.REPUTATION, Cause.SPAM, Cause.POLICY, Cause.RATE, Cause.AUTHENTICATION})


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the signed event. The token is another at each try: receivers refuse one that they have seen."""
    event = events[0]
    timestamp = str(instant.seconds(stamp.wall))
    token = derived.hexadecimal("mailgun token", f"{stamp.id} {stamp.wall}", 50)
    key = (hook.secret or hook.keys.secret("mailgun")).encode()
    proof = hmac.new(key, f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    signature = {"token": token, "timestamp": timestamp, "signature": proof}
    headers = (("Content-Type", "application/json"), ("User-Agent", "Go-http-client/1.1"))
    return Request(encode({"signature": signature, "event-data": _data(event)}), headers)


def _data(event: Event) -> dict[str, Any]:
    sent = event.sent
    data: dict[str, Any] = {
        "id": derived.base64url("mailgun event", event.id, 22),
        "timestamp": round(event.at / 1_000_000, 6),
        "log-level": _LEVELS.get(event.kind, "info"),
        "event": _NAMES[event.kind],
        "recipient": event.recipient,
        "recipient-domain": event.domain,
        "message": {
            "headers": {
                "to": ", ".join(sent.to),
                "message-id": sent.message_id,
                "from": ", ".join(sent.from_),
                "subject": sent.subject,
            },
            "attachments": [],
            "size": sent.size_bytes,
        },
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "tags": list(sent.values("X-Mailgun-Tag")),
        "campaigns": [],
        "user-variables": _variables(event),
    }
    return {**data, **_particulars(event)}


def _variables(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in event.sent.values("X-Mailgun-Variables"):
        found |= custom.mapping(text)
    return found


def _particulars(event: Event) -> dict[str, Any]:
    match event.kind:
        case Kind.OPENED:
            return _reader(event)
        case Kind.CLICKED:
            return {**_reader(event), "url": event.link}
        case Kind.COMPLAINED:
            return {}
        case _:
            sender = event.sent.reverse_path
            envelope = {
                "transport": "smtp",
                "sender": sender,
                "sending-ip": event.sent.client,
                "targets": event.recipient,
            }
            status = {"envelope": envelope, "delivery-status": _status(event)}
            return status if event.kind is Kind.DELIVERED else {**status, **_failure(event)}


def _reader(event: Event) -> dict[str, Any]:
    client = {"client-type": "browser", "user-agent": event.user_agent}
    return {"ip": event.reader, "client-info": client, "geolocation": {}}


def _failure(event: Event) -> dict[str, str]:
    cause = cause_of(event)
    if cause is Cause.SUPPRESSED:
        return {"severity": "permanent", "reason": "suppress-bounce"}
    if event.kind is Kind.DEFERRED:
        return {"severity": "temporary", "reason": "greylisted" if cause is Cause.GREYLISTED else "generic"}
    reason = "old" if cause is Cause.EXPIRED or not event.is_hard else "espblock" if cause in _BLOCKED else "bounce"
    return {"severity": "permanent", "reason": reason}


def _status(event: Event) -> dict[str, Any]:
    status: dict[str, Any] = {
        "attempt-no": event.attempt,
        "code": event.code or 250,
        "message": event.text or "OK",
        "description": "",
        "mx-host": event.mx,
        "session-seconds": 0.25,
        "tls": True,
        "certificate-verified": True,
        "utf8": True,
    }
    if event.kind is Kind.SUPPRESSED:
        words = "Not delivering to previously bounced address"
        return {"code": 605, "message": "", "description": words, "attempt-no": 1, "session-seconds": 0.0}
    if event.status:
        status["enhanced-code"] = event.status
    if event.kind is Kind.DEFERRED:
        status["retry-seconds"] = 600
    if event.kind is Kind.BOUNCED:
        status["bounce-type"] = "hard" if event.is_hard else "soft"
    return status


POLICY = Policy(
    (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR),
    accepts=ONLY_200,
    refusals=frozenset({406}),
    repeats_deliveries=False,
)
PROVIDER = Provider("mailgun", "Mailgun", compose, USUAL, POLICY, "secret")
