"""Mailpit's lists page by page, and what is marked and deleted: the same answers, and the same mail afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.beside.mailbox import five
from tests.beside.programs import Pair, Server

MESSAGES, SEARCH = "/api/v1/messages", "/api/v1/search"

PAGES = [
    "", "limit=0", "limit=1", "limit=-1", "limit=-0", "limit=00", "limit=03", "limit=%2B3", "limit=3%20",
    "limit=x", "limit=", "limit", "limit=1.5", "limit=1e2", "limit=0x2", "limit=1_0", "limit=null",
    "limit=2&limit=3", "LIMIT=2", "limit=9223372036854775807", "limit=9223372036854775808",
    "limit=99999999999999999999999", "limit[]=2", "start=2", "start=0", "start=-2", "start=x",
    "start=4&limit=2", "start=5", "start=6", "start=1.5", "Start=2", "start=9223372036854775807",
    "start=9223372036854775808", "start=2&limit=0", "start=2&limit=-1", "start=2&start=3", "before=2001-01-01",
    "before=2090-01-01", "before=garbage", "before=&limit=2", "before=2090", "before=01/02/2001", "before=0",
    "before=1", "before=1969-12-31", "before=1970-01-01", "before=2090-01-01T00:00:00Z&start=2", "x=1",
    "limit=2&&start=1", "limit=2&start=%zz", "x=%zz&start=1", "limit=2;start=1",
]  # fmt: skip
NO_LIST = [
    b"", b" ", b"\n", b"null", b"{}", b"null and more", b'{"IDs":null}', b'{"IDs":[]}', b'{"other":["ID0"]}',
    b'{"id":["ID0"]}', b'{"IDs":["ID0"],"ids":null}', b'{"IDs":["ID0"],"ids":[]}', b"{} garbage",
]  # fmt: skip
SOME = [
    b'{"IDs":["ID0"]}', b'{"ids":["ID0"]}', b'{"iDs":["ID0"],"IDS":["ID1"]}', b'{"IDs":["ID1"],"IDs":["ID0"]}',
    b'{"IDs":["ID0"]} trailing', b'{"IDs":["ID0"]}{"IDs":["ID1"]}', b'{"IDs":["ID0","ID1","ID4"],"x":[{}]}',
    b'{"IDs":["nope"]}', b'{"IDs":[""]}', b'{"IDs":[null]}', b'{"IDs":["latest"]}', b'{"IDs":["*"]}',
    b'{"IDs":["%"]}', b'{"IDs":["id0"]}', b'{"IDs":["ID0 "]}', b'{"IDs":["ID0\\u0000"]}', b'{"IDs":["\xff"]}',
    b'{"ID\xc5\xbf":["ID0"]}', b' \t\r\n{ "IDs" : [ "ID0" , "ID3" ] }',
]  # fmt: skip
BROKEN = [
    b"[]", b'""', b"0", b"true", b"1.5", b'"ids"', b"[1]", b"nul", b"nope", b"{", b"}", b'{"', b'{"IDs"',
    b'{"IDs":', b'{"IDs":[', b'{"IDs":["ID0"', b'{"IDs":["ID0"]', b'{"IDs":"ID0"}', b'{"IDs":{"a":1}}',
    b'{"IDs":[1]}', b"NaN", b'{"IDs":[["ID0"]]}', b'{"IDs":[true]}', b'{"IDs":["ID0",]}', b'{"IDs":[-]}',
    b'{"IDs":[01]}', b'{"IDs":[1.]}', b'{"IDs":[1e]}', b"{'IDs':['ID0']}", b'{IDs:["ID0"]}',
    b'// c\n{"IDs":["ID0"]}', b'\xef\xbb\xbf{"IDs":["ID0"]}', b'{"IDs" ["ID0"]}', b'{"IDs":["ID0"] "x":1}',
    b'{"IDs":["\\x"]}', b'{"IDs":["\\u12"]}', b'{"IDs":["\\uZ"]}', b'["\\', b'["\\u1', b'{"IDs":["\n"]}',
    b"<xml/>",
]  # fmt: skip
MARKS = [
    b'{"Read":true}', b'{"READ":true}', b'{"Read":false}', b'{"Read":null}', b'{"Read":true,"Read":false}',
    b'{"Read":"true"}', b'{"Read":1}', b'{"Read":[]}', b'{"Read":{}}', b'{"Read":True}',
    b'{"Read":true,"read":null}', b'{"Read":true,"IDs":["ID0"]}', b'{"IDs":["ID4"]}',
    b'{"Read":true,"IDs":["ID0","ID0","nope"]}', b'{"Read":true,"Search":"number"}',
    b'{"read":true,"search":"subject:\\"number 1\\""}', b'{"Search":"is:read"}',
    b'{"Read":true,"Search":"tag:even"}', b'{"Read":true,"Search":"-tag:even"}',
    b'{"Read":true,"Search":"nothing"}', b'{"Read":true,"Search":""}', b'{"Read":true,"Search":" "}',
    b'{"Read":true,"Search":null}', b'{"Search":5}', b'{"Search":["a"]}', b'{"IDs":["ID0"],"Search":"x"}',
    b'{"IDs":["ID0"],"Search":" "}', b'{"IDs":[],"Search":"1"}', b'{"Read":true,"IDs":["ID0"],"Search":""}',
]  # fmt: skip
SEARCHES = [
    "", "?query=", "?query=%20", "?q=number", "?QUERY=number", "?query=number", "?query=number+1",
    "?query=is:read", "?query=subject:%22number+1%22", "?query=tag:even", "?query=!tag:even", "?query=-is:read",
    "?query=nothing", "?query=number+1&query=number+2", "?query=number+1&tz=Mars/X", "?query=%09number+1%0A",
    "?query=before:2001-01-01", "?query=after:2001-01-01", "?query=%ff", "?query=number%0A1",
    "?query=+number++1+",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def filled(both: Pair) -> None:
    for server in both:
        five(server)


def listed(server: Server, path: str) -> tuple[Any, ...]:
    """A list by its subjects and numbers; the order of its keys counts."""
    answer = server.get(path)
    found = answer.json
    names = tuple(found)
    return answer.headers["content-type"], names, [one["Subject"] for one in found.pop("messages")], found


@pytest.mark.parametrize("query", PAGES)
def test_a_page_of_all_and_of_a_search_is_the_same(theirs: Server, ours: Server, query: str) -> None:
    for path in (f"{MESSAGES}?{query}", f"{SEARCH}?query=number&{query}", f"{SEARCH}?query=is:unread&{query}"):
        assert listed(ours, path) == listed(theirs, path)


@pytest.mark.parametrize("body", [*NO_LIST, *SOME])
def test_the_same_is_deleted(theirs: Server, ours: Server, body: bytes) -> None:
    assert five(ours).ask("DELETE", MESSAGES, body) == five(theirs).ask("DELETE", MESSAGES, body)


@pytest.mark.parametrize("body", [*NO_LIST, *SOME, *BROKEN, *MARKS])
def test_the_same_is_marked_as_read_or_refused_in_the_same_words(theirs: Server, ours: Server, body: bytes) -> None:
    assert five(ours).ask("PUT", MESSAGES, body) == five(theirs).ask("PUT", MESSAGES, body)


@pytest.mark.parametrize("query", SEARCHES)
def test_a_search_deletes_the_same(theirs: Server, ours: Server, query: str) -> None:
    assert five(ours).ask("DELETE", SEARCH + query) == five(theirs).ask("DELETE", SEARCH + query)


@pytest.mark.parametrize("query", ["", "?query=", "?query=%20%09", "?limit=5", "?q=number"])
def test_a_search_without_a_query_is_refused_in_the_same_words(theirs: Server, ours: Server, query: str) -> None:
    their, our = theirs.get(SEARCH + query), ours.get(SEARCH + query)
    assert (our.status, our.headers["content-type"], our.text) == (
        their.status,
        their.headers["content-type"],
        their.text,
    )


def test_a_body_for_the_deletion_of_a_search_means_nothing(theirs: Server, ours: Server) -> None:
    for body in (b'{"IDs":["ID0"]}', b"garbage"):
        assert five(ours).ask("DELETE", f"{SEARCH}?query=number+1", body) == five(theirs).ask(
            "DELETE", f"{SEARCH}?query=number+1", body
        )


def test_the_type_of_a_body_means_nothing_to_json(theirs: Server, ours: Server) -> None:
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "nonsense",
        "",
    ):
        for method in ("PUT", "DELETE"):
            asked = (method, MESSAGES, b'{"Read":true,"IDs":["ID0"]}')
            assert five(ours).ask(*asked, Content_Type=kind) == five(theirs).ask(*asked, Content_Type=kind)
