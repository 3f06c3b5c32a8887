"""Enhanced status codes in plain words."""

from __future__ import annotations

import pytest

from mailpit_py.reports.status import _DETAILS, describe, find


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("5.1.1", "Permanent failure: there is no such mailbox."),
        ("4.2.2", "Temporary failure: the mailbox is full."),
        ("2.0.0", "Success: nothing more is known."),
        ("5.7.026", "Permanent failure: several authentication checks failed, DMARC among them."),
        ("5.7.999", "Permanent failure: security or policy."),
        ("5.9.1", "Permanent failure: the kind of problem is not known."),
    ],
)
def test_a_code_is_said_in_words(code, sentence):
    assert describe(code).sentence == sentence


@pytest.mark.parametrize(
    ("code", "words", "text"),
    [
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found", "there is no such mailbox"),
        ("5.1.10", "Domain does not accept mail (nullMX)", "the domain says that it takes no mail (null MX)"),
        ("5.4.1", "Recipient address rejected: Access denied. [x.outlook.com]", "there is no such mailbox"),
        ("5.4.1", "connect to mx: timed out", "the host did not answer"),
        ("5.5.0", "Requested action not taken: mailbox unavailable (S2017062302).", "there is no such mailbox"),
        ("5.4.310", "DNS domain dest.example does not exist", "the domain does not exist or takes no mail"),
        ("5.7.606", "Access denied, banned sending IP", "the client's address is blocked"),
        ("5.7.650", "", "security or policy"),
        ("4.7.650", "", "too much mail is coming in from this sender"),
        ("4.7.50", "", "security or policy"),
        ("5.7.27", "Gmail requires SPF - gsmtp", "SPF does not allow this client to send for the domain"),
        ("5.7.27", "sender's domain takes no mail", "the sender's domain says that it takes no mail (null MX)"),
        ("5.7.030", "550-5.7.30 x - gsmtp", "no DKIM signature passed"),
        ("5.7.9", "Message not accepted for policy reasons", "the receiver's policy stands against the message"),
        ("5.7.9", "Application-specific password required", "the authentication mechanism is too weak"),
        ("4.2.1", "has exceeded the max emails per hour that it takes", "the mailbox gets more mail than it may now"),
        ("4.2.1", "this mailbox is disabled", "the mailbox is disabled"),
        ("4.7.1", "Greylisted, please try again later", "the receiver waits for another try (greylisting)"),
        ("5.7.1", "Relay access denied", "the server hands nothing on for strangers"),
        ("5.7.1", "blocked using zen.spamhaus.org", "the client's address is blocked"),
        ("5.7.1", "blocked due to its very low reputation", "the client or the sender's domain has a bad reputation"),
        ("5.7.0", "message was blocked because of its content", "a security or policy rule stands against it"),
        ("5.7.1", "Message refused", "delivery is not authorised: the message was refused"),
        ("5.7.0", "Must issue a STARTTLS command first", "encryption is needed"),
        ("5.0.0", "550 No Such User Here", "there is no such mailbox"),
        ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.com account", "there is no such mailbox"),
        ("5.0.0", "552 Mailbox quota exceeded", "the mailbox is full"),
        ("4.0.0", "451 Internal resources are temporarily unavailable", "nothing more is known"),
        ("5.7.30", "REQUIRETLS", "REQUIRETLS was asked for and is not supported"),
    ],
)  # fmt: skip
def test_a_code_means_what_the_words_around_it_say(code, words, text):
    assert describe(code, words).text == text


@pytest.mark.parametrize("code", ["", "5.1", "3.1.1", "5.1.1.1", "5.1.1234", "five", "5.1.1\n"])
def test_what_is_no_code_has_no_meaning(code):
    assert describe(code) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("sorry (#5.7.1)", "5.7.1"),
        ("at 192.0.2.5.1.1 no", ""),
        ("version 15.1.1", ""),
        ("550-5.7.26 x", "5.7.26"),
        ("none", ""),
    ],
)
def test_the_first_code_in_a_text_is_found(text, expected):
    assert find(text) == expected


def test_every_registered_code_is_there_and_is_a_clause():
    subjects = {"0": 1, "1": 11, "2": 5, "3": 7, "4": 9, "5": 7, "6": 11, "7": 31}
    assert len(_DETAILS) == sum(subjects.values()) - 0
    assert all(text[0].islower() or text.startswith(("SPF", "REQUIRETLS")) for text in _DETAILS.values())
    assert not any(text.endswith(".") for text in _DETAILS.values())
