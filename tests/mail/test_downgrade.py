"""Internationalized mail in ASCII header sections (RFC 6857)."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.downgrade import as_sent, downgrade


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Subject: Grüße", b"Subject: =?utf-8?B?R3LDvMOfZQ==?="),
        ("Subject: =?utf-8?Q?=C3=BC?= ü", b"Subject: =?utf-8?B?w7wgw7w=?="),
        ("X-Note: ü", b"X-Note: =?utf-8?B?w7w=?="),
        ("From: Jörg <joerg@x.test>", b"From: =?utf-8?B?SsO2cmc=?= <joerg@x.test>"),
        ("To: Ann <ann@exämple.test>, bob@y.test", b"To: Ann <ann@xn--exmple-cua.test>, bob@y.test"),
        ("To: ann@sub.FAß.test", b"To: ann@sub.xn--fa-hia.test"),  # and not fass.test
        ('To: "Ü, Ann" <ann@x.test>', b"To: =?utf-8?B?w5wsIEFubg==?= <ann@x.test>"),
        ("From: jörg@x.test", b"From: =?utf-8?B?asO2cmdAeC50ZXN0?= :;"),
        ("From: Jörg <jörg@x.test>", b"From: =?utf-8?B?SsO2cmcgPGrDtnJnQHgudGVzdD4=?= :;"),
        ("Cc: Kür: ann@x.test, Bö <b@y.test>;", b"Cc: =?utf-8?B?S8O8cg==?=: ann@x.test, =?utf-8?B?QsO2?= <b@y.test>;"),
        ("Cc: Kür:;", b"Cc: =?utf-8?B?S8O8cg==?=:;"),
        ("Cc: all: ann@x.test, bö@y.test;", b"Cc: =?utf-8?B?YWxsOiBhbm5AeC50ZXN0LCBiw7ZAeS50ZXN0?= :;"),
        ("Message-ID: <ä@x.test>", b"Downgraded-Message-ID: =?utf-8?B?PMOkQHgudGVzdD4=?="),
        ("Return-Path: <ä@x.test>", b"Downgraded-Return-Path: =?utf-8?B?PMOkQHgudGVzdD4=?="),
        ('Content-Type: text/plain; name="ä.txt"', b"Content-Type: text/plain; name*=utf-8''%C3%A4.txt"),
        ("Content-Disposition: inline; filename=ä", b"Content-Disposition: inline; filename*=utf-8''%C3%A4"),
        ("Content-Description: ü", b"Content-Description: =?utf-8?B?w7w=?="),
    ],
)
def test_a_field_becomes_ascii(field, expected):
    assert (
        downgrade(f"A: 1\r\n{field}\r\nZ: 2\r\n\r\nü".encode()) == b"A: 1\r\n" + expected + b"\r\nZ: 2\r\n\r\n\xc3\xbc"
    )


def test_what_was_meant_is_still_read():
    raw = (
        "From: Jörg <joerg@exämple.test>\r\nSubject: Größe und Maß, recht lang, damit es mehrere Wörter werden\r\n\r\n"
    )
    message = read(downgrade(raw.encode()))
    assert message.subject == "Größe und Maß, recht lang, damit es mehrere Wörter werden"
    assert [str(one) for one in message.from_] == ["Jörg <joerg@xn--exmple-cua.test>"]


def test_header_sections_of_parts_are_converted_too():
    raw = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Disposition: attachment; filename=ü\r\n\r\nü\r\n"
        "--b\r\nContent-Type: message/global\r\n\r\nSubject: ü\r\n\r\nü\r\n--b--\r\n"
    ).encode()
    assert downgrade(raw) == (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC\r\n\r\n\xc3\xbc\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?w7w=?=\r\n\r\n\xc3\xbc\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: a\r\n\r\nb",
        "Subject: a\r\n\r\nü".encode(),
        b"Subject: Gr\xfc\xdfe\r\n\r\n",  # in another charset: broken, and shown so
        b"\xc3\xbc no header",
    ],
)
def test_other_mail_stays_as_it_is(raw):
    assert downgrade(raw) is raw


def test_a_domain_that_dns_cannot_write_takes_its_mailbox_along():
    assert downgrade(f"To: a@{'ü' * 70}.test\r\n\r\n".encode()).endswith(b" :;\r\n\r\n")


@pytest.mark.parametrize(("utf8", "expected"), [(True, b"X: \xc3\xbc\r\n"), (False, b"X: =?utf-8?B?w7w=?=\r\n")])
def test_what_is_sent_has_lines_that_end_in_crlf(utf8, expected):
    assert as_sent("X: ü\n".encode(), utf8=utf8) == expected
