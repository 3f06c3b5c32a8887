"""Complaints: written, read, redacted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import Complaint, Kind, build_complaint, check, understand
from tests.reports.oracle import ask_sisimai
from tests.reports.scenarios import HOUR, NOON, ORIGINAL

COMPLAINT = Complaint(
    provider="provider.example",
    to="abuse@app.example",
    recipient="nobody@dest.example",
    reverse_path="bounces+nobody=dest.example@app.example",
    original=ORIGINAL.replace(b"14 days", b"14 days, Nobody@Dest.example"),
    arrival=NOON,
    at=NOON + HOUR,
    seed="seed",
)


def test_the_machine_readable_part_is_as_the_standard_asks():
    part = read(build_complaint(replace(COMPLAINT, envid="Env42"))).root.children[1]
    assert part.body.decode().splitlines() == [
        "Feedback-Type: abuse",
        "User-Agent: FeedbackLoop/1.0 (provider.example)",
        "Version: 1",
        "Original-Envelope-Id: Env42",
        "Original-Mail-From: <bounces+nobody=dest.example@app.example>",
        "Original-Rcpt-To: <nobody@dest.example>",
        "Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0000",
        "Reporting-MTA: dns; provider.example",
        "Source-IP: 192.0.2.1",
        "Reported-Domain: app.example",
    ]


def test_a_complaint_is_read_again():
    message = read(build_complaint(COMPLAINT))
    found = understand(message)
    assert (found.kind, found.recipients) == (Kind.FEEDBACK, ("nobody@dest.example",))
    assert (found.outcomes[0].action, found.arrival, found.reporting_mta) == ("abuse", NOON, "provider.example")
    assert found.original.reverse_path == "bounces+nobody=dest.example@app.example"
    assert found.original.message_id == "invoice-1@app.example"
    assert "nobody@dest.example: the recipient says that the message is spam." in found.explanation
    assert check(message, found) == ()


def test_the_whole_message_goes_back_up_to_the_cap():
    assert read(build_complaint(COMPLAINT)).root.children[2].content_type == "message/rfc822"
    capped = build_complaint(replace(COMPLAINT, original_bytes=10))
    assert read(capped).root.children[2].content_type == "text/rfc822-headers"


def test_a_redacted_complaint_names_the_recipient_nowhere():
    raw = build_complaint(replace(COMPLAINT, redact=True))
    assert b"nobody" not in raw.lower()
    assert b"redacted-" in raw
    assert read(raw).root.children[2].content_type == "text/rfc822-headers"
    assert understand(read(raw)).original.message_id == "invoice-1@app.example"


def test_the_same_recipient_is_always_the_same_token():
    found = [understand(read(build_complaint(replace(COMPLAINT, redact=True, at=at)))).recipients for at in (NOON, 0)]
    assert found[0] == found[1]
    other = replace(COMPLAINT, redact=True, recipient="other@dest.example")
    assert understand(read(build_complaint(other))).recipients != found[0]


def test_a_null_reverse_path_reports_no_domain():
    assert b"Reported-Domain" not in build_complaint(replace(COMPLAINT, reverse_path=""))


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"feedback_type": "auth-failure"}, "auth-failure is not one of abuse"), ({"to": "a\r\nb"}, "is one line")],
)
def test_a_complaint_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(COMPLAINT, **changes)


def arf(status):
    parts = f"--x\n\nText.\n\n--x\nContent-Type: message/feedback-report\n\n{status}\n--x--\n"
    head = "From: a@b\nTo: c@d\nDate: Mon, 23 Nov 2026 12:00:00 +0000\nMessage-ID: <i@b>\nMIME-Version: 1.0\n"
    kind = "Auto-Submitted: auto-generated\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n"
    return read(f"{head}{kind}\n{parts}".replace("\n", "\r\n").encode())


def test_what_a_complaint_lacks_is_named():
    message = arf("Received-Date: Mon, 23 Nov 2026 12:00:00 +0000\nRedacted-Address: someone@d.example")
    found = understand(message)
    assert (found.recipients, found.arrival) == (("someone@d.example",), NOON)
    assert [each.code for each in check(message, found)] == ["no-feedback-type", "no-user-agent", "feedback-version"]


def test_an_empty_complaint_is_about_nobody():
    assert understand(arf("")).recipients == ()


def test_sisimai_reads_a_complaint(tmp_path):
    letter = tmp_path / "arf.eml"
    letter.write_bytes(b"Return-Path: <feedback@provider.example>\r\n" + build_complaint(COMPLAINT))
    (found,) = ask_sisimai([letter])["arf"]
    assert (found["agent"], found["reason"], found["recipient"]) == ("Feedback-Loop", "feedback", "nobody@dest.example")


@pytest.mark.parametrize("recipient", ["ann@x\\g", "ann@x\\1", "ann@x\\"])
def test_a_recipient_with_backslashes_is_hidden_too(recipient):
    found = build_complaint(replace(COMPLAINT, recipient=recipient, redact=True))
    assert b"ann@x" not in found
