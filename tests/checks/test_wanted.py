"""Which message is waited for, and in which words another one is told not to be it."""

from __future__ import annotations

import re

import pytest

from mailpit_py.checks.wanted import Wanted
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient

MAIL = read(
    b"From: Acme <hi@acme.test>\r\nTo: Ann <ann@Example.com>\r\nCc: bob@example.com\r\nSubject: Welcome, Ann\r\n"
    b"X-Campaign: spring\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nHi Ann\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=terms.pdf\r\n\r\nx\r\n--b--\r\n"
)
HTML = read(b"Content-Type: text/html\r\n\r\n<p>Hi <b>Ann</b></p>\r\n")
ENVELOPE = Envelope(
    "bounces@acme.test",
    tuple(Recipient(one) for one in ("ann@example.com", "bob@example.com", "eve@example.com")),
)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(to="ann@example.com"),
        Wanted(to="ann@EXAMPLE.com"),
        Wanted(to="eve@example.com"),
        Wanted(to=re.compile("Ann <")),
        Wanted(cc="bob@example.com"),
        Wanted(bcc="eve@example.com"),
        Wanted(sender="hi@acme.test"),
        Wanted(sender="bounces@acme.test"),
        Wanted(sender=re.compile("^Acme")),
        Wanted(subject="Welcome"),
        Wanted(subject=re.compile("^welcome", re.I)),
        Wanted(text="Hi Ann"),
        Wanted(header=(("x-campaign", "spring"),)),
        Wanted(header=(("X-Campaign", "*"), ("Subject", re.compile("Ann$")))),
        Wanted(attachment="terms.pdf"),
        Wanted(attachment="*"),
        Wanted(attachment=re.compile(r"\.pdf$")),
        Wanted(to="ann@example.com", subject="Welcome", text="Hi"),
    ],
    ids=str,
)
def test_it_is_the_one(wanted: Wanted) -> None:
    assert wanted.mismatches(MAIL, ENVELOPE) == ()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (
            Wanted(to="ANN@example.com"),
            "to: 'ANN@example.com' is not in "
            "'Ann <ann@Example.com>, ann@example.com, bob@example.com, eve@example.com'",
        ),
        (Wanted(cc="ann@example.com"), "cc: 'ann@example.com' is not in 'bob@example.com'"),
        (Wanted(bcc="ann@example.com"), "bcc: 'ann@example.com' is not in 'eve@example.com'"),
        (Wanted(sender="acme.test"), "from: 'acme.test' is not in 'Acme <hi@acme.test>, bounces@acme.test'"),
        (Wanted(subject="welcome"), "subject: 'welcome' is not in 'Welcome, Ann'"),
        (Wanted(subject=re.compile("^Ann")), "subject: /^Ann/ is not in 'Welcome, Ann'"),
        (Wanted(text="Bob"), "text: 'Bob' is not in 'Hi Ann'"),
        (Wanted(html="<p>"), "html: '<p>' is not in ''"),
        (Wanted(header=(("X-Campaign", "autumn"),)), "header X-Campaign: 'autumn' is not in 'spring'"),
        (Wanted(header=(("List-Id", "*"),)), "header List-Id: a field is not in ''"),
        (Wanted(attachment="terms"), "attachment: 'terms' is not in 'terms.pdf'"),
    ],
)
def test_it_is_told_what_keeps_a_message_from_being_the_one(wanted: Wanted, words: str) -> None:
    assert [str(one) for one in wanted.mismatches(MAIL, ENVELOPE)] == [words]


def test_every_filter_that_does_not_match_is_named() -> None:
    wanted = Wanted(to="x@x.test", subject="Invoice", text="Hi", attachment="a.txt")
    assert [one.filter for one in wanted.mismatches(MAIL, ENVELOPE)] == ["to", "subject", "attachment"]


def test_the_text_of_html_is_text_where_there_is_no_other() -> None:
    assert Wanted(text="Hi Ann", html="<b>Ann</b>").mismatches(HTML, ENVELOPE) == ()


def test_it_says_in_words_what_is_wanted() -> None:
    wanted = Wanted(sender="a@b.test", subject=re.compile("^x"), header=(("A", "*"), ("B", "c")))
    assert str(wanted) == "from 'a@b.test', subject /^x/, header A, header B 'c'"
    assert str(Wanted()) == "any message"
