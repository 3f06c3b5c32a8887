from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.servers.smtp.content import Content, Octets

LINES = st.lists(
    st.sampled_from([b"", b".", b"..", b"a", b".a", b"\r", b"\n", b"\n.\n", b"\r.\r", b"\x00", b"\xff" * 9])
)


def feed(content, pieces):
    """Feed pieces one after the other; return what was left over after the end."""
    buffer = bytearray()
    for number, piece in enumerate(pieces):
        buffer += piece
        if content.feed(buffer):
            return bytes(buffer) + b"".join(pieces[number + 1 :])
    raise AssertionError("the end was not found")


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


@given(LINES, st.lists(st.integers(0, 500)))
def test_what_was_stuffed_comes_out_the_same_however_it_is_split(lines, cuts):
    raw = b"".join(line + b"\r\n" for line in lines)
    wire = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in raw.split(b"\r\n")[:-1])
    content = Content()
    rest = feed(content, split(wire + b".\r\nNOOP\r\n", cuts))
    assert (content.raw, rest) == (raw, b"NOOP\r\n")
    assert content.size == len(raw)


@given(LINES, st.lists(st.integers(0, 500)), st.integers(1, 40))
def test_the_limit_is_the_same_however_it_is_split(lines, cuts, limit):
    raw = b"".join(line + b"\r\n" for line in lines)
    wire = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in raw.split(b"\r\n")[:-1])
    content = Content(limit)
    rest = feed(content, split(wire + b".\r\nNOOP\r\n", cuts))
    assert rest == b"NOOP\r\n"
    assert content.over is (len(raw) > limit)
    assert content.raw == (b"" if len(raw) > limit else raw)


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\r\n.\r\r\n", b"\n\n.\r\n"]
)
def test_only_crlf_dot_crlf_ends(end):
    content = Content()
    assert not content.feed(bytearray(b"a" + end + b"RSET\r\n"))


def test_a_typed_content_ends_at_a_line_with_a_dot():
    content = Content(typed=True)
    rest = feed(content, [b"a\n..b", b"\nc.\n", b".", b"\nQUIT\n"])
    assert (content.raw, rest) == (b"a\n.b\nc.\n", b"QUIT\n")
    assert feed(Content(typed=True), [b".\r\nQUIT\n"]) == b"QUIT\n"


SMUGGLED = b"Subject: a\r\n\r\nbody\n.\nMAIL FROM:<evil@x>\n.\r\nDATA\n"


@given(st.lists(st.integers(0, 100)), st.sampled_from([0, 5, 1000]))
def test_a_typed_content_with_crlf_ends_with_crlf(cuts, limit):
    content = Content(limit, typed=True)
    rest = feed(content, split(SMUGGLED + b"\r\n.\r\nNOOP\n", cuts))
    assert (content.raw, rest) == (b"" if limit == 5 else SMUGGLED + b"\r\n", b"NOOP\n")


@given(st.lists(st.integers(0, 100)))
def test_a_typed_content_may_end_with_crlf_alone(cuts):
    content = Content(typed=True)
    assert feed(content, split(b"a\nb\n.\r\nNOOP\n", cuts)) == b"NOOP\n"
    assert content.raw == b"a\nb\n"


def test_nothing_is_kept_beyond_the_limit_while_it_comes_in():
    content = Content(1000)
    buffer = bytearray()
    for _ in range(200):
        buffer += b"x" * 1000
        assert not content.feed(buffer)
        assert len(buffer) <= 2100
    buffer += b"\r\n.\r\n"
    assert content.feed(buffer)
    assert content.over
    assert content.size == 200_002


def test_octets_are_taken_by_number():
    octets = Octets(5, keep=True)
    buffer = bytearray(b"ab")
    assert not octets.feed(buffer)
    buffer += b"\r\n.RSET"
    assert octets.feed(buffer)
    assert (bytes(octets.kept), bytes(buffer)) == (b"ab\r\n.", b"RSET")


def test_octets_that_are_not_kept_are_passed_over():
    octets = Octets(3, keep=False)
    buffer = bytearray(b"abcd")
    assert octets.feed(buffer)
    assert (bytes(octets.kept), bytes(buffer)) == (b"", b"d")
