"""The one link and the one code of a message, or a complaint that lists what there is."""

from __future__ import annotations

import re

import pytest

from mailpit_py.checks import extract
from mailpit_py.checks.extract import NotExactlyOne
from mailpit_py.mail import read

HTML = read(
    b"Subject: Welcome\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<p>Hi</p><a href="https://app.test/confirm/1">Confirm your address</a>'
    b'<a href="https://app.test/confirm/1"><img alt="Confirm"></a>'
    b'<a href="https://app.test/unsubscribe">Unsubscribe</a><p>Your code is <b>481516</b></p>'
)
TEXT = read(
    b"Subject: Welcome\r\n\r\nConfirm your address: https://app.test/confirm/1\r\n\r\n"
    b"To leave the list:\r\n<https://app.test/unsubscribe>.\r\n"
)
BOTH = read(
    b"Subject: Hi\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nConfirm: https://app.test/c\r\nCode: 481 516\r\n"
    b'--b\r\nContent-Type: text/html\r\n\r\n<a href="https://app.test/c">Confirm</a> Code: 481516\r\n--b--\r\n'
)


@pytest.mark.parametrize("message", [HTML, TEXT], ids=["html", "text"])
@pytest.mark.parametrize(
    ("wanted", "url"),
    [
        ("Confirm", "https://app.test/confirm/1"),
        ("confirm your", "https://app.test/confirm/1"),
        ("/unsubscribe", "https://app.test/unsubscribe"),
        (re.compile("(?i)unsubscribe|leave the list"), "https://app.test/unsubscribe"),
    ],
)
def test_the_link_with_a_text_or_an_address_is_found(message, wanted, url) -> None:
    assert extract.link(message, wanted) == url


def test_the_only_link_needs_no_name_even_if_text_and_html_both_have_it() -> None:
    assert extract.link(BOTH) == "https://app.test/c"
    assert extract.code(BOTH) == "481516"


def test_no_link_with_the_text_lists_those_that_are_there() -> None:
    with pytest.raises(NotExactlyOne) as caught:
        extract.link(HTML, "Pay")
    assert str(caught.value) == (
        "there is no link with 'Pay'; the message has:\n"
        "  'Confirm your address' -> https://app.test/confirm/1\n"
        "  https://app.test/confirm/1\n"
        "  'Unsubscribe' -> https://app.test/unsubscribe"
    )


def test_several_links_are_listed_instead_of_guessed() -> None:
    with pytest.raises(NotExactlyOne, match=r"there are 2 of: link; the message has:\n  'Confirm"):
        extract.link(HTML)


def test_a_message_without_a_code_says_so() -> None:
    with pytest.raises(NotExactlyOne, match="there is no code; the message has"):
        extract.code(TEXT)


def test_two_codes_are_listed_with_their_lines() -> None:
    message = read(b"Subject: Codes\r\n\r\nLogin code: 481516\r\nBackup code: 993201\r\n")
    with pytest.raises(NotExactlyOne) as caught:
        extract.code(message)
    assert "481516 in 'Login code: 481516'\n  993201 in 'Backup code: 993201'" in str(caught.value)


@pytest.mark.parametrize(("pattern", "code"), [(r"\d{6}", "481516"), (re.compile(r"code is (\w+)"), "481516")])
def test_an_expression_finds_a_code_of_another_kind(pattern, code) -> None:
    assert extract.code(HTML, pattern) == code
