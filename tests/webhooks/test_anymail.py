"""django-anymail, end to end: its views accept each request, and tell the app what happened to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.simulation.catalogue import SCENARIOS
from mailpit_py.webhooks import Kind
from mailpit_py.webhooks.cause import BY_SCENARIO
from mailpit_py.webhooks.providers import PROVIDERS
from tests.webhooks.anymail_app import PATHS, configure, post
from tests.webhooks.events import RECIPIENT, failing, of_kind

# What anymail says of a final failure: event type and reject reason. It reads no reason from SendGrid's bounces,
# and calls everything of SES and Resend a bounce.
COLUMNS = ("mailgun", "postmark", "sparkpost", "mailjet")
CONSTANT = {"ses": "bounced/bounced", "ses_identity": "bounced/bounced", "sendgrid": "bounced/None",
            "resend": "bounced/bounced"}  # fmt: skip
FINAL = [
    ("unknown_user recipient_not_found disabled inactive moved ambiguous owner_changed downstream",
     "bounced/bounced", "bounced/bounced", "bounced/invalid", "bounced/bounced"),
    ("address_syntax eai_unsupported",
     "bounced/bounced", "rejected/invalid", "bounced/invalid", "bounced/bounced"),
    ("mailbox_full_hard domain_not_found null_mx no_route never_accepts",
     "bounced/bounced", "bounced/bounced", "bounced/bounced", "bounced/bounced"),
    ("mailbox_full",
     "bounced/other", "bounced/bounced", "bounced/bounced", "bounced/bounced"),
    ("dns_failure",
     "bounced/other", "deferred/None", "bounced/bounced", "bounced/bounced"),
    ("conn_timeout conn_refused conn_lost congested shutting_down too_many_connections expired",
     "bounced/other", "bounced/bounced", "bounced/timed_out", "bounced/other"),
    ("group_restricted sender_rejected sender_syntax sender_domain sender_verify policy unauthenticated dmarc spf "
     "dkim ptr blocked_ip rbl deferred_forever",
     "bounced/other", "rejected/blocked", "bounced/blocked", "bounced/blocked"),
    ("low_reputation deferred",
     "bounced/other", "rejected/blocked", "bounced/spam", "bounced/blocked"),
    ("relay_denied",
     "bounced/bounced", "rejected/blocked", "bounced/blocked", "bounced/bounced"),
    ("spam",
     "bounced/other", "complained/spam", "bounced/spam", "bounced/blocked"),
    ("content_rejected",
     "bounced/bounced", "complained/spam", "bounced/spam", "bounced/blocked"),
    ("attachment",
     "bounced/bounced", "bounced/bounced", "bounced/other", "bounced/blocked"),
    ("virus",
     "bounced/bounced", "bounced/other", "bounced/other", "bounced/blocked"),
    ("greylisted",
     "bounced/other", "bounced/bounced", "bounced/bounced", "deferred/other"),
    ("rate_limited rate_limited_ip too_many_recipients system_full system_error",
     "bounced/other", "bounced/bounced", "bounced/bounced", "bounced/other"),
    ("loop too_large too_large_mailbox misconfigured",
     "bounced/bounced", "bounced/bounced", "bounced/bounced", "bounced/other"),
    ("helo auth_required auth_failed auth_weak auth_disabled auth_encryption tls_required",
     "bounced/bounced", "bounced/bounced", "bounced/blocked", "bounced/other"),
    ("auth_temporary tls_unavailable",
     "bounced/other", "bounced/bounced", "bounced/blocked", "bounced/other"),
    ("suppressed",
     "bounced/bounced", "failed/None", "bounced/blocked", "bounced/blocked"),
]  # fmt: skip
ROWS = {name: dict(zip(COLUMNS, row, strict=True)) for names, *row in FINAL for name in names.split()}

# Of the other kinds, where it is not the kind's own name with no reason.
OTHERS = {
    (Kind.DEFERRED, "ses"): "unknown/None",  # anymail does not know DeliveryDelay
    (Kind.DEFERRED, "mailgun"): "deferred/other",
    (Kind.DEFERRED, "sparkpost"): "deferred/bounced",
    (Kind.DEFERRED, "mailjet"): "bounced/bounced",  # Mailjet has no such event: a soft bounce
    (Kind.COMPLAINED, "ses"): "complained/spam",
    (Kind.COMPLAINED, "ses_identity"): "complained/spam",
    (Kind.COMPLAINED, "postmark"): "complained/spam",
    (Kind.SUPPRESSED, "ses"): "bounced/bounced",
    (Kind.SUPPRESSED, "ses_identity"): "bounced/bounced",
    (Kind.SUPPRESSED, "sendgrid"): "rejected/bounced",
    (Kind.SUPPRESSED, "mailgun"): "bounced/bounced",
    (Kind.SUPPRESSED, "postmark"): "failed/None",
    (Kind.SUPPRESSED, "sparkpost"): "rejected/blocked",
    (Kind.SUPPRESSED, "mailjet"): "rejected/blocked",
    (Kind.SUPPRESSED, "resend"): "unknown/None",  # anymail does not know email.suppressed
    (Kind.AUTO_REPLIED, "postmark"): "autoresponded/None",
    (Kind.AUTO_REPLIED, "sparkpost"): "autoresponded/other",
}
KINDS = [(kind, name) for name in PATHS for kind in Kind if kind in PROVIDERS[name].kinds and kind is not Kind.BOUNCED]


@pytest.fixture(scope="module", autouse=True)
def django(hook):
    configure(hook)


def told(events) -> list[str]:
    return [f"{event.event_type}/{event.reject_reason}" for event in events]


def test_every_scenario_has_a_family_and_a_row():
    assert set(BY_SCENARIO) == set(SCENARIOS) == set(ROWS)


@pytest.mark.parametrize("provider", PATHS)
def test_a_final_failure_of_every_scenario_is_told_to_the_app(hook, stamp, provider):
    compose = PROVIDERS[provider].compose
    answers = {name: post(provider, compose([failing(name)], hook, stamp)) for name in SCENARIOS}
    assert {status for status, _ in answers.values()} == {200}
    expected = {name: [CONSTANT.get(provider) or ROWS[name][provider]] for name in SCENARIOS}
    assert {name: told(events) for name, (_, events) in answers.items()} == expected
    assert {event.recipient for _, events in answers.values() for event in events} == {RECIPIENT}


@pytest.mark.parametrize(("kind", "provider"), KINDS)
def test_every_other_kind_of_event_is_told_to_the_app(hook, stamp, kind, provider):
    status, events = post(provider, PROVIDERS[provider].compose([of_kind(kind)], hook, stamp))
    assert status == 200
    assert told(events) == [OTHERS.get((kind, provider), f"{kind}/None")]
    assert events[0].tags == ["invoice"]
    assert events[0].metadata["subscriber"] == "17"
    assert events[0].recipient == RECIPIENT
    assert events[0].click_url == ("https://app.example/pay" if kind is Kind.CLICKED else None)


@pytest.mark.parametrize("provider", [name for name in PATHS if PROVIDERS[name].batch > 1])
def test_a_batch_is_told_event_by_event(hook, stamp, provider):
    events = [
        replace(failing("unknown_user"), id=str(number), recipient=f"u{number}@dest.example") for number in (1, 2)
    ]
    status, received = post(provider, PROVIDERS[provider].compose(events, hook, stamp))
    assert (status, [event.recipient for event in received]) == (200, ["u1@dest.example", "u2@dest.example"])


@pytest.mark.parametrize("provider", ["sendgrid", "mailgun", "resend"])
def test_a_changed_octet_is_refused(hook, stamp, provider):
    request = PROVIDERS[provider].compose([failing("unknown_user")], hook, stamp)
    signed = b'"timestamp":"1' if provider == "mailgun" else b"Nobody@dest"
    assert signed in request.body
    changed = request.body.replace(signed, signed[:-1] + bytes([signed[-1] ^ 1]), 1)
    assert post(provider, replace(request, body=changed)) == (400, [])


@pytest.mark.parametrize("provider", PATHS)
def test_a_wrong_password_is_refused(hook, stamp, provider):
    request = PROVIDERS[provider].compose([failing("unknown_user")], hook, stamp)
    assert post(provider, request, password="app:guessed") == (400, [])
