"""The send API and releases: what both programs take, write, refuse and say."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.beside.checking import message
from tests.beside.programs import Answer, Pair, Server, pair
from tests.outbound.post import Processor, processor

SMALL: dict[str, Any] = {
    "From": {"Email": "app@example.org", "Name": "App"},
    "To": [{"Email": "ann@example.com", "Name": "Ann"}],
    "Subject": "x",
    "Text": "Hi",
}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
# By their nature other ones; `Bcc`, `ReturnPath` and `Read` are rows of "Messages".
OWN = ("ID", "Date", "MessageID", "Size", "Read")
OWN_FIELDS = (
    *("Date", "Message-Id", "Message-ID", "Received", "Return-Path", "Bcc"),
    *("Content-Type", "Content-Transfer-Encoding"),  # boundaries are drawn, and either packs texts its own way
)


def post(server: Server, body: str | dict[str, Any]) -> Answer:
    return server.ask("POST", "/api/v1/send", body, Content_Type="application/json")


def made(server: Server, answer: Answer) -> tuple[object, ...]:
    """What is answered, and the message that is made if one is."""
    kind = answer.headers["content-type"]
    if answer.status != 200:
        return answer.status, kind, answer.body
    public_id = answer.json["ID"]
    told = server.get(f"/api/v1/message/{public_id}").json
    head = server.get(f"/api/v1/message/{public_id}/headers").json
    return (
        kind,
        list(answer.json),
        {name: value for name, value in told.items() if name not in OWN},
        {name: value for name, value in head.items() if name not in OWN_FIELDS},
    )


def same(both: Pair, body: str | dict[str, Any]) -> None:
    theirs, ours = (made(server, post(server, body)) for server in both)
    assert ours == theirs


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "1",
        "true",
        "{}",
        '{"From":1}',
        '{"From":"x"}',
        '{"From":[]}',
        '{"From":null}',
        '{"To":{}}',
        '{"To":"x"}',
        '{"To":["x"]}',
        '{"To":[1]}',
        '{"Text":1}',
        '{"HTML":[]}',
        '{"Subject":{}}',
        '{"Cc":"x"}',
        '{"Bcc":"x"}',
        '{"Bcc":[{}]}',
        '{"Bcc":[1]}',
        '{"ReplyTo":"x"}',
        '{"Tags":"x"}',
        '{"Tags":[1]}',
        '{"Headers":[]}',
        '{"Headers":{"x":1}}',
        '{"Headers":"x"}',
        '{"Attachments":{}}',
        '{"Attachments":[1]}',
        '{"Attachments":[{"Content":1}]}',
        '{"Attachments":[{"Filename":1}]}',
        '{"Attachments":[{"ContentType":1}]}',
        '{"Attachments":[{"ContentID":1}]}',
        '{"From":{"Email":1}}',
        '{"From":{"Name":1}}',
        '{"To":[{"Email":1}]}',
        '{"To":[{"Name":{}}]}',
        '{"Cc":[{"Email":1}]}',
        '{"ReplyTo":[{"Email":1}]}',
        '{"From":{"Email":"a@b.c"}} x',
        '{"a":1}{"b":2}',
        "\ufeff{}",
        '{"From":{"email":"a@example.org"},"to":[{"EMAIL":"b@example.org"}]}',
        '{"Text":NaN}',
        '{"Text":"\n"}',
        '{"x":tru}',
        '{"x":1,}',
        "{'x':1}",
        '{"x" 1}',
        '{"x":1 "y":2}',
        "[1,]",
        '{"Text":"x',
        '{"Text":"\\x"}',
        '{"Text":"\\u12"}',
        '{"Text":"\\u12ag"}',
        "nul",
        "nullx",
        "-",
        "-x",
        "01",
        '{"a":\u00fc}',
        '{"a":-}',
    ],
)
def test_bodies(both: Pair, body: str) -> None:
    same(both, body)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"To": []},
        {"To": None},
        {"From": {}},
        {"From": None},
        {"From": {"Name": "x"}},
        {"Text": ""},
        {"Subject": None},
        {"HTML": "<p>x</p>"},
        {"Text": None, "HTML": "<p>x</p>"},
        {"Unknown": 1},
        {"From": {"Email": "a@example.org", "Name": '\u00dcn\u00ef, "x"'}},
        {"From": {"Email": "a@example.org", "Name": 'A "B"'}},
        {"Cc": [{"Email": "c@example.org", "Name": "C"}]},
        {"Cc": []},
        {"To": [], "Cc": [{"Email": "c@example.org"}]},
        {"Bcc": ["d@example.org"]},
        {"Bcc": []},
        {"To": [], "Bcc": ["d@example.org"]},
        {"Cc": [{"Email": "ann@example.com"}], "Bcc": ["ann@example.com"]},
        {"ReplyTo": [{"Email": "r@example.org", "Name": "R"}, {"Email": "q@example.org"}]},
        {"ReplyTo": []},
        {"Tags": ["a", "b"]},
        {"Tags": ["a,b"]},
        {"Tags": [""]},
        {"Tags": [" x "]},
        {"Tags": []},
        {"Tags": ["<x>"]},
        {"Tags": ["\u00fc"]},
        {"Tags": ["a b"]},
        {"Tags": ["A", "a"]},
        {"Tags": ["x" * 120]},
        {"Tags": None},
        {"Subject": "\u00dcn\u00efc\u00f6d\u00e9"},
        {"Subject": "Sch\u00f6ne Feier in der alten Stadt"},
        {"Subject": "x" * 1000},
        {"Subject": ""},
        {"Subject": "\u00e9" * 80},
        {"Subject": "many words " * 30},
        {"Text": "\u00dc\r\n.\r\nline"},
        {"Text": "x" * 5000},
        {"Text": "  lead\ntrail  \n"},
        {"HTML": "<p>\u00dc</p>"},
        {"Text": "a\rb"},
        {"Text": "=3D"},
        {"Text": "From x\n>From"},
        {"Text": "\U0001f600"},
    ],
)
def test_members(both: Pair, change: dict[str, Any]) -> None:
    same(both, {**SMALL, **change})


@pytest.mark.parametrize("member", ["To", "Cc", "Bcc", "ReplyTo"])
@pytest.mark.parametrize(
    "email",
    [
        "bad",
        "",
        "a@b@c",
        "a b@c",
        "a@example.org, b@example.org",
        "a@localhost",
        "a@[127.0.0.1]",
        "a.@example.org",
        "a..b@example.org",
        "@example.org",
        "a@",
        "a@example.org\nX: y",
        "o'b=y@example.org",
        "a@example.org.",
        "a@-x.org",
        "a@.example.org",
        "(c)@example.org",
        "a@example.org>",
        "<a@example.org",
        "a;b@example.org",
    ],
)
def test_addresses(both: Pair, member: str, email: str) -> None:
    same(both, {**SMALL, member: [email if member == "Bcc" else {"Email": email}]})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1"},
        {"x-a": "1", "X-B": "\u00fc"},
        {"To": "x"},
        {"to": "x"},
        {"SUBJECT": "x"},
        {"Date": "x"},
        {"date": "x"},
        {"Content-Type": "x"},
        {"MIME-Version": "x"},
        {"Reply-To": "x"},
        {"X-Tags": "q"},
        {"X-A": None},
        {"X-A": ""},
        {},
        None,
        {"Sender": "z@example.org"},
        {"In-Reply-To": "<x@y>", "References": "<x@y>"},
        {"X-A": "a\r\nX-B: y"},
        {"List-Unsubscribe": "<mailto:x@y>"},
        {"X-Long": "word " * 300},
        {"X-A": "\u00e9 = a_b? "},
    ],
)
def test_fields(both: Pair, headers: dict[str, Any]) -> None:
    same(both, {**SMALL, "Headers": headers})


def test_tags_and_a_field_for_tags(both: Pair) -> None:
    same(both, {**SMALL, "Headers": {"x-tags": "q"}, "Tags": ["a"]})


@pytest.mark.parametrize(
    "file",
    [
        {"Content": PNG, "Filename": "a.png"},
        {"Content": PNG, "Filename": "a.png", "ContentType": "image/x"},
        {"Content": f"data:image/png;base64,{PNG}", "Filename": "a.png"},
        {"Content": "!!", "Filename": "a"},
        {"Content": "AAA", "Filename": "a"},
        {"Content": "", "Filename": "a"},
        {"Content": PNG, "Filename": "\u00fc .png"},
        {"Content": PNG, "Filename": "a.png", "ContentID": "one"},
        {"Content": "aGVs\nbG8=", "Filename": "a"},
        {"Content": "aGVs bG8=", "Filename": "a"},
        {"Content": "_-8=", "Filename": "a"},
        {"Content": "aGVsbG8", "Filename": "a"},
        {"Content": PNG, "Filename": "a/b.png"},
        {"Content": PNG, "Filename": 'a"b.png'},
        {"Content": PNG, "Filename": "x" * 200},
        {"Content": PNG, "Filename": "a.txt", "ContentType": "text/plain; charset=utf-8"},
    ],
)
def test_files(both: Pair, file: dict[str, str]) -> None:
    same(both, {**SMALL, "HTML": '<img src="cid:one">', "Attachments": [file]})


@pytest.mark.parametrize(
    "octets",
    [
        b"hello",
        b"<html>",
        b"<p>x</p>",
        b"<!-- c --><p>",
        b" <!DOCTYPE html>",
        b"<svg></svg>",
        b"<?xml version='1.0'?>",
        b"%PDF-1",
        b"%!PS-Adobe-",
        b"\xef\xbb\xbfhi",
        b"\x00\x01\x02",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"BM",
        b'{"a":1}',
        b"RIFF....WEBPVP8 ",
        b"RIFF....WAVE",
        b"RIFF....AVI ",
        b"FORM....AIFF",
        b"ID3xx",
        b"OggS\x00",
        b"MThd\x00\x00\x00\x06",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x1a\x45\xdf\xa3",
        b"\x00\x01\x00\x00",
        b"OTTO",
        b"ttcf",
        b"wOFF",
        b"wOF2",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"Rar!\x1a\x07\x00",
        b"Rar!\x1a\x07\x01\x00",
        b"\x00asm",
        b"\x00\x00\x01\x00",
    ],
)
def test_types_of_files(both: Pair, octets: bytes) -> None:
    same(both, {**SMALL, "Attachments": [{"Content": base64.b64encode(octets).decode(), "Filename": "f"}]})


@pytest.fixture(scope="module")
def server() -> Iterator[Processor]:
    with processor() as running:
        yield running


@pytest.fixture(scope="module")
def relaying(server: Processor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("relay")
    (folder / "relay.yml").write_text(
        f'host: 127.0.0.1\nport: {server.port}\nallowed-recipients: "@(example.org|x.test)$"\n'
        'blocked-recipients: "^blocked@"\n'
    )
    with pair(folder, f"--smtp-relay-config={folder}/relay.yml") as servers:
        yield servers


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "{}",
        '{"To":[]}',
        '{"To":null}',
        '{"To":"x"}',
        '{"To":[1]}',
        '{"To":["bad"]}',
        '{"To":[""]}',
        "1",
        '{"To":["a@example.org"]}',
        '{"to":["a@example.org"]}',
        '{"To":["a@example.org","b@example.org"]}',
        '"x"',
        '{"To":{}}',
        '{"To":["a@other.test"]}',
        '{"To":["a@other.test","b@other.test"]}',
        '{"To":["blocked@example.org"]}',
        '{"To":["a@b@c"]}',
        '{"To":["blocked@example.org","blocked@x.test"]}',
        '{"To":["a@example.org","a@other.test","blocked@example.org"]}',
        '{"To":["a@example.org"]} x',
    ],
)
def test_releases(relaying: Pair, server: Processor, body: str) -> None:
    told = []
    for one in relaying:
        server.letters.clear()
        answer = one.ask("POST", f"/api/v1/message/{one.send(message('<p>x</p>'))}/release", body)
        sent = [(reverse_path, recipients) for reverse_path, recipients, _ in server.letters]
        told.append((answer.status, answer.headers["content-type"], answer.text, sent))
    assert told[1] == told[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"To: a@example.org\r\nSubject: s\r\n\r\nx\r\n",
        b"From: a@example.org, b@example.org\r\nSender: s@example.org\r\nBcc: q@x.test\r\nSubject: s\r\n\r\nx\r\n",
        b"From: a@example.org, b@example.org\r\nSubject: s\r\n\r\nx\r\n",
    ],
)
def test_whom_a_release_is_from(relaying: Pair, server: Processor, raw: bytes) -> None:
    told = []
    for one in relaying:
        server.letters.clear()
        answer = one.ask("POST", f"/api/v1/message/{one.send(raw)}/release", json.dumps({"To": ["a@example.org"]}))
        told.append((answer.status, answer.text, [(path, b"Bcc:" in octets) for path, _, octets in server.letters]))
    assert told[1] == told[0]
