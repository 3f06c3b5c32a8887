"""Dates, the obsolete ones included (RFC 5322 §3.3 and §4.3)."""

from datetime import UTC, datetime

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.date import offset_minutes, parse
from mailpit_py.mail.stamp import internal_date

NOON = "2024-02-29T12:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 29 Feb 2024 12:00:00 +0000", NOON),
        ("Thu, 29 Feb 2024 13:00:00 +0100", NOON),
        ("29 Feb 2024 06:30:00 -0530", NOON),
        ("Thu,29 Feb 2024 12:00 +0000", NOON),
        ("Thu, 29 Feb 2024 12:00:00 GMT", NOON),
        ("Thu, 29 Feb 2024 12:00:00 UT", NOON),
        ("Thu, 29 Feb 2024 07:00:00 EST", NOON),
        ("Thu, 29 Feb 2024 05:00:00 PDT", NOON),
        ("Thu, 29 Feb 2024 12:00:00 Q", NOON),  # military letters mean nothing (§4.3)
        ("Thu, 29 Feb 2024 12:00:00 Z", NOON),
        ("Thu, 29 Feb 2024 12:00:00", NOON),
        ("Thu, 29 Feb 2024 12:00:00 +0000 (UTC)", NOON),
        ("Thu, 29 Feb 2024 12:00:00 (noon) +0000", NOON),
        ("Thu, 29 Feb 24 12:00:00 +0000", NOON),
        ("Thu, 29 Feb 124 12:00:00 +0000", NOON),
        ("Thursday, 29-Feb-24 12:00:00 GMT", NOON),
        ("Thu, 29 February 2024 12:00:00 +0000", NOON),
        ("Thu, 29 Feb 2024 12.00.00 +0000", NOON),
        ("Thu, 29 Feb 2024 12:00:00 GMT+0100", "2024-02-29T11:00:00+00:00"),
        ("Thu, 29 Feb 2024 12:00:00 +01:00", "2024-02-29T11:00:00+00:00"),
        ("Thu Feb 29 12:00:00 2024", NOON),
        ("Thu Feb 29 12:00:00 CET 2024 +0000", NOON),
        ("2024-02-29T12:00:00Z", NOON),
        ("2024-02-29 13:00:00.5 +0100", "2024-02-29T12:00:00.500000+00:00"),
        ("Sun, 01 Jan 70 00:00:00 +0000", "1970-01-01T00:00:00+00:00"),
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),
        ("Mon, 1 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_a_date_is_read(text, expected):
    wanted = datetime.fromisoformat(expected) - datetime(1970, 1, 1, tzinfo=UTC)
    assert parse(text) == wanted.days * 86_400_000_000 + wanted.seconds * 1_000_000 + wanted.microseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Thu, 30 Feb 2024 12:00:00 +0000",
        "Thu, 29 Foo 2024 12:00:00 +0000",
        "Thu, 29 Feb 2024 25:00:00 +0000",
        "Thu, 29 Feb 2024 12:00:00 +9999",
        "Thu, 29 Feb 2024 12:61:00 +0000",
        "Thu, 29 Feb 2024 12:00:99 +0000",
        "1 Jan 0000 00:00:00 +0000",
        "((((((((",
        "Thu, " * 1_000,
        "9" * 1_000,
    ],
)
def test_nonsense_is_none(text):
    assert parse(text) is None


def test_a_message_has_the_date_of_its_field():
    assert read(b"Date: Thu, 01 Jan 1970 00:00:01 +0000\n\n").date == 1_000_000
    assert read(b"Subject: x\n\n").date is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Thu, 29 Feb 2024 12:00:00 +0530", 330),
        ("Thu, 29 Feb 2024 12:00:00 -0800 (PST)", -480),
        ("Thu, 29 Feb 2024 12:00:00 EST", -300),
        ("Thu Feb 29 12:00:00 2024 +0100", 60),
        ("2024-02-29T12:00:00+02:00", 120),
        ("Thu, 29 Feb 2024 12:00:00", 0),
        ("Thu, 29 Feb 2024 12:00:00 +9900", 0),
        ("no date", 0),
        ("", 0),
    ],
)
def test_how_far_east_the_writer_s_clock_was(text, minutes):
    assert offset_minutes(text) == minutes


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, " 1-Jan-1970 00:00:00 +0000"),
        (837_596_665_000_000, "17-Jul-1996 09:44:25 +0000"),
        (-1, "31-Dec-1969 23:59:59 +0000"),
    ],
)
def test_an_internal_date_is_as_imap_writes_and_reads_it(at, written):
    assert internal_date(at) == written
    assert parse(written) == at - at % 1_000_000
