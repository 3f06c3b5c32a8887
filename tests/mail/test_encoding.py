"""Transfer encodings, whole and broken."""

import binascii

import pytest

from mailpit_py.mail.encoding import decode, flaw, is_known

UU = b"begin 644 cat.txt\n" + binascii.b2a_uu(b"a cat and another cat") + b"`\nend\n"


@pytest.mark.parametrize(
    ("body", "encoding", "expected", "code"),
    [
        (b"as it is =20", "7bit", b"as it is =20", ""),
        (b"as it is", "", b"as it is", ""),
        (b"as it is", "x-magic", b"as it is", "unknown-encoding"),
        (b"aGVsbG8=", "base64", b"hello", ""),
        (b"aGVs\r\nbG8=\r\n", "base64", b"hello", ""),
        (b"aGVsbG8", "base64", b"hello", "bad-base64"),
        (b"aGVsbG8==", "base64", b"hello", "bad-base64"),
        (b"aGV*s!bG8=", "base64", b"hello", "bad-base64"),
        (b"aGVsbG8=\n-- \nfooter!\n", "base64", b"hello" + binascii.a2b_base64(b"footer=="), "bad-base64"),
        (b"aGVsbG8=aGVsbG8=", "base64", b"hellohello", "bad-base64"),
        (b"aGVsb", "base64", b"hel", "bad-base64"),
        (b"a", "base64", b"", "bad-base64"),
        (b"====", "base64", b"", "bad-base64"),
        (b"\xff\xfe", "base64", b"", "bad-base64"),
        (b"", "base64", b"", ""),
        (b"caf=C3=A9", "quoted-printable", b"caf\xc3\xa9", ""),
        (b"caf=c3=a9", "quoted-printable", b"caf\xc3\xa9", ""),
        (b"soft=\r\nbreak", "quoted-printable", b"softbreak", ""),
        (b"soft= \t\nbreak", "quoted-printable", b"softbreak", ""),
        (b"soft=\rbreak\rnext", "quoted-printable", b"softbreak\rnext", ""),
        (b"end=", "quoted-printable", b"end", ""),
        (b"a == b ===3D", "quoted-printable", b"a == b ===", "bad-quoted-printable"),
        (b"a=ZZ b", "quoted-printable", b"a=ZZ b", "bad-quoted-printable"),
        (b"1=1", "quoted-printable", b"1=1", "bad-quoted-printable"),
        (UU, "x-uuencode", b"a cat and another cat", ""),
        (b"intro\r\n" + UU.replace(b"\n", b"\r\n"), "uuencode", b"a cat and another cat", ""),
        (UU.replace(b"`\nend\n", b""), "x-uue", b"a cat and another cat", ""),
        (b"no begin", "uue", b"no begin", "bad-uuencode"),
        (b"begin 644 x\n#86)Cjunk\n\xff\xff\n\nend\n", "uue", b"abc", ""),
    ],
)
def test_bodies_are_decoded_as_far_as_they_go(body, encoding, expected, code):
    assert decode(body, encoding) == expected
    assert flaw(body, encoding) == code


@pytest.mark.parametrize(
    ("name", "known"), [("", True), ("8bit", True), ("base64", True), ("uuencode", True), ("x-magic", False)]
)
def test_known_encodings(name, known):
    assert is_known(name) is known
