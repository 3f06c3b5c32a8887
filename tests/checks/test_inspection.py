"""What is wrong with a message, by code; and nothing, where nothing is."""

from __future__ import annotations

import pytest

from mailpit_py.checks import unsubscribe
from mailpit_py.checks.finding import Severity
from mailpit_py.checks.inspection import CHECKS, inspect
from mailpit_py.mail import read

HEAD = (
    "From: Acme <hi@acme.test>\r\nTo: ann@example.com\r\nSubject: Hi\r\nMessage-ID: <1@acme.test>\r\n"
    "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)


def both(html: str = "<p>Hi</p>", text: str = "Hi", head: str = HEAD) -> bytes:
    """A message with both bodies."""
    return (
        f"{head}Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    ).encode()


def without(field: str) -> bytes:
    return both(head="".join(line for line in HEAD.splitlines(keepends=True) if not line.startswith(field)))


def codes(raw: bytes, *names: str) -> list[str]:
    return [one.code for one in inspect(read(raw), names or tuple(CHECKS))]


def test_a_good_message_has_no_findings() -> None:
    html = '<a href="https://acme.example/x">Go</a><img src="https://acme.example/logo.png" alt="Acme">'
    assert codes(both(html)) == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (f"{HEAD}Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n".encode(), ["no-text"]),
        (f"{HEAD}Content-Type: text/plain\r\n\r\nHi\r\n".encode(), ["no-html"]),
        (f"{HEAD}Content-Type: application/pdf\r\n\r\nHi\r\n".encode(), ["no-body"]),
        (both("x" * (102 * 1024 + 1)), ["clipped"]),
        (both("ü" * (52 * 1024)), ["clipped"]),  # octets count, not characters
        (without("Message-ID"), ["no-message-id"]),
        (without("Subject"), ["no-subject"]),
        (without("To"), ["no-recipient-field"]),
        (without("Date"), ["missing-date"]),
        (both(head=HEAD.replace("hi@acme.test", "acme")), ["from-without-domain"]),
        (both(text="Hi {{ name }}"), ["placeholder"]),
        (both("<p>Hi ${user.name}</p>"), ["placeholder"]),
        (both(head=HEAD.replace("Subject: Hi", "Subject: Hi %(name)s")), ["placeholder"]),
        (both('<a href="http://localhost:8000/x">Go</a>'), ["local-link"]),
        (both('<a href="https://10.0.0.7/x">Go</a>'), ["local-link"]),
        (both('<a href="https://shop.test/x">Go</a>'), ["local-link"]),
        (both('<a href="http://acme.example/x">Go</a>'), ["insecure-link"]),
        (both('<a class="b" href="#">Go</a>'), ["empty-link"]),
        (both("<a href=''>Go</a>"), ["empty-link"]),
        (both('<img alt="x" src="http://acme.example/x.png">'), ["mixed-content"]),
        (both('<td background="http://acme.example/x.png">x</td>'), ["mixed-content"]),
        (both("<p style=\"background: url('http://acme.example/x.png')\">x</p>"), ["mixed-content"]),
        (both('<link rel="stylesheet" href="http://acme.example/x.css">'), ["mixed-content"]),
        (both('<img src="https://acme.example/?u=http://other.example/">'), []),
    ],
)
def test_what_is_wrong_is_found(raw: bytes, expected: list[str]) -> None:
    assert codes(raw) == expected


def test_defects_of_the_form_are_told_with_their_part() -> None:
    (found,) = inspect(read(both().replace(b"--b--\r\n", b"")), ("form",))
    assert found.code == "unterminated-multipart"
    assert found.severity is Severity.WARNING
    assert str(found).endswith("instead of joining strings.")


def test_bare_line_feeds_are_but_a_note() -> None:
    (found,) = inspect(read(both().replace(b"\r\n", b"\n")), ("form",))
    assert (found.code, found.severity) == ("bare-lf", Severity.NOTE)


BULK = "List-Unsubscribe: <https://acme.example/u/1>, <mailto:u@acme.example>\r\n"
POST = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("", []),
        ("List-Id: <news.acme.example>\r\n", ["no-list-unsubscribe"]),
        ("Precedence: bulk\r\n", ["no-list-unsubscribe"]),
        (BULK + POST, []),
        (BULK, ["no-one-click"]),
        (BULK + "List-Unsubscribe-Post: yes\r\n", ["no-one-click"]),
        ("List-Unsubscribe: <mailto:u@acme.example>\r\n" + POST, ["unsubscribe-without-https"]),
        ("List-Unsubscribe: https://acme.example/u/1\r\n" + POST, ["bad-list-unsubscribe"]),
    ],
)
def test_a_reader_of_bulk_mail_can_leave_with_one_click(fields: str, expected: list[str]) -> None:
    assert codes(both(head=HEAD + fields)) == expected


def test_mail_that_is_known_to_be_bulk_must_have_the_field() -> None:
    assert [one.code for one in unsubscribe.check_bulk(read(both()))] == ["no-list-unsubscribe"]


@pytest.mark.parametrize(
    "html", ["<a " * 100_000, "<img src=" * 50_000, "url(" * 100_000, "{{" * 200_000, "<%" * 200_000]
)
def test_it_ends_on_hostile_html(html: str) -> None:
    assert isinstance(codes(both(html)), list)


def test_every_finding_says_what_to_change() -> None:
    raws = [both("<a href='#'>x</a>{{x}}"), without("Subject"), f"{HEAD}Content-Type: text/html\r\n\r\nx\r\n".encode()]
    for raw in raws:
        for found in inspect(read(raw)):
            assert found.advice.endswith(".")
            assert found.text.endswith(".")
