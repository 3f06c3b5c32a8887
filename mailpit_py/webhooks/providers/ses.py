"""Amazon SES, event publishing through SNS: what a configuration set reports, with the message's tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.webhooks import custom, derived, instant, sns
from mailpit_py.webhooks.cause import Cause, cause_of
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.request import USUAL, Hook, Provider, Request, Stamp, encode

_TEMPORARY: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.MAILBOX_FULL: "MailboxFull",
        Cause.TOO_LARGE: "MessageTooLarge",
        Cause.CONTENT: "ContentRejected",
        Cause.SPAM: "ContentRejected",
        Cause.VIRUS: "ContentRejected",
        Cause.ATTACHMENT: "AttachmentRejected",
        Cause.EXPIRED: "CustomTimeoutExceeded",
    }
)
# Permanent replies that SES still calls transient: the address itself is good.
_PASSING = frozenset({*_TEMPORARY, Cause.DNS, Cause.CONNECTION, Cause.RATE, Cause.GREYLISTED, Cause.SYSTEM})
_DELAYS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.MAILBOX_FULL: "MailboxFull",
        Cause.SPAM: "SpamDetected",
        Cause.BLOCKED: "IPFailure",
        Cause.REPUTATION: "IPFailure",
        Cause.SYSTEM: "RecipientServerError",
        Cause.CONNECTION: "TransientCommunicationFailure",
        Cause.DNS: "TransientCommunicationFailure",
    }
)
SIMULATOR = "simulator.amazonses.com"


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the event, with the type's own object, in an SNS notification."""
    event = events[0]
    kind, name, words = _KINDS[event.kind]
    message = {"eventType": kind, "mail": _mail(event), name: words(event)}
    return sns.notification(f"{encode(message).decode('ascii')}\n", "Amazon SES Email Event Notification", hook, stamp)


def mail(event: Event) -> dict[str, Any]:
    """Return what both kinds of notification say about the message."""
    sent = event.sent
    common = {
        "from": list(sent.from_),
        "date": sent.value("Date"),
        "to": list(sent.to),
        "messageId": f"<{sent.message_id}>" if sent.message_id else "",
        "subject": sent.subject,
    }
    return {
        "timestamp": instant.milliseconds(sent.received_at),
        "source": sent.reverse_path,
        "sourceArn": f"arn:aws:ses:{sns.REGION}:{sns.ACCOUNT}:identity/{sent.domain}",
        "sendingAccountId": sns.ACCOUNT,
        "messageId": sent.public_id,
        "destination": list(sent.recipients),
        "headersTruncated": sent.is_truncated,
        "headers": [{"name": name, "value": value} for name, value in sent.fields],
        "commonHeaders": {name: value for name, value in common.items() if value},
    }


def _mail(event: Event) -> dict[str, Any]:
    sent = event.sent
    automatic = {
        "ses:configuration-set": sent.value("X-SES-CONFIGURATION-SET"),
        "ses:source-ip": sent.client,
        "ses:from-domain": sent.domain,
        "ses:caller-identity": "mailpit-py",
    }
    own = custom.pairs(sent.value("X-SES-MESSAGE-TAGS"))
    return {**mail(event), "tags": {name: [value] for name, value in (automatic | own).items() if value}}


def bounce(event: Event) -> dict[str, Any]:
    """Return the bounce object; an address on a suppression list bounces without being tried."""
    kind, subtype = _bounce_type(event)
    recipient = {"emailAddress": event.recipient, "action": "failed", "status": event.status or "5.0.0"}
    recipient["diagnosticCode"] = _diagnostic(event, subtype)
    told = {
        "feedbackId": feedback_id(event),
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [recipient],
        "timestamp": instant.milliseconds(event.at),
        "reportingMTA": f"dns; {host(event)}",
    }
    return told if event.kind is Kind.SUPPRESSED else {**told, "remoteMtaIp": event.remote_address}


def _bounce_type(event: Event) -> tuple[str, str]:
    cause = cause_of(event)
    if cause is Cause.SUPPRESSED:
        return "Permanent", "Suppressed" if event.domain == SIMULATOR else "OnAccountSuppressionList"
    if cause is Cause.UNKNOWN and not event.status:
        return "Undetermined", "Undetermined"
    is_permanent = event.is_hard and cause not in _PASSING
    return ("Permanent", "General") if is_permanent else ("Transient", _TEMPORARY.get(cause, "General"))


def _diagnostic(event: Event, subtype: str) -> str:
    if event.said and (event.code or cause_of(event) is not Cause.SUPPRESSED):
        return f"smtp; {event.said}"
    return event.text or f"Amazon SES did not try: {subtype}"  # no server has been asked


def complaint(event: Event) -> dict[str, Any]:
    """Return the complaint object."""
    return {
        "feedbackId": feedback_id(event),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": event.recipient}],
        "timestamp": instant.milliseconds(event.at),
        "userAgent": "mailpit-py feedback loop",
        "complaintFeedbackType": "abuse",
        "arrivalDate": instant.milliseconds(event.at),
    }


def delivery(event: Event) -> dict[str, Any]:
    """Return the delivery object."""
    return {
        "timestamp": instant.milliseconds(event.at),
        "processingTimeMillis": max(event.at - event.sent.received_at, 0) // 1_000,
        "recipients": [event.recipient],
        "smtpResponse": event.said or "250 2.0.0 Ok",
        "remoteMtaIp": event.remote_address,
        "reportingMTA": host(event),
    }


def _delay(event: Event) -> dict[str, Any]:
    recipient = {"emailAddress": event.recipient, "status": event.status, "diagnosticCode": f"smtp; {event.said}"}
    until = event.retry_until
    expiry = {"expirationTime": instant.milliseconds(until)} if until is not None else {}
    delay_type = _DELAYS.get(cause_of(event), "General")
    when = instant.milliseconds(event.at)
    return {"timestamp": when, "delayType": delay_type, **expiry, "delayedRecipients": [recipient]}


def _open(event: Event) -> dict[str, Any]:
    return {"ipAddress": event.reader, "timestamp": instant.milliseconds(event.at), "userAgent": event.user_agent}


def _click(event: Event) -> dict[str, Any]:
    return {**_open(event), "link": event.link, "linkTags": None}


def feedback_id(event: Event) -> str:
    """Return the id of a bounce or complaint."""
    return f"{derived.hexadecimal('ses', event.id, 16)}-{derived.guid('ses feedback', event.id)}-000000"


def host(event: Event) -> str:
    """Return the name of the host that tried to deliver."""
    number = derived.number("ses host", event.sent.public_id, 2)
    return f"a{number // 10}-{number}.smtp-out.amazonses.com"


_KINDS: Mapping[Kind, tuple[str, str, Callable[[Event], dict[str, Any]]]] = MappingProxyType(
    {
        Kind.DELIVERED: ("Delivery", "delivery", delivery),
        Kind.DEFERRED: ("DeliveryDelay", "deliveryDelay", _delay),
        Kind.BOUNCED: ("Bounce", "bounce", bounce),
        Kind.SUPPRESSED: ("Bounce", "bounce", bounce),
        Kind.COMPLAINED: ("Complaint", "complaint", complaint),
        Kind.OPENED: ("Open", "open", _open),
        Kind.CLICKED: ("Click", "click", _click),
    }
)
PROVIDER = Provider("ses", "Amazon SES (event publishing)", compose, USUAL, sns.POLICY, "certificate")
