"""Genuine reports of Postfix, Exim, Sendmail and OpenSMTPD, each read and held against the checklist."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import check, understand
from tests.reports.oracle import reference

GREY = "451 4.7.1 Greylisted, try again later"
UNKNOWN = "550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown"
FULL = "552 5.2.2 <full@dest.example>: Mailbox full"
SPAM = "550 5.7.1 Message content rejected"
PLAIN = "550 no such user here"
LINES = "550-5.7.26 first line of a multi line answer 550-5.7.26 second line 550 5.7.26 last line - gsmtp"
OK = "250 2.0.0 Ok: queued"
BOB = "nobody@dest.example"

# The file, then address, action, status and diagnostic of each recipient.
INDEX = {
    "postfix/03": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "postfix/04": [("full@dest.example", "failed", "5.2.2", FULL), (BOB, "failed", "5.1.1", UNKNOWN)],
    "postfix/05": [("multi@dest.example", "failed", "5.7.26", LINES)],
    "postfix/06": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "postfix/07": [("good@dest.example", "relayed", "2.0.0", OK)],
    "postfix/08": [("spam@dest.example", "failed", "5.7.1", SPAM)],
    "postfix/09": [("noenh@dest.example", "failed", "5.0.0", PLAIN)],
    "postfix/10": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "postfix/11": [("grey@dest.example", "delayed", "4.7.1", GREY)],
    "postfix/12": [("grey@dest.example", "failed", "4.7.1", GREY)],
    "postfix-connection/01": [
        ("a@refused.example", "failed", "4.4.1", "connect to 127.0.0.1[127.0.0.1]:2999: Connection refused")
    ],
    "postfix-connection/02": [
        ("a@tls.example", "failed", "4.7.4", "TLS is required, but was not offered by host 127.0.0.1[127.0.0.1]")
    ],
    "postfix-connection/03": [
        (
            "a@nxdomain.invalid",
            "failed",
            "4.4.3",
            "Host or domain name not found. Name service error for name=nxdomain.invalid type=MX: Host not found, "
            "try again",
        )
    ],
    "postfix-connection/04": [("a@loop.example", "failed", "5.4.6", "mail for 127.0.0.1 loops back to myself")],
    "postfix-connection/05": [
        (
            "a@tmo.example",
            "failed",
            "4.4.2",
            "conversation with 127.0.0.1[127.0.0.1] timed out while receiving the initial server greeting",
        )
    ],
    "exim/01": [(BOB, "failed", "5.0.0", UNKNOWN)],
    "exim/03": [(BOB, "failed", "5.0.0", UNKNOWN), ("full@dest.example", "failed", "5.0.0", FULL)],
    "exim/04": [("spam@dest.example", "failed", "5.0.0", SPAM)],
    "exim/05": [("multi@dest.example", "failed", "5.0.0", LINES)],
    "exim/06": [("noenh@dest.example", "failed", "5.0.0", PLAIN)],
    "exim/08": [("good@dest.example", "delivered", "2.0.0", "250 Ok")],
    "exim/09": [(BOB, "failed", "5.0.0", UNKNOWN)],
    "exim/10": [(BOB, "failed", "5.0.0", UNKNOWN)],
    **{f"exim/{number}": [("grey@dest.example", "delayed", "4.0.0", GREY)] for number in range(11, 17)},
    "exim/17": [("grey@dest.example", "failed", "5.0.0", f"{GREY}: retry timeout exceeded")],
    "sendmail/01": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "sendmail/03": [("multi@dest.example", "failed", "5.7.26", "550-5.7.26 first line of a multi line answer")],
    "sendmail/04": [("noenh@dest.example", "failed", "5.1.1", PLAIN)],
    "sendmail/06": [(BOB, "failed", "5.1.1", UNKNOWN), ("full@dest.example", "failed", "5.2.2", FULL)],
    "sendmail/07": [("spam@dest.example", "failed", "5.7.1", SPAM)],
    "sendmail/08": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "sendmail/09": [(BOB, "failed", "5.1.1", UNKNOWN)],
    "sendmail/10": [("good@dest.example", "relayed", "2.1.5", "250 2.1.5 Ok")],
    "sendmail/11": [("grey@dest.example", "delayed", "4.7.1", GREY)],
    "sendmail/12": [("grey@dest.example", "failed", "4.4.7", GREY)],
    "opensmtpd/03": [(BOB, "failed", "5.0.0", UNKNOWN)],
    "opensmtpd/04": [(BOB, "failed", "5.0.0", UNKNOWN), ("full@dest.example", "failed", "5.0.0", FULL)],
    "opensmtpd/05": [("spam@dest.example", "failed", "5.0.0", SPAM)],
    "opensmtpd/06": [("multi@dest.example", "failed", "5.0.0", LINES.replace(" 550-", "").replace(" 550 ", ""))],
    "opensmtpd/07": [("noenh@dest.example", "failed", "5.0.0", PLAIN)],
    "opensmtpd/08": [("good@dest.example", "relayed", "2.0.0", "")],
    "opensmtpd/09": [(BOB, "failed", "5.0.0", UNKNOWN)],
    "opensmtpd/10": [(BOB, "failed", "5.0.0", UNKNOWN)],
    "opensmtpd/11": [("grey@dest.example", "delayed", "4.0.0", GREY)],
    "opensmtpd/12": [("grey@dest.example", "delayed", "4.4.7", "Envelope expired")],
}
KNOWN_DEVIATIONS = {
    "postfix": {"no-reference", "transient-failure"},
    "postfix-connection": {"no-reference", "transient-failure"},
    "exim": {"status-and-diagnostic"},
    "sendmail": {"no-reference", "transient-failure", "status-and-diagnostic"},
    "opensmtpd": {
        "no-auto-submitted",
        "no-reference",
        "not-multipart-report",
        "body-in-headers",
        "status-and-diagnostic",
    },
}


def genuine(name):
    return read((reference("real-dsn") / f"{name}.eml").read_bytes())


def test_the_index_has_every_file():
    folder = reference("real-dsn")
    assert {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.eml")} == INDEX.keys()


@pytest.mark.parametrize("name", INDEX)
def test_a_genuine_report_is_read(name):
    found = [(each.address, each.action, each.status, each.diagnostic) for each in understand(genuine(name)).outcomes]
    assert found == INDEX[name]


@pytest.mark.parametrize("name", INDEX)
def test_a_genuine_report_leads_to_its_system_and_its_original(name):
    report = understand(genuine(name))
    assert report.agent == name.split("/")[0].removesuffix("-connection")
    assert report.original.message_id.endswith((".example", ".invalid"))


@pytest.mark.parametrize("name", INDEX)
def test_a_genuine_report_deviates_as_its_system_is_known_to(name):
    message = genuine(name)
    found = {finding.code for finding in check(message, understand(message))}
    assert found <= KNOWN_DEVIATIONS[name.split("/")[0]]
    if name.startswith("opensmtpd/"):
        assert "not-multipart-report" in found


@pytest.mark.parametrize("name", ["postfix/07", "exim/08", "sendmail/10"])
def test_the_request_of_the_sender_comes_back(name):
    report = understand(genuine(name))
    assert report.outcomes[0].original_address == "Good+addr@orig.example"
    assert report.recipients == ("Good+addr@orig.example",)
    assert report.original.envelope_id == ("Env+2B42" if name.startswith("exim") else "Env+42")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("exim/01", "there is no such mailbox (5.1.1)"),
        ("postfix/12", "Such a problem can pass, but the time for delivery was over."),
        ("sendmail/11", "it is still being tried"),
        ("postfix/07", "the message went on to a system that will send no report"),
    ],
)
def test_a_genuine_report_is_said_in_plain_words(name, words):
    assert words in understand(genuine(name)).explanation
