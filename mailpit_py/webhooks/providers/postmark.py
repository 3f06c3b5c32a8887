"""Postmark: one record a request, without a signature; a password in the URL is what protects the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import custom, derived, instant
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import MINUTE, ONLY_200, Policy
from mailpit_py.webhooks.request import EVERY_KIND, Hook, Provider, Request, Stamp, encode

SERVER_ID = 1_000_001

# Type, its code and its name; a hard bounce deactivates the address.
_HARD = ("HardBounce", 1, "Hard bounce")
_SOFT = ("SoftBounce", 4096, "Soft bounce")
_BLOCKED = ("Blocked", 100006, "ISP block")
_SPAM = ("SpamNotification", 512, "Spam notification")
_TYPES: Mapping[Cause, tuple[str, int, str]] = MappingProxyType(
    {
        Cause.UNKNOWN_USER: _HARD,
        Cause.INACTIVE: _HARD,
        Cause.DOMAIN: _HARD,
        Cause.ADDRESS: ("BadEmailAddress", 100000, "Invalid email address"),
        Cause.MAILBOX_FULL: _SOFT,
        Cause.EXPIRED: _SOFT,
        Cause.TOO_LARGE: _SOFT,
        Cause.CONNECTION: _SOFT,
        Cause.SYSTEM: _SOFT,
        Cause.RATE: _SOFT,
        Cause.GREYLISTED: _SOFT,
        Cause.PROTOCOL: _SOFT,
        Cause.DNS: ("DnsError", 256, "DNS error"),
        Cause.BLOCKED: _BLOCKED,
        Cause.REPUTATION: _BLOCKED,
        Cause.POLICY: _BLOCKED,
        Cause.RELAY: _BLOCKED,
        Cause.SPAM: _SPAM,
        Cause.CONTENT: _SPAM,
        Cause.ATTACHMENT: _SOFT,
        Cause.VIRUS: ("VirusNotification", 8192, "Virus notification"),
        Cause.AUTHENTICATION: ("DMARCPolicy", 100009, "DMARC policy"),
        Cause.SUPPRESSED: ("SMTPApiError", 100007, "SMTP API error"),
        Cause.AUTO_REPLY: ("AutoResponder", 64, "Auto responder"),
        Cause.CHALLENGE: ("ChallengeVerification", 16384, "Spam challenge verification"),
    }
)
_TRANSIENT = ("Transient", 2, "Message delayed")
_COMPLAINT = ("SpamComplaint", 100001, "Spam complaint")
_UNKNOWN = ("Unknown", 2048, "Undeliverable")
_DEACTIVATING = frozenset({"HardBounce", "BadEmailAddress", "SpamComplaint"})


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the record of the one event."""
    event = events[0]
    words = {Kind.DELIVERED: _delivery, Kind.OPENED: _open, Kind.CLICKED: _click}.get(event.kind, _bounce)
    return Request(encode(words(event)), (("Content-Type", "application/json"), ("User-Agent", "Postmark")))


def _common(event: Event, kind: str) -> dict[str, Any]:
    sent = event.sent
    return {
        "RecordType": kind,
        "MessageStream": sent.value("X-PM-Message-Stream") or "outbound",
        "MessageID": derived.guid("postmark message", sent.public_id),
        "ServerID": SERVER_ID,
        "Tag": sent.value("X-PM-Tag"),
        "Metadata": custom.prefixed(sent, "X-PM-Metadata-"),
    }


def _bounce(event: Event) -> dict[str, Any]:
    kind, code, name = _type(event)
    return {
        **_common(event, "SpamComplaint" if event.kind is Kind.COMPLAINED else "Bounce"),
        "ID": derived.number("postmark bounce", event.id, 16),
        "Type": kind,
        "TypeCode": code,
        "Name": name,
        "Description": f"{name}: the message to {event.recipient} was not delivered as usual.",
        "Details": f"smtp;{event.said}" if event.said else "",
        "Email": event.recipient,
        "From": event.sent.from_[0] if event.sent.from_ else event.sent.reverse_path,
        "BouncedAt": instant.ticks(event.at),
        "DumpAvailable": False,
        "Inactive": kind in _DEACTIVATING,
        "CanActivate": kind != "SpamComplaint",
        "Subject": event.sent.subject,
        "Content": "",
    }


def _type(event: Event) -> tuple[str, int, str]:
    if event.kind is Kind.DEFERRED:
        return _TRANSIENT
    if event.kind is Kind.COMPLAINED:
        return _COMPLAINT
    found = _TYPES.get(cause_of(event), _UNKNOWN)
    return _SOFT if found is _HARD and event.kind is Kind.BOUNCED and not event.is_hard else found


def _delivery(event: Event) -> dict[str, Any]:
    words = {"Recipient": event.recipient, "DeliveredAt": instant.ticks(event.at)}
    return {**_common(event, "Delivery"), **words, "Details": event.said or "250 2.0.0 Ok"}


def _read(event: Event, kind: str) -> dict[str, Any]:
    facts = {
        "Recipient": event.recipient,
        "ReceivedAt": instant.ticks(event.at),
        "Platform": "Desktop",
        "UserAgent": event.user_agent,
        "Client": {"Name": "Firefox", "Company": "Mozilla", "Family": "Firefox"},
        "OS": {"Name": "Linux", "Company": "", "Family": "Linux"},
        "Geo": {"IP": event.reader},
    }
    return {**_common(event, kind), **facts}


def _open(event: Event) -> dict[str, Any]:
    return {**_read(event, "Open"), "FirstOpen": event.attempt == 1}


def _click(event: Event) -> dict[str, Any]:
    return {**_read(event, "Click"), "ClickLocation": "HTML", "OriginalLink": event.link}


_PAUSES = (1, 5, 10, 10, 10, 15, 30, 60, 120, 360)  # minutes
POLICY = Policy(tuple(pause * MINUTE for pause in _PAUSES), timeout=120, accepts=ONLY_200, refusals=frozenset({403}))
PROVIDER = Provider("postmark", "Postmark", compose, EVERY_KIND, POLICY)
