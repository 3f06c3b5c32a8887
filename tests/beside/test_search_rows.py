"""Where a search finds other mail than Mailpit's does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.beside.mailbox import letter
from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs


def multipart(subject: str, kind: str, *parts: str) -> bytes:
    """A message of parts, each with its own header section."""
    body = "".join(f"--b\r\n{one}\r\n" for one in parts)
    return letter(subject, f"{body}--b--", Content_Type=f"multipart/{kind}; boundary=b")


def html(markup: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n{markup}"


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"


PICTURE = "Content-Type: image/png{}\r\nContent-Disposition: inline; filename=logo.png\r\nContent-ID: <logo@x>\r\n\r\nx"
UTF_8 = {"Content_Type": "text/plain; charset=utf-8"}
MAIL = {
    "red": letter("red", "the red one"),
    "blue": letter("blue", "the blue one", X_Color="navy"),
    "under_score": letter("under_score"),
    "underXscore": letter("underXscore"),
    "ÄRGER": letter("=?utf-8?q?=C3=84RGER?=", From="=?utf-8?q?J=C3=96RG?= <jorg@example.org>"),
    "coffee": letter("coffee", "café latte", **UTF_8),
    "plain coffee": letter("plain coffee", "cafe noir"),
    "phrase": letter("phrase", "purple elephants"),
    "version 1.2.3-rc": letter("version 1.2.3-rc", "see v4.5-x !?! and more"),
    "link": letter("link", 'go <a href="http://links.test/here">press</a> onward', Content_Type="text/html"),
    "picture": multipart("picture", "mixed", plain("see"), "Content-Type: image/png; name=photo.png\r\n\r\nx"),
    "both": multipart("both", "alternative", plain("onlyplain"), html("<p>onlymarkup</p>")),
    "copied": letter("copied", "seven eight", Cc="Dee <dee@example.net>"),
    "inline": multipart("inline", "related", html("<img src=cid:logo@x>"), PICTURE.format("")),
}


@pytest.fixture(scope="module", autouse=True)
def filled(both: Pair) -> None:
    for server in both:
        for raw in MAIL.values():
            server.send(raw)


def found(server: Server, query: str, **more: str) -> list[str]:
    """The subjects of what a search finds, in the order of the alphabet."""
    answer = server.get(f"/api/v1/search?{urlencode({'query': query, **more})}")
    assert answer.status == 200, answer.text
    return sorted(one["Subject"] for one in answer.json["messages"])


ROWS: list[tuple[pytest.MarkDecorator, list[Any]]] = [
    (
        differs("`OR` in capitals is a word like others"),
        [
            ("red OR blue", [], ["blue", "red"]),
            ("(red OR coffee) one", [], ["red"]),
            ("one -(red OR coffee)", [], ["blue"]),
            ("(blue)", ["blue"], ["blue"]),
        ],
    ),
    (
        differs("`_` and `%` are wildcards"),
        [
            ("subject:under_score", ["underXscore", "under_score"], ["under_score"]),
            ("subject:und%ore", ["underXscore", "under_score"], []),
            ("from:name", sorted(MAIL), []),
            ("to:address", sorted(MAIL), []),
            ("from:jörg", [], ["ÄRGER"]),
            ("subject:ärger", [], ["ÄRGER"]),
        ],
    ),
    (
        differs("accents count"),
        [
            ("cafe", ["plain coffee"], ["coffee", "plain coffee"]),
            ("café", ["coffee"], ["coffee", "plain coffee"]),
        ],
    ),
    (
        differs("a quoted phrase may begin and end within words"),
        [
            ('"rple eleph"', ["phrase"], ["phrase"]),
            ("urple", ["phrase"], ["phrase"]),
            ("pu", ["phrase"], ["phrase"]),
            ("ur", ["phrase", "picture"], []),
        ],
    ),
    (
        differs("punctuation counts in `subject:`"),
        [
            ('subject:"1 2 3 rc"', [], ["version 1.2.3-rc"]),
            ("subject:1.2.3-rc", ["version 1.2.3-rc"], ["version 1.2.3-rc"]),
            ('subject:"2 1"', [], []),
            ('"v4 5 x"', [], ["version 1.2.3-rc"]),
            ("v4.5-x", ["version 1.2.3-rc"], ["version 1.2.3-rc"]),
            ("(v4.5-x;", ["version 1.2.3-rc"], ["version 1.2.3-rc"]),
            ("!!?!", sorted({*MAIL} - {"version 1.2.3-rc"}), sorted({*MAIL} - {"version 1.2.3-rc"})),
            ("?!", ["version 1.2.3-rc"], ["version 1.2.3-rc"]),
        ],
    ),
    (
        differs("where the links of HTML lead is found behind their text"),
        [
            ("links.test/here", ["link"], ["link"]),
            ('"press http://links.test/here onward"', ["link"], []),
            ('"go press onward"', [], ["link"]),
        ],
    ),
    (
        differs("finds what its sender calls an attachment"),
        [
            ("has:attachment", [], ["picture"]),
        ],
    ),
    (
        differs("the plain text of a message that has HTML too"),
        [
            ("onlyplain", [], ["both"]),
            ("onlymarkup", ["both"], ["both"]),
        ],
    ),
    (
        differs("names of inline files are not found"),
        [
            ("logo.png", [], ["inline"]),
        ],
    ),
    (
        differs("no `OR`, brackets, `header:Name=text`"),
        [
            ("header:X-Color=navy", [], ["blue"]),
            ("red inbox:default", [], ["red"]),
            ("-has:report red", ["red"], ["red"]),
            ("is:bounced", [], []),
        ],
    ),
]
CASES = [pytest.param(*case, marks=mark) for mark, cases in ROWS for case in cases]


@pytest.mark.parametrize(("query", "their", "our"), CASES)
def test_a_search_finds_other_mail(theirs: Server, ours: Server, query: str, their: list[str], our: list[str]) -> None:
    assert found(theirs, query) == their
    assert found(ours, query) == our


@differs("a phrase may run from the `To` into the `Cc`")
def test_what_nobody_searches_for(theirs: Server, ours: Server) -> None:
    for server, expected in ((theirs, ["copied"]), (ours, [])):
        assert found(server, 'subject:copied "example.com dee"') == expected
    assert (found(theirs, "seven\0eight"), found(ours, "seven\0eight")) == ([], ["copied"])
    path = f"/api/v1/search?query=smaller:{10**20}"
    assert [server.get(path).status for server in (theirs, ours)] == [400, 200]


@differs("leaves out what is exactly as large")
def test_a_size_that_a_message_has(theirs: Server, ours: Server) -> None:
    def alike(server: Server) -> bool:
        [row] = server.get("/api/v1/search?query=subject:blue").json["messages"]
        return found(server, f"subject:blue -larger:{row['Size']}") == ["blue"]

    assert (alike(theirs), alike(ours)) == (False, True)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with a message of each of some moments."""
    with pair(tmp_path_factory.mktemp("dated"), "--use-message-dates") as servers:
        for server in servers:
            for moment in (
                "2000-01-01 00:00",
                "2024-01-01 12:00",
                "2024-04-01 09:00",
                "2024-04-01 20:00",
                "2024-04-02 12:00",
            ):
                day, _, time = moment.partition(" ")
                year, month, number = day.split("-")
                name = {"01": "Jan", "04": "Apr"}[month]
                server.send(letter(moment, Date=f"{number} {name} {year} {time}:00 +0000"))
        yield servers


LATER, LAST = "2024-04-01 20:00", "2024-04-02 12:00"
ALL = ["2000-01-01 00:00", "2024-01-01 12:00", "2024-04-01 09:00", LATER, LAST]


@pytest.mark.parametrize(
    ("date", "their", "our"),
    [
        pytest.param("2024-04-01 10:00 PM +02:00", [], [LATER, LAST], marks=differs("a zone behind `PM`")),
        pytest.param("2024-04-01 10:00:00.123 +02:00", [LAST], ALL[2:], marks=differs("a zone behind `PM`")),
        pytest.param("2024-04-01 17:00 EST", [LATER, LAST], [LAST], marks=differs("a zone behind `PM`")),
        pytest.param("2024-04-01Z", ALL[1:], ALL[2:], marks=differs("a zone behind `PM`")),
        pytest.param("Apr 1", ALL, ALL, marks=differs("`Apr 1` and `2024-092` are dates")),
        pytest.param("2024-092", ALL[2:], ALL, marks=differs("`Apr 1` and `2024-092` are dates")),
        pytest.param("2024-04-01 10am", ALL, [LATER, LAST], marks=differs("`Apr 1` and `2024-092` are dates")),
        pytest.param("04.01.2024 10:00", ALL, [LATER, LAST], marks=differs("`Apr 1` and `2024-092` are dates")),
        pytest.param("1/Apr/2024", ALL, ALL[2:], marks=differs("`Apr 1` and `2024-092` are dates")),
    ],
)
def test_a_date_is_another_moment(dated: Pair, date: str, their: list[str], our: list[str]) -> None:
    assert found(dated.theirs, f'Ann after:"{date}"', tz="UTC") == their
    assert found(dated.ours, f'Ann after:"{date}"', tz="UTC") == our
