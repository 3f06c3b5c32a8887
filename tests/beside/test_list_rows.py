"""Where lists, marks and deletions differ from Mailpit's."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.beside.mailbox import five, letter
from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs

MESSAGES, SEARCH = "/api/v1/messages", "/api/v1/search"
FORM = "application/x-www-form-urlencoded"


def total(server: Server) -> int:
    number: int = server.get(f"{MESSAGES}?limit=1").json["total"]
    return number


@differs("with a body that cannot be read deletes everything")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"IDs":["ID0"', "unexpected EOF"),
        (b'{"IDs":"ID0"}', "json: cannot unmarshal string into Go struct field .IDs of type []string"),
        (b'["ID0"]', "json: cannot unmarshal array into Go value of type struct { IDs []string }"),
        (b"garbage", "invalid character 'g' looking for beginning of value"),
    ],
)
def test_a_body_that_cannot_be_read(theirs: Server, ours: Server, body: bytes, said: str) -> None:
    assert (five(theirs).ask("DELETE", MESSAGES, body)[:3], total(theirs)) == ((200, "text/plain", "ok"), 0)
    assert (five(ours).ask("DELETE", MESSAGES, body)[:3], total(ours)) == ((400, "text/plain", said), 5)


@differs("with a body that cannot be read deletes everything")
@pytest.mark.parametrize("body", [None, b"{}", b'{"IDs":[]}'])
def test_no_ids_delete_everything_in_both(both: Pair, body: bytes | None) -> None:
    for server in both:
        five(server).send("DELETE", MESSAGES, body)
        assert total(server) == 0


@differs("a form (`ids=a&ids=b`) is such a body")
def test_a_form(theirs: Server, ours: Server) -> None:
    asked = ("DELETE", MESSAGES, b"ids=ID0&ids=ID3")
    assert (five(theirs).send(*asked, Content_Type=FORM).text, total(theirs)) == ("ok", 0)
    box = five(ours)
    assert box.send(*asked, Content_Type=FORM).text == "ok"
    assert [one for one, _, _ in box.state()[0]] == ["ID4", "ID2", "ID1"]


@differs("a form (`ids=a&ids=b`) is such a body")
def test_json_that_is_called_a_form(both: Pair) -> None:
    for server in both:
        assert five(server).send("DELETE", MESSAGES, b'{"IDs":["ID0"]}', Content_Type=FORM).text == "ok"
        assert total(server) == 4


@differs("an unknown or repeated id beside a known one locks the server")
@pytest.mark.parametrize("body", [b'{"IDs":["ID0","nope"]}', b'{"IDs":["ID0","ID0"]}'])
def test_an_unknown_or_repeated_id(tmp_path: Path, body: bytes) -> None:
    with pair(tmp_path) as (theirs, ours):
        assert five(theirs).send("DELETE", MESSAGES, body).status == 400
        asking = http.client.HTTPConnection(urlsplit(theirs.url).netloc, timeout=1)
        asking.request("GET", MESSAGES)
        with pytest.raises(TimeoutError):
            asking.getresponse()
        asking.close()
        assert (five(ours).send("DELETE", MESSAGES, body).text, total(ours)) == ("ok", 4)


@differs("a search in which nothing can be understood finds everything")
@pytest.mark.parametrize(
    ("query", "terms"),
    [('""', '""'), ("subject:", "subject:"), ("tag: -to:", "tag: -to:"), ("after:soon", "after:soon")],
)
def test_a_search_in_which_nothing_can_be_understood(theirs: Server, ours: Server, query: str, terms: str) -> None:
    place = f"{SEARCH}?query={query.replace(' ', '%20').replace(chr(34), '%22')}"
    said = (400, f"Error: these terms of the search mean nothing: {terms}")
    boxes = five(theirs), five(ours)
    assert theirs.get(place).json["messages_count"] == 5
    assert (ours.get(place).status, ours.get(place).text) == said
    assert (boxes[0].send("DELETE", place).text, total(theirs)) == ("ok", 0)
    answer = boxes[1].send("DELETE", place)
    assert (answer.status, answer.text, total(ours)) == (*said, 5)


@differs("a date that cannot be read is passed over")
def test_a_date_that_cannot_be_read(theirs: Server, ours: Server) -> None:
    place = f"{SEARCH}?query=subject:%22number%201%22%20before:soon"
    said = (400, "Error: these terms of the search mean nothing: before:soon")
    mark = b'{"Read":true,"Search":"\\"number 1\\" before:soon"}'
    boxes = five(theirs), five(ours)
    for server in (theirs, ours):
        assert server.get(place).json["messages_count"] == 1
    assert (boxes[0].send("PUT", MESSAGES, mark).text, boxes[0].state()[2]) == ("ok", 2)
    assert (boxes[0].send("DELETE", place).text, total(theirs)) == ("ok", 4)
    marked, deleted = boxes[1].send("PUT", MESSAGES, mark), boxes[1].send("DELETE", place)
    assert (marked.status, marked.text) == (deleted.status, deleted.text) == said
    assert boxes[1].state()[1:3] == (5, 3)


@differs("a search has any length")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q1w" * 667, "a search has at most 2000 characters"),
        ("q1w%20" * 65, "a search has at most 64 terms"),
        ("(" * 18 + "q1w", "too many brackets inside each other"),
    ],
)
def test_a_search_that_asks_too_much(theirs: Server, ours: Server, query: str, said: str) -> None:
    assert theirs.get(f"{SEARCH}?query={query}").json["messages_count"] == 0
    answer = ours.get(f"{SEARCH}?query={query}")
    assert (answer.status, said in answer.text) == (400, True)


@differs("a parameter with a bare `;` or `%` in it is not there")
@pytest.mark.parametrize("query", ["number;1", "number%", "number%zz"])
def test_a_parameter_that_is_not_escaped(theirs: Server, ours: Server, query: str) -> None:
    for server in (theirs, ours):
        server.empty()
        server.send(letter("number;1 number%zz"))
    refused = theirs.get(f"{SEARCH}?query={query}")
    assert (refused.status, refused.text) == (400, "Error: no search query")
    assert ours.get(f"{SEARCH}?query={query}").json["messages_count"] == 1


@differs("`latest` does not work for a thumbnail and a release")
def test_latest_for_a_thumbnail_and_a_release(theirs: Server, ours: Server) -> None:
    part = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--b--"
    )
    for server in (theirs, ours):
        server.send(letter("picture").replace(b"\r\n\r\nHi", f"\r\n{part}".encode()))
    thumb, release = "/api/v1/message/latest/part/1/thumb", "/api/v1/message/latest/release"
    assert theirs.get(thumb).status == 400
    assert (ours.get(thumb).status, ours.get(thumb).headers["content-type"]) == (200, "image/jpeg")
    assert theirs.ask("POST", release, {"To": ["ann@example.com"]}).status == 404
    assert "relay" in ours.ask("POST", release, {"To": ["ann@example.com"]}).text


@differs('a release takes `{"To": [...]}` alone', "dials port 0 | says that no server is set")
def test_a_release(theirs: Server, ours: Server) -> None:
    boxes = five(theirs), five(ours)
    place = "/api/v1/message/ID0/release"
    bare = boxes[0].send("POST", place, b'["ann@example.com"]')
    assert (bare.status, "cannot unmarshal array" in bare.text) == (400, True)
    dialled = boxes[0].send("POST", place, b'{"To":["ann@example.com"]}')
    assert (dialled.status, "dial tcp :0: connect: connection refused" in dialled.text) == (400, True)
    for body in (b'["ann@example.com"]', b'{"To":["ann@example.com"]}'):
        answer = boxes[1].send("POST", place, body)
        assert (answer.status, "no server is set to which mail may go" in answer.text) == (400, True)
