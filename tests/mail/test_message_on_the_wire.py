"""A message as line-oriented protocols send it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.mail.wire import octets, stuffed, top, with_crlf

LETTERS = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a", b"\r\n."]), max_size=12).map(b"".join)


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b"", b""),
        (b"a", b"a\r\n"),
        (b"a\n", b"a\r\n"),
        (b"a\r\n", b"a\r\n"),
        (b"a\nb\r\n", b"a\r\nb\r\n"),
        (b"a\r\n\nb", b"a\r\n\r\nb\r\n"),
        (b"a\rb\r", b"a\rb\r\r\n"),  # a bare CR ends no line
        (b"\n\n", b"\r\n\r\n"),
    ],
)
def test_every_line_ends_in_crlf(raw: bytes, sent: bytes) -> None:
    assert with_crlf(raw) == sent


@given(LETTERS)
def test_the_size_is_that_of_the_lines_that_are_sent(raw: bytes) -> None:
    assert octets(raw) == len(with_crlf(raw))


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        (b"", b".\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n..\r\n.b\r\n", b"a\r\n...\r\n..b\r\n.\r\n"),
        (b".a\r\n.b\r\n", b"..a\r\n..b\r\n.\r\n"),
        (b"a.\r\n", b"a.\r\n.\r\n"),
    ],
)
def test_lines_that_begin_with_a_dot_get_another_one(lines: bytes, sent: bytes) -> None:
    assert stuffed(lines) == sent


@given(LETTERS)
def test_what_is_stuffed_is_read_back(raw: bytes) -> None:
    lines = with_crlf(raw)
    *content, last, rest = stuffed(lines).split(b"\r\n")
    assert (last, rest) == (b".", b"")
    assert b"".join(line.removeprefix(b".") + b"\r\n" for line in content) == lines


@pytest.mark.parametrize(
    ("lines", "count", "sent"),
    [
        (b"A: 1\r\n\r\nx\r\ny\r\n", 0, b"A: 1\r\n\r\n"),
        (b"A: 1\r\n\r\nx\r\ny\r\n", 1, b"A: 1\r\n\r\nx\r\n"),
        (b"A: 1\r\n\r\nx\r\ny\r\n", 2, b"A: 1\r\n\r\nx\r\ny\r\n"),
        (b"A: 1\r\n\r\nx\r\ny\r\n", 3, b"A: 1\r\n\r\nx\r\ny\r\n"),
        (b"A: 1\r\n\r\n\r\n\r\nx\r\n", 1, b"A: 1\r\n\r\n\r\n"),
        (b"\r\nx\r\ny\r\n", 1, b"\r\nx\r\n"),  # no header section
        (b"\r\n\r\nx\r\n", 0, b"\r\n"),
        (b"A: 1\r\n", 5, b"A: 1\r\n"),  # no body
        (b"", 0, b""),
    ],
)
def test_the_top_of_a_message_is_its_header_section_and_some_lines(lines: bytes, count: int, sent: bytes) -> None:
    assert top(lines, count) == sent
