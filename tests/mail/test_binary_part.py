"""BINARY[...] of a FETCH: parts without their transfer encoding (RFC 3516)."""

from __future__ import annotations

import pytest

from mailpit_py.errors import UnknownTransferEncoding
from mailpit_py.mail.imap import binary, binary_size


def encoded(encoding: bytes, body: bytes) -> bytes:
    return b"Content-Transfer-Encoding: " + encoding + b"\n\n" + body


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (encoded(b"base64", b"AP8K\n"), b"\0\xff\n"),
        (encoded(b"quoted-printable", b"a=\nb=C3=BC\n"), b"ab\xc3\xbc\r\n"),
        (encoded(b"7bit", b"a\nb\n"), b"a\r\nb\r\n"),
        (encoded(b"8BIT", b"\xff\n"), b"\xff\r\n"),
        (encoded(b"binary", b"\0\n\r\n\r"), b"\0\n\r\n\r"),  # octets, and no lines
        (encoded(b"x-uuencode", b"begin 644 x\n#86)C\n`\nend\n"), b"abc"),
        (b"Subject: s\n\na\n", b"a\r\n"),
    ],
)
def test_a_part_is_decoded(raw, expected):
    assert binary(raw, (1,)) == expected
    assert binary_size(raw, (1,)) == len(expected)


def test_without_a_number_it_is_the_message():
    assert binary(b"Subject: s\n\na", ()) == b"Subject: s\r\n\r\na\r\n"


def test_a_part_that_is_not_there_is_nil():
    assert binary(b"Subject: s\n\na", (2,)) is None
    assert binary_size(b"Subject: s\n\na", (1, 1)) is None


def test_an_encoding_that_nobody_knows_is_named():
    with pytest.raises(UnknownTransferEncoding, match="x-secret"):
        binary(encoded(b"X-Secret", b"???"), (1,))
