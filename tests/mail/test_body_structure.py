"""BODY and BODYSTRUCTURE, as RFC 9051 §7.5.2 has them."""

from __future__ import annotations

import pytest

from mailpit_py.mail.imap import body_structure
from tests.mail.answer import numbered, parsed

MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def part(fields: bytes, body: bytes) -> bytes:
    return b"--b\r\n" + fields + b"\r\n" + body + b"\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)'),
        (b"\r\na\r\nb\r\n", b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 2)'),
        (b"\n\na\nb", b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 8 3)'),  # as lines that end in CRLF
        (
            b"Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\na\r\n",
            b'("text" "plain" ("charset" "US-ASCII") NIL NIL "7bit" 3 1)',
        ),
        (b"Content-Type: text/html\r\n\r\n", b'("text" "html" NIL NIL NIL "7bit" 0 0)'),
        (b"Content-Type: nonsense\r\n\r\n", b'("text" "plain" NIL NIL NIL "7bit" 0 0)'),
        (
            b'Content-Type: image/png; name="a \\"b\\".png"\r\nContent-Transfer-Encoding: BASE64\r\n'
            b"Content-ID: <1@x>\r\nContent-Description: a picture\r\n\r\nQQ==\r\n",
            b'("image" "png" ("name" "a \\"b\\".png") "<1@x>" "a picture" "base64" 6)',
        ),
        (
            b"Content-Type: application/pdf; name*0*=utf-8''M%C3; name*1=x.pdf\r\n\r\n",
            b'("application" "pdf" ("name*0*" "utf-8\'\'M%C3" "name*1" "x.pdf") NIL NIL "7bit" 0)',
        ),
        (b"Content-Type: multipart/mixed\r\n\r\na\r\n", b'("text" "plain" NIL NIL NIL "7bit" 3 1)'),
        (MIXED + b"a\r\n", b'("text" "plain" ("boundary" "b") NIL NIL "7bit" 3 1)'),
        (
            b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==\r\n",
            b'("application" "octet-stream" NIL NIL NIL "base64" 6)',  # nobody looks into it
        ),
        (
            b"Content-Type: message/delivery-status\r\n\r\nA: b\r\n",
            b'("message" "delivery-status" NIL NIL NIL "7bit" 6)',
        ),
    ],
)
def test_the_structure_of_a_message(raw, expected):
    assert body_structure(raw, extended=False) == expected


def test_a_multipart_as_the_rfc_writes_it():
    raw = (
        MIXED
        + part(b"Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n", b"one\r\ntwo")
        + part(
            b"Content-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME=cc.diff\r\nContent-Transfer-Encoding: BASE64\r\n"
            b"Content-ID: <960723163407.20117h@cac.washington.edu>\r\nContent-Description: Compiler diff\r\n",
            b"QQ==",
        )
        + b"--b--\r\n"
    )
    assert body_structure(raw, extended=False) == (
        b'(("text" "plain" ("charset" "US-ASCII") NIL NIL "7bit" 8 1)'
        b'("text" "plain" ("charset" "US-ASCII" "name" "cc.diff") "<960723163407.20117h@cac.washington.edu>" '
        b'"Compiler diff" "base64" 4 0) "mixed")'
    )


def test_extension_data():
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n"
        b"Content-Language: de, en\r\nContent-Location: http://x.test/\r\n\r\n"
        + part(
            b"Content-Type: text/plain\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Language: de\r\n"
            b'Content-Disposition: attachment; filename="a.txt"\r\n',
            b"a",
        )
        + part(b"Content-Type: image/gif\r\nContent-Disposition: inline\r\n", b"a")
        + b"--b--\r\n"
    )
    assert body_structure(raw, extended=True) == (
        b'(("text" "plain" NIL NIL NIL "7bit" 1 0 "Q2hlY2sgSW50ZWdyaXR5IQ==" '
        b'("attachment" ("filename" "a.txt")) "de" NIL)'
        b'("image" "gif" NIL NIL NIL "7bit" 1 NIL ("inline" NIL) NIL NIL) '
        b'"mixed" ("boundary" "b") NIL ("de" "en") "http://x.test/")'
    )


def test_a_message_inside_has_its_envelope_structure_and_lines():
    raw = MIXED + part(b"Content-Type: message/rfc822\r\n", b"Subject: inner\r\n\r\nhi\r\n") + b"--b--\r\n"
    assert body_structure(raw, extended=False) == (
        b'(("message" "rfc822" NIL NIL NIL "7bit" 22 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) '
        b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1) 3) "mixed")'
    )


INTERNATIONAL = "Content-Type: message/global; name=ä\r\n\r\nSubject: Grüße\r\n\r\nhi\r\n".encode()


def test_an_international_message_inside_is_told_to_clients_that_take_it():
    assert (
        body_structure(INTERNATIONAL, extended=False, utf8=True)
        == (
            '("message" "global" ("name" "ä") NIL NIL "7bit" 24 (NIL "Grüße" NIL NIL NIL NIL NIL NIL NIL NIL) '
            '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1) 3)'
        ).encode()
    )


def test_others_are_told_of_an_ordinary_one():
    assert body_structure(INTERNATIONAL, extended=False) == (
        b'("message" "rfc822" ("name*" "utf-8\'\'%C3%A4") NIL NIL "7bit" 24 '
        b'(NIL "=?utf-8?B?R3LDvMOfZQ==?=" NIL NIL NIL NIL NIL NIL NIL NIL) '
        b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1) 3)'
    )


def test_parts_deeper_than_the_walk_goes_are_still_grammatical():
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(300))
    (leaf,) = numbered(parsed("BODYSTRUCTURE", body_structure(raw)))
    assert leaf[0] == (1,) * 100
    assert leaf[1][:2] == (b"text", b"plain")
