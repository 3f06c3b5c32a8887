"""What does not differ in POP3: whole dialogues, answer by answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, Server
from tests.beside.talking import answers, pair_with_pop3, said_alike

LOGIN = ["USER ann", "PASS secret"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with two messages that are the same, so that the order in which they stand is nothing."""
    with pair_with_pop3(tmp_path_factory.mktemp("pop3"), "--label=the shop", accounts="ann:secret bob:two") as servers:
        for server in servers:
            for _ in range(2):
                server.send(b"Return-Path: <app@example.org>\r\nMessage-ID: <1@x>\r\nTo: ann@example.com\r\n\r\n.x\r\n")
        yield servers


def alike(server: Server, lines: list[str]) -> list[str]:
    """All answers without what is different by its nature: ids; and sizes, since Mailpit adds to what it stores."""
    said = [said_alike(one) for one in answers(server.pop3_port, lines)]
    for public_id in (one["ID"] for one in server.get("/api/v1/messages").json["messages"]):
        said = [one.replace(public_id, "ID") for one in said]
    return [re.sub(r"(?<=\+OK 2 )\d{2,}|(?<= )\d{2,}(?=$|\n| octets)|(?<=\()\d{2,}", "N", one) for one in said]


@pytest.mark.parametrize(
    "lines",
    [
        ["QUIT"], ["quit"], ["NOOP"], ["STAT", "LIST", "UIDL", "RETR 1", "TOP 1 0", "DELE 1", "RSET", "noop", "stat"],
        ["LAST", "APOP a b", "FOO", "", "  ", "XTND x", "LANG", "x" * 300, "x" * 600, "NOOP " + "x" * 1000, "NOOP"],
        ["USER ann"], ["USER ann", "USER bob", "PASS two", "STAT"], ["user ann", "pass secret", "stat", "quit"],
        ["USER ann", "PASS"], ["USER ann", "PASS "], ["USER " + "a" * 400, "NOOP"],
        [*LOGIN, "STAT", "LIST", "LIST 1", "LIST 2", "LIST 01", "LIST ", "STAT ", "list", "UIDL", "UIDL 1", "UIDL 2"],
        [*LOGIN, "LIST 3", "LIST 0", "LIST -1", "LIST x", "LIST 1.0", "LIST 99999999999999999999", "LIST 1x"],
        [*LOGIN, "UIDL 3", "UIDL 0", "UIDL x", "UIDL 1 2", "UIDL 1 2 3", "UIDL "],
        [*LOGIN, "RETR 3", "RETR x", "RETR 0", "RETR -1", "TOP", "TOP 1", "TOP 9 1", "TOP x 1", "TOP 0 0"],
        [*LOGIN, "DELE 0", "DELE 3", "DELE x", "DELE 1", "RSET", "STAT", "DELE 2", "RSET", "LIST"],
        [*LOGIN, "NOOP", "RSET", "USER ann", "PASS secret", "LAST", "APOP x y", "FOO", "", "  ", "STAT\t", "QUIT"],
    ],
    ids="; ".join,
)  # fmt: skip
def test_dialogues(both: Pair, lines: list[str]) -> None:
    theirs, ours = (alike(one, lines) for one in both)
    assert ours == theirs


@pytest.mark.parametrize("line", ["RETR 1", "RETR 2", "TOP 1 0", "TOP 2 0", "TOP 1 5"])
def test_first_lines_of_what_is_fetched(both: Pair, line: str) -> None:
    theirs, ours = (alike(one, [*LOGIN, line])[-1].partition("\n")[0] for one in both)
    assert ours == theirs


def test_a_session_that_breaks_off_deletes_nothing(both: Pair) -> None:
    for server in both:
        answers(server.pop3_port, [*LOGIN, "DELE 1", "DELE 2"])
        assert alike(server, [*LOGIN, "STAT"])[-1] == "+OK 2 N"
