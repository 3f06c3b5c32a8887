"""What the rows of the section Messages say of header fields, seen on both sides."""

from __future__ import annotations

import contextlib
import http.server
import json
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.beside.letters import HEAD, entity, mail
from tests.beside.programs import Pair, Server, mailpit, pair, sandbox
from tests.beside.table import differs
from tests.beside.views import GONE, put_in

FROM, TO, MESSAGE_ID, SUBJECT = HEAD
ANN = {"Name": "", "Address": "ann@example.com"}


def shown(server: Server, raw: bytes) -> dict[str, Any]:
    """Everything about a message that was just put in."""
    public_id = put_in(server, {"": raw})[""]
    assert public_id != GONE
    return server.get(f"/api/v1/message/{public_id}").json


def fields(server: Server, raw: bytes) -> dict[str, list[str]]:
    """Its header section."""
    return server.get(f"/api/v1/message/{put_in(server, {'': raw})['']}/headers").json


def check(both: Pair, raw: bytes, member: str, theirs: Any, ours: Any) -> None:
    assert shown(both.theirs, raw)[member] == theirs
    assert shown(both.ours, raw)[member] == ours


@differs("adds `Received`, `Return-Path`, `Message-ID`, `Bcc`")
def test_what_is_added_to_a_message(both: Pair) -> None:
    raw = entity("From: app@example.org", "Subject: s", body="hi\r\n")
    ids = [put_in(server, {"": raw})[""] for server in both]
    sources = [server.get(f"/api/v1/message/{one}/raw").body for server, one in zip(both, ids, strict=True)]
    assert sources[0].endswith(raw)
    added = sources[0].removesuffix(raw).decode()
    assert added.startswith("Bcc: ann@example.com\r\nMessage-ID: <")
    assert "@mailpit>\r\nReturn-Path: <app@example.org>\r\nReceived: from client.example " in added
    assert sources[1] == raw
    theirs, ours = (server.get(f"/api/v1/message/{one}").json for server, one in zip(both, ids, strict=True))
    assert theirs["MessageID"].endswith("@mailpit")
    assert (theirs["Bcc"], theirs["ReturnPath"]) == ([ANN], "app@example.org")
    assert (ours["MessageID"], ours["Bcc"], ours["ReturnPath"]) == ("", [ANN], "app@example.org")


@differs("one bad address empties the list")
@pytest.mark.parametrize(
    ("given", "member", "theirs", "ours"),
    [
        (["To: ann@example.com", "To: b@c.test"], "To", [ANN], [ANN, {"Name": "", "Address": "b@c.test"}]),
        (["Cc: ann@example.com", "Cc: b@c.test"], "Cc", [ANN], [ANN, {"Name": "", "Address": "b@c.test"}]),
        (["To: ann@example.com, bob"], "To", [], [ANN, {"Name": "", "Address": "bob"}]),
    ],
)
def test_what_is_read_of_a_list(both: Pair, given: list[str], member: str, theirs: Any, ours: Any) -> None:
    check(both, mail(*given, head=(FROM, MESSAGE_ID)), member, theirs, ours)


@differs("one bad address empties the list")
def test_a_from_that_cannot_be_read(both: Pair) -> None:
    raw = mail("From: (c) Ann <ann@example.com>", head=(TO, MESSAGE_ID))
    name = "(c) Ann <ann@example.com>"
    check(both, raw, "From", {"Name": name, "Address": ""}, {"Name": "Ann", "Address": "ann@example.com"})


@differs("a name with `@` and without quotes")
def test_a_name_with_an_at_sign(both: Pair) -> None:
    raw = mail("To: Ann@Work <ann@example.com>", head=(FROM, MESSAGE_ID))
    theirs = [{"Name": "", "Address": "Ann@Work"}, ANN]
    check(both, raw, "To", theirs, [{"Name": "Ann@Work", "Address": "ann@example.com"}])


@differs("a quoted local part loses its quotes")
def test_a_quoted_local_part(both: Pair) -> None:
    raw = mail('From: "ann b"@example.com', head=(TO, MESSAGE_ID))
    theirs, ours = {"Name": "", "Address": "ann b@example.com"}, {"Name": "", "Address": '"ann b"@example.com'}
    check(both, raw, "From", theirs, ours)


@differs("a second list of Bcc recipients is lost")
def test_bcc_of_header_and_envelope(both: Pair) -> None:
    raw = mail("Bcc: b@c.test", head=(FROM, MESSAGE_ID))
    check(both, raw, "Bcc", [{"Name": "", "Address": "b@c.test"}], [{"Name": "", "Address": "b@c.test"}, ANN])


@differs("a Date in another form than that of RFC 5322")
@pytest.mark.parametrize(
    ("date", "theirs", "ours"),
    [
        ("Tue, 01 Jul 2003 10:52:37 EST", "2003-07-01T10:52:37Z", "2003-07-01T10:52:37-05:00"),
        ("Sat, 01 Jan 0000 10:52:37 +0000", "0000-01-01T10:52:37Z", ""),
        ("2003-07-01 10:52:37 +0200", "", "2003-07-01T10:52:37+02:00"),
        ("Tuesday, 01 July 2003 10:52:37 +0200", "", "2003-07-01T10:52:37+02:00"),
    ],
)
def test_dates_of_other_forms(both: Pair, date: str, theirs: str, ours: str) -> None:
    said = [shown(server, mail(f"Date: {date}"))["Date"] for server in both]
    for one, expected in zip(said, (theirs, ours), strict=True):
        assert one == expected if expected else not one.startswith(("2003", "0000"))


@differs("a Date in another form than that of RFC 5322")
def test_a_date_a_day_off(both: Pair) -> None:
    answers = []
    for server in both:
        public_id = put_in(server, {"": mail("Date: Tue, 01 Jul 2003 10:52:37 +2400")})[""]
        answers.append(server.get(f"/api/v1/message/{public_id}"))
    assert "timezone hour outside of range" in answers[0].text
    assert answers[1].json["Subject"] == "s"


@differs("a raw Subject in Latin-1")
def test_header_fields_in_latin_1(both: Pair) -> None:
    raw = b"From: J\xfcrgen <j@example.org>\r\nSubject: Gr\xfc\xdfe\r\nMessage-ID: <1@x>\r\n\r\n"
    check(both, raw, "Subject", "Gr\ufffd\ufffde", "Grüße")
    name = "J\ufffdrgen <j@example.org>"
    check(both, raw, "From", {"Name": name, "Address": ""}, {"Name": "Jürgen", "Address": "j@example.org"})


@differs(
    "an encoded word that is broken, or of an unknown charset",
    "line ends and NULs that were encoded in a Subject stay",
    "blanks before and behind a fold of a Subject",
)
@pytest.mark.parametrize(
    ("subject", "theirs", "ours"),
    [
        ("=?utf-8?b?w4Q?=", "=?utf-8?b?w4Q?=", "Ä"),
        ("=?nonsense?q?abc?=", "=?nonsense?q?abc?=", "abc"),
        ("=?utf-8?q?a=0D=0AX: y?=", "a\r\nX: y", "a X: y"),
        ("=?utf-8?q?a=00b?=", "a\0b", "a b"),
        ("folded \r\n  twice", "folded twice", "folded   twice"),
    ],
)
def test_words_of_a_subject(both: Pair, subject: str, theirs: str, ours: str) -> None:
    check(both, mail(f"Subject: {subject}", head=(FROM, TO, MESSAGE_ID)), "Subject", theirs, ours)


@differs("`ContentID` without brackets at their ends")
def test_ids_and_what_stands_beside_them(both: Pair) -> None:
    check(both, mail("Message-ID: <1@x> (c)", head=(FROM, TO)), "MessageID", "1@x> (c)", "1@x")
    raw = mail("Content-Type: image/png", "Content-ID: <a+b%40c>")
    said = [shown(server, raw)["Attachments"][0]["ContentID"] for server in both]
    assert said == ["a b@c", "a+b%40c"]


@differs("`ContentID` without brackets at their ends")
def test_ids_that_came_before(tmp_path: Path) -> None:
    with pair(tmp_path, "--ignore-duplicate-ids") as servers:
        for server in servers:
            put_in(server, {one: mail(f"Message-ID: {one}", head=(FROM, TO)) for one in ("<1@x>", "<1@x> (c)")})
        assert [server.get("/api/v1/messages").json["total"] for server in servers] == [2, 1]


@differs("a CR alone belongs to the line")
def test_a_cr_alone(both: Pair) -> None:
    raw = b"From: app@example.org\r\nSubject: one\rTo: b@c.test\r\nMessage-ID: <1@x>\r\n\r\n"
    check(both, raw, "Subject", "one\rTo: b@c.test", "one")
    check(both, raw, "To", [], [{"Name": "", "Address": "b@c.test"}])


@differs("a header line with a blank or a letter beyond ASCII")
@pytest.mark.parametrize("line", ["X Foo: y", "X-F\u00f6: y"])
def test_odd_names_of_fields(both: Pair, line: str) -> None:
    raw = mail(line, "X-Last: z")
    check(both, raw, "Text", "hi\r\n", f"{line}\r\nX-Last: z\r\n\r\nhi\r\n")
    assert fields(both.theirs, raw)[line.partition(":")[0]] == ["y"]
    assert "X-Last" not in fields(both.ours, raw)


@differs("a header line with a blank or a letter beyond ASCII")
def test_a_blank_before_a_colon(both: Pair) -> None:
    raw = b"From x@y.test Mon Nov 23 10:00:00 2026\r\n" + mail("X-Foo : y")
    theirs, ours = (fields(server, raw) for server in both)
    assert (theirs["X-Foo "], theirs["From x@y.test Mon Nov 23 10"]) == (["y"], ["00:00 2026"])
    assert ours["X-Foo"] == ["y"]
    assert sorted(ours) == ["From", "Message-Id", "Subject", "To", "X-Foo"]


@differs("a tag list has any length")
def test_how_many_tags_a_message_has(both: Pair) -> None:
    raw = mail("X-Tags: " + ", ".join(f"tag {number}" for number in range(120)))
    assert [len(shown(server, raw)["Tags"]) for server in both] == [120, 100]


@differs("a message has no `Read`")
def test_whether_a_message_says_that_it_is_read(both: Pair) -> None:
    theirs, ours = (list(shown(server, mail())) for server in both)
    assert "Read" not in theirs
    assert ours == [*theirs, "Read"]


@differs("`Created` in the zone of the server")
@pytest.mark.parametrize(("start", "ending"), [(mailpit, "+05:30"), (sandbox, "Z")])
def test_the_zone_of_the_arrival(tmp_path: Path, start: Callable[..., Any], ending: str) -> None:
    with start(tmp_path, TZ="Asia/Kolkata") as server:
        put_in(server, {"": mail()})
        assert server.get("/api/v1/messages").json["messages"][0]["Created"].endswith(ending)


@differs("times on the websocket and in the webhook with nine digits")
def test_the_digits_of_a_time_in_the_webhook(tmp_path: Path) -> None:
    told: queue.Queue[dict[str, Any]] = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        digits = []
        with pair(tmp_path, f"--webhook-url=http://127.0.0.1:{receiver.server_port}/") as servers:
            for server in servers:
                put_in(server, {"": mail()})
                digits.append(len(told.get(timeout=30)["Created"].partition(".")[2].rstrip("Z")))
        receiver.shutdown()
    assert digits[0] > 3
    assert digits[1] <= 3


@differs("times on the websocket and in the webhook with nine digits")
def test_the_digits_of_a_time_on_the_websocket(both: Pair) -> None:
    digits = []
    for server in both:
        with connect(server.url.replace("http", "ws") + "/api/events") as events:
            digits.append(len(_told(server, events)["Created"].partition(".")[2].rstrip("Z")))
    assert digits[0] > 3
    assert digits[1] <= 3


def _told(server: Server, events: ClientConnection) -> dict[str, Any]:
    """What is told of a message. Mailpit tells a client nothing in its first moments, so there is more than one."""
    while True:
        put_in(server, {"": mail()})
        with contextlib.suppress(TimeoutError):
            while (event := json.loads(events.recv(timeout=2)))["Type"] != "new":
                pass
            return event["Data"]
