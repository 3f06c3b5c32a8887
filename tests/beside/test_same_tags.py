"""Tags given, renamed, dropped and brought along by mail: the same in both."""

from __future__ import annotations

import json

import pytest

from tests.beside.mailbox import Mailbox, five, letter
from tests.beside.programs import Pair, Server

TAGS = "/api/v1/tags"

LISTS = [
    ["a"], ["A", "a"], ["Even"], ["EVEN"], ["even", "New"], [], None, "x", [1], [None], ["a", None], [""],
    [" "], {}, ["é"], ["émoji"], ["日本"], ["a,b"], ["a;b"], ["  x  y  "], ["x\ty"], ["x" * 101], ["ab " * 40],
    ["ſ"], ["İ"], ["a.b", "a_b", "a-b", "a@b"], ["z", "y", "a", "B", "_", "1", "-"], ["!!"], ["\0x"],
    ["x\u00a0y"], [["a"]], ["a", "a ", " a"], ["Tag One", "tag one"], ["<b>", "a&b", "100%", "it's"],
    ["a"] * 50, True, 5,
]  # fmt: skip
BODIES = [
    b"", b"null", b"{}", b"[]", b"garbage", b'{"IDs":["ID0"]}', b'{"Tags":["x"]}',
    b'{"ids":["ID0"],"tags":["x"]}', b'{"IDs":["ID0","ID0"],"Tags":["x"]}', b'{"IDs":[],"Tags":["x"]}',
    b'{"IDs":null,"Tags":["x"]}', b'{"IDs":"ID0"}', b'{"IDs":["ID1"],"Tags":["x"],"tags":null}',
    b'{"IDs":["ID0","ID1","ID2","ID3","ID4"],"Tags":[]}', b'{"IDs":["ID0"],"Tags":["x"]} more',
    b'{"IDs":[1],"Tags":["x"]}', b"ids",
]  # fmt: skip
NAMES = [
    b'{"Name":"New"}', b'{"name":"New"}', b'{"NAME":"a","name":"b"}', b'{"Name":null}', b'{"Name":""}', b"{}",
    b"", b'{"Name":" "}', b'{"Name":"!!"}', b'{"Name":"Even"}', b'{"Name":"even"}', b'{"Name":"EVEN"}',
    b'{"Name":"New!"}', b'{"Name":["New"]}', b'{"Name":1}', b'{"Name":"%s"}' % (b"x" * 150),
    '{"Name":"é"}'.encode(), b'{"Name":"a  b"}', b"null", b"[]", b'"New"', b'{"Name":"New"} x', b"garbage",
    b'{"Name":"\xff"}', b'{"Name":"Other"}',
]  # fmt: skip
PLACES = ["Even", "even", "EVEN", "nope", "%45ven", "Even%20", "Even%00", "%C3%A9", "a%20b", "Even!", "Even%3F"]
MAIL = {
    "X-Tags": "X_Tags: a, b c,, B ,é!, two  words",
    "X-Tags twice": "X_Tags: first",
    "X-Tags folded": "X_Tags: one,\r\n two",
    "X-Tags encoded": "X_Tags: =?utf-8?q?caf=C3=A9?=, plain",
    "X-Tags in another case": "x_tags: Small",
    "X-Tags of nothing": "X_Tags: , ,",
    "a plus": "To: bob+one@example.com",
    "several pluses": "To: bob+one+Two@example.com, ann+three@example.com",
    "a plus and a name": 'To: "Bob+no" <bob+yes@example.com>',
    "a plus at the beginning": "To: +begin@example.com",
    "a plus at the end": "To: bob+@example.com",
    "a plus in Cc": "Cc: bob+copied@example.com",
    "a plus in Bcc": "Bcc: bob+blind@example.com",
    "a plus in From": "From: bob+sent@example.com",
    "a plus in Reply-To": "Reply_To: bob+reply@example.com",
    "a plus in quotes": 'To: "bob+quoted"@example.com',
    "a plus in the domain": "To: bob@a+b.example",
    "a tag that is there in another case": "X_Tags: EVEN",
}


@pytest.fixture(scope="module", autouse=True)
def filled(both: Pair) -> None:
    for server in both:
        five(server)


@pytest.mark.parametrize("tags", LISTS)
def test_the_same_tags_are_given(theirs: Server, ours: Server, tags: object) -> None:
    body = json.dumps({"IDs": ["ID0", "ID1"], "Tags": tags}).encode()
    assert five(ours).ask("PUT", TAGS, body) == five(theirs).ask("PUT", TAGS, body)


@pytest.mark.parametrize("body", BODIES)
def test_the_same_bodies_are_taken(theirs: Server, ours: Server, body: bytes) -> None:
    assert five(ours).ask("PUT", TAGS, body) == five(theirs).ask("PUT", TAGS, body)


@pytest.mark.parametrize("body", NAMES)
def test_a_tag_gets_the_same_name(theirs: Server, ours: Server, body: bytes) -> None:
    def renamed(box: Mailbox) -> tuple[object, ...]:
        box.send("PUT", TAGS, b'{"IDs":["ID1"],"Tags":["Other"]}')
        return box.ask("PUT", f"{TAGS}/Even", body)

    assert renamed(five(ours)) == renamed(five(theirs))


@pytest.mark.parametrize("place", PLACES)
def test_a_tag_is_found_by_the_same_names(theirs: Server, ours: Server, place: str) -> None:
    for method, body in (("PUT", b'{"Name":"New"}'), ("PUT", b'{"Name":"Even"}'), ("DELETE", None), ("DELETE", b"x")):
        asked = (method, f"{TAGS}/{place}", body)
        assert five(ours).ask(*asked) == five(theirs).ask(*asked)


def test_tags_live_as_long_as_a_message_has_them(theirs: Server, ours: Server) -> None:
    def lives(box: Mailbox) -> list[object]:
        box.send("PUT", TAGS, b'{"IDs":["ID0","ID1"],"Tags":["Both","First"]}')
        seen = [box.server.get(TAGS).text]
        for body in (
            b'{"IDs":["ID0"],"Tags":["Both"]}',
            b'{"IDs":["ID1"],"Tags":[]}',
            b'{"IDs":["ID0"],"Tags":["both"]}',
        ):
            seen += [str(box.ask("PUT", TAGS, body)), box.server.get(TAGS).text]
        box.send("DELETE", "/api/v1/messages", b'{"IDs":["ID0"]}')
        return [*seen, box.server.get(TAGS).text, box.state(), box.server.get("/api/v1/info").json["Tags"]]

    assert lives(five(ours)) == lives(five(theirs))


@pytest.mark.parametrize("said", MAIL.values(), ids=MAIL)
def test_mail_brings_the_same_tags(theirs: Server, ours: Server, said: str) -> None:
    def brought(server: Server) -> object:
        five(server)
        name, _, value = said.partition(": ")
        server.send(letter("tagged", **{name: value}).replace(b"X-Tags: first", b"X-Tags: first\r\nX-Tags: second"))
        found = server.get("/api/v1/messages?limit=1").json
        return found["messages"][0]["Tags"], found["tags"]

    assert brought(ours) == brought(theirs)


def test_a_hidden_recipient_brings_tags(theirs: Server, ours: Server) -> None:
    def brought(server: Server) -> object:
        server.send(letter("hidden"), "bob@example.com", "carl+secret@example.com", "BOB@example.com")
        return server.get("/api/v1/messages?limit=1").json["messages"][0]["Tags"]

    assert brought(ours) == brought(theirs)
