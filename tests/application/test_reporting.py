"""One step carried out: which reports it makes, of whom, in whose form, and why not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from mailpit_py.application.reporting import REPORTS_AT_MOST, Circumstances, Result, carry_out
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.reports import Action, Kind, check, understand
from mailpit_py.simulation.follow_up import StepKind, Told
from mailpit_py.storage import Step, StepOriginal

NOON = 1_795_435_200_000_000  # 2026-11-23 12:00:00 UTC
HOUR = 3_600_000_000
RAW = (
    b"From: App <app@app.example>\r\nTo: ann@dest.example\r\nSubject: Your invoice\r\n"
    b"Message-ID: <1@app.example>\r\n\r\nPlease pay.\r\n"
)
SENDER = "bounces+ann=dest.example@app.example"
REFUSED = {"code": 550, "status": "5.1.1", "text": "No such user", "remote": "mx.dest.example"}
DEFERRED = {"code": 451, "status": "4.7.1", "text": "Greylisted", "remote": "mx.dest.example"}
ARRIVED = {"status": "2.1.5", "command": ""}
TOLD = {StepKind.FAILURE: REFUSED, StepKind.DELAY: DEFERRED}


def step(kind: StepKind = StepKind.FAILURE, *addresses: str, dialect: str = "rfc", **body: Any) -> Step:
    told = [Told(one, **TOLD.get(kind, ARRIVED)).as_mapping() for one in addresses or ("ann@dest.example",)]
    return Step(
        id=1,
        inbox="default",
        original="o" * 22,
        original_id=1,
        kind=kind,
        accepted_at=NOON,
        due_at=NOON + HOUR,
        body={"dialect": dialect, "recipients": told, **body},
    )


def original(
    *addresses: str, notify: str = "", raw: bytes = RAW, sender: str = SENDER, orcpt: str = "", **more: Any
) -> StepOriginal:
    recipients = tuple(Recipient(one, notify, orcpt) for one in addresses or ("ann@dest.example",))
    envelope = Envelope(sender, recipients, **more)
    session = Session("s", NOON, peer="198.51.100.7:4000", helo="client.app.example")
    message = read(raw)
    return StepOriginal("o" * 22, envelope, raw, session, message.message_id, message.subject, NOON)


def made(about: Step, message: StepOriginal, **more: Any) -> Result:
    return carry_out(about, message, Circumstances(**more))


# NOTIFY x RET x outcome x reverse-path (RFC 3461 §4.3, §5.2; RFC 5321 §6.1), written out.

FAILED, DELAYED, DELIVERED = StepKind.FAILURE, StepKind.DELAY, StepKind.DELIVERED
NOTIFIES = ("", "NEVER", "SUCCESS", "FAILURE", "DELAY", "SUCCESS,FAILURE", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY")
REPORTED = {
    FAILED: {"", "FAILURE", "SUCCESS,FAILURE", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"},
    DELAYED: {"", "DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"},
    DELIVERED: {"SUCCESS", "SUCCESS,FAILURE", "SUCCESS,FAILURE,DELAY"},
}
WHOLE, HEADERS = "message/rfc822", "text/rfc822-headers"
RETURNED = {
    (FAILED, ""): WHOLE,
    (FAILED, "FULL"): WHOLE,
    (FAILED, "HDRS"): HEADERS,
    (DELAYED, ""): HEADERS,
    (DELAYED, "FULL"): HEADERS,
    (DELAYED, "HDRS"): HEADERS,
    (DELIVERED, ""): HEADERS,
    (DELIVERED, "FULL"): HEADERS,
    (DELIVERED, "HDRS"): HEADERS,
}
MATRIX = [
    (notify, ret, kind, sender)
    for notify in NOTIFIES
    for ret in ("", "FULL", "HDRS")
    for kind in REPORTED
    for sender in (SENDER, "bounce+5.1.1@app.example", "")
]


@pytest.mark.parametrize(("notify", "ret", "kind", "sender"), MATRIX)
def test_whether_a_report_is_made_and_what_it_returns(notify, ret, kind, sender):
    message = original(notify=notify, ret=ret, sender=sender, envid="QQ314159", orcpt="rfc822;Ann@dest.example")
    result = made(step(kind), message)
    if notify not in REPORTED[kind] or not sender:
        assert result.made == ()
        assert bool(result.reason) or kind is DELIVERED
        return
    (one,) = result.made
    assert (one.reverse_path, one.recipient, result.reason) == ("", sender, "")
    report = read(one.raw)
    assert [part.content_type for part in report.root.children] == [
        "text/plain",
        "message/delivery-status",
        RETURNED[kind, ret],
    ]
    understood = understand(report)
    assert understood is not None
    assert [each.action for each in understood.outcomes] == [
        {FAILED: "failed", DELAYED: "delayed", DELIVERED: "delivered"}[kind]
    ]
    arrived = Envelope("", (Recipient(sender),))
    assert check(report, understood, envelope=arrived, original=message.envelope) == ()


# Why not.


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        (FAILED, original(notify="NEVER"), "no report: NOTIFY=NEVER (RFC 3461 §4.1), for ann@dest.example"),
        (FAILED, original(sender=""), "the reverse-path is null (RFC 5321 §6.1)"),
        (DELIVERED, original(notify="FAILURE"), "NOTIFY is given without SUCCESS"),
        (FAILED, original(raw=b"Content-Type: multipart/report; boundary=x\r\n\r\n"), "is itself a report"),
        (FAILED, original(raw=b"Auto-Submitted: auto-replied (vacation)\r\n\r\n"), "an automatic reply"),
        (StepKind.COMPLAINT, original(sender=""), "the reverse-path is null"),
        (StepKind.COMPLAINT, original(raw=b"Content-Type: multipart/report; boundary=x\r\n\r\n"), "itself a report"),
        (StepKind.RECEIPT, original(), "has no Disposition-Notification-To"),
        (StepKind.AUTO_REPLY, original(raw=b"Subject: x\r\n\r\n"), "is in none of To, Cc and Bcc"),
        (StepKind.AUTO_REPLY, original(raw=b"To: ann@dest.example\r\nList-Id: <l>\r\n\r\n"), "has List- fields"),
        (StepKind.CHALLENGE, original(raw=b"To: ann@dest.example\r\nPrecedence: bulk\r\n\r\n"), "Precedence is bulk"),
    ],
)
def test_nothing_is_made_without_a_reason(kind, message, reason):
    result = made(step(kind), message)
    assert result.made == ()
    assert reason in result.reason


def test_mail_of_a_program_that_is_no_answer_gets_its_report():
    message = original(raw=b"Auto-Submitted: auto-generated\r\nSubject: Build failed\r\n\r\nx\r\n")
    assert len(made(step(), message).made) == 1


def test_a_correspondent_is_answered_once_in_a_week():
    answered = {("ann@dest.example", SENDER): NOON - 6 * 24 * HOUR}
    about = step(StepKind.AUTO_REPLY)
    result = made(about, original(), answered=lambda *who: answered.get(who))
    assert "within the last seven days" in result.reason
    hosted = step(StepKind.AUTO_REPLY, dialect="ses")
    assert len(made(hosted, original(), answered=lambda *who: answered.get(who)).made) == 1
    assert len(made(about, original(), answered=lambda *who: None).made) == 1


def test_a_report_that_was_asked_for_by_hand_does_not_ask_notify():
    assert len(made(step(FAILED, ignores_notify=True), original(notify="NEVER")).made) == 1


def test_an_address_that_asks_for_a_success_report_gets_one_unless_notify_says_no():
    about = replace(step(DELIVERED), body={"recipients": [{"address": "ann@dest.example", "is_asked": True}]})
    assert len(made(about, original()).made) == 1
    assert made(about, original(notify="NEVER")).made == ()
    assert made(about, original(notify="FAILURE")).made == ()


# Several recipients.

THREE = ("ann@dest.example", "bob@dest.example", "cid@dest.example")


@pytest.mark.parametrize(("dialect", "number"), [("rfc", 1), ("postfix", 1), ("gmail", 3), ("m365", 3), ("ses", 1)])
def test_those_that_fail_together_share_a_report_or_not_as_the_dialect_does(dialect, number):
    result = made(step(FAILED, *THREE, dialect=dialect), original(*THREE))
    assert len(result.made) == number
    assert [address for one in result.made for address in one.about] == list(THREE)
    assert len({read(one.raw).message_id for one in result.made}) == number


def test_only_those_are_named_who_want_to_be_reported():
    recipients = tuple(map(Recipient, THREE, ("NEVER", "", "SUCCESS")))
    message = replace(original(), envelope=Envelope(SENDER, recipients))
    result = made(step(FAILED, *THREE), message)
    assert [one.about for one in result.made] == [("bob@dest.example",)]
    assert result.reasons == (
        "no report: NOTIFY=NEVER (RFC 3461 §4.1), for ann@dest.example",
        "no report: NOTIFY is given without FAILURE (RFC 3461 §4.1), for cid@dest.example",
    )


def test_a_thousand_recipients_do_not_become_a_thousand_reports():
    many = [f"user{number}@dest.example" for number in range(1_000)]
    shared = made(step(FAILED, *many), original(*many))
    assert [len(one.about) for one in shared.made] == [1_000]
    apart = made(step(FAILED, *many, dialect="gmail"), original(*many))
    assert len(apart.made) == REPORTS_AT_MOST
    assert f"only {REPORTS_AT_MOST} of 1000 reports" in apart.reason
    answers = made(step(StepKind.COMPLAINT, *many), original(*many))
    assert len(answers.made) == REPORTS_AT_MOST
    assert f"only {REPORTS_AT_MOST} of 1000 reports" in answers.reason


# Forms.


def test_a_dialect_that_does_not_report_something_leaves_it_to_the_standard():
    result = made(step(DELAYED, dialect="qmail"), original())
    assert result.reason == "qmail does not report this; it is told as the standard has it"
    assert read(result.made[0].raw).root.content_type == "multipart/report"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"code": 550, "text": "No Such User Here"}, "5.0.0"),
        ({"code": 452, "status": "4.2.2", "text": "Full"}, "4.2.2"),
        ({"status": "4.4.1", "text": "connect to mx: timed out"}, "4.4.1"),
        ({"text": "no idea"}, "5.0.0"),
    ],
)
def test_the_status_is_that_of_the_reply_or_made_up_of_its_class(told, status):
    about = replace(step(), body={"recipients": [Told("ann@dest.example", **told).as_mapping()]})
    (one,) = made(about, original()).made
    understood = understand(read(one.raw))
    assert understood is not None
    assert understood.outcomes[0].status == status


def test_a_delay_told_with_a_permanent_code_is_a_temporary_status():
    about = replace(step(DELAYED), body={"recipients": [Told("ann@dest.example", **REFUSED).as_mapping()]})
    (one,) = made(about, original()).made
    assert b"Status: 4.1.1\r\n" in one.raw


def test_a_returned_original_has_an_end():
    raw = RAW + b"x" * 70 + b"\r\n" * 1 + b"y" * 70 + b"\r\n" + b"z" * 60_000
    (one,) = made(step(), original(raw=raw)).made
    assert len(one.raw) < 4_000


@pytest.mark.parametrize(
    ("kind", "dialect", "expected", "sender", "to"),
    [
        (StepKind.COMPLAINT, "rfc", Kind.FEEDBACK, "feedback@dest.example", "abuse@app.example"),
        (StepKind.COMPLAINT, "ses", Kind.FEEDBACK, "feedback@email-abuse.amazonses.com", SENDER),
        (StepKind.AUTO_REPLY, "rfc", Kind.AUTO_REPLY, "", SENDER),
        (StepKind.CHALLENGE, "rfc", Kind.AUTO_REPLY, "", SENDER),
        (StepKind.RECEIPT, "rfc", Kind.DISPOSITION, "", "app@app.example"),
    ],
)
def test_what_people_and_their_programs_send(kind, dialect, expected, sender, to):
    raw = b"Disposition-Notification-To: <app@app.example>\r\n" + RAW
    (one,) = made(step(kind, dialect=dialect), original(raw=raw)).made
    understood = understand(read(one.raw))
    assert understood is not None
    assert (understood.kind, one.reverse_path, one.recipient) == (expected, sender, to)
    assert check(read(one.raw), understood) == ()


@pytest.mark.parametrize("hostname", ["", "a b", "почта.example", "x\r\ny"])
def test_a_host_that_cannot_be_written_has_another_name(hostname):
    (one,) = made(step(), original(), hostname=hostname).made
    assert b"Reporting-MTA: dns; mx.sandbox.test\r\n" in one.raw


def test_an_internationalised_original_gets_an_internationalised_report():
    address = "нет@почта.example"
    message = original(address, smtputf8=True, raw=RAW.replace(b"Your invoice", "Счёт".encode()))
    (one,) = made(step(FAILED, address), message).made
    understood = understand(read(one.raw))
    assert understood is not None
    assert read(one.raw).root.children[1].content_type == "message/global-delivery-status"
    assert [each.address for each in understood.outcomes] == [address]


@pytest.mark.parametrize(("dialect", "to"), [("rfc", "fbl@app.example"), ("ses", SENDER)])
def test_complaints_go_to_who_is_registered_but_those_of_ses_to_the_sender(dialect, to):
    (one,) = made(step(StepKind.COMPLAINT, dialect=dialect), original(), complaints_to="fbl@app.example").made
    assert (one.recipient, read(one.raw).to[0].address) == (to, to)


def test_a_complaint_may_hide_who_complains():
    (one,) = made(step(StepKind.COMPLAINT, redact=True), original()).made
    assert b"ann@dest.example" not in one.raw


def test_text_of_the_sender_stays_text():
    told = Told("ann@dest.example", 550, "5.1.1", "No\nsuch <user>")
    about = replace(step(), body={"recipients": [told.as_mapping()]})
    (one,) = made(about, original(raw=b"Subject: a\r\n =?utf-8?q?b=0D=0AX-Evil:_1?=\r\n\r\nx\r\n")).made
    head = one.raw.partition(b"\r\n\r\n")[0]
    assert b"\nX-Evil" not in head
    assert Action.FAILED.value.encode() in one.raw


# The same again.


def test_the_same_seed_step_and_original_give_the_same_bytes_and_others_do_not():
    def raw(about: Step = step(), message: StepOriginal = original(), seed: int = 1) -> bytes:  # noqa: B008
        return made(about, message, seed=seed).made[0].raw

    assert raw() == raw()
    others = [raw(seed=2), raw(replace(step(), id=2)), raw(message=original(raw=RAW + b"!"))]
    ids = {read(one).message_id for one in [raw(), *others]}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("dialect", "pattern"),
    [
        ("rfc", rb"with ESMTP id (\w+)"),
        ("postfix", rb"X-Postfix-Queue-ID: (\w+)"),
        ("exim", rb"\(envelope-from [^)]+\)\r\n\tid (\S+)"),
        ("sendmail", rb"with ESMTP id (\w+)"),
        ("opensmtpd", rb"with ESMTP id (\w+)"),
        ("gmail", rb"with ESMTP\s+id\s+(\w+)"),
    ],
)
def test_a_warning_and_the_failure_after_it_name_the_original_alike(dialect, pattern):
    steps = (step(StepKind.DELAY, dialect=dialect), replace(step(dialect=dialect), id=2, due_at=NOON + 9 * HOUR))
    warning, failure = (made(one, original()).made[0].raw for one in steps)
    assert re.findall(pattern, warning) == re.findall(pattern, failure) != []
    assert read(warning).message_id != read(failure).message_id
