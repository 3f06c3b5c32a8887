"""Mailjet's Event API: grouped events, without a signature; a password in the URL is what protects the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import derived, instant
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, ONLY_200, Policy
from mailpit_py.webhooks.request import USUAL, Hook, Provider, Request, Stamp, encode

_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DELIVERED: "sent",
        Kind.DEFERRED: "bounce",
        Kind.BOUNCED: "bounce",
        Kind.SUPPRESSED: "blocked",
        Kind.COMPLAINED: "spam",
        Kind.OPENED: "open",
        Kind.CLICKED: "click",
    }
)
# What it is related to, and the error.
_ERRORS: Mapping[Cause, tuple[str, str]] = MappingProxyType(
    {
        Cause.UNKNOWN_USER: ("recipient", "user unknown"),
        Cause.ADDRESS: ("recipient", "user unknown"),
        Cause.INACTIVE: ("recipient", "mailbox inactive"),
        Cause.MAILBOX_FULL: ("recipient", "quota exceeded"),
        Cause.DOMAIN: ("domain", "invalid domain"),
        Cause.DNS: ("domain", "invalid domain"),
        Cause.RELAY: ("domain", "relay/access denied"),
        Cause.GREYLISTED: ("domain", "greylisted"),
        Cause.BLOCKED: ("spam", "sender blocked"),
        Cause.REPUTATION: ("spam", "sender blocked"),
        Cause.SPAM: ("spam", "content blocked"),
        Cause.CONTENT: ("spam", "content blocked"),
        Cause.ATTACHMENT: ("spam", "content blocked"),
        Cause.VIRUS: ("spam", "content blocked"),
        Cause.POLICY: ("spam", "policy issue"),
        Cause.AUTHENTICATION: ("spam", "policy issue"),
        Cause.TOO_LARGE: ("system", "protocol issue"),
        Cause.PROTOCOL: ("system", "protocol issue"),
        Cause.CONNECTION: ("system", "connection issue"),
        Cause.EXPIRED: ("system", "connection issue"),
        Cause.RATE: ("system", "connection issue"),
        Cause.SYSTEM: ("system", "system issue"),
        Cause.SUPPRESSED: ("mailjet", "preblocked"),
    }
)


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return all events in one array, as Mailjet does where events are grouped."""
    return Request(encode([_record(event) for event in events]))


def _record(event: Event) -> dict[str, Any]:
    sent = event.sent
    return {
        "event": _NAMES[event.kind],
        "time": instant.seconds(event.at),
        "MessageID": derived.number("mailjet message", f"{sent.public_id} {event.recipient}", 17),
        "Message_GUID": derived.guid("mailjet message", f"{sent.public_id} {event.recipient}"),
        "email": event.recipient,
        "mj_campaign_id": derived.number("mailjet campaign", sent.value("X-Mailjet-Campaign"), 10),
        "mj_contact_id": derived.number("mailjet contact", event.recipient.lower(), 10),
        "customcampaign": sent.value("X-Mailjet-Campaign"),
        "CustomID": sent.value("X-MJ-CustomID"),
        "Payload": sent.value("X-MJ-EventPayload"),
        **_particulars(event),
    }


def _particulars(event: Event) -> dict[str, Any]:
    match event.kind:
        case Kind.DELIVERED:
            number = derived.number("mailjet message", f"{event.sent.public_id} {event.recipient}", 17)
            return {"mj_message_id": str(number), "smtp_reply": event.said or "250 2.0.0 Ok"}
        case Kind.COMPLAINED:
            return {"source": "JMRPP"}
        case Kind.OPENED:
            return {"ip": event.reader, "geo": "", "agent": event.user_agent}
        case Kind.CLICKED:
            return {"ip": event.reader, "geo": "", "agent": event.user_agent, "url": event.link}
        case _:
            return _failure(event)


def _failure(event: Event) -> dict[str, Any]:
    related, error = _ERRORS.get(cause_of(event), ("system", "system issue"))
    failure = {"error_related_to": related, "error": error}
    if event.kind is Kind.SUPPRESSED:
        return failure
    is_hard = event.kind is Kind.BOUNCED and event.is_hard and related in ("recipient", "domain")
    return {**failure, "blocked": False, "hard_bounce": is_hard, "comment": event.said}


# Repeated for 24 hours; the intervals are not published.
POLICY = Policy(
    (1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR), accepts=ONLY_200
)
PROVIDER = Provider("mailjet", "Mailjet", compose, USUAL, POLICY, batch=500)
