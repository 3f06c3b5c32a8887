"""Header fields: no text ends its line, adds a field or passes 998 octets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.mail import read
from mailpit_py.mail.field import cut_octets, encoded_words, field, fold, laid_out, mailbox, parameter


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", b"Subject: plain\r\n"),
        ("", b"Subject:\r\n"),
        ("ends in space  ", b"Subject: ends in space\r\n"),
        ("a\r\nBcc: b@c.example", b"Subject: a Bcc: b@c.example\r\n"),
        ("nul\0bell\x07tab\tend", b"Subject: nul bell tab end\r\n"),
        ("separator\u2028line", b"Subject: separator line\r\n"),
        ("lone \ud800 surrogate", b"Subject: lone   surrogate\r\n"),
        ("Привет", b"Subject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n"),
        ("word " * 20, b"Subject: " + b"word " * 13 + b"word\r\n " + b"word " * 5 + b"word\r\n"),
    ],
)
def test_a_field_is_clean_encoded_and_folded(value, expected):
    assert field("Subject", value) == expected


def test_utf8_stays_where_it_may():
    assert field("To", "я@почта.example", utf8=True) == "To: я@почта.example\r\n".encode()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("N: aaaa bbbb cccc", "N: aaaa\r\n bbbb cccc"),
        ("N: aaaaaaaaaaaaaaa bbb", "N: aaaaaaaaaaaaaaa\r\n bbb"),
        ("N: aaaaaaaaaaaaaaaaaa", "N: aaaaaaaaaaaaaaaaaa"),
        ("<a@b>: said no and no more", "<a@b>: said\r\n no and no\r\n more"),
        ("none at all here", "none at all\r\n here"),
        ("", ""),
    ],
)
def test_lines_are_folded_at_white_space(line, expected):
    assert fold(line, width=11) == expected


def test_a_word_without_a_place_to_fold_is_cut_before_998():
    lines = field("X", "a" * 2_500).split(b"\r\n")
    assert [len(line) for line in lines] == [997, 998, 510, 0]


def test_octets_are_cut_between_characters():
    assert cut_octets("aяя".encode(), 2) == [b"a", "я".encode(), "я".encode()]


def test_octets_that_are_no_utf8_are_cut_all_the_same():
    assert b"".join(cut_octets(b"\x80" * 9, 4)) == b"\x80" * 9


def test_encoded_words_are_at_most_75_characters_and_whole_characters():
    words = encoded_words("яблоко " * 30).split(" ")
    assert max(map(len, words)) <= 75
    assert read(f"Subject: {' '.join(words)}\r\n\r\n".encode()).subject == "яблоко " * 30


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "<a@b.example>"),
        ("Ann Lee", "Ann Lee <a@b.example>"),
        ("Lee, Ann", '"Lee, Ann" <a@b.example>'),
        ('Ann "A" Lee', '"Ann \\"A\\" Lee" <a@b.example>'),
        ("Аня", "=?utf-8?B?0JDQvdGP?= <a@b.example>"),
    ],
)
def test_a_mailbox_is_quoted_or_encoded_where_it_must_be(name, expected):
    assert mailbox(name, "a@b.example") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("token", "name=token"),
        ("a b/c", 'name="a b/c"'),
        ('a"b\\c', 'name="a\\"b\\\\c"'),
        ("я", "name*=utf-8''%D1%8F"),
        (
            "я" * 20,
            "name*0*=utf-8''%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F; "
            "name*1*=%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F%D1%8F; "
            "name*2*=%D1%8F%D1%8F%D1%8F%D1%8F",
        ),
    ],
)
def test_a_parameter_is_a_token_quoted_or_extended(value, expected):
    assert parameter("name", value) == expected


def test_a_field_is_laid_out_as_the_caller_says():
    assert laid_out("Received", "from a", "by b\r\nX: y") == b"Received: from a\r\n\tby b X: y\r\n"


def test_a_laid_out_field_is_ascii_unless_it_may_be_utf8():
    assert laid_out("X", "я") == b"X: ?\r\n"
    assert laid_out("X", "я", utf8=True) == "X: я\r\n".encode()


@given(st.text(max_size=3_000), st.booleans(), st.integers(20, 998))
def test_any_text_makes_one_field(text, utf8, width):
    raw = field("X", text, utf8=utf8, width=width)
    lines = raw.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line[:1] == b" " and line.strip() for line in lines[1:])
    assert len(read(raw + b"\r\n").fields) == 1


@given(st.text(alphabet='ab c\r\nя\0;"\\%', max_size=200))
def test_any_parameter_comes_back(text):
    raw = field("Content-Type", f"text/plain; {parameter('name', text)}")
    expected = text.translate({ord("\r"): " ", ord("\n"): " ", 0: " "})
    found = read(raw + b"\r\n").root.parameters.get("name", "")
    assert found.split() == expected.split()
