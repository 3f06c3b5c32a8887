"""Resend: one event a request, signed as Svix signs, in headers of Svix's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import derived, instant
from mailpit_py.webhooks.cause import cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, Policy
from mailpit_py.webhooks.providers import ses, standard
from mailpit_py.webhooks.request import USUAL, Hook, Provider, Request, Stamp, encode

_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DELIVERED: "email.delivered",
        Kind.DEFERRED: "email.delivery_delayed",
        Kind.BOUNCED: "email.bounced",
        Kind.SUPPRESSED: "email.suppressed",
        Kind.COMPLAINED: "email.complained",
        Kind.OPENED: "email.opened",
        Kind.CLICKED: "email.clicked",
    }
)


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the signed event."""
    event = events[0]
    told = {"type": _NAMES[event.kind], "created_at": instant.milliseconds(event.at), "data": _data(event)}
    body = encode(told)
    signed = standard.sign(body, hook.secret or hook.keys.secret("resend"), stamp, "svix")
    return Request(body, (("Content-Type", "application/json"), ("User-Agent", "Svix-Webhooks/1.0"), *signed))


def _data(event: Event) -> dict[str, Any]:
    """Return the message's facts; `to` is the one recipient, since the event is of that one alone."""
    sent = event.sent
    return {
        "email_id": derived.guid("resend email", sent.public_id),
        "created_at": instant.milliseconds(sent.received_at),
        "from": sent.from_[0] if sent.from_ else sent.reverse_path,
        "to": [event.recipient],
        "subject": sent.subject,
        "headers": [{"name": name, "value": value} for name, value in sent.fields if name.lower().startswith("x-")],
        **_particulars(event),
    }


def _particulars(event: Event) -> dict[str, Any]:
    match event.kind:
        case Kind.BOUNCED:
            return {"bounce": _bounce(event)}
        case Kind.SUPPRESSED:
            words = "The address is on the account's suppression list; the message was not sent."
            return {"suppressed": {"message": words, "type": "OnAccountSuppressionList"}}
        case Kind.CLICKED:
            when = instant.milliseconds(event.at)
            facts = {"ipAddress": event.reader, "link": event.link, "timestamp": when, "userAgent": event.user_agent}
            return {"click": facts}
        case _:
            return {}


def _bounce(event: Event) -> dict[str, Any]:
    told = ses.bounce(event)
    cause = cause_of(event).name.lower().replace("_", " ")
    return {
        "message": f"The recipient's provider answered with a bounce message; the cause: {cause}.",
        "type": told["bounceType"],
        "subType": told["bounceSubType"],
        "diagnosticCode": [told["bouncedRecipients"][0]["diagnosticCode"]],
    }


POLICY = Policy((5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR), timeout=15)
PROVIDER = Provider("resend", "Resend", compose, USUAL, POLICY, "secret")
