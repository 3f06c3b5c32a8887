"""What both say of bodies and parts: charsets, transfer encodings, names, dispositions, types, and how parts nest."""

from __future__ import annotations

import base64

import pytest

from tests.beside.letters import HEAD, TEXT, entity, mail, multipart, whole
from tests.beside.programs import Pair
from tests.beside.views import check

WRITTEN = {
    "\u00e4\u00f6\u00fc \u20ac": [
        "utf-8",
        "UTF-8",
        "utf8",
        "utf_8",
        "windows-1252",
        "cp1252",
        "iso-8859-15",
        "utf-16be",
    ],
    "\u00e4\u00f6\u00fc": [
        "iso-8859-1",
        "ISO8859-1",
        "latin1",
        "iso-8859-2",
        "iso-8859-9",
        "macintosh",
        "cp850",
        "utf-7",
    ],
    "\u043a\u0438\u0440": ["koi8-r", "windows-1251"],
    "\u65e5\u672c\u8a9e": ["shift_jis", "euc-jp", "iso-2022-jp"],
    "\u6f22\u5b57": ["gbk", "gb18030", "big5"],
    "\ud55c\uad6d\uc5b4": ["euc-kr", "ks_c_5601-1987"],
}
ENCODED = {
    "quoted-printable": ["a=20b", "a=\r\nb", "=c3=a4", "a=ZZb", "a = b", "a == b", "a===3Db",
                         "a=0D=0Ab", "a=0D\r\nb", "a=0D=0D=0Ab",
                         "=2E\r\n.\r\nx", "=41" * 700,
                         "\u00e4", "~", "a\x01b", "a=\nb", "abc=\r\n"],
    "base64": ["aGVsbG8=", "aGVsbG8", "aGV sbG8=", "aGV!sbG8=", "", "aGVs\r\nbG8=", "aGVs\r\n\r\nbG8=", "aGVsbG8===="],
    "x-unheard-of": ["YWJj=41"], "7BIT": ["a"], "8bit": ["\u00e4"], "binary": ["a"], "": ["a=20b"], "utf-8": ["\u00e4"],
}  # fmt: skip
FILE_NAMES = [
    'filename=a.txt', 'filename="a.txt"', 'filename="a b.txt"', 'filename=a b.txt', "filename*=utf-8''%C3%A4.txt",
    "filename*=UTF-8'en'%C3%A4%20b.txt", 'filename*0=a;\r\n filename*1=b.txt',
    "filename*0*=utf-8''%C3%A4;\r\n filename*1*=%C3%B6.txt", "filename*0*=utf-8''%C3%A4; filename*1=b.txt",
    'filename*1=b; filename*0=a', 'filename*0=a; filename*2=c', "filename=a.txt; filename*=utf-8''%C3%A4.txt",
    "filename*=utf-8''%C3%A4.txt; filename=a.txt", 'filename="=?utf-8?q?=C3=A4.txt?="',
    'filename==?utf-8?q?=C3=A4.txt?=', 'filename="=?utf-8?b?w6Q=?=.txt"', 'filename="\xe4.txt"', 'filename=\xe4.txt',
    'filename="a\\"b.txt"', 'filename="a\\\\b.txt"', 'filename="C:\\temp\\a.txt"', 'filename="../a.txt"',
    'filename="a/b.txt"', 'filename="a;b.txt"', 'filename="a,b.txt"', 'filename=a;b.txt', 'filename = "a.txt"',
    'FILENAME="a.txt"', "filename='a.txt'", 'filename="a.txt', 'filename=a.txt; filename=b.txt',
    'size=3; filename="a.txt"', 'filename="a.txt"; size=3', ';filename=a.txt', '; filename=a.txt;',
    'filename="a\r\n b.txt"', 'filename=[a].txt', 'filename=a(1).txt', 'filename="a (1).txt"', 'filename=a@b.txt',
    'filename=a=b.txt', 'filename="a=b.txt"', "filename*=utf-8''a%2Fb.txt", 'filename="\U0001f48c.txt"',
    'filename="a\xa0b.txt"', 'filename="a\x01b.txt"', 'filename="a.txt"; filename="b.txt"',
    'filename="=?utf-8?q?a?= =?utf-8?q?b?=.txt"', 'filename="=?utf-8?q?a?=\r\n =?utf-8?q?b.txt?="',
    'filename="a"b.txt"', 'filename="a "big" one.txt"', 'filename=""a.txt""', 'filename="a.txt"; x="y"z"',
    'filename="a"(1).txt"', 'filename="12" screen.txt"', 'filename="a;b";c.txt"',
    'filename="a  b.txt"', 'filename=" a.txt "', 'filename="a%20b.txt"', 'filename=a%20b.txt',
]  # fmt: skip
DISPOSITIONS = [
    "attachment", "inline", "ATTACHMENT", "Inline", "attachment;", "form-data; name=x", "x-foo; filename=a.txt",
    "; filename=a.txt", "", "inline; filename=a.txt", "attachment; filename", "attachment; =a.txt", "none",
    "attachment;filename=a.txt",
]  # fmt: skip
TYPES = [
    "text/plain", "TEXT/HTML", "text/plain;", "text/", "text/plain; charset", "text/plain; charset=utf-8; charset=x",
    "text/html", "text/x-foo", "text/enriched", "text/csv; name=a.csv", "application/octet-stream; name=a.bin",
    "image/png; name=a.png", "message/rfc822; name=a.eml", "text/plain; boundary=cc", "text/plain/x",
    "text/calendar; method=REQUEST", "text/plain; name*=utf-8''%C3%A4.txt", "text/plain; format=flowed; delsp=yes",
    "image/png; file=a.png", "image/png; file=b.png; name=a.png", "application/ms-tnef; name=winmail.dat",
    "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
    "application/pgp-signature; name=signature.asc", "text/*", 'text/plain;charset="utf-8', "text/plain; charset=x;;",
    'text/plain; x="y;z"; charset=utf-8', "text/plain;\r\n\tcharset=utf-8;\r\n\tname=a.txt", "text/plain <b>",
]  # fmt: skip
BODIES = [
    "", "\r\n", "x", "a\nb\n", "a\r\nb\nc\r\n", "..a\r\n.b\r\n", "From x\r\n", "y" * 10_000, "   \r\n",
    "\r\n\r\nx\r\n\r\n", "\ta\r\n", "a\x0cb\r\n", "begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n",
    "=ybegin line=128 size=5 name=a\r\n=yend\r\n",
    "a \r\nb\r\n> q \r\n-- \r\nAnn\r\n", "line of text\r\n" * 3_000, "<p>no markup</p>\r\n",
]  # fmt: skip


def beside_text(*fields: str, body: str = "pdf") -> bytes:
    return whole(multipart("mixed", TEXT, entity(*fields, body=body)))


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/csv; name=a.csv"])
def test_charsets_read_the_same(roomy: Pair, kind: str) -> None:
    texts = [(text, charset) for text, charsets in WRITTEN.items() for charset in charsets]
    encoding = "Content-Transfer-Encoding: base64"
    check(
        roomy,
        {
            charset: mail(
                f"Content-Type: {kind}; charset={charset}",
                encoding,
                body=base64.encodebytes(f"{text}\r\n".encode(charset)),
            )
            for text, charset in texts
        },
    )


def test_transfer_encodings_read_the_same(roomy: Pair) -> None:
    cases = [(encoding, body) for encoding, bodies in ENCODED.items() for body in bodies]
    kind = "Content-Type: text/plain; charset=utf-8"
    check(
        roomy,
        {f"{encoding} {body}": mail(kind, f"Content-Transfer-Encoding: {encoding}", body=f"{body}\r\n")
         for encoding, body in cases},
    )  # fmt: skip
    file = ("Content-Type: application/pdf", "Content-Disposition: attachment; filename=a.pdf")
    check(
        roomy,
        {f"{encoding} {body}": beside_text(*file, f"Content-Transfer-Encoding: {encoding}", body=body)
         for encoding, body in cases},
    )  # fmt: skip


def test_file_names_read_the_same(roomy: Pair) -> None:
    kind = "Content-Type: application/pdf"
    check(roomy, {one: beside_text(kind, f"Content-Disposition: attachment; {one}") for one in FILE_NAMES})
    names = [one.replace("filename", "name").replace("FILENAME", "NAME") for one in FILE_NAMES]
    check(roomy, {one: beside_text(f"{kind}; {one}", "Content-Disposition: attachment") for one in names})


@pytest.mark.parametrize("kind", ["application/pdf", "text/plain", "text/html", "image/png", "message/rfc822"])
def test_dispositions_read_the_same(roomy: Pair, kind: str) -> None:
    fields = f"Content-Type: {kind}", "Content-ID: <c@x>"
    check(roomy, {one: beside_text(*fields, f"Content-Disposition: {one}") for one in DISPOSITIONS})


def test_types_read_the_same(roomy: Pair) -> None:
    check(roomy, {one: beside_text(f"Content-Type: {one}", body="<b>x</b>") for one in TYPES})
    name = "Content-Disposition: attachment; filename=f.x"
    check(roomy, {one: beside_text(f"Content-Type: {one}", name, body="<b>x</b>") for one in TYPES})


@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "text/html; charset=utf-8", ""])
def test_bodies_read_the_same(roomy: Pair, kind: str) -> None:
    fields = [f"Content-Type: {kind}"] if kind else []
    check(roomy, {one: mail(*fields, body=one) for one in BODIES})


def test_header_sections_alone_read_the_same(roomy: Pair) -> None:
    check(roomy, {"no body": "".join(f"{field}\r\n" for field in HEAD).encode(), "nothing behind": mail(body="")})
