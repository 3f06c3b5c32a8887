"""Dates in Mailpit's searches: the forms of its parser, and what that parser gets wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailpit_py.storage.mailpit_date import instant

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    ["2024/04/01", "2024-04-01", "2024-4-1", "2024.04.01", "2024:04:01", "04/01/2024", "4/1/24", "04.01.2024", "4.1.24",
     "20240401", "20240401000000", "1 april 2024", "1 Apr 2024", "01-Apr-2024", "1/apr/2024", "Mon, 1 Apr 2024",
     "Apr 1 2024", "April 1, 2024", "April 1st, 2024", "apr. 1, '24", "1 Apr 24", "2024-apr-01", "mon apr 1 2024",
     "2024-04", "2024/04", "2024.04", "2024年04月01日", "2024-04-01 00:00:00", "2024-04-01 00:00",
     "2024-04-01T00:00:00", "2024-04-01 12:00 AM", "4/1/2024 12:00:00 am",
     "2024-04-01t00:00:00z", "2024-04-01T02:00:00+02:00",
     "2024-04-01 02:00 +0200", "2024-03-31 17:00:00-07", "2024-04-01T00:00:00.000Z",
     "2024-04-01 00:00:00.000000000 UTC",
     "2024-04-01 00:00:00 +0000 UTC", "Mon, 01 Apr 2024 00:00:00 GMT", "Mon, 01 Apr 2024 02:00:00 +0200 (CEST)",
     "Mon Apr  1 00:00:00 2024", "Mon Apr 1 00:00:00 UTC 2024", "April 1, 2024 at 00:00", "2024-03-31 19:00 EST",
     "2024-04-01 02:00 AM +02:00", "1711929600", "1711929600000", "1711929600000000", "1711929600000000000"],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert instant(text, UTC) == 1_711_929_600_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024-01-01 00:00:00+01:00"),
        ("2024-04-01 10:00 PM", "2024-04-01 22:00:00+02:00"),
        ("2024-04-01 12:30pm", "2024-04-01 12:30:00+02:00"),
        ("2024-04-01 17:24:37.3186369", "2024-04-01 17:24:37.318636+02:00"),
        ("2024-04-01 08:20:13,787", "2024-04-01 08:20:13.787000+02:00"),
        ("12 Feb 2006, 19:17", "2006-02-12 19:17:00+01:00"),
        ("oct 7, 70", "1970-10-07 00:00:00+01:00"),
        ("oct 7, 68", "2068-10-07 00:00:00+02:00"),
        ("06/Jan/2008:15:04:05", "2008-01-06 15:04:05+01:00"),
    ],
)
def test_a_date_without_an_offset_is_of_the_zone(text: str, expected: str) -> None:
    moment = instant(text, BERLIN)
    assert moment is not None
    assert datetime.fromtimestamp(moment / 1_000_000, BERLIN).isoformat(" ") == expected


@pytest.mark.parametrize(
    "text",
    ["april", "yesterday", "now", "7d", "10:00", "2024-W14", "23/11/2026", "28.11.2026", "", "2024-13-01T00:00:00Z",
     "2024-02-30", "99999999", "123", "0" * 40, "Apr 1", "1st 2024", "foo 1 2024", "2024-092", "2024-04-01 13:00 PM",
     "2024-04-01 25:00", "2024-04-01 10:00 XYZ", "2024-04-01 10:00+99:00", "0001-01-01", "10000-01-01",
     "２０２４", "2024-04-01 10:00 and more"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert instant(text, BERLIN) is None


def test_without_a_zone_it_is_this_machine_s() -> None:
    here = datetime(2024, 4, 1).astimezone()
    assert instant("2024-04-01") == round(here.timestamp() * 1_000_000)
