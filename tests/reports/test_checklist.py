"""Every deviation of the checklist, made on purpose in a report that is right otherwise."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.reports import build_auto_reply, build_dsn, check, understand
from mailpit_py.reports.finding import CATALOGUE
from tests.reports.scenarios import FAILURES, delayed, failed, report
from tests.reports.test_autoreply import REPLY

RIGHT = build_dsn(report(delayed(), envid="Env+2B42"))
BOUNDARY = read(RIGHT).root.parameters["boundary"].encode()

# What is replaced in the right report by what, and what the checklist then says.
WRONG = [
    (b"Your invoice\r\nDate", b"Your invoice\r\nX-Long: " + b"x" * 999 + b"\r\nDate", ["line-too-long"]),
    (b"Subject: Delivery", b"X: y\nSubject: Delivery", ["bare-line-end"]),
    (b"From: Mail", b"X-From: Mail", ["missing-field"]),
    (b"Message-ID: <", b"X-Id: <", ["no-message-id"]),
    (b"Auto-Submitted: auto-replied", b"Auto-Submitted: no", ["no-auto-submitted"]),
    (b"MIME-Version", b"X-Version", ["no-mime-version"]),
    (b"Date: ", b"Disposition-Notification-To: a@b.example\r\nDate: ", ["asks-for-receipt"]),
    (b"Date: ", b"Reply-To: a@b.example\r\nDate: ", ["reply-to"]),
    (b"Date: ", b"Precedence: list\r\nDate: ", ["precedence-list"]),
    (b"multipart/report", b"multipart/mixed", ["not-multipart-report"]),
    (b"report-type=delivery-status", b"report-type=feedback-report", ["report-type"]),
    (b" report-type=delivery-status;", b"", ["report-type"]),
    (b"Content-Type: text/plain; charset=us-ascii", b"Content-Type: image/png", ["no-text"]),
    (
        b"--" + BOUNDARY + b"\r\nContent-Type: message",
        b"--" + BOUNDARY + b"\r\n\r\nMore text.\r\n--" + BOUNDARY + b"\r\nContent-Type: message",
        ["order-of-parts", "too-many-parts", "third-part"],
    ),
    (b"--" + BOUNDARY + b"--", b"--" + BOUNDARY + b"\r\n\r\nMore.\r\n--" + BOUNDARY + b"--", ["too-many-parts"]),
    (b"text/rfc822-headers", b"application/octet-stream", ["third-part", "no-reference-gone"]),
    (b"-status\r\n", b"-status\r\nContent-Transfer-Encoding: quoted-printable\r\n", ["encoded-status"]),
    (b"plain; charset=utf-8\r\n", b"plain; charset=utf-8\r\n\r\nA body.\r\n", ["body-in-headers"]),
    (b"--" + BOUNDARY + b"--\r\n", b"", ["unterminated"]),
    (b"Reporting-MTA: dns; mail.sandbox.test\r\n", b"", ["no-reporting-mta"]),
    (b"Reporting-MTA: dns;", b"Reporting-MTA: dsn;", ["mta-syntax"]),
    (b"Remote-MTA: dns; mx", b"Remote-MTA: mx", ["mta-syntax"]),
    (b"Arrival-Date", b"Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nArrival-Date", ["repeated-field"]),
    (b"Action: delayed", b"Action: delayed\r\nAction: delayed", ["repeated-field"]),
    (b"Last-Attempt-Date: Mon, 23 Nov 2026 16:00:00 +0000", b"Last-Attempt-Date: 2026-11-23 16-00-00", ["date-syntax"]),
    (b"Final-Recipient: rfc822; nobody", b"Original-Recipient: rfc822; nobody", ["no-final-recipient"]),
    (b"Final-Recipient: rfc822; ", b"Final-Recipient: ", ["recipient-syntax"]),
    (b"Action: delayed\r\n", b"", ["no-action", "retry-without-delay"]),
    (b"Action: delayed", b"Action: expired", ["unknown-action", "retry-without-delay"]),
    (b"Status: 4.7.1\r\n", b"", ["no-status"]),
    (b"Status: 4.7.1", b"Status: four", ["status-syntax"]),
    (b"Status: 4.7.1", b"Status: 5.7.1", ["status-and-action", "status-and-diagnostic"]),
    (b"Status: 4.7.1", b"Status: 4.0.0", ["status-and-diagnostic"]),
    (b"smtp; 451 4.7.1", b"smtp; 550", ["status-and-diagnostic"]),
    (b"Diagnostic-Code: smtp; ", b"Diagnostic-Code: ", ["diagnostic-syntax"]),
    (b"Remote-MTA: dns; mx.dest.example\r\n", b"", ["no-remote-mta"]),
    (b"Last-Attempt-Date: Mon, 23", b"Last-Attempt-Date: Mon, 22", ["attempt-before-arrival"]),
    (b"Status: 4.7.1", "Status: 4.7.1 (später)".encode(), ["non-ascii-status"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "codes"), WRONG)
def test_a_deviation_is_named(old, new, codes):
    assert old in RIGHT
    raw = RIGHT.replace(old, new, 1)
    if codes == ["missing-field"]:
        raw = RIGHT.replace(old, new)
    message = read(raw)
    found = [finding.code for finding in check(message, understand(message))]
    assert found == [code for code in codes if not code.endswith("-gone")]


def test_nothing_is_wrong_with_what_is_right():
    message = read(RIGHT)
    assert check(message, understand(message)) == ()


def test_a_report_about_nobody_is_named():
    message = read(RIGHT.replace(b"Final-Recipient", b"X").replace(b"Action", b"Y"))
    assert [each.code for each in check(message, understand(message))] == ["no-recipients"]


def test_a_reference_is_missed_only_if_the_original_has_an_id():
    raw = RIGHT.replace(b"In-Reply-To", b"X-Reply").replace(b"References", b"X-References")
    message = read(raw)
    assert [each.code for each in check(message, understand(message))] == ["no-reference"]
    message = read(raw.replace(b"\r\nMessage-ID: <invoice", b"\r\nX-Id: <invoice"))
    assert check(message, understand(message)) == ()


def test_a_final_failure_of_class_4_is_a_note():
    message = read(build_dsn(report(failed(FAILURES[6]))))
    (found,) = check(message, understand(message))
    assert (found.code, found.level, found.detail) == ("transient-failure", "note", "4.7.1")


def test_a_failure_over_smtp_tells_the_reply():
    message = read(build_dsn(report(failed(FAILURES[0], diagnostic=""))))
    assert [each.code for each in check(message, understand(message))] == ["no-diagnostic"]


def test_a_status_part_alone_lacks_everything_around_it():
    message = read(b"Content-Type: message/delivery-status\r\n\r\n")
    found = {each.code for each in check(message, understand(message))}
    assert {"not-multipart-report", "no-text", "order-of-parts", "no-reporting-mta"} <= found


ENVELOPE = Envelope("", recipients=(Recipient("bounces@app.example"),))
ORIGINAL = Envelope("bounces@app.example", recipients=(Recipient("Nobody@dest.example"),))


def against(status=None, *, envelope=ENVELOPE, original=ORIGINAL, **changes):
    message = read(build_dsn(report(status or failed(FAILURES[0]), **changes)))
    return [finding.code for finding in check(message, understand(message), envelope=envelope, original=original)]


def sent(address="nobody@dest.example", reverse_path="bounces@app.example", envid="", **recipient):
    return Envelope(reverse_path, recipients=(Recipient(address, **recipient),), envid=envid)


ORCPT = "rfc822;Ann+2B@old.example"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (against(), []),
        (against(envelope=Envelope("x@y.example", ENVELOPE.recipients)), ["reverse-path-not-null"]),
        (against(envelope=Envelope("", (Recipient("x@y.example"),))), ["wrong-recipient"]),
        (against(envelope=None, original=sent(reverse_path="")), ["original-null"]),
        (against(original=sent(notify="NEVER")), ["not-asked-for"]),
        (against(original=sent(notify="FAILURE")), []),
        (against(original=sent("else@dest.example")), ["not-a-recipient"]),
        (against(original=sent(envid="a+2Bb")), ["no-envelope-id"]),
        (against(envid="a"), ["invented-envelope-id"]),
        (against(envid="a", original=sent(envid="b")), ["wrong-envelope-id"]),
        (against(envid="a+2Bb", original=sent(envid="a+2Bb")), []),
        (against(original=sent(orcpt=ORCPT)), ["no-original-recipient"]),
        (against(failed(FAILURES[0], orcpt=ORCPT)), ["invented-original-recipient"]),
        (against(failed(FAILURES[0], orcpt=ORCPT), original=sent(orcpt="rfc822;x@y")), ["wrong-original-recipient"]),
        (against(failed(FAILURES[0], orcpt=ORCPT), original=sent(orcpt=ORCPT)), []),
    ],
)
def test_a_report_is_held_against_the_envelopes(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("nobody@dest.example", ["not-a-report"]), ("x@y.example", ["not-a-report", "not-a-recipient"])],
)
def test_a_report_without_a_form_is_held_against_its_recipients_alone(address, expected):
    message = read(build_dsn(report(), "gmail_classic"))
    found = check(message, understand(message), original=sent(address, envid="a", orcpt=ORCPT))
    assert [finding.code for finding in found] == expected


def test_an_unknown_action_is_held_against_no_wish():
    message = read(build_dsn(report()).replace(b"Action: failed", b"Action: expired"))
    codes = [finding.code for finding in check(message, understand(message), original=sent(notify="NEVER"))]
    assert codes == ["unknown-action"]


def test_an_automatic_reply_has_no_parts_to_check():
    message = read(build_auto_reply(REPLY))
    assert check(message, understand(message), envelope=Envelope("x@y.example"), original=ORIGINAL) == ()


def test_every_finding_names_its_section_and_can_be_found():
    tested = {code for _, _, codes in WRONG for code in codes}
    assert all(finding.section.startswith("RFC ") and finding.text.endswith(".") for finding in CATALOGUE.values())
    elsewhere = {
        "reverse-path-not-null", "wrong-recipient", "original-null", "not-asked-for", "no-reference", "not-a-report",
        "no-envelope-id", "wrong-envelope-id", "invented-envelope-id", "no-recipients", "transient-failure",
        "no-diagnostic", "not-a-recipient", "no-original-recipient", "wrong-original-recipient",
        "invented-original-recipient", "no-feedback-type", "no-user-agent", "feedback-version", "no-disposition",
    }  # fmt: skip
    assert CATALOGUE.keys() <= tested | elsewhere
