"""Amazon SES, notifications of an identity through SNS: bounces, complaints and deliveries, without tags."""

from __future__ import annotations

from collections.abc import Sequence

from mailpit_py.webhooks import sns
from mailpit_py.webhooks.event import Event, Kind
from mailpit_py.webhooks.providers import ses
from mailpit_py.webhooks.request import Hook, Provider, Request, Stamp, encode


def compose(events: Sequence[Event], hook: Hook, stamp: Stamp) -> Request:
    """Return the notification in an SNS notification without a subject."""
    event = events[0]
    mail = {**ses.mail(event), "sourceIp": event.sent.client, "callerIdentity": "mailpit-py"}
    if event.kind is Kind.COMPLAINED:
        told = {"notificationType": "Complaint", "complaint": ses.complaint(event), "mail": mail}
    elif event.kind is Kind.DELIVERED:
        told = {"notificationType": "Delivery", "mail": mail, "delivery": ses.delivery(event)}
    else:
        told = {"notificationType": "Bounce", "bounce": ses.bounce(event), "mail": mail}
    return sns.notification(encode(told).decode("ascii"), "", hook, stamp)


KINDS = frozenset({Kind.DELIVERED, Kind.BOUNCED, Kind.SUPPRESSED, Kind.COMPLAINED})
PROVIDER = Provider(
    "ses_identity", "Amazon SES (notifications of an identity)", compose, KINDS, sns.POLICY, "certificate"
)
