"""SparkPost: a batch of wrapped events, without a signature; a password in the URL is what protects the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import custom, derived, instant
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.policy import MINUTE, ONLY_200, Policy
from mailpit_py.webhooks.request import EVERY_KIND, Hook, Provider, Request, Stamp, encode

CUSTOMER_ID = "1"
_TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DELIVERED: "delivery",
        Kind.DEFERRED: "delay",
        Kind.BOUNCED: "bounce",
        Kind.SUPPRESSED: "policy_rejection",
        Kind.COMPLAINED: "spam_complaint",
        Kind.AUTO_REPLIED: "out_of_band",
        Kind.OPENED: "open",
        Kind.CLICKED: "click",
    }
)
_CLASSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.UNKNOWN_USER: "10",
        Cause.ADDRESS: "10",
        Cause.INACTIVE: "10",
        Cause.MAILBOX_FULL: "22",
        Cause.DOMAIN: "21",
        Cause.DNS: "21",
        Cause.TOO_LARGE: "23",
        Cause.EXPIRED: "24",
        Cause.CONNECTION: "24",
        Cause.SUPPRESSED: "25",
        Cause.BLOCKED: "50",
        Cause.POLICY: "50",
        Cause.AUTHENTICATION: "50",
        Cause.PROTOCOL: "50",
        Cause.REPUTATION: "51",
        Cause.SPAM: "52",
        Cause.CONTENT: "52",
        Cause.ATTACHMENT: "53",
        Cause.VIRUS: "53",
        Cause.RELAY: "54",
        Cause.AUTO_REPLY: "60",
        Cause.CHALLENGE: "100",
        Cause.RATE: "70",
        Cause.GREYLISTED: "70",
        Cause.SYSTEM: "70",
    }
)
_SUPPRESSED = "554 5.7.1 recipient address suppressed due to customer policy"


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return all events in one batch; its id is the same when the batch is repeated."""
    body = encode([{"msys": {_wrapper(event): _record(event)}} for event in events])
    batch = derived.guid("sparkpost batch", stamp.id)
    return Request(body, (("Content-Type", "application/json"), ("X-MessageSystems-Batch-ID", batch)))


def _wrapper(event: Event) -> str:
    return "track_event" if event.kind in (Kind.OPENED, Kind.CLICKED) else "message_event"


def _record(event: Event) -> dict[str, Any]:
    sent = event.sent
    asked = custom.mapping(sent.value("X-MSYS-API"))
    return {
        "type": _TYPES[event.kind],
        "event_id": str(derived.number("sparkpost event", event.id, 18)),
        "timestamp": str(instant.seconds(event.at)),
        "injection_time": instant.milliseconds(sent.received_at),
        "customer_id": CUSTOMER_ID,
        "subaccount_id": "0",
        "message_id": derived.hexadecimal("sparkpost message", f"{sent.public_id} {event.recipient}", 20),
        "transmission_id": str(derived.number("sparkpost transmission", sent.public_id, 17)),
        "campaign_id": "".join(custom.words(asked.get("campaign_id"))[:1]),
        "friendly_from": sent.from_[0] if sent.from_ else sent.reverse_path,
        "msg_from": sent.reverse_path,
        "rcpt_to": event.recipient.lower(),
        "raw_rcpt_to": event.recipient,
        "recipient_domain": event.domain,
        "rcpt_meta": custom.inner(asked, "metadata"),
        "rcpt_tags": custom.words(asked.get("tags")),
        "subject": sent.subject,
        "msg_size": str(sent.size_bytes),
        "routing_domain": event.domain,
        "sending_ip": sent.client,
        "mailbox_provider": event.mx,
        **_particulars(event),
    }


def _particulars(event: Event) -> dict[str, Any]:
    match event.kind:
        case Kind.DELIVERED:
            return {"delv_method": "esmtp", "num_retries": str(event.attempt - 1), "ip_address": event.remote_address}
        case Kind.COMPLAINED:
            return {
                "fbtype": "abuse",
                "report_by": event.mx,
                "report_to": event.sent.reverse_path,
                "user_str": "mailpit-py feedback loop",
            }
        case Kind.OPENED:
            return {"ip_address": event.reader, "user_agent": event.user_agent}
        case Kind.CLICKED:
            return {
                "ip_address": event.reader,
                "user_agent": event.user_agent,
                "target_link_url": event.link,
                "target_link_name": "",
            }
        case _:
            return _failure(event)


def _failure(event: Event) -> dict[str, Any]:
    said = _SUPPRESSED if event.kind is Kind.SUPPRESSED else event.said
    return {
        "bounce_class": _CLASSES.get(cause_of(event), "1"),
        "error_code": said[:3] if said[:3].isdigit() else "",
        "raw_reason": said,
        "reason": said,
        "delv_method": "esmtp",
        "device_token": event.recipient,
        "num_retries": str(event.attempt - 1),
        "ip_address": event.remote_address,
    }


_PAUSES = (1, 2, 5, 10, 20, 40, 80, 120, 180)  # minutes, eight hours in all; the intervals are not published
POLICY = Policy(tuple(pause * MINUTE for pause in _PAUSES), accepts=ONLY_200)
PROVIDER = Provider("sparkpost", "SparkPost", compose, EVERY_KIND, POLICY, batch=500)
