"""Receipts: asked for, written, read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import Kind, Receipt, build_mdn, check, requested_by, understand
from tests.reports.scenarios import NOON, ORIGINAL

RECEIPT = Receipt("ann@dest.example", "noreply@app.example", ORIGINAL, NOON, "seed")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Disposition-Notification-To: App <receipts@app.example>\n\n", "receipts@app.example"),
        (b"Disposition-Notification-To:\n\n", ""),
        (b"Subject: x\n\n", ""),
        (b"Disposition-Notification-To: a@b.example\nContent-Type: multipart/report; boundary=x\n\n", ""),
    ],
)
def test_a_receipt_is_asked_for_by_a_field_but_never_by_a_report(raw, expected):
    assert requested_by(read(raw)) == expected


@pytest.mark.parametrize(
    ("disposition", "manual", "line"),
    [
        ("displayed", True, "Disposition: manual-action/MDN-sent-manually; displayed"),
        ("deleted", False, "Disposition: automatic-action/MDN-sent-automatically; deleted"),
    ],
)
def test_the_machine_readable_part_is_as_the_standard_asks(disposition, manual, line):
    part = read(build_mdn(replace(RECEIPT, disposition=disposition, is_manual=manual))).root.children[1]
    assert part.body.decode().splitlines() == [
        "Reporting-UA: reader.invalid; mail sandbox",
        "Final-Recipient: rfc822; ann@dest.example",
        "Original-Message-ID: <invoice-1@app.example>",
        line,
    ]


def test_a_receipt_is_read_again_and_nothing_is_wrong_with_it():
    message = read(build_mdn(RECEIPT))
    found = understand(message)
    assert (found.kind, found.recipients) == (Kind.DISPOSITION, ("ann@dest.example",))
    assert found.outcomes[0].action == "displayed"
    assert found.original.message_id == "invoice-1@app.example"
    assert "ann@dest.example: the message has been shown to the recipient." in found.explanation
    assert check(message, found) == ()


def test_an_original_without_an_id_is_not_named():
    raw = build_mdn(replace(RECEIPT, original=b"Subject: x\r\n\r\n"))
    assert b"Original-Message-ID" not in raw
    assert b"In-Reply-To" not in raw


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"disposition": "read"}, "read is not one of displayed"), ({"reader": "a\nb"}, "is one line")],
)
def test_a_receipt_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(RECEIPT, **changes)


def test_what_a_receipt_lacks_is_named():
    raw = b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n\r\n"
    raw += b"--x\r\n\r\nText.\r\n--x\r\nContent-Type: message/disposition-notification\r\n\r\n\r\n--x--\r\n"
    message = read(raw)
    codes = [finding.code for finding in check(message, understand(message))]
    assert codes[-2:] == ["no-final-recipient", "no-disposition"]
