"""Assertions about a message, and what their failures say."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable

import pytest

from mailpit_py.testing import CheckFailed, Message, View
from tests.checks.test_inspection import BULK, HEAD, POST, both
from tests.testing.conftest import send

GOOD = both('<a href="https://acme.example/x">Go</a>', head=HEAD + BULK + POST)
BAD = (
    "From: hi@acme.test\r\nTo: ann@example.com\r\nSubject: Bad\r\nMessage-ID: <2@acme.test>\r\n"
    "Content-Type: text/html\r\n\r\n"
    '<a href="http://localhost/x">Go</a><img src="http://acme.example/x.png">' + "x" * 105_000
).encode()
FILES = (
    b"Subject: Files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n"
    b"--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\nx,y\r\n--b--\r\n"
)


def received(view: View, raw: bytes, *recipients: str) -> Message:
    send(view, "", *recipients, raw=raw)
    return view.messages[-1]


def test_a_good_message_passes_them_all(mp: View) -> None:
    check = received(mp, GOOD, "ann@example.com", "eve@example.com").check
    check.delivered_to("ann@example.com", "eve@EXAMPLE.com")
    check.not_delivered_to("bob@example.com")
    check.header("Subject")
    check.header("subject", re.compile("^Hi$"))
    check.no_header("Bcc")
    check.valid()
    check.text_and_html()
    check.size()
    check.links()
    check.no_mixed_content()
    check.list_unsubscribe()
    check.all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda check: check.delivered_to("eve@example.com"), "did not go to eve@example.com: the recipients are ann@"),
        (lambda check: check.not_delivered_to("ann@example.com"), "'Bad': it went to ann@example.com"),
        (lambda check: check.header("List-Id"), "there is no List-Id: ['From', 'To'"),
        (lambda check: check.header("Subject", "Good"), "there is no Subject with 'Good': ['Bad']"),
        (lambda check: check.no_header("Subject"), "there is a Subject: ['Bad']"),
        (lambda check: check.attachment("a.csv"), "there is no file a.csv: []"),
        (lambda check: check.valid(), "The Date field is missing. Let a mail library"),
        (lambda check: check.text_and_html(), "no plain text. Send multipart/alternative"),
        (lambda check: check.size(), "Gmail clips it at 102 kB. Shorten it"),
        (lambda check: check.links(), "only you can reach: http://localhost/x. Set the public address"),
        (lambda check: check.no_mixed_content(), "http://acme.example/x.png. Serve them over https"),
        (lambda check: check.list_unsubscribe(), "no List-Unsubscribe field. Add one"),
        (lambda check: check.all(), "(mixed-content)"),
        (lambda check: check.deferred(), "it was deferred 0 times: 250 at CONTENT"),
        (lambda check: check.retried(), "it was tried again 0 times"),
        (lambda check: check.bounced(), "no bounce: nothing follows"),
    ],
)
def test_a_failure_says_what_is_there_and_what_to_change(mp: View, call: Callable, words: str) -> None:
    with pytest.raises(CheckFailed, match=re.escape(words)):
        call(received(mp, BAD.replace(b"<2@", f"<{id(call)}@".encode())).check)


def test_findings_can_be_ignored_by_code(mp: View) -> None:
    check = received(mp, BAD).check
    check.all(ignore=("clipped", "local-link", "no-text", "mixed-content", "missing-date"))


def test_files_are_compared(mp: View) -> None:
    check = received(mp, FILES).check
    check.attachment("a.csv", content_type="text/csv", content=b"x,y")
    with pytest.raises(CheckFailed, match=r"a\.csv is text/csv, not text/plain"):
        check.attachment("a.csv", content_type="text/plain")
    with pytest.raises(CheckFailed, match="other content: 3 bytes, not 1"):
        check.attachment("a.csv", content=b"x")


def test_tries_are_counted(mp: View) -> None:
    with mp.defer(times=2):
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                send(mp, "tries", "tries@example.com")
        send(mp, "tries", "tries@example.com")
    check = mp.wait_for(subject="tries").check
    check.deferred()
    check.deferred(times=2)
    check.retried(times=2)
    with pytest.raises(CheckFailed, match="it was deferred 2 times: 451 at RCPT, 451 at RCPT, 250 at CONTENT"):
        check.deferred(times=1)


def test_a_bounce_is_seen(mp: View) -> None:
    send(mp, "gone", "gone@example.com")
    message = mp.wait_for(subject="gone")
    mp.bounce(message, "unknown_user")
    message.check.bounced()
    message.check.bounced("5.1.1")
    with pytest.raises(CheckFailed, match=r"no bounce with 5\.2\.2: 5\.1\.1"):
        message.check.bounced("5.2.2")
