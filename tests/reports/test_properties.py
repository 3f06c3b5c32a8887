"""What holds for all reports and for any octets: nothing raises, nothing breaks out of its line."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.mail import read
from mailpit_py.reports import (
    DIALECTS,
    Action,
    AutoReply,
    Complaint,
    Nasty,
    Receipt,
    RecipientStatus,
    build_auto_reply,
    build_complaint,
    build_dsn,
    build_mdn,
    check,
    decode_reverse_path,
    understand,
)
from tests.reports.scenarios import NOON, ORIGINAL, report, told

LONG = re.compile(rb"[^\r\n]{999}")
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
WORDS = [
    b"Content-Type: ", b"multipart/report", b"; boundary=x", b"--x", b"--x--", b"message/delivery-status",
    b"\n", b"\r\n", b"\r\n\r\n", b"Final-Recipient: rfc822; ", b"Action: failed", b"Status: 5.1.1", b"a@b.example",
    b"text/rfc822-headers", b"Diagnostic-Code: smtp; 550 5.1.1 no", b"message/feedback-report",
    b"Feedback-Type: abuse", b"From: MAILER-DAEMON",
    b"Hi. This is the qmail-send program", b"<a@b.example>:", b"Subject: Undeliverable", b"message/rfc822", b"; 2.3.4",
    b"message/disposition-notification", b"Disposition: a;b/c", b"X-Failed-Recipients: ", b"\xff\x00",
    b"=?utf-8?Q?=FF?=", b"Content-Transfer-Encoding: base64", b"Return-Path: <>",
    b"--- Below this line is a copy of the message.",
]  # fmt: skip
octets = st.binary(max_size=400) | st.lists(st.sampled_from(WORDS) | st.binary(max_size=9), max_size=40).map(b"".join)
line = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]), max_size=300)
text = st.text(max_size=1_500)
address = st.builds("{}@{}".format, line, st.sampled_from(["dest.example", "почта.example", "x" * 300 + ".example"]))


@settings(max_examples=500, deadline=None)
@given(octets)
def test_reading_never_raises(raw):
    message = read(raw)
    report = understand(message)
    if report is not None:
        assert isinstance(report.explanation, str)
        check(message, report)


@given(st.text(max_size=200) | st.text(alphabet="prvs=SRS01-+a.@9", max_size=80))
def test_no_reverse_path_raises(path):
    for layer in decode_reverse_path(path):
        assert layer.explanation


def assert_sound(raw):
    """No long line, no bare line end, and every boundary only where a part begins or ends."""
    assert not LONG.search(raw)
    assert not BARE.search(raw)
    for part in read(raw).parts():
        if part.is_multipart and part.children:
            mark = b"--" + part.parameters["boundary"].encode()
            assert part.body.count(mark) >= len(part.children)


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("dialect", DIALECTS)
@given(data=st.data())
def test_nothing_that_a_sender_writes_breaks_a_report(dialect, data):
    action = data.draw(st.sampled_from(sorted(DIALECTS[dialect].actions)))
    status = replace(
        told(action),
        final_recipient=data.draw(address),
        orcpt=data.draw(st.just("") | line.map("rfc822;{}".format)),
        diagnostic=data.draw(text | text.map("550 5.1.1 {}".format)),
        final_log_id=data.draw(line),
        remote_address=data.draw(st.sampled_from(["", "192.0.2.1"])),
    )
    subject = data.draw(line).encode()
    made = report(
        status,
        original=b"Subject: " + subject + b"\r\n" + data.draw(octets),
        reverse_path=data.draw(address),
        envid=data.draw(line),
        client=data.draw(text),
        smtputf8=data.draw(st.booleans()),
        seed=data.draw(text),
        nasty=frozenset(data.draw(st.sets(st.sampled_from(Nasty)))),
    )
    raw = build_dsn(made, dialect)
    assert_sound(raw)
    assert build_dsn(made, dialect) == raw
    understand(read(raw))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_boundary_that_the_sender_guessed_is_not_taken(dialect):
    first = build_dsn(report(), dialect)
    mark = read(first).root.parameters.get("boundary", "")
    guessed = f"X-Mark: --{mark}--\r\n".encode() + ORIGINAL
    second = build_dsn(report(original=guessed), dialect)
    again = read(second).root.parameters.get("boundary", "")
    assert understand(read(second)).recipients == ("nobody@dest.example",)
    if mark:
        assert again != mark


@settings(deadline=None)
@given(octets, line, line, st.booleans())
def test_nothing_breaks_a_complaint(original, recipient, reverse_path, redact):
    made = Complaint("p.example", "to@app.example", recipient, reverse_path, original, NOON, NOON, "s", redact=redact)
    assert_sound(build_complaint(made))


@settings(deadline=None)
@given(octets, line, text)
def test_nothing_breaks_a_reply_or_a_receipt(original, name, words):
    assert_sound(build_auto_reply(AutoReply("a@b.example", "c@d.example", original, NOON, "s", words, name)))
    assert_sound(build_mdn(Receipt(name, "c@d.example", original, NOON, "s")))


@settings(deadline=None)
@given(st.sampled_from(list(Action)), st.lists(address, min_size=1, max_size=4, unique=True))
def test_what_is_written_is_what_is_read(action, addresses):
    clean = [f"user{number}@dest.example" for number, _ in enumerate(addresses)]
    statuses = tuple(RecipientStatus(each, action, told(action).status, diagnostic="x") for each in clean)
    found = understand(read(build_dsn(report(*statuses))))
    assert [(each.address, each.action, each.status) for each in found.outcomes] == [
        (each.final_recipient, each.action.value, each.status) for each in statuses
    ]
