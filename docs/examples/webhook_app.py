"""Webhooks of three providers: what Amazon SES, SendGrid and Postmark tell of a newsletter's mail.

    SENDGRID_PUBLIC_KEY=... POSTMARK_PASSWORD=hook:secret python webhook_app.py 8000
    mailpit-py --webhooks "ses=http://localhost:8000/ses"

Each request is checked before it is believed. For production leave TRUSTED_SNS as Amazon's own host:
nothing else differs between the provider and the sandbox.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import sys
import urllib.request
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from flask import Flask, abort, request
from subscribers import Subscribers
from werkzeug.serving import make_server

# Where certificates may come from and subscriptions may be confirmed: https://sns.us-east-1.amazonaws.com/ is Amazon's.
TRUSTED_SNS = os.environ.get("TRUSTED_SNS", "http://localhost:8025/sns/")
SENDGRID_PUBLIC_KEY = os.environ.get("SENDGRID_PUBLIC_KEY", "")
POSTMARK_PASSWORD = os.environ.get("POSTMARK_PASSWORD", "hook:secret")

SIGNED_BY_SNS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def create_app(subscribers: Subscribers) -> Flask:
    app = Flask(__name__)

    @app.post("/ses")
    def ses() -> str:
        told = json.loads(request.get_data())  # Amazon says text/plain
        check_sns(told)
        if told["Type"] == "SubscriptionConfirmation":
            read(told["SubscribeURL"])
            print("the subscription is confirmed", flush=True)
        elif told["Type"] == "Notification":
            subscribers.mark_all(told_by_ses(json.loads(told["Message"])))
        return ""

    @app.post("/sendgrid")
    def sendgrid() -> str:
        body = request.get_data()  # the raw octets are what is signed
        check_sendgrid(body)
        subscribers.mark_all(told_by_sendgrid(json.loads(body)))
        return ""

    @app.post("/postmark")
    def postmark() -> str:
        given = request.authorization
        password = f"{given.username}:{given.password}" if given else ""
        if not hmac.compare_digest(password.encode(), POSTMARK_PASSWORD.encode()):
            abort(401)
        subscribers.mark_all(told_by_postmark(request.get_json()))
        return ""

    return app


def told_by_ses(event: dict[str, Any]) -> list[tuple[str, str]]:
    kind = event.get("eventType") or event.get("notificationType")
    if kind == "Bounce":
        # Transient: the mailbox was full, the message too large. The address may be good again.
        state = "bounced" if event["bounce"]["bounceType"] == "Permanent" else "deferred"
        return [(one["emailAddress"], state) for one in event["bounce"]["bouncedRecipients"]]
    if kind == "DeliveryDelay":
        return [(one["emailAddress"], "deferred") for one in event["deliveryDelay"]["delayedRecipients"]]
    if kind == "Complaint":
        return [(one["emailAddress"], "complained") for one in event["complaint"]["complainedRecipients"]]
    return []


def told_by_sendgrid(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    states = {"bounce": "bounced", "deferred": "deferred", "spamreport": "complained", "dropped": "bounced"}
    # Blocked: the message was not wanted, the address is good.
    wanted = [one for one in events if one["event"] in states and one.get("type") != "blocked"]
    return [(one["email"], states[one["event"]]) for one in wanted]


def told_by_postmark(event: dict[str, Any]) -> list[tuple[str, str]]:
    if event["RecordType"] == "SpamComplaint":
        return [(event["Email"], "complained")]
    if event["RecordType"] == "Bounce" and event["Type"] != "AutoResponder":  # which is told as a bounce too
        # Inactive: Postmark will not send there any more.
        return [(event["Email"], "bounced" if event["Inactive"] else "deferred")]
    return []


def check_sns(told: dict[str, str]) -> None:
    """Let nothing pass that SNS did not sign."""
    names = SIGNED_BY_SNS.get(told.get("Type", ""))
    if names is None or not told["SigningCertURL"].startswith(TRUSTED_SNS):
        abort(403)
    if not told.get("SubscribeURL", TRUSTED_SNS).startswith(TRUSTED_SNS):
        abort(403)
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    digest = hashes.SHA256() if told["SignatureVersion"] == "2" else hashes.SHA1()
    key = x509.load_pem_x509_certificate(read(told["SigningCertURL"])).public_key()
    try:
        key.verify(base64.b64decode(told["Signature"]), signed.encode(), padding.PKCS1v15(), digest)
    except InvalidSignature:
        abort(403)


def check_sendgrid(body: bytes) -> None:
    """Let nothing pass that SendGrid did not sign."""
    key = serialization.load_der_public_key(base64.b64decode(SENDGRID_PUBLIC_KEY))
    prefix = "X-Twilio-Email-Event-Webhook-"
    signature = base64.b64decode(request.headers.get(f"{prefix}Signature", ""))
    timestamp = request.headers.get(f"{prefix}Timestamp", "")
    try:
        key.verify(signature, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        abort(403)


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    server = make_server("127.0.0.1", port, create_app(Subscribers()), threaded=True)
    print(f"listening on port {server.port}", flush=True)
    server.serve_forever()
