"""Where a header section ends, found the quick way and the general way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.storage.likeness import HEADER_BYTES_AT_MOST, header_section


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"A: b\r\n\r\nbody\r\n\r\nmore", b"A: b\r\n\r\n"),
        (b"A: b\n\nbody\r\n\r\nmore", b"A: b\n\n"),
        (b"A: b\n\r\nbody\r\n\r\nmore", b"A: b\n\r\n"),
        (b"A: b\r\n\nbody\r\n\r\nmore", b"A: b\r\n\n"),
        (b"A: b\r\rbody\r\n\r\nmore", b"A: b\r\r"),
        (b"A: b\r\r\n\r\nbody", b"A: b\r\r"),
        (b"A: b", b"A: b"),
        (b"\r\n\r\nbody", b"\r\n\r\n"),
        (b"", b""),
    ],
)
def test_the_header_section_ends_with_the_first_empty_line(raw: bytes, expected: bytes) -> None:
    assert header_section(raw) == expected


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"A: b", b"c"])).map(b"".join))
def test_whatever_its_line_ends_are(raw: bytes) -> None:
    end = re.search(rb"\r?\n\r?\n|\r\r", raw)
    assert header_section(raw) == raw[: end.end() if end else None]


def test_only_so_much_is_looked_at() -> None:
    assert header_section(b"a" * HEADER_BYTES_AT_MOST + b"\r\n\r\n") == b"a" * HEADER_BYTES_AT_MOST
