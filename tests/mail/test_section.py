"""BODY[...] of a FETCH: the numbers of RFC 9051 §6.4.5.1, header fields, and parts of an answer."""

from __future__ import annotations

import pytest

from mailpit_py.mail import DEFAULT
from mailpit_py.mail.imap import Section, envelope, section
from tests.mail.test_fetch_envelope import RFC_HEADER

OCTETS = b"Content-Type: application/octet-stream\r\n\r\n"
INNER = b"Subject: 3\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
DEEPER = b"Subject: 4.2\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
# The message whose parts RFC 9051 §6.4.5.1 numbers; the body of each leaf is its number.
RAW = (
    b"Subject: 0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
    b"--o\r\n\r\n1\r\n--o\r\n" + OCTETS + b"2\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
    b"" + INNER + b"--i\r\n\r\n3.1\r\n--i\r\n" + OCTETS + b"3.2\r\n--i--\r\n"
    b"--o\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    b"--m\r\nContent-Type: image/gif\r\n\r\n4.1\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" + DEEPER + b""
    b"--d\r\n\r\n4.2.1\r\n--d\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    b"--a\r\n\r\n4.2.2.1\r\n--a\r\nContent-Type: text/richtext\r\n\r\n4.2.2.2\r\n--a--\r\n"
    b"--d--\r\n--m--\r\n--o--\r\n"
)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("."))) if text else ()


@pytest.mark.parametrize("number", ["1", "2", "3.1", "3.2", "4.1", "4.2.1", "4.2.2.1", "4.2.2.2"])
def test_the_leaves_that_the_rfc_numbers(number):
    assert section(RAW, Section(numbers(number))) == number.encode()


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        ("", "HEADER", b"Subject: 0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"),
        ("3", "HEADER", INNER),
        ("3", "TEXT", b"--i\r\n\r\n3.1\r\n--i\r\n" + OCTETS + b"3.2\r\n--i--"),
        ("3", "", INNER + b"--i\r\n\r\n3.1\r\n--i\r\n" + OCTETS + b"3.2\r\n--i--"),
        ("3", "MIME", b"Content-Type: message/rfc822\r\n\r\n"),
        ("4.1", "MIME", b"Content-Type: image/gif\r\n\r\n"),
        ("4.2", "HEADER", DEEPER),
        ("4.2.2", "MIME", b"Content-Type: multipart/alternative; boundary=a\r\n\r\n"),
        ("4.2.1", "MIME", b"\r\n"),
        ("1", "HEADER", None),  # no message
        ("4", "HEADER", None),
        ("5", "", None),
        ("1.1", "", None),
        ("3.3", "", None),
        ("4.2.2.3", "", None),
        ("2.1", "MIME", None),
    ],
)
def test_what_a_section_names(number, text, expected):
    assert section(RAW, Section(numbers(number), text)) == expected


def test_the_header_of_the_sample_of_the_rfc_is_as_long_as_it_says():
    assert len(section(RFC_HEADER + b"body\r\n", Section(text="HEADER"))) == 342


@pytest.mark.parametrize(
    ("raw", "number", "expected"),
    [
        (b"Subject: s\r\n\r\nall of it\r\n", "1", b"all of it\r\n"),
        (b"Subject: s\r\n\r\nall of it\r\n", "2", None),
        (b"Content-Type: message/rfc822\r\n\r\nSubject: i\r\n\r\nx\r\n", "1", b"Subject: i\r\n\r\nx\r\n"),
        (b"Content-Type: message/rfc822\r\n\r\nSubject: i\r\n\r\nx\r\n", "1.1", b"x\r\n"),
        (b"Content-Type: multipart/mixed\r\n\r\nno parts\r\n", "1", b"no parts\r\n"),
    ],
)
def test_a_message_without_parts_is_its_own_part_one(raw, number, expected):
    assert section(raw, Section(numbers(number))) == expected


FIELDS = b"Subject: s\nX-Long: a\n b\nsubject: t\nFrom: f\n\nbody"


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("HEADER.FIELDS", ("SUBJECT",), b"Subject: s\r\nsubject: t\r\n\r\n"),
        ("HEADER.FIELDS", ("x-long", "Absent"), b"X-Long: a\r\n b\r\n\r\n"),
        ("HEADER.FIELDS", ("Absent", "j\xf6rg"), b"\r\n"),
        ("HEADER.FIELDS.NOT", ("subject", "x-long"), b"From: f\r\n\r\n"),
        ("HEADER.FIELDS.NOT", ("Absent",), b"Subject: s\r\nX-Long: a\r\n b\r\nsubject: t\r\nFrom: f\r\n\r\n"),
    ],
)
def test_chosen_fields_are_as_stored_with_the_empty_line(text, names, expected):
    assert section(FIELDS, Section(text=text, fields=names)) == expected


def test_fields_of_a_message_inside():
    assert section(RAW, Section((3,), "HEADER.FIELDS", ("Subject",))) == b"Subject: 3\r\n\r\n"


@pytest.mark.parametrize(
    ("partial", "expected"),
    [((0, 4), b"Subj"), ((4, 3), b"ect"), ((11, 1_000), b"\nX\r\n"), ((15, 5), b""), ((99, 1), b"")],
)
def test_a_partial_is_cut_where_the_section_ends(partial, expected):
    assert section(b"Subject: s\nX", Section(partial=partial)) == expected


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        (Section(), b"BODY[]"),
        (Section((1, 2)), b"BODY[1.2]"),
        (Section((1,), "MIME"), b"BODY[1.MIME]"),
        (Section(text="HEADER", partial=(7, 9)), b"BODY[HEADER]<7>"),
        (Section((2,), "HEADER.FIELDS", ("Date", 'odd "name"')), b'BODY[2.HEADER.FIELDS (Date "odd \\"name\\"")]'),
    ],
)
def test_an_answer_names_the_section_as_it_was_asked_for(spec, label):
    assert spec.label == label


@pytest.mark.parametrize(
    "words",
    [
        {"text": "BODY"},
        {"text": "MIME"},
        {"text": "HEADER.FIELDS"},
        {"fields": ("Date",)},
        {"part": (0,)},
        {"partial": (0, 0)},
        {"partial": (-1, 1)},
    ],
)
def test_what_the_grammar_does_not_know_is_no_section(words):
    with pytest.raises(ValueError, match=r"\w"):
        Section(**words)


def test_of_a_header_section_no_more_is_read_than_its_limit():
    """So a reader of fields needs no more of a message than that."""
    raw = b"Subject: s\r\n" + b"X-Long: %b\r\n" % (b"x" * 990) * 300 + b"To: ann@x.test\r\n\r\nbody"
    head = raw[: DEFAULT.header_bytes]
    assert len(head) < len(raw)
    for names in (("Subject", "To"), ("X-Long",)):
        spec = Section(text="HEADER.FIELDS", fields=names)
        assert section(raw, spec) == section(head, spec)
    assert envelope(raw) == envelope(head)
