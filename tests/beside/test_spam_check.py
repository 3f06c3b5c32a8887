"""The spam check: both ask one filter, which says what it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.beside.checking import message
from tests.beside.programs import Answer, Pair, Server, pair
from tests.beside.table import differs
from tests.outbound.servers import web

REPORT = (
    "SPAMD/1.1 0 EX_OK\r\nContent-length: 999\r\nSpam: {spam} ; {score} / {least}\r\n\r\nContent preview:  x\n\n"
    "Content analysis details:   ({score} points, {least} required)\n\n pts rule name              description\n"
    "---- ---------------------- --------------------------------------------------\n{rules}\n\n"
)


@dataclass
class Filter:
    """A spamd that says `answer` to every report that is asked for."""

    port: int
    answer: bytes = b""

    def serve(self, listener: socket.socket) -> None:
        """Answer one client after the other, until nobody listens."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):
                    asked = client.makefile("rb").read()
                    client.sendall(b"SPAMD/1.5 0 PONG\r\n" if asked.startswith(b"PING") else self.answer)


@pytest.fixture(scope="module")
def spamd() -> Iterator[Filter]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Filter(listener.getsockname()[1])
        threading.Thread(target=running.serve, args=(listener,), daemon=True).start()
        yield running


@pytest.fixture(scope="module")
def both(spamd: Filter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("spam"), f"--enable-spamassassin=127.0.0.1:{spamd.port}") as servers:
        for server in servers:
            server.send(message("<p>x</p>"))
        yield servers


def asked(server: Server, given: str = "latest") -> Answer:
    return server.get(f"/api/v1/message/{given}/sa-check")


def said(rules: str, *, score: str = "1.2", least: str = "5.0", spam: str = "False") -> bytes:
    return REPORT.format(rules=rules, score=score, least=least, spam=spam).encode()


@pytest.mark.parametrize(
    "answer",
    [
        said(" 0.0 NO_RELAYS              Informational: not relayed\n 1.2 MISSING_HEADERS        Missing To:"),
        said(" 1.0 LONG                   first words\n                            second line\n"
             "                            2.0 points of it\n 0.2 NEXT                   x"),
        said("-1.9 BAYES_00               BODY: Bayes spam probability is 0 to 1%", score="-1.9"),
        said("1000 GTUBE                  BODY: Generic Test", score="1000.0", spam="True"),
        said(" 5.0 A_RULE                 x", score="5.0", spam="True"),
        said(" 4.9 A_RULE                 x", score="4.9"),
        said(" 0.1 lower_case             x\n 0.1 NO_WORDS"),
        said(" 1.2 A_RULE                 words <b>&amp; \u00fcber"),
        said(""),
        said(" 1.2 A_RULE                 x").replace(b"\r\n", b"\n"),
        b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 6.0 / 5.0\r\n\r\nContent analysis details: (6 points)\n 6.0 A_RULE x\n",
        b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 6.0 / 5.0\r\n\r\n",
    ],
)  # fmt: skip
def test_reports_are_read_alike(both: Pair, spamd: Filter, answer: bytes) -> None:
    spamd.answer = answer
    theirs, ours = (asked(server) for server in both)
    assert (ours.status, ours.headers["content-type"]) == (theirs.status, theirs.headers["content-type"])
    assert ours.json == theirs.json


@pytest.mark.parametrize("given", ["nosuch", "0" * 22, "latest?query=subject:nosuch"])
def test_what_is_not_there(both: Pair, given: str) -> None:
    path, _, query = given.partition("?")
    theirs, ours = (server.get(f"/api/v1/message/{path}/sa-check?{query}") for server in both)
    assert (ours.status, ours.headers["content-type"], ours.body) == (
        theirs.status,
        theirs.headers["content-type"],
        theirs.body,
    )


def test_without_a_filter_there_is_no_such_route(tmp_path: Path) -> None:
    with pair(tmp_path) as servers:
        answers = [asked(server) for server in servers]
    assert [(one.status, one.text) for one in answers] == [(404, "File not found\n")] * 2


@differs("spam is what has 5 points")
@pytest.mark.parametrize(
    ("score", "least", "theirs_spam", "ours_spam"), [("5.5", "8.0", True, False), ("4.5", "3.0", False, True)]
)
def test_the_threshold(
    theirs: Server, ours: Server, spamd: Filter, score: str, least: str, theirs_spam: bool, ours_spam: bool
) -> None:  # fmt: skip
    spamd.answer = said("", score=score, least=least)
    assert asked(theirs).json["IsSpam"] is theirs_spam
    assert asked(ours).json["IsSpam"] is ours_spam


@differs("points are rounded down from a float32")
def test_points(theirs: Server, ours: Server, spamd: Filter) -> None:
    spamd.answer = said(" 0.7 A                      x\n-0.3 B                      x", score="999.8", spam="True")

    def points(server: Server) -> list[float]:
        answer: dict[str, Any] = asked(server).json
        return [answer["Score"], *(one["Score"] for one in answer["Rules"])]

    assert points(theirs) == [999.7, 0.6, -0.4]
    assert points(ours) == [999.8, 0.7, -0.3]


@differs("what is no answer of a spam filter")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"SPAMD/1.1 76 EX_PROTOCOL\r\n\r\n", "spamd answered EX_PROTOCOL"),
        (b"", "spamd answered nothing"),
        (b"hello\r\n", "this is no answer of spamd"),
        (b"SPAMD/1.1 0 EX_OK\r\n\r\n", "spamd gave no score"),
    ],
)
def test_no_answer(theirs: Server, ours: Server, spamd: Filter, answer: bytes, error: str) -> None:
    spamd.answer = answer
    assert asked(theirs).json == {"IsSpam": False, "Error": "", "Score": 0, "Rules": []}
    assert asked(ours).json == {"IsSpam": False, "Error": error, "Score": 0, "Rules": None}


@differs("signs and letters beyond ASCII")
def test_signs_at_the_beginning(theirs: Server, ours: Server, spamd: Filter) -> None:
    spamd.answer = said(' 0.1 A                      [x.test listed]\n 0.1 B                      "\u00fcber"')
    assert [one["Description"] for one in asked(theirs).json["Rules"]] == ["x.test listed]", 'ber"']
    assert [one["Description"] for one in asked(ours).json["Rules"]] == ["[x.test listed]", '"\u00fcber"']


@differs("or rspamd, by `--enable-rspamd`")
def test_rspamd(tmp_path: Path) -> None:
    with web() as rspamd:
        rspamd.answer = lambda _: (200, {}, b'{"score":7,"required_score":6,"action":"reject","symbols":{}}')
        with pair(tmp_path, ours=[f"--enable-rspamd=http://127.0.0.1:{rspamd.port}"]) as (theirs, ours):
            for server in (theirs, ours):
                server.send(message("<p>x</p>"))
            assert asked(theirs).status == 404
            assert asked(ours).json == {"IsSpam": True, "Error": "", "Score": 7, "Rules": []}
