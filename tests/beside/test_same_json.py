"""What both say of JSON that is broken, in Go's words, and of numbers as they are written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, pair
from tests.beside.table import differs

MESSAGES = "/api/v1/messages"
CHAOS = "/api/v1/chaos"
BROKEN = [
    "", " ", "{", "[", '"a', '"a\\', "[[[[[", "nul", "nulL", "tru", "truE", "falsy", "NaN", "Infinity", "-Infinity",
    '{"a":-Infinity}', "1.", "1e", "1e1", "1.e", "1.5e3x", "-", "-x", ".5", "01", "-01", "+1", "1_0", "12x", "truex",
    "[1 2]", "[1,]", "[,]", "[1 }", "[tru]", "[1.,}", "{,}", '{"a"}', "{a:1}", "{'a':1}", "{}x", '"a"x', "{} {",
    '{"a":}', '{"a" 1}', '{"a"=1}', '{"a":1,}', '{"a":1 "b":2}', '{"a":1;}', '{"a":1 ]', '{"a":[1}', '{"a":{"b":1]',
    '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"\\u12g4"}', '{"a":"\\u', '{"a":"\\ud800"}', '{"a":"\x00"}', '{"a":"\x01"}',
    '{"a":"\t"}', '{"a":"\x1f"}', '{"a":"\x7f"}', '{"a":1\x0c}', "\v{}", "\x07", "\x08", "\x1b", "\xa0{}", "\ufeff{}",
    "\\", "'", "é", '{"a":é}', '{"a":1.x}', '{"a":1ex}', '{"a":1e+x}', '{"a":1.5.5}', '{"a":1e5e5}', '{"a":1e5.5}',
    '{"a":- 1}', '{"a":-x}', '{"a":0x10}', '{"a":00}', '{"a":1/2}', "/* x */{}", "{}//", '{"IDs":{"a":[}}',
    '{"IDs":1}', '{"IDs":1e1}', '{"IDs":1E400}', '{"IDs":[1.50]}', '{"IDs":["a",5,true]}', '{"IDs":[["x"]]}',
    '{"ids":{}}', '{"ID\u017f":1}', '{"Read":1e1}', '{"Read":99999999999999999999}', '{"Read":-0}', '{"Read":"true"}',
    '{"Search":{}}', '{"IDs":[],"Read":null,"Search":null}', '{"IDs":["a"],"ids":null,"Search":5}', "[]", "5", '"s"',
]  # fmt: skip


def test_broken_json(both: Pair) -> None:
    for body in BROKEN:
        theirs, ours = ((one.status, one.text) for one in (server.ask("PUT", MESSAGES, body) for server in both))
        assert ours == theirs, body


@pytest.fixture(scope="module")
def chaotic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("chaotic"), "--enable-chaos") as servers:
        yield servers


@pytest.mark.parametrize(
    "number",
    ["450", "-0", "1e2", "1.50", "450.0", "1E400", "99999999999999999999", "-9223372036854775809", "9" * 5_000],
)
def test_numbers(chaotic: Pair, number: str) -> None:
    body = f'{{"Sender":{{"ErrorCode":{number}}}}}'
    theirs, ours = ((one.status, one.text) for one in (server.ask("PUT", CHAOS, body) for server in chaotic))
    assert ours == theirs


WRONG = [
    '{"Text":1,"From":2}', '{"from":{"email":"x","NAME":1}}', '{"To":[{"Name":1,"Email":2}],"Cc":3}',
    '{"Bcc":["x"],"ReplyTo":[null]}', '{"To":[null,[]]}',
    '{"To":[{"Email":"no address"}],"Text":1}', '{"To":[{"Email":"a@b.c"}],"to":1,"Subject":[]}', '{"Bcc":[1]}',
    '{"Headers":{"To":"x","X":1}}', '{"Headers":[]}', '{"Attachments":[{"Content":"!","ContentID":1}]}', '{"Tags":"x"}',
    '{"Attachments":[{"ContentType":{},"Content":1}]}', '{"Nope":1,"HTML":true}', '{"Bcc":{},"Tags":1}', "[]", '"x"',
]  # fmt: skip


def test_the_first_wrong_member_is_told(both: Pair) -> None:
    for path, bodies in (("send", WRONG), ("messages", ['{"IDs":2,"Read":1}', '{"Search":5,"IDs":[1]}'])):
        for body in bodies:
            method = "POST" if path == "send" else "PUT"
            theirs, ours = (server.ask(method, f"/api/v1/{path}", body) for server in both)
            assert (ours.status, ours.text) == (theirs.status, theirs.text) != (200, "ok"), body


@differs("a member of JSON that is given twice")
def test_two_members(both: Pair) -> None:
    said = [server.ask("PUT", MESSAGES, b"\xff").text for server in both]
    assert said == [f"invalid character '{one}' looking for beginning of value" for one in "\xff\xef"]
    assert [server.ask("PUT", MESSAGES, '{"IDs":2,"IDs":["x"]}').status for server in both] == [400, 200]
    twice = '{"From":{"Email":"a@b.c","Name":"A"},"From":{"Email":"d@e.f"},"To":[{"Email":"x@y.z"}]}'
    senders = []
    for server in both:
        public_id = server.ask("POST", "/api/v1/send", twice).json["ID"]
        senders.append(server.get(f"/api/v1/message/{public_id}").json["From"])
    assert senders == [{"Name": "A", "Address": "d@e.f"}, {"Name": "", "Address": "d@e.f"}]
