"""What holds for any octets at all: nothing raises, spans nest, texts can be stored."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.mail import Limits, glimpse, read, read_values
from mailpit_py.mail.html import sanitise, to_text
from mailpit_py.mail.text import strip_html, with_html

MESSAGES = sorted((Path(__file__).parent.parent / "messages").glob("*.eml"))


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.name)
def test_our_own_messages_are_sound(path, assert_sound):
    assert_sound(path.read_bytes())


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.name)
def test_every_beginning_of_a_message_is_sound(path, assert_sound):
    raw = path.read_bytes()
    for end in range(0, len(raw), 1 + len(raw) // 60):
        assert_sound(raw[:end])


TOKENS = (
    b"Content-Type: |multipart/mixed|multipart/alternative|multipart/related|multipart/digest|"
    b'message/rfc822|text/html|text/plain|; boundary=b|; boundary="c"|; charset=|utf-7|utf-16|'
    b"iso-2022-jp|; name*0*=|utf-8''%FF|\r\n|\n|\r|\n\n|--b|--b--|--c|--c--|--| |\t|:|From: |To: |"
    b"Subject: |Received: from |by |; |Date: |Mon, 1 Jan 2024 00:00:00 +0000|=?utf-8?Q?|=?utf-8?B?|"
    b"?=|=|QQ==|Content-Transfer-Encoding: |base64|quoted-printable|uuencode|begin 644 x\n|end\n|"
    b'#86)C|<|>|@|,|"|(|)|\\|[|]|a|\x00|\xff|\xc3\xbc|+2AA-|Content-Disposition: |attachment|'
    b"; filename=|From nobody\n|http://x/|\xe2\x80\xae|<style>|<!--|</p>"
)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(TOKENS.split(b"|")), max_size=60).map(b"".join))
def test_any_sequence_of_mail_tokens_is_sound(assert_sound, raw):
    assert_sound(raw)
    assert_sound(
        raw,
        Limits(depth=2, parts=3, fields=2, all_fields=4, header_bytes=40, field_bytes=10, addresses=2, parameters=1),
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS.split(b"|")), max_size=60).map(b"".join))
def test_some_values_are_read_as_all_are(raw):
    names = ("subject", "from", "absent", "j\xf6rg")
    expected = [(name, one.value) for name in names for one in read(raw).fields if one.name.lower() == name]
    assert list(read_values(raw, names)) == expected


FIELDS = st.tuples(
    st.sampled_from([b"Subject", b"SUBJECT ", b"From", b"Subjects", b"X-Subject", b"--Subject", b"J\xc3\xb6rg"]),
    st.sampled_from(
        [b" =?utf-8?Q?s=C3=BC=C3=9F?=", b"a\r\n subject: b", b"", b"\tsubject:c\x00 ", b" \xfc\r\n\t\r\n  d"]
    ),
    st.sampled_from([b"\r\n"] * 9 + [b"\n", b"\r", b""]),
)
SECTIONS = st.lists(FIELDS.map(lambda one: one[0] + b":" + one[1] + one[2]), max_size=6).map(b"".join)


@settings(max_examples=500, deadline=None)
@given(SECTIONS | st.lists(st.sampled_from(TOKENS.split(b"|")), max_size=60).map(b"".join))
def test_a_glimpse_has_all_fields_with_their_values_or_is_none(section):
    names = ("subject", "from", "received", "j\xf6rg", "\udcff")
    found = glimpse(section.lower(), names)
    if found is not None:
        assert set(read_values(section.lower(), names)) <= set(found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_octets_are_sound(assert_sound, raw):
    assert_sound(raw)


def test_three_thousand_mutations_are_sound(assert_sound, mutations):
    for raw in mutations([path.read_bytes() for path in MESSAGES], 3_000, seed=5322):
        assert_sound(raw)


def test_mutations_are_rendered_without_raising(mutations):
    for raw in mutations([path.read_bytes() for path in MESSAGES if b"text/html" in path.read_bytes()], 200, seed=2045):
        message = read(raw)
        sanitise(message.html, resolve=lambda url: None, remote=True)
        to_text(message.html)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["one", "two ", " three", "\n", "\n\n", "\u2003", "four\x0b"]), max_size=12).map("".join),
    st.lists(st.sampled_from(["one", "two", " ", "\n", "<p>", "<br>", "<b>", "&nbsp;", "three"]), max_size=12).map(
        "".join
    ),
)
def test_html_adds_the_lines_with_a_word_that_the_text_lacks(text, markup):
    words = set(text.split())
    added = [line for line in strip_html(markup).split("\n") if not words.issuperset(line.split())]
    assert with_html(text, markup) == "\n".join([text, *added] if text else [strip_html(markup)])
