"""Parameters of Content-Type and Content-Disposition (RFC 2045 §5, RFC 2231)."""

import pytest

from mailpit_py.mail.parameter import main_value, parameters, token


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"text/plain", {}),
        (b"text/plain;", {}),
        (b"text/plain; charset=utf-8", {"charset": "utf-8"}),
        (b'text/plain; charset="utf-8"', {"charset": "utf-8"}),
        (b'text/plain;\r\n\tCharset = "utf-8" ; format=flowed', {"charset": "utf-8", "format": "flowed"}),
        (b"text/plain; charset=us-ascii (Plain text)", {"charset": "us-ascii"}),
        (b'text/plain; charset="utf-8" format=flowed', {"charset": "utf-8", "format": "flowed"}),
        (b"a; filename=two words.pdf", {"filename": "two words.pdf"}),
        (b'a; filename="semi;colon.pdf"; x=y', {"filename": "semi;colon.pdf", "x": "y"}),
        (b'a; filename="quote\\"d.pdf"', {"filename": 'quote"d.pdf'}),
        (b'a; filename="quote"d.pdf"', {"filename": 'quote"d.pdf'}),
        (b'a; filename="a "big" one.pdf"; x=y', {"filename": 'a "big" one.pdf', "x": "y"}),
        (b'a; filename=""a;b".pdf" ; x="y"', {"filename": '"a;b".pdf', "x": "y"}),
        (b'a; filename="12" screen.pdf"', {"filename": '12" screen.pdf'}),
        (b'a; filename="a.pdf" (comment)', {"filename": "a.pdf"}),
        (b'a; filename="a" x="y"', {"filename": "a", "x": "y"}),
        (b'a; filename="a"b', {"filename": "a"}),
        (b'a; filename="C:\\dir\\file.pdf"', {"filename": "C:\\dir\\file.pdf"}),
        (b'a; filename="never closed.pdf', {"filename": "never closed.pdf"}),
        (b"a; filename==?utf-8?Q?=C3=BC.pdf?=", {"filename": "ü.pdf"}),
        (b'a; filename="=?utf-8?Q?=C3=BC?= =?utf-8?Q?.pdf?="', {"filename": "ü.pdf"}),
        (b'a; filename="\xc3\xbc.pdf"', {"filename": "ü.pdf"}),
        (b'a; filename="\xfc.pdf"', {"filename": "ü.pdf"}),
        (b"a; filename*=utf-8''%C3%BC.pdf", {"filename": "ü.pdf"}),
        (b"a; filename*=iso-8859-1'en'%FC.pdf", {"filename": "ü.pdf"}),
        (b"a; filename*=%C3%BC.pdf", {"filename": "ü.pdf"}),
        (b"a; filename=x; filename*=utf-8''%C3%BC", {"filename": "ü"}),
        (b"a; filename*0=one; filename*1=two", {"filename": "onetwo"}),
        (b"a; filename*1=two; filename*0=one", {"filename": "onetwo"}),
        (b"a; filename*0*=utf-8''%C3; filename*1*=%BC; filename*2=.pdf", {"filename": "ü.pdf"}),
        (b"a; filename*0*=utf-8''a%20; filename*1=\"b%20\"", {"filename": "a b%20"}),
        (b"a; filename*0=one; filename*2=three", {"filename": "one"}),
        (b"a; filename*1=only", {"filename": "only"}),
        (b"a; filename=x; filename*1=only", {"filename": "x"}),
        (b"a; filename*0*=utf-8''a; filename*0*=utf-8''b", {"filename": "a"}),
        (b"a; *=x", {"*": "x"}),
        (b"a; x=1; X=2", {"x": "1"}),
        (b"a; x=", {"x": ""}),
        (b"a; =x; y=2", {"y": "2"}),
        (b"a;;; x=1;;y", {"x": "1"}),
        (b'a; "odd"; x=1', {"x": "1"}),
    ],
)
def test_parameters_are_read(raw, expected):
    assert parameters(raw) == expected


def test_parameters_are_capped():
    assert len(parameters(b"a" + b"".join(b"; p%d=1" % n for n in range(1_000)), limit=100)) == 100


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b" Attachment; x", "attachment"), (b"", ""), (b"7bit (comment)", "7bit"), (b"\xff", "\ufffd")],
)
def test_the_main_value_is_lower_case(raw, expected):
    assert main_value(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"attachment; filename=x", "attachment"),
        (b" INLINE", "inline"),
        (b"attachment(c)", "attachment"),
        (b"; filename=x", ""),
        (b"filename=x", ""),
        (b'"attachment"', ""),
        (b"", ""),
    ],
)
def test_a_token_is_all_of_what_stands_before_the_parameters(raw: bytes, expected: str) -> None:
    assert token(raw) == expected
