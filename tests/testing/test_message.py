"""A message in a test: read, taken apart, compared."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime

import pytest

from mailpit_py.testing import View
from tests.testing.conftest import sample, send

RICH = (
    b"From: Acme <hi@acme.test>\r\nTo: Ann <ann@example.com>\r\nCc: bob@example.com\r\nReply-To: help@acme.test\r\n"
    b"Subject: Your order\r\nDate: Mon, 23 Nov 2026 12:00:00 +0100\r\nMessage-ID: <1@acme.test>\r\n"
    b"X-Trace: one\r\nX-Trace: two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b'--b\r\nContent-Type: text/html\r\n\r\n<a class="go" href="https://app.test/c/1">Confirm</a> code 481516\r\n'
    b"--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n"
    b"x,y\r\n--b--\r\n"
)


def test_everything_of_a_message_is_at_hand(view: View) -> None:
    send(view, "", "ann@example.com", "eve@example.com", raw=RICH)
    message = view.wait_for()
    assert (message.subject, message.message_id) == ("Your order", "1@acme.test")
    assert [str(one) for one in (*message.from_, *message.to, *message.cc, *message.reply_to)] == [
        "Acme <hi@acme.test>", "Ann <ann@example.com>", "bob@example.com", "help@acme.test",
    ]  # fmt: skip
    assert message.date == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert message.headers["subject"] == "Your order"
    assert message.headers.all("X-Trace") == ["one", "two"]
    assert message.text.startswith("Confirm code 481516")
    assert message.select("a.go")[0].text() == "Confirm"
    assert (message.link("Confirm"), message.code()) == ("https://app.test/c/1", "481516")
    assert message.attachments["a.csv"].text.strip() == "x,y"
    assert message.as_email()["Subject"] == "Your order"
    assert "eve@example.com" in message.recipients
    assert message.received_at.tzinfo is UTC
    assert view.url in message.url


def test_what_smtp_said_is_at_hand(ours: View) -> None:
    send(ours, "", raw=RICH)
    message = ours.wait_for()
    assert message.raw == RICH
    assert message.session
    assert (message.session.protocol, message.reverse_path) == ("ESMTP", "app@acme.test")
    assert "c: rcpt to:<ann@example.com>" in message.transcript.lower()
    assert "Bcc" not in message.headers


def test_a_field_or_file_that_is_missing_is_told_with_those_that_are_there(mp: View) -> None:
    send(mp, "", raw=RICH)
    message = mp.wait_for()
    with pytest.raises(KeyError, match="List-Id; the header fields are From, To"):
        message.headers["List-Id"]
    with pytest.raises(KeyError, match=r"terms\.pdf; the files are a\.csv"):
        message.attachments["terms.pdf"]
    assert len(message.headers) == len(list(message.headers)) == 10
    assert list(message.attachments) == ["a.csv"]


def test_the_page_shows_the_message_at_its_address(mp: View) -> None:
    send(mp)
    with urllib.request.urlopen(mp.wait_for().url, timeout=10) as answer:
        assert answer.status == 200


SNAPSHOT = """\
From: Acme <hi@acme.test>
To: Ann <ann@example.com>
Subject: Hello
Message-ID: <masked>
Date: <masked>
Content-Type: multipart/alternative; boundary=<boundary>

--- 1 text/plain
See http://127.0.0.1:<port>/c/<token>?at=<instant>
for <uuid>

--- 2 application/pdf
a.pdf, 3 bytes
"""


def _volatile(port: int, token: str, identifier: str, boundary: str) -> bytes:
    return (
        f"From: Acme <hi@acme.test>\r\nTo: Ann <ann@example.com>\r\nSubject: Hello\r\nMessage-ID: <{token}@x>\r\n"
        f"Date: {port}\r\nContent-Type: multipart/alternative; boundary={boundary}\r\n\r\n"
        f"--{boundary}\r\n\r\nSee http://127.0.0.1:{port}/c/{token}?at=2026-11-23T12:00:{port % 60:02}Z\r\n"
        f"for {identifier}\r\n"
        f"--{boundary}\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nabc\r\n--{boundary}--\r\n"
    ).encode()


def test_a_snapshot_is_the_same_in_each_run(mp: View) -> None:
    send(mp, "", raw=_volatile(40123, "a1b2c3d4e5f6a7b8c9d0", "0b8f6f9e-6e0c-4b7e-9c53-1f0a0f3f7a11", "=_x1"))
    send(mp, "", raw=_volatile(50999, "ffeeddccbbaa99887766", "11111111-2222-4333-8444-555555555555", "=_other"))
    one, other = mp.wait_for_all(2, settle=0)
    assert one.snapshot() == SNAPSHOT
    assert one.diff(other) == ""


def test_a_difference_is_shown_line_by_line(mp: View) -> None:
    send(mp, "one", text="Hi Ann")
    send(mp, "two", text="Hi Bob")
    one, other = mp.wait_for_all(2, settle=0)
    assert [line for line in one.diff(other).splitlines() if line[0] in "+-"] == [
        "--- one", "+++ two", "-Subject: one", "+Subject: two", "-Hi Ann", "+Hi Bob",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["hostile.html.eml", "no-header.eml", "boundary-trouble.eml", "nul-and-control.eml"])
def test_broken_mail_breaks_no_test(mp: View, name: str) -> None:
    send(mp, "", raw=sample(name))
    message = mp.wait_for()
    assert message.snapshot()
    assert message.links is not None
    assert message.select("a") is not None
    assert repr(message)
