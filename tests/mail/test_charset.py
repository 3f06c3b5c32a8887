"""Charsets: names as senders write them, and text under wrong names."""

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.charset import codec_of, decode, decode_with_reason


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("utf-8", "utf_8"),
        ("UTF8", "utf_8"),
        ("utf_8", "utf_8"),
        ("unicode-1-1-utf-8", "utf_8"),
        ("us-ascii", "ascii"),
        ("ANSI_X3.4-1968", "ascii"),
        ("iso-8859-1", "cp1252"),
        ("ISO8859_1", "cp1252"),
        ("latin1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("x-windows-1251", "cp1251"),
        ("cp-850", "cp850"),
        ("CP00858", "cp858"),
        ("ibm437", "cp437"),
        ("windows-9999", ""),
        ("ks_c_5601-1987", "cp949"),
        ("euc-kr", "cp949"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("shift_jis", "cp932"),
        ("x-sjis", "cp932"),
        ("iso-8859-8-i", "iso8859_8"),
        ("koi8-r", "koi8_r"),
        ("x-mac-roman", "mac_roman"),
        ("macintosh", "mac_roman"),
        ("tis-620", "cp874"),
        ("x-unknown", ""),
        ("", ""),
        ("x" * 1_000, ""),
    ],
)
def test_names_are_understood(name, codec):
    assert codec_of(name) == codec


@pytest.mark.parametrize(
    "name",
    [
        "rot13",
        "rot_13",
        "zlib",
        "zip",
        "hex",
        "base64",
        "bz2",
        "quopri",
        "uu",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "charmap",
        "utf-8\0",
        "../../x",
        "encodings.utf_8",
        "string-escape",
    ],
)
def test_what_is_no_charset_of_text_is_not_a_codec(name):
    assert codec_of(name) in ("", "utf_8")
    assert decode(b"caf\xc3\xa9", name) == "café"


@pytest.mark.parametrize(
    ("data", "charset", "text", "reason"),
    [
        (b"plain", "", "plain", ""),
        (b"plain", "utf-8", "plain", ""),
        (b"plain", "nonsense", "plain", "unknown-charset"),
        (b"caf\xc3\xa9", "utf-8", "café", ""),
        (b"caf\xe9", "iso-8859-1", "café", ""),
        (b"\x93x\x94", "iso-8859-1", "\u201cx\u201d", ""),
        (b"caf\xc3\xa9", "", "café", "undeclared-8bit"),
        (b"caf\xe9", "", "café", "undeclared-8bit"),
        (b"caf\xc3\xa9", "us-ascii", "café", "undeclared-8bit"),
        (b"caf\xc3\xa9", "nonsense", "café", "unknown-charset"),
        (b"caf\xe9", "nonsense", "café", "unknown-charset"),
        (b"caf\xe9", "utf-8", "café", "wrong-charset"),
        (b"caf\xe9 \xc3\xbc", "utf-8", "caf\ufffd ü", "wrong-charset"),
        (b"caf\xe9 \xc3\xbc", "", "caf\ufffd ü", "undeclared-8bit"),
        (b"caf\xc3\xa9", "gb18030", "caf\u8305", ""),
        (b"caf\xc3\xa9\xff", "gb18030", "caf\u8305\ufffd", "wrong-charset"),
        (b"caf\xc3\xa9", "iso-2022-jp", "café", "wrong-charset"),
        (b"caf\xc3\xa9", "windows-1252", "caf\u00c3\u00a9", "utf8-mislabelled"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "", "café", ""),
        (b"\xef\xbb\xbfx", "utf-8", "x", ""),
        (b"\xff\xfex\0", "", "x", ""),
        (b"\xfe\xff\0x", "us-ascii", "x", ""),
        (b"\xff\xfe\0\0x\0\0\0", "", "x", ""),
        (b"\xff\xfex\0", "utf-16", "x", ""),
        (b"+2AA-", "utf-7", "\ufffd", ""),
        (b"\x81", "windows-1252", "\ufffd", "wrong-charset"),
        (b"", "utf-16", "", ""),
    ],
)
def test_text_is_decoded_and_doubts_are_named(data, charset, text, reason):
    assert decode_with_reason(data, charset) == (text, reason)


@pytest.mark.parametrize(
    ("head", "octets", "expected"),
    [
        (b"<meta charset=koi8-r>", "Привет".encode("koi8_r"), "Привет"),
        (b'<META http-equiv="Content-Type" content="text/html; charset=koi8-r">', "Привет".encode("koi8_r"), "Привет"),
        (b"<meta charset=koi8-r>", "Привет".encode(), "Привет"),  # written for another way of sending it
        (b"<meta name=charset>", b"gr\xfcn", "grün"),
        (b"<!-- " + b" " * 5_000 + b"--><meta charset=koi8-r>", b"gr\xfcn", "grün"),
    ],
)
def test_html_without_a_declared_charset_may_name_it_itself(head, octets, expected):
    message = read(b"Content-Type: text/html\r\n\r\n" + head + b"<p>" + octets)
    assert message.html.endswith("<p>" + expected)


def test_what_html_names_is_nothing_where_a_charset_is_declared():
    message = read(b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<meta charset=koi8-r><p>gr\xfcn")
    assert message.html.endswith("<p>grün")
