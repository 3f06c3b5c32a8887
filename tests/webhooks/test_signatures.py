"""Every signature is accepted by a verifier that nobody here wrote, and a changed octet is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from sendgrid.helpers.eventwebhook import EventWebhook
from standardwebhooks import Webhook, WebhookVerificationError
from svix.webhooks import Webhook as Svix
from svix.webhooks import WebhookVerificationError as SvixError

from mailpit_py.application.keyring import make_keys
from mailpit_py.webhooks import Sent, sns
from mailpit_py.webhooks.providers import PROVIDERS
from mailpit_py.webhooks.request import Request
from tests.webhooks.events import EVENT, RECIPIENT, failing
from tests.webhooks.oracle import Verifiers, verifiers

OWN_SECRETS = {"resend": "whsec_b3VyIG93biBzZWNyZXQgb2YgMjQgYnl0ZXM=", "standard": "whsec_YW5vdGhlciBvd24gc2VjcmV0"}


@pytest.fixture(scope="module")
def node(tmp_path_factory, hook):
    """The verifiers of npm, with the certificate behind HTTPS."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    server = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    server.private_key_pem.write_to_path(folder / "key.pem")
    for index, pem in enumerate(server.cert_chain_pems):
        pem.write_to_path(folder / "cert.pem", append=index > 0)
    (folder / "sns.pem").write_bytes(hook.keys.certificate)
    with verifiers(certificate=folder / "sns.pem", tls=folder) as running:
        yield running


def composed(provider, hook, stamp) -> Request:
    return PROVIDERS[provider].compose([failing("unknown_user")], hook, stamp)


def tampered(body: bytes) -> bytes:
    """The body with one octet of the recipient's address changed."""
    changed = body.replace(b"Nobody@dest.example", b"nobody@dest.example", 1)
    assert changed != body
    return changed


def header(request: Request, name: str) -> str:
    return dict(request.headers)[name]


def sendgrid_headers(request: Request) -> dict[str, str]:
    prefix = "X-Twilio-Email-Event-Webhook-"
    return {name: header(request, prefix + name.capitalize()) for name in ("signature", "timestamp")}


def test_sendgrid_is_verified_by_its_own_python_library(hook, stamp):
    request = composed("sendgrid", hook, stamp)
    webhook = EventWebhook(hook.keys.public_key)
    known = sendgrid_headers(request)
    assert webhook.verify_signature(request.body.decode(), **known)
    assert not webhook.verify_signature(tampered(request.body).decode(), **known)


def test_sendgrid_is_verified_by_its_own_node_library(hook, stamp, node: Verifiers):
    request = composed("sendgrid", hook, stamp)
    known = {"publicKey": hook.keys.public_key, **sendgrid_headers(request)}
    assert node.ask("sendgrid", body=request.body.decode(), **known)
    assert not node.ask("sendgrid", body=tampered(request.body).decode(), **known)


def test_sendgrid_signs_the_whole_batch(hook, stamp, node: Verifiers):
    events = [replace(EVENT, id=str(number), recipient=f"u{number}@dest.example") for number in range(500)]
    request = PROVIDERS["sendgrid"].compose(events, hook, stamp)
    assert [record["email"] for record in json.loads(request.body)] == [event.recipient for event in events]
    known = {"publicKey": hook.keys.public_key, **sendgrid_headers(request)}
    assert node.ask("sendgrid", body=request.body.decode(), **known)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("provider", ["ses", "ses_identity"])
def test_sns_notifications_are_verified_by_sns_validator(hook, stamp, node: Verifiers, provider, version):
    url = f"https://localhost:{node.port}/sns/{hook.keys.certificate_name}"
    request = composed(provider, replace(hook, certificate_url=url, signature_version=version), stamp)
    assert node.ask("sns", body=request.body.decode(), host=r"^localhost:\d+$")
    assert not node.ask("sns", body=tampered(request.body).decode(), host=r"^localhost:\d+$")


@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_confirmations_are_verified_by_sns_validator(hook, stamp, node: Verifiers, version):
    url = f"https://localhost:{node.port}/sns/{hook.keys.certificate_name}"
    signing = replace(hook, certificate_url=url, signature_version=version)
    body = sns.confirmation(signing, stamp).body.decode()
    assert node.ask("sns", body=body, host=r"^localhost:\d+$")
    assert not node.ask("sns", body=body.replace("Token=", "Token=0", 1), host=r"^localhost:\d+$")


def test_an_unsubscription_is_signed_over_the_keys_of_a_confirmation(hook, stamp):
    fields = json.loads(sns.confirmation(hook, stamp, sns.FAREWELL).body)
    names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    signed = "".join(f"{name}\n{fields[name]}\n" for name in names).encode()
    certificate = x509.load_pem_x509_certificate(hook.keys.certificate)
    certificate.public_key().verify(base64.b64decode(fields["Signature"]), signed, padding.PKCS1v15(), hashes.SHA1())


@pytest.mark.parametrize("secret", ["", OWN_SECRETS["resend"]])
def test_resend_is_verified_by_svix(hook, stamp, secret):
    request = composed("resend", replace(hook, secret=secret), stamp)
    checker = Svix(secret or hook.keys.secret("resend"))
    checker.verify(request.body, dict(request.headers))
    with pytest.raises(SvixError):
        checker.verify(tampered(request.body), dict(request.headers))


@pytest.mark.parametrize("secret", ["", OWN_SECRETS["standard"]])
def test_the_plain_one_is_verified_by_standardwebhooks(hook, stamp, secret):
    request = composed("standard", replace(hook, secret=secret), stamp)
    checker = Webhook(secret or hook.keys.secret("standard"))
    assert checker.verify(request.body, dict(request.headers))["type"] == "message.bounced"
    with pytest.raises(WebhookVerificationError):
        checker.verify(tampered(request.body), dict(request.headers))


@pytest.mark.parametrize("age", [6 * 60, -6 * 60])
def test_a_signature_of_another_time_is_refused(hook, stamp, age):
    request = composed("standard", hook, replace(stamp, wall=stamp.wall - age * 1_000_000))
    with pytest.raises(WebhookVerificationError, match="timestamp"):
        Webhook(hook.keys.secret("standard")).verify(request.body, dict(request.headers))


def test_mailgun_signs_timestamp_and_token_which_differ_at_each_try(hook, stamp):
    requests = [composed("mailgun", hook, replace(stamp, wall=stamp.wall + shift)) for shift in (0, 1)]
    signatures = [json.loads(request.body)["signature"] for request in requests]
    for signature in signatures:
        key, signed = hook.keys.secret("mailgun").encode(), (signature["timestamp"] + signature["token"]).encode()
        assert hmac.new(key, signed, hashlib.sha256).hexdigest() == signature["signature"]
        assert len(signature["token"]) == 50
    assert signatures[0]["token"] != signatures[1]["token"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_repeat_carries_the_same_ids(hook, stamp, provider):
    """Whoever receives twice can see it: nothing but times, tokens and signatures differs between two tries."""
    first, second = (composed(provider, hook, replace(stamp, wall=stamp.wall + shift)) for shift in (0, 90_000_000))
    stable = {"svix-id", "webhook-id", "x-amz-sns-message-id", "X-MessageSystems-Batch-ID"}
    assert [pair for pair in first.headers if pair[0] in stable] == [
        pair for pair in second.headers if pair[0] in stable
    ]
    assert without_times(first.body) == without_times(second.body)


def without_times(body: bytes):
    told = json.loads(body)
    if isinstance(told, dict):
        told.pop("signature", None)
        told.pop("Signature", None)
        told.pop("Timestamp", None)
    return told


def test_the_same_word_gives_the_same_secrets_but_another_certificate(hook):
    again, other = make_keys("a word of the tests"), make_keys()
    assert again.public_key == hook.keys.public_key
    assert again.secret("mailgun") == hook.keys.secret("mailgun")
    assert again.certificate != hook.keys.certificate
    assert other.public_key != hook.keys.public_key


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_event_is_told_although_its_message_is_gone(hook, stamp, provider):
    """Deleted meanwhile, it has left nothing but its id; a provider would tell as well."""
    event = replace(failing("unknown_user"), sent=Sent("", "", (), EVENT.at))
    body = PROVIDERS[provider].compose([event], hook, stamp).body
    assert RECIPIENT.encode() in body
