"""Dates in searches, in the forms that Mailpit's parser reads, held against mail of a whole year by the hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.beside.mailbox import letter
from tests.beside.programs import Pair, Server, pair

APRIL = datetime(2024, 4, 1, tzinfo=UTC)
# Hours around the first of April, in which most of the dates lie, and a day of each other time that one may be read as.
MOMENTS = [
    *(APRIL + timedelta(hours=hours) for hours in range(-14, 40)),
    *(datetime(2024, month, day, 12, tzinfo=UTC) for month in range(1, 13) for day in (1, 3, 20)),
    *(datetime(year, 7, 1, tzinfo=UTC) for year in (1970, 1999, 2006, 2023, 2025, 2030)),
]
FORMS = [
    "2024-04-01", "2024-4-1", "2024/04/01", "2024/4/1", "2024.04.01", "2024:04:01", "04/01/2024", "4/1/2024",
    "4/1/24", "04.01.2024", "4.1.2024", "01.04.2024", "1.4.2024", "28.11.2026", "23/11/2026", "20240401",
    "20240401100000", "2024", "2024-04", "2024/04", "2024.04", "1 april 2024", "1 Apr 2024", "01 APR 2024",
    "01-Apr-2024", "01/Apr/2024", "Apr 1 2024", "April 1, 2024", "apr 1st, 2024", "Apr 1 24", "1 Apr 24",
    "Mon, 1 Apr 2024", "mon apr 1 2024", "2024-Apr-01", "2024年04月01日", "2024-04-01 10:00",
    "2024-04-01 10:00:00", "2024-04-01T10:00", "2024-04-01T10:00:00", "2024-04-01t10:00:00z",
    "2024-04-01T10:00:00+02:00", "2024-04-01T10:00:00-0700", "2024-04-01 10:00:00 +02:00",
    "2024-04-01 10:00:00 +0000 UTC", "2024-04-01 10:00:00.123", "2024-04-01T10:00:00.5",
    "2024-04-01 17:24:37.3186369", "2024-04-01 10:00 AM", "2024-04-01 10:00 PM", "2024-04-01 12:00 AM",
    "4/1/2024 12:30 pm", "4/1/2024 10:00", "2024/04/01 10:00:00", "2024:04:01 10:00",
    "Mon, 01 Apr 2024 10:00:00 GMT", "Mon, 01 Apr 2024 10:00:00 +0200 (CEST)", "Mon Apr  1 10:00:00 2024",
    "April 1, 2024 at 10:00", "12 Feb 2024, 19:17", "06/Jan/2024:15:04:05", "1 Apr 2024 10:00", "1711929600",
    "1711965600000", "1711965600000000", "1711965600000000000", "May 8, 2024 5:57:51 PM", "oct 7, 1970",
    "yesterday", "7d", "april", "noon", "10:00", "2024-W14", "2024-13-01", "2024-02-30", "2023-02-29",
    "99999999", "12",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("dates"), "--use-message-dates") as servers:
        for server in servers:
            for moment in MOMENTS:
                server.send(letter(f"{moment:%F %T}", Date=f"{moment:%d %b %Y %T} +0000"))
        yield servers


def found(server: Server, query: str, **more: str) -> Any:
    answer = server.get(f"/api/v1/search?{urlencode({'query': query, 'limit': 500, **more})}")
    return sorted(one["Subject"] for one in answer.json["messages"]), answer.json["messages_count"]


@pytest.mark.parametrize("form", FORMS)
def test_a_date_is_the_same_moment(theirs: Server, ours: Server, form: str) -> None:
    for term in (f'Ann after:"{form}"', f'Ann before:"{form}"'):
        assert found(ours, term, tz="Europe/Berlin") == found(theirs, term, tz="Europe/Berlin")


@pytest.mark.parametrize(
    "term", ["after:2024-04-01", "-after:2024-04-01T10:00", "!before:4/1/2024", "before:2024-04-02"]
)
def test_a_date_is_of_the_zone_that_is_named(theirs: Server, ours: Server, term: str) -> None:
    for zone in ("", "UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Etc/GMT+5", "Mars/Olympus", "CET"):
        assert found(ours, term, tz=zone) == found(theirs, term, tz=zone)


def test_moments_on_the_edge_are_the_same(theirs: Server, ours: Server) -> None:
    for term in ("after", "before", "-after", "-before"):
        query = f"{term}:2024-04-01T10:00:00Z"
        assert found(ours, query) == found(theirs, query)


def test_what_is_before_a_moment_is_listed_alike(theirs: Server, ours: Server) -> None:
    for path in ("messages?", "search?query=Ann&"):
        for moment in ("2024-04-01", "2024-04-01T10:00:00Z", "2024", "4/1/2024", "1711965600", "garbage"):
            their, our = (one.get(f"/api/v1/{path}limit=500&before={moment}").json for one in (theirs, ours))
            assert sorted(one["Subject"] for one in our["messages"]) == sorted(
                one["Subject"] for one in their["messages"]
            )
            assert our["messages_count"] == their["messages_count"]


def test_the_date_of_a_message_is_shown_as_its_time(theirs: Server, ours: Server) -> None:
    def times(server: Server) -> dict[str, datetime]:
        rows = server.get("/api/v1/messages?limit=0").json["messages"]
        return {one["Subject"]: datetime.fromisoformat(one["Created"]) for one in rows}

    assert times(ours) == times(theirs)
