"""Amazon SNS: the envelope around a notification and around the request to confirm a subscription."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from mailpit_py.webhooks import derived, instant
from mailpit_py.webhooks.policy import Policy
from mailpit_py.webhooks.request import Hook, Request, Stamp, encode

ACCOUNT = "123456789012"
REGION = "us-east-1"
PATH = "sns/"  # below the base URL: the certificate and the two actions
NOTIFICATION, CONFIRMATION, FAREWELL = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
# Three retries twenty seconds apart; what the client did wrong is not tried again.
POLICY = Policy((20.0, 20.0, 20.0), timeout=15, refusals=frozenset(range(400, 500)) - {429})
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    FAREWELL: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def topic(hook: Hook) -> str:
    """Return the name of the topic that a subscription belongs to."""
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:mailpit-py-{hook.name}"


def subscription(hook: Hook) -> str:
    """Return the name of the subscription itself."""
    return f"{topic(hook)}:{derived.guid('sns subscription', hook.name)}"


def token(hook: Hook) -> str:
    """Return the token that proves that whoever confirms has seen the request: it cannot be guessed."""
    return hook.keys.secret(f"confirmation of {hook.name}").encode().hex()


def is_token(text: str, hook: Hook) -> bool:
    """True if this is the token of a subscription."""
    return hmac.compare_digest(text.encode("utf-8", "surrogatepass"), token(hook).encode())


def notification(message: str, subject: str, hook: Hook, stamp: Stamp) -> Request:
    """Return a signed notification that carries `message`."""
    leave = _action(hook, Action="Unsubscribe", SubscriptionArn=subscription(hook), Token=token(hook))
    fields = {"Subject": subject, "Message": message, "UnsubscribeURL": leave}
    return _signed(NOTIFICATION, {name: value for name, value in fields.items() if value}, hook, stamp)


def confirmation(hook: Hook, stamp: Stamp, kind: str = CONFIRMATION) -> Request:
    """Return the signed request to confirm a subscription, or (FAREWELL) the note that it has ended."""
    verb = "subscribe to" if kind == CONFIRMATION else "deactivate the subscription of"
    message = f"You have chosen to {verb} the topic {topic(hook)}.\nTo confirm, visit the SubscribeURL in this message."
    visit = _action(hook, Action="ConfirmSubscription", TopicArn=topic(hook), Token=token(hook))
    return _signed(kind, {"Token": token(hook), "Message": message, "SubscribeURL": visit}, hook, stamp)


def certificate_url(hook: Hook) -> str:
    """Return where a verifier finds the certificate."""
    return hook.certificate_url or f"{hook.base_url}{PATH}{hook.keys.certificate_name}"


def string_to_sign(fields: Mapping[str, str]) -> bytes:
    """Return what is signed: names and values on lines of their own, in byte order of the names."""
    names = (name for name in _SIGNED[fields["Type"]] if name in fields)
    return "".join(f"{name}\n{fields[name]}\n" for name in names).encode()


def _action(hook: Hook, **query: str) -> str:
    return f"{hook.base_url}{PATH}?{urlencode(query)}"


def _signed(kind: str, particular: Mapping[str, str], hook: Hook, stamp: Stamp) -> Request:
    message_id = derived.guid("sns message", stamp.id)
    timestamp = instant.milliseconds(stamp.wall)
    fields = {"Type": kind, "MessageId": message_id, "TopicArn": topic(hook), **particular, "Timestamp": timestamp}
    fields["SignatureVersion"] = hook.signature_version
    fields["Signature"] = hook.keys.sign_rsa(string_to_sign(fields), hook.signature_version)
    fields["SigningCertURL"] = certificate_url(hook)
    headers = [
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("User-Agent", "Amazon Simple Notification Service Agent"),
        ("x-amz-sns-message-type", kind),
        ("x-amz-sns-message-id", message_id),
        ("x-amz-sns-topic-arn", topic(hook)),
    ]
    if kind != CONFIRMATION:
        headers.append(("x-amz-sns-subscription-arn", subscription(hook)))
    return Request(encode(fields), tuple(headers))
