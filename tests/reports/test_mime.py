"""Parts: the boundary is in none of them, a returned message is fit for the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.reports import mime


def test_the_first_boundary_that_occurs_in_no_part_is_taken():
    parts = [b"has mark-0\r\n", b"has --mark-1--\r\n"]
    assert mime.boundary(parts, lambda number: f"mark-{number}") == "mark-2"


def test_parts_stand_between_delimiters():
    expected = b"Read this.\r\n\r\n--x\r\none\r\n\r\n--x\r\ntwo\r\n\r\n--x--\r\n"
    assert mime.multipart([b"one\r\n", b"two\r\n"], "x", "Read this.") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", b"A: b\r\n\r\n"), (b"x", b"A: b\r\n\r\nx\r\n"), (b"x\r\n", b"A: b\r\n\r\nx\r\n")],
)
def test_an_entity_ends_its_last_line(body, expected):
    assert mime.entity([b"A: b\r\n"], body) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"A: b\n\nc\rd\r\n", b"A: b\r\n\r\nc\r\nd\r\n"),
        (b"x" * 999, b"x" * 997 + b"\r\n xx"),
        (b"x" * 998, b"x" * 998),
    ],
)
def test_a_message_is_made_fit_for_the_wire(raw, expected):
    assert mime.on_the_wire(raw) == expected


@given(st.binary(max_size=5_000) | st.binary(min_size=1, max_size=40).map(lambda piece: piece * 100))
def test_no_octets_break_the_wire(raw):
    lines = mime.on_the_wire(raw).split(b"\r\n")
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in lines)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"A: b\r\nC: d\r\n\r\nbody\r\n", b"A: b\r\nC: d\r\n"),
        (b"A: b", b"A: b\r\n"),
        (b"A: b\r\n", b"A: b\r\n"),
        (b"\r\nbody\r\n", b""),
        (b"", b""),
    ],
)
def test_the_header_section_ends_before_the_blank_line(raw, expected):
    assert mime.header_section(raw) == expected


def test_text_for_people_has_no_control_characters_and_no_long_line():
    assert mime.text("a\r\nb\x00c  \n" + "d" * 1_000) == b"a\r\nb c\r\n" + b"d" * 998 + b"\r\ndd"


def test_base64_has_lines_of_76():
    assert mime.base64(b"\0" * 58) == b"A" * 76 + b"\r\nAA==\r\n"


@pytest.mark.parametrize(("text", "charset"), [("plain", b"us-ascii"), ("нет", b"utf-8")])
def test_a_text_part_declares_its_charset(text, charset):
    part = mime.text_part(text)
    assert b"charset=" + charset in part
    assert (b"8bit" in part) is (charset == b"utf-8")
