"""SendGrid's Event Webhook: an array of events, signed with ECDSA over the timestamp and the raw body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import custom, derived, instant
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, Policy
from mailpit_py.webhooks.request import USUAL, Hook, Provider, Request, Stamp, encode

_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DELIVERED: "delivered",
        Kind.DEFERRED: "deferred",
        Kind.BOUNCED: "bounce",
        Kind.SUPPRESSED: "dropped",
        Kind.COMPLAINED: "spamreport",
        Kind.OPENED: "open",
        Kind.CLICKED: "click",
    }
)
_CLASSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.UNKNOWN_USER: "Invalid Address",
        Cause.ADDRESS: "Invalid Address",
        Cause.INACTIVE: "Mailbox Unavailable",
        Cause.MAILBOX_FULL: "Mailbox Unavailable",
        Cause.DOMAIN: "Invalid Address",
        Cause.DNS: "Technical",
        Cause.CONNECTION: "Technical",
        Cause.EXPIRED: "Technical",
        Cause.RELAY: "Technical",
        Cause.SYSTEM: "Technical",
        Cause.PROTOCOL: "Technical",
        Cause.AUTHENTICATION: "Technical",
        Cause.BLOCKED: "Reputation",
        Cause.REPUTATION: "Reputation",
        Cause.POLICY: "Reputation",
        Cause.SPAM: "Content",
        Cause.CONTENT: "Content",
        Cause.ATTACHMENT: "Content",
        Cause.VIRUS: "Content",
        Cause.TOO_LARGE: "Content",
        Cause.RATE: "Frequency or Volume Too High",
        Cause.GREYLISTED: "Frequency or Volume Too High",
    }
)
# The address is good, the message was not wanted: such an address stays off SendGrid's bounce list.
_BLOCKED = frozenset(
    {
        Cause.BLOCKED, Cause.REPUTATION, Cause.POLICY, Cause.SPAM, Cause.CONTENT, Cause.ATTACHMENT, Cause.VIRUS,
        Cause.AUTHENTICATION, Cause.RELAY, Cause.RATE, Cause.GREYLISTED, Cause.TOO_LARGE, Cause.SYSTEM,
        Cause.PROTOCOL,
    }
)  # fmt: skip
_TIMED_OUT = frozenset({Cause.EXPIRED, Cause.CONNECTION, Cause.DNS})


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return all events in one array, which ends in CRLF as the real one does: a verifier needs the raw body."""
    body = b"[" + b",\r\n".join(encode(_record(event)) for event in events) + b"]\r\n"
    timestamp = str(instant.seconds(stamp.wall))
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", "SendGrid Event API"),
        ("X-Twilio-Email-Event-Webhook-Signature", hook.keys.sign_ecdsa(timestamp.encode() + body)),
        ("X-Twilio-Email-Event-Webhook-Timestamp", timestamp),
    )
    return Request(body, headers)


def _record(event: Event) -> dict[str, Any]:
    sent = event.sent
    asked = custom.mapping(sent.value("X-SMTPAPI"))
    record: dict[str, Any] = {
        "email": event.recipient,
        "timestamp": instant.seconds(event.at),
        "smtp-id": f"<{sent.message_id}>",
        "event": _NAMES[event.kind],
        "sg_event_id": derived.base64url("sendgrid event", event.id, 48),
        "sg_message_id": f"{sent.public_id}.recvd-{derived.hexadecimal('sendgrid', sent.public_id, 10)}.0",
        **_particulars(event),
    }
    if category := custom.words(asked.get("category")):
        record["category"] = category
    return {**custom.inner(asked, "unique_args"), **record}


def _particulars(event: Event) -> dict[str, Any]:
    match event.kind:
        case Kind.DELIVERED:
            return {"response": event.said or "250 2.0.0 Ok", "ip": event.remote_address, "tls": 1}
        case Kind.DEFERRED:
            return {"response": event.said, "attempt": str(event.attempt), "tls": 0}
        case Kind.BOUNCED:
            return _bounce(event)
        case Kind.SUPPRESSED:
            return {"reason": "Bounced Address", "status": "5.0.0"}
        case Kind.OPENED:
            return {"useragent": event.user_agent, "ip": event.reader, "sg_machine_open": False}
        case Kind.CLICKED:
            place = {"index": 0, "type": "html"}
            return {"useragent": event.user_agent, "ip": event.reader, "url": event.link, "url_offset": place}
        case _:
            return {}


def _bounce(event: Event) -> dict[str, Any]:
    cause = cause_of(event)
    kind = "expired" if cause in _TIMED_OUT and not event.is_hard else "blocked" if cause in _BLOCKED else "bounce"
    return {
        "reason": event.said,
        "status": event.status or str(event.code),
        "type": "expired" if cause is Cause.EXPIRED else kind,
        "bounce_classification": _CLASSES.get(cause, "Unclassified"),
        "ip": event.remote_address,
        "tls": 1,
    }


# Repeated for 24 hours; the intervals are not published.
POLICY = Policy((1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR))
PROVIDER = Provider("sendgrid", "SendGrid", compose, USUAL, POLICY, "public_key", batch=500)
