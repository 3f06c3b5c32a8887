"""Hosted simulators' addresses: each as its service documents it, and nothing off their domains."""

from __future__ import annotations

import pytest

from mailpit_py.simulation.drop_in import SERVICES, parse_field, parse_helo, parse_recipient, parse_sender
from mailpit_py.simulation.outcome import Accept, Discard, HideKeywords, Later, Refuse, Report
from mailpit_py.simulation.refusal import KNOWN_CODES, Refusal
from mailpit_py.simulation.stage import Stage

FAILS = Report.FAILURE


@pytest.mark.parametrize(
    ("address", "service", "report", "code"),
    [
        ("bounce@simulator.amazonses.com", "ses", FAILS, 550),
        ("bounce+case7@simulator.amazonses.com", "ses", FAILS, 550),
        ("COMPLAINT@Simulator.AmazonSES.com", "ses", Report.COMPLAINT, 0),
        ("ooto@simulator.amazonses.com", "ses", Report.AUTO_REPLY, 0),
        ("suppressionlist@simulator.amazonses.com", "ses", FAILS, 550),
        ("HardBounce@bounce-testing.postmarkapp.com", "postmark", FAILS, 550),
        ("hard_bounce@bounce-testing.postmarkapp.com", "postmark", FAILS, 550),
        ("SoftBounce@bounce-testing.postmarkapp.com", "postmark", FAILS, 452),
        ("Transient@bounce-testing.postmarkapp.com", "postmark", FAILS, 451),
        ("DnsError@bounce-testing.postmarkapp.com", "postmark", FAILS, 451),
        ("Blocked@bounce-testing.postmarkapp.com", "postmark", FAILS, 554),
        ("ChallengeVerification@bounce-testing.postmarkapp.com", "postmark", Report.CHALLENGE, 0),
        ("AutoResponder@bounce-testing.postmarkapp.com", "postmark", Report.AUTO_REPLY, 0),
        ("whatever@bounce-testing.postmarkapp.com", "postmark", FAILS, 550),
        ("hard-bounce@bounce-test.mailersend.net", "mailersend", FAILS, 550),
        ("soft-bounce@bounce-test.mailersend.net", "mailersend", FAILS, 421),
        ("blocked@bounce-test.mailersend.net", "mailersend", FAILS, 554),
        ("transient@bounce-test.mailersend.net", "mailersend", FAILS, 450),
        ("dns-error@bounce-test.mailersend.net", "mailersend", FAILS, 450),
        ("dmarc@bounce-test.mailersend.net", "mailersend", FAILS, 550),
        ("reject@test.mandrillapp.com", "mandrill", FAILS, 550),
        ("hard_bounce@test.mandrillapp.com", "mandrill", FAILS, 550),
        ("soft_bounce@test.mandrillapp.com", "mandrill", FAILS, 452),
        ("spam@test.mandrillapp.com", "mandrill", Report.COMPLAINT, 0),
        ("bounced@resend.dev", "resend", FAILS, 550),
        ("bounced+user1@resend.dev", "resend", FAILS, 550),
        ("complained@resend.dev", "resend", Report.COMPLAINT, 0),
        ("suppressed@resend.dev", "resend", FAILS, 550),
    ],
)
def test_a_simulators_address_does_what_it_does_there(address, service, report, code):
    plan = parse_recipient(address)
    assert isinstance(plan.outcome, Later)
    assert (plan.verb, plan.stage, plan.outcome.report) == (service, Stage.AFTER, report)
    assert (plan.outcome.refusal.reply().code if plan.outcome.refusal else 0) == code


@pytest.mark.parametrize("domain", SERVICES)
def test_every_address_of_a_service_can_be_said(domain):
    for local in SERVICES[domain][1]:
        plan = parse_recipient(f"{local}@{domain}.")
        assert not isinstance(plan.outcome, Later) or plan.outcome.refusal is None or plan.outcome.refusal.reply()


@pytest.mark.parametrize("address", ["success@simulator.amazonses.com", "delivered+7@resend.dev"])
def test_success_is_accepted(address):
    assert parse_recipient(address).outcome == Accept()


@pytest.mark.parametrize("address", ["any.one@sink.sendgrid.net", "ann@gmail.com.sink.sparkpostmail.com"])
def test_sinks_swallow(address):
    assert (parse_recipient(address).stage, parse_recipient(address).outcome) == (Stage.CONTENT, Discard())


@pytest.mark.parametrize(
    "address",
    [
        "bounce@amazonses.com",
        "bounce@x.simulator.amazonses.com",
        "somebody@simulator.amazonses.com",
        "hardbounce@postmarkapp.com",
        "hard-bounce+1@bounce-test.mailersend.net",
        "onboarding@resend.dev",
        "ann@sendgrid.net",
        "ann@sink.sparkpostmail.com",
        "rcpt550@acme.example",
        "rcpt250@example.com",
        "rcpt550_4.1.1@example.com",
        "mail550@example.com",
        "rcpt@example.com",
        "",
    ],
)
def test_off_the_exact_domains_nothing_acts(address):
    assert parse_recipient(address) is None


def test_the_label_is_kept():
    assert parse_recipient("bounce+case7@simulator.amazonses.com").label == "case7"


@pytest.mark.parametrize(
    ("sender", "stage", "line"),
    [
        ("mail452@example.net", Stage.MAIL, f"452 4.0.0 {KNOWN_CODES[452]}"),
        ("mail550_5.1.1@example.net", Stage.MAIL, f"550 5.1.1 {KNOWN_CODES[550]}"),
        ("rcpt550@example.org", Stage.RCPT, f"550 5.0.0 {KNOWN_CODES[550]}"),
        ("DATA554@EXAMPLE.com", Stage.DATA, f"554 5.0.0 {KNOWN_CODES[554]}"),
        ("mail499@example.com", Stage.MAIL, "499 4.0.0 Refused on request"),
    ],
)
def test_badsmtps_form_in_a_reverse_path(sender, stage, line):
    plan = parse_sender(sender)
    assert (plan.stage, plan.outcome.refusal.reply().lines) == (stage, (line,))


def test_badsmtps_form_in_a_recipient():
    assert parse_recipient("rcpt551_5.7.1@example.net").outcome.refusal.reply().code == 551


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("helo500.example.com", Refuse(Refusal(code=500))),
        ("HELO421.example.net.", Refuse(Refusal(code=421))),
        ("nosize.example.org", HideKeywords(frozenset({"SIZE"}))),
        ("no8bit-nopipelining.example.com", HideKeywords(frozenset({"8BITMIME", "PIPELINING"}))),
    ],
)
def test_badsmtps_form_in_helo(name, outcome):
    assert parse_helo(name).outcome == outcome


@pytest.mark.parametrize(
    "name", ["", "localhost", "helo500.acme.example", "no8bit-nothing.example.com", "helo250.example.com"]
)
def test_other_clients_names_mean_nothing(name):
    assert parse_helo(name) is None


@pytest.mark.parametrize(
    ("value", "recipient", "scenario"),
    [
        ("SoftBounce", "ann@bounce-testing.postmarkapp.com", "mailbox_full"),
        (" hard_bounce ", "ann@BOUNCE-testing.postmarkapp.com.", "unknown_user"),
        ("Nonsense", "ann@bounce-testing.postmarkapp.com", "unknown_user"),
    ],
)
def test_postmarks_field(value, recipient, scenario):
    assert parse_field(value, recipient).outcome.refusal.scenario == scenario


def test_postmarks_field_elsewhere_means_nothing():
    assert parse_field("HardBounce", "ann@acme.example") is None
