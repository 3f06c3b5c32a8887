"""Fields and encoded words (RFC 5322 §2.2, RFC 2047)."""

import pytest

from mailpit_py.mail import glimpse, read
from mailpit_py.mail.header import decode_value, decode_words, unfold


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b" plain ", "plain"),
        (b" folded\r\n value", "folded value"),
        (b" folded\n\tvalue\r again", "folded value again"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?q?Gr=c3=bc=c3=9fe?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),  # padding forgotten
        (b"=?utf-8?B?R3LDv\r\n MOfZQ==?=", "Grüße"),  # folded inside a word
        (b"=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),  # split inside a character
        (b"=?utf-8?B?R3LD?= =?UTF-8?B?vMOfZQ==?=", "Grüße"),
        (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "aé"),
        (b"=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        (b"a =?utf-8?Q?b?= c", "a b c"),
        (b"x=?utf-8?Q?y?=z", "xyz"),
        (b"=?utf-8?Q?Are_you_ok??=", "Are you ok?"),
        (b"=?utf-8?Q?with a space?=", "with a space"),
        (b'"=?utf-8?Q?in_quotes?="', '"in quotes"'),
        (b"=?utf-8*en?Q?language?=", "language"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?unheard-of?Q?caf=C3=A9?=", "café"),
        (b"=?unheard-of?Q?caf=E9?=", "café"),
        (b"=?utf-8?Q?caf=E9?=", "café"),
        (b"=?utf-8?Q?caf=E9_=C3=BC?=", "caf\ufffd ü"),
        (b"=?utf-8?X?what?=", "=?utf-8?X?what?="),
        (b"=?utf-8?Q?endless", "=?utf-8?Q?endless"),
        (b"=?utf-8?Q?a?= =?utf-8?Q?endless", "a =?utf-8?Q?endless"),
        (b"=?utf-8?Q??=", ""),
        (b"=?utf-8?Q?a=0D=0AX-Injected:_b=00?=", "a X-Injected: b "),
        (b"raw \xc3\xbc", "raw ü"),
        (b"latin \xfc", "latin ü"),
        (b"raw \xc3\xbc =?utf-8?Q?=C3=BC?=", "raw ü ü"),
        (b"", ""),
    ],
)
def test_a_value_is_decoded(raw, expected):
    assert decode_value(raw) == expected


def test_unfolding_keeps_the_other_white_space():
    assert unfold(b" a\r\n   b\r\n") == b"a   b"
    assert unfold(b" \t\x0ba\x0c \r\n") == b"\x0ba\x0c"


def test_only_the_first_octets_are_searched_for_encoded_words():
    word = b"=?utf-8?Q?a?="
    assert decode_value(word + b" " * 10 + word, limit=20) == "a=?utf-8?Q?a?="


def test_text_without_encoded_words_is_returned_as_it_is():
    text = "nothing here"
    assert decode_words(text) is text


def test_fields_keep_order_case_raw_value_and_span():
    raw = b"X-One: 1\r\nx-two:2\r\n folded\r\nX-One: 3\r\n\r\n"
    fields = read(raw).fields
    assert [(field.name, field.raw, field.value) for field in fields] == [
        ("X-One", b" 1", "1"),
        ("x-two", b"2\r\n folded", "2 folded"),
        ("X-One", b" 3", "3"),
    ]
    assert [raw[field.start : field.end] for field in fields][1] == b"x-two:2\r\n folded"
    assert read(raw).field("X-TWO").value == "2 folded"
    assert read(raw).field("absent") is None
    assert read(raw).field("\u00fc") is None


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (b"subject: offer\r\nfrom: ann\r\n\r\n", [("subject", "offer")]),
        (b"from: ann\r\nsubject\t : offer\r\n of the day\r\n\tonly\r\n\r\n", [("subject", "offer of the day only")]),
        (b"x: 1\r\nsubject:1\r\nx-subject: 2\r\nsubjects: 3\r\nsubject:4\r\n", [("subject", "1"), ("subject", "4")]),
        (b"from: ann\r\n subject: folded\r\n\r\n", []),
        (b"subject\r\n: no field\r\n", []),
        (b"subject: to the end", [("subject", "to the end")]),
        (b"subject: to\r\n the end", [("subject", "to the end")]),
        (b"from: =?utf-8?q?a?=\r\nsubject: b\r\n", [("subject", "b")]),
        (b"subject: =?utf-8?q?offer?=\r\n", None),
        (b"subject: \xc3\xbc\r\n", None),
        (b"subject: offer\nfrom: ann\r\n", None),
        (b"subject: offer\rfrom: ann\r\n", None),
        (b"", []),
    ],
)
def test_a_glimpse_tells_of_plain_fields(section, found):
    assert glimpse(section, ("subject", "absent")) == found
