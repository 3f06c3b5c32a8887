"""What was written is read again; reports without a form, broken ones and forwarded ones are understood."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import DIALECTS, Action, Kind, build_dsn, is_report, understand
from mailpit_py.reports.blocks import parse, without_comments
from mailpit_py.reports.outcome import Outcome
from tests.reports.scenarios import FAILURES, NOON, failed, report, told

RICH = {"orcpt": "rfc822;Ann+2Bnews@old.example", "final_log_id": "3ABC"}


@pytest.mark.parametrize("action", Action)
def test_every_field_that_was_written_is_read(action):
    made = report(told(action), envid="Env+2B42", ret="FULL")
    found = understand(read(build_dsn(made)))
    (status,), (outcome,) = made.recipients, found.outcomes
    assert (found.kind, found.style, found.path) == (Kind.DELIVERY_STATUS, "rfc3464", "2")
    assert (found.reporting_mta, found.arrival) == ("mail.sandbox.test", NOON)
    assert found.original.envelope_id == "Env+42"
    assert found.original.message_id == "invoice-1@app.example"
    assert found.original.message_ids == ("invoice-1@app.example",)
    assert found.original.subject == "Your invoice"
    assert found.original.reverse_path == "bounces+v=erp@app.example"
    assert [each.address for each in found.original.to] == ["nobody@dest.example"]
    assert found.original.is_whole is (action is Action.FAILED)
    assert (outcome.address, outcome.action, outcome.status) == ("nobody@dest.example", action.value, status.status)
    assert (outcome.diagnostic, outcome.diagnostic_type) == (status.diagnostic, "smtp")
    assert (outcome.reply_code, outcome.remote_mta) == (status.code, "mx.dest.example")
    assert (outcome.last_attempt, outcome.will_retry_until) == (status.last_attempt, status.will_retry_until)


def test_original_recipient_and_log_id_are_read():
    found = understand(read(build_dsn(report(failed(FAILURES[0], **RICH)))))
    assert (found.outcomes[0].original_address, found.outcomes[0].log_id) == ("Ann+news@old.example", "3ABC")
    assert found.recipients == ("Ann+news@old.example",)


@pytest.mark.parametrize(
    ("dialect", "failure"), [(name, each) for name in DIALECTS for each in FAILURES if each.answered], ids=str
)
def test_every_dialect_tells_who_failed_with_which_reply(dialect, failure):
    found = understand(read(build_dsn(report(failed(failure)), dialect)))
    outcome = found.outcomes[0]
    assert (found.agent, outcome.action) == ("" if dialect == "rfc" else dialect, "failed")
    assert outcome.address == "nobody@dest.example"
    given_up = {"ses": 554, "m365": 550, "opensmtpd": 0} if failure.name == "expired" else {}
    assert outcome.reply_code == given_up.get(dialect, int(failure.diagnostic[:3]))
    assert found.original.message_id == "invoice-1@app.example"
    assert outcome.best_status in (failure.status, "4.4.7", "5.4.300", "")


@pytest.mark.parametrize(("dialect", "action"), [(n, a) for n, d in DIALECTS.items() for a in sorted(d.actions)])
def test_every_dialect_tells_what_happened(dialect, action):
    found = understand(read(build_dsn(report(told(action)), dialect)))
    expected = "delivered" if (dialect, action) == ("exim", Action.RELAYED) else action.value
    assert [each.action for each in found.outcomes] == [expected]


@pytest.mark.parametrize(
    ("status", "diagnostic", "best", "transient"),
    [
        ("5.0.0", "550 5.1.1 no", "5.1.1", False),
        ("5.1.1", "550 5.2.2 no", "5.1.1", False),
        ("", "452 4.2.2 full", "4.2.2", True),
        ("", "452 full", "", True),
        ("", "", "", False),
    ],
)
def test_the_better_status_counts(status, diagnostic, best, transient):
    body = (
        f"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}"
    )
    outcome = dsn(f"Reporting-MTA: dns; x\n\n{body}").outcomes[0]
    assert (outcome.best_status, outcome.is_transient_cause, outcome.is_final) == (best, transient, True)


def dsn(status, kind="message/delivery-status", extra="", third=""):
    """A report around a status part as somebody else may write it."""
    parts = f"--x\n\nText for people.\n\n--x\nContent-Type: {kind}\n{extra}\n{status}\n\n{third}--x--\n"
    return understand(read(f"Subject: s\nContent-Type: multipart/report; boundary=x\n\n{parts}".encode()))


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822; a@b.example", "a@b.example"),
        ("RFC822;a@b.example", "a@b.example"),
        ("a@b.example", "a@b.example"),
        ("rfc822; <a@b.example>", "a@b.example"),
        ("utf-8; \\x{43D}@b.example", "н@b.example"),
    ],
)
def test_an_address_is_read_however_it_is_written(value, address):
    assert dsn(f"Final-Recipient: {value}\nAction: failed").outcomes[0].address == address


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("X-Actual-Recipient: rfc822; a@b.example\nAction: failed", ("a@b.example", "failed", "", "")),
        ("Original-Recipient: rfc822; a@b.example\nAction: failed", ("a@b.example", "failed", "", "")),
        ("Final-Recipient: rfc822; a@b.example\nAction: Relayed (to mailer)", ("a@b.example", "relayed", "", "")),
        ("Final-Recipient: rfc822; a@b.example", ("a@b.example", "", "", "")),
        (
            "Final-Recipient: rfc822; a@b.example\nAction: expired\nStatus: 5.2.1 (mailbox disabled)",
            ("a@b.example", "expired", "5.2.1", ""),
        ),
        (
            "Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: 550 no; really",
            ("a@b.example", "failed", "", "550 no; really"),
        ),
        (
            "Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: no type at all",
            ("a@b.example", "failed", "", "no type at all"),
        ),
    ],
)
def test_a_block_is_read_whatever_is_wrong_with_it(fields, expected):
    (outcome,) = dsn(f"Reporting-MTA: dns; x\n\n{fields}").outcomes
    assert (outcome.address, outcome.action, outcome.status, outcome.diagnostic) == expected


def test_a_missing_blank_line_is_seen_through():
    first = "Reporting-MTA: dns; x\nFinal-Recipient: rfc822; a@b.example\nAction: failed"
    found = dsn(f"{first}\n\nAction: failed\nFinal-Recipient: rfc822; c@b.example")
    assert (found.reporting_mta, found.recipients) == ("x", ("a@b.example", "c@b.example"))
    assert [entry.name for entry in found.fields.entries] == ["Reporting-MTA"]


def test_an_empty_status_part_tells_nothing_and_does_not_raise():
    found = dsn("")
    assert (found.outcomes, found.recipients, found.explanation) == ((), (), "About an earlier message:")


def test_a_date_of_sendgrids_own_is_read():
    assert dsn("Reporting-MTA: dns; x\nArrival-Date: 2026-11-23 12-00-00").arrival == NOON


def test_without_a_returned_message_the_fields_name_the_original():
    raw = b"""References: <first@app.example> <last@app.example>
Content-Type: multipart/report; boundary=x

--x

Text.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; x
X-Original-Message-ID: <told@app.example>

Final-Recipient: rfc822; a@b.example
Action: failed
--x--
"""
    original = understand(read(raw)).original
    assert original.message_id == "last@app.example"
    assert original.message_ids == ("last@app.example", "first@app.example", "told@app.example")


def test_a_status_part_alone_is_a_report():
    found = understand(
        read(b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n")
    )
    assert found.recipients == ("a@b.example",)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Subject: hello\n\nhello\n", False),
        (b"Content-Type: multipart/report; boundary=x\n\n", True),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/feedback-report\n\n\n--x--\n", True),
    ],
)
def test_a_report_is_known_by_its_type(raw, expected):
    assert is_report(read(raw)) is expected


def test_blocks_are_parsed_whatever_their_line_ends():
    blocks = parse(b"\r\n A: misplaced\r\nno field\r\nA : 1\r\n more\r\nB:\r\n\n\rC: =?utf-8?Q?=C3=A4?=")
    assert [[(entry.name, entry.value) for entry in block.entries] for block in blocks] == [
        [("A", "1 more"), ("B", "")],
        [("C", "ä")],
    ]


def test_a_paragraph_without_a_field_is_no_block():
    assert [block.value("a") for block in parse(b"nothing here\n\nA: b\n\n no field either\n")] == ["b"]


def test_blocks_and_fields_are_bounded():
    assert len(parse(b"A: b\n\n" * 3_000)) == 2_000
    assert len(parse(b"A: b\n" * 300)[0].entries) == 200


def test_comments_are_removed():
    assert without_comments("dns; mx.example (192.0.2.1, the server)") == "dns; mx.example"


@pytest.mark.parametrize(
    ("raw", "style", "expected"),
    [
        (
            b"From: MAILER-DAEMON@h.example\nSubject: failure notice\n\n"
            b"Hi. This is the qmail-send program at h.example.\n"
            b"I failed.\n\n<a@b.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<c@b.example>:\n"
            b"192.0.2.1 does not like recipient.\nRemote host said: 550 5.7.1 no\nGiving up on 192.0.2.1.\n\n"
            b"--- Below this line is a copy of the message.\n\nMessage-ID: <o@app.example>\n\nbody\n",
            "qsbmf",
            [
                ("a@b.example", "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
                ("c@b.example", "5.7.1", "550 5.7.1 no"),
            ],
        ),
        (
            b"X-Failed-Recipients: a@b.example, c@b.example,\nFrom: x@y.example\n\nIt failed: 550 5.1.1 nobody\n",
            "text",
            [("a@b.example", "5.1.1", "550 5.1.1 nobody"), ("c@b.example", "5.1.1", "550 5.1.1 nobody")],
        ),
        (
            b"From: postmaster@y.example\nReturn-Path: <>\nSubject: Sorry\n\nA message could not reach\n\n"
            b"  a@b.example\n\n554 5.4.4 no such host\n\n---- Original message follows ----\n\nSubject: o\n\nbody\n",
            "text",
            [("a@b.example", "5.4.4", "554 5.4.4 no such host")],
        ),
        (
            b"From: Mail Delivery System <x@y.example>\nSubject: Undeliverable: hi\n\n"
            b"Your message to: a@b.example\nThe mailbox is gone.\n",
            "text",
            [("a@b.example", "", "The mailbox is gone.")],
        ),
    ],
)
def test_a_report_without_a_form_is_read_by_its_words(raw, style, expected):
    found = understand(read(raw))
    assert found.style == style
    assert [(each.address, each.status, each.diagnostic) for each in found.outcomes] == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: ann@b.example\nSubject: Undeliverable\n\n  a@b.example\n550 5.1.1 no\n",
        b"From: postmaster@b.example\nSubject: Welcome\n\n  a@b.example\n550 5.1.1 no\n",
        b"From: postmaster@b.example\nSubject: Undeliverable\n\nNo address here.\n",
        b"From: postmaster@b.example\nSubject: Undeliverable\n\n  a@b.example",
        b"From: postmaster@b.example\nSubject: Undeliverable\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\n\na@b.example\n550 no\n--x--\n",
        b"From: a@b.example\nAuto-Submitted: auto-generated\nSubject: cron\n\nx\n",
    ],
)
def test_an_ordinary_message_is_no_report(raw):
    assert understand(read(raw)) is None


def test_an_html_report_without_its_rule_in_the_text_is_read_to_the_end():
    raw = (
        b"From: postmaster@b.example\nSubject: Undeliverable\nContent-Type: text/html\n\n"
        b"<pre>\na@b.example\n550 5.1.1 no\n</pre>\n---- Original <b>message</b> below ----\n<p>x</p>"
    )
    found = understand(read(raw))
    assert found is None or found.recipients == ("a@b.example",)


@pytest.mark.parametrize(
    ("failure", "reason", "said"),
    [
        (
            0,
            "there is no such mailbox (5.1.1).",
            " mx.dest.example said: 550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown",
        ),
        (
            6,
            "the receiver waits for another try (greylisting) (4.7.1). "
            "Such a problem can pass, but the time for delivery was over.",
            " mx.dest.example said: 451 4.7.1 Greylisted, please try again later",
        ),
        (
            8,
            "the host did not answer (4.4.1). Such a problem can pass, but the time for delivery was over.",
            " The report says: connect to mx.dest.example[192.0.2.25]:25: Connection refused",
        ),
    ],
)
def test_a_report_is_said_in_plain_words(failure, reason, said):
    found = understand(read(build_dsn(report(failed(FAILURES[failure])))))
    opening = "About the message 'Your invoice':\nnobody@dest.example: the message could not be delivered, and will not"
    assert found.explanation == f"{opening} be tried again. The reason: {reason}{said}"


@pytest.mark.parametrize(
    ("status", "diagnostic", "reason"),
    [
        ("5.0.0", "550 No Such User Here", " The reason: there is no such mailbox (5.0.0). The other server said"),
        ("", "554 This user doesn't have an x account", " The reason: there is no such mailbox. The other server said"),
        ("5.0.0", "550 no", " The other server said: 550 no"),
        ("", "gone", " The report says: gone"),
        ("5.0.0", "", " The reason: nothing more is known (5.0.0)."),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; x", " The reason: there is no such mailbox (5.1.10)."),
    ],
)
def test_what_a_code_does_not_say_its_words_may(status, diagnostic, reason):
    said = Outcome("a@b.example", "failed", status=status, diagnostic=diagnostic).explanation
    assert said.partition("tried again.")[2].startswith(reason)
