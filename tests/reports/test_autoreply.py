"""Automatic replies: every rule against one, and the reply itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope
from mailpit_py.reports import AutoReply, Kind, build_auto_reply, build_dsn, check, should_answer, understand
from mailpit_py.reports.autoreply import WEEK
from tests.reports.oracle import ask_sisimai
from tests.reports.scenarios import NOON, ORIGINAL, report

ENVELOPE = Envelope("app@app.example")
TO = b"To: Ann@dest.example\r\n"


@pytest.mark.parametrize(
    ("header", "reverse_path", "rule"),
    [
        (TO, "app@app.example", "no rule stands against an answer"),
        (b"Cc: ann@dest.example\r\n", "app@app.example", "no rule stands against an answer"),
        (TO + b"Auto-Submitted: no\r\n", "app@app.example", "no rule stands against an answer"),
        (TO, "", "the reverse-path is null"),
        (TO, "MAILER-DAEMON@b.example", "the reverse-path MAILER-DAEMON@b.example belongs to a program or a list"),
        (TO, "owner-news@b.example", "the reverse-path owner-news@b.example belongs to a program or a list"),
        (TO, "news-request@b.example", "the reverse-path news-request@b.example belongs to a program or a list"),
        (TO, "postmaster", "the reverse-path postmaster belongs to a program or a list"),
        (TO + b"Auto-Submitted: auto-replied (vacation)\r\n", "a@b.example", "Auto-Submitted is auto-replied"),
        (TO + b"Auto-Submitted: auto-generated; x=y\r\n", "a@b.example", "Auto-Submitted is auto-generated"),
        (TO + b"Content-Type: multipart/report; boundary=x\r\n", "a@b.example", "the message is itself a report"),
        (TO + b"X-Auto-Response-Suppress: DR, OOF\r\n", "a@b.example", "X-Auto-Response-Suppress is dr, oof"),
        (TO + b"X-Auto-Response-Suppress: DR\r\n", "a@b.example", "no rule stands against an answer"),
        (TO + b"List-Unsubscribe: <https://b.example>\r\n", "a@b.example", "the message has List- fields"),
        (TO + b"Precedence: Bulk\r\n", "a@b.example", "Precedence is bulk"),
        (TO + b"Precedence: first-class\r\n", "a@b.example", "no rule stands against an answer"),
        (b"To: else@dest.example\r\n", "a@b.example", "ann@dest.example is in none of To, Cc and Bcc"),
        (b"", "a@b.example", "ann@dest.example is in none of To, Cc and Bcc"),
    ],
)
def test_the_first_rule_against_an_answer_is_named(header, reverse_path, rule):
    answer = should_answer(read(header + b"\r\n"), Envelope(reverse_path), "ann@dest.example")
    assert (answer.rule, answer.is_wanted) == (rule, rule.startswith("no rule"))


@pytest.mark.parametrize(("ago", "expected"), [(0, False), (WEEK - 1, False), (WEEK, True)])
def test_a_correspondent_is_answered_once_in_seven_days(ago, expected):
    answer = should_answer(read(TO + b"\r\n"), ENVELOPE, "ann@dest.example", last=NOON - ago, at=NOON)
    assert answer.is_wanted is expected


@pytest.mark.parametrize("raw", [build_dsn(report())])
def test_a_report_of_ours_is_never_answered(raw):
    assert not should_answer(read(raw), ENVELOPE, "bounces+v=erp@app.example").is_wanted


REPLY = AutoReply("ann@dest.example", "bounces@app.example", ORIGINAL, NOON, "seed", name="Ann Lee")


def test_a_reply_is_as_the_standard_asks():
    assert build_auto_reply(REPLY) == (
        b"From: Ann Lee <ann@dest.example>\r\n"
        b"To: <bounces@app.example>\r\n"
        b"Subject: Auto: Your invoice\r\n"
        b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
        b"Message-ID: <560ea47f632d3b76b04e@dest.example>\r\n"
        b"In-Reply-To: <invoice-1@app.example>\r\n"
        b"References: <invoice-1@app.example>\r\n"
        b"Auto-Submitted: auto-replied\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n"
        b"\r\n"
        b"I am out of the office and will read your message when I am back.\r\n"
    )


def test_outlooks_reply_forbids_an_answer():
    raw = build_auto_reply(replace(REPLY, is_exchange=True, text="Je suis absent, désolé."))
    assert b"Subject: Automatic reply: Your invoice\r\n" in raw
    assert b"X-Auto-Response-Suppress: All\r\n" in raw
    assert b"charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n" in raw


def test_a_reply_to_a_message_without_an_id_refers_to_none():
    raw = build_auto_reply(replace(REPLY, original=b"Subject: x\r\n\r\n", responder="ann"))
    assert b"References" not in raw
    assert b"@localhost.invalid>" in raw


def test_a_reply_is_read_again_and_nothing_is_wrong_with_it():
    message = read(build_auto_reply(REPLY))
    found = understand(message)
    assert (found.kind, found.style, found.recipients) == (Kind.AUTO_REPLY, "rfc3834", ("ann@dest.example",))
    assert found.original.message_id == "invoice-1@app.example"
    assert "ann@dest.example: a program answered in the recipient's place." in found.explanation
    assert check(message, found) == ()


@pytest.mark.parametrize(
    ("header", "style"),
    [
        (b"Auto-Submitted: auto-replied; owner-email=a\r\n", "rfc3834"),
        (b"X-Autoreply: yes\r\n", "field"),
        (b"Precedence: auto_reply\r\n", "field"),
        (b"Subject: Automatic reply: hello\r\n", "subject"),
        (b"Subject: Out of office until Monday\r\n", "subject"),
        (b"Subject: =?utf-8?Q?R=C3=A9ponse_automatique?=\r\n", "subject"),
        (b"Subject: Abwesend\r\n", "subject"),
    ],
)
def test_replies_of_other_makes_are_known(header, style):
    assert understand(read(header + b"\r\nx\r\n")).style == style


@pytest.mark.parametrize("subject", [b"Re: automatic reply", b"Autobahn", b"About the office"])
def test_an_ordinary_subject_is_no_reply(subject):
    assert understand(read(b"Subject: " + subject + b"\r\n\r\nx\r\n")) is None


@pytest.mark.parametrize("changes", [{"reverse_path": ""}, {"responder": "a\r\nb"}])
def test_a_reply_that_cannot_be_is_refused(changes):
    with pytest.raises(ValueError, match="goes to a reverse-path on one line"):
        replace(REPLY, **changes)


def test_sisimai_reads_a_reply_as_vacation(tmp_path):
    letter = tmp_path / "reply.eml"
    letter.write_bytes(build_auto_reply(REPLY))
    (found,) = ask_sisimai([letter])["reply"]
    assert (found["reason"], found["recipient"]) == ("vacation", "ann@dest.example")
