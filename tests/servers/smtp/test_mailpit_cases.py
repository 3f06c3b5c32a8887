"""Mailpit's own test cases of SMTP: the same replies, and those that differ on purpose, each in the documents."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.beside.programs import mailpit

DOCUMENT = Path(__file__).parents[3] / "docs" / "mailpit-differences.md"
HELLO, MAIL, RCPT = "EHLO x", "MAIL FROM:<sender@example.com>", "RCPT TO:<recipient@example.com>"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0")) as node:
        yield node.smtp_port


def codes(port: int, lines: list[str]) -> str:
    """The code of the reply to each line."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        replies = connection.makefile("rb")
        replies.readline()
        found = []
        for line in lines:
            connection.sendall(line.encode("latin-1") + b"\r\n")
            while (reply := replies.readline())[3:4] == b"-":
                pass
            found.append(reply[:3].decode())
    return " ".join(found)


SAME = [
    (["NOOP", "RSET", "TEST", "", "EXPN a", "QUIT"], "250 250 500 500 502 221"),
    (["HELO x", "mail from:<s@e.com>", "rcpt to:<r@e.com>", "HELO x", "DATA"], "250 250 250 250 503"),
    (["EHLO x", "mail from:<s@e.com>", "rcpt to:<r@e.com>", "EHLO x", "DATA"], "250 250 250 250 503"),
    ([HELLO, MAIL, f"RCPT TO:<{'a' * 1100}@e.com>"], "250 250 500"),
    ([HELLO, MAIL, "RCPT TO:<recipientexample.com>", "RCPT TO:<a@b@c.com>", "RCPT TO:<a@@c.com>"],
     "250 250 553 553 553"),
    ([HELLO, MAIL, "RCPT TO: <r@e.com>", "RCPT TO:<>", "RCPT TO:<@route.example user@example.com>"],
     "250 250 250 501 553"),
    ([MAIL], "503"),
    ([HELLO, MAIL, RCPT, MAIL, "RSET", MAIL], "250 250 250 503 250 250"),
    ([HELLO, MAIL, RCPT, "RSET", "DATA"], "250 250 250 250 503"),
    ([HELLO, "MAIL", "MAIL FROM:", "MAIL FROM: ", "MAIL FROM:  "], "250 501 501 501 501"),
    ([HELLO, "MAIL FROM:<>"], "250 250"),
    ([HELLO, "MAIL FROM: <s@e.com>"], "250 250"),
    ([HELLO, f"MAIL FROM:<{'a' * 1100}@e.com>"], "250 500"),
    ([HELLO, "MAIL FROM:<se.com>", "MAIL FROM:<s@@e.com>", "MAIL FROM:<s@a@e.com>"], "250 553 553 553"),
    ([HELLO, "MAIL FROM:< a@b.com >", "MAIL FROM:< a@b.com>", "MAIL FROM:<a@b.com >"], "250 553 553 553"),
    ([HELLO, f"{MAIL} SIZE=1000"], "250 250"),
    ([HELLO, f"{MAIL} SIZE=", f"{MAIL} SIZE= ", f"{MAIL} SIZE=foo"], "250 501 501 501"),
    ([HELLO, f"{MAIL} BODY=8BITMIME"], "250 250"),
    ([HELLO, f"{MAIL} BODY=7BIT"], "250 250"),
    ([HELLO, f"{MAIL} BODY=8BITMIME,SIZE=foo"], "250 501"),
    ([HELLO, f"{MAIL} body=8bitmime"], "250 250"),
    ([HELLO, f"{MAIL} SIZE=1000 BODY=8BITMIME"], "250 250"),
    ([HELLO, f"{MAIL} BODY=8BITMIME SIZE=1000"], "250 250"),
    ([HELLO, RCPT], "250 503"),
    ([HELLO, MAIL, "RCPT", "RCPT TO:", "RCPT TO: ", "RCPT TO:  "], "250 250 501 501 501 501"),
    ([HELLO, MAIL, *(f"RCPT TO:<r{number}@e.com>" for number in range(101)), "RSET", "MAIL FROM:<>"],
     f"250 250 {'250 ' * 100}452 250 250"),
    ([HELLO, "DATA"], "250 503"),
    ([HELLO, MAIL, "DATA"], "250 250 503"),
    ([HELLO, MAIL, RCPT, "RCPT TO:<>", "DATA", "x: y\r\n\r\n."], "250 250 250 501 354 250"),
    ([HELLO, "STARTTLS"], "250 502"),
    ([HELLO, "AUTH", "AUTH FOO"], "250 501 504"),
    ([HELLO, "AUTH PLAIN", "AGEAYg=="], "250 334 235"),
    ([HELLO, "AUTH PLAIN !!"], "250 501"),
    ([HELLO, "AUTH PLAIN YWI="], "250 501"),
    ([HELLO, "AUTH LOGIN", "YQ==", "Yg==", "AUTH LOGIN"], "250 334 334 235 503"),
    ([HELLO, "AUTH LOGIN YQ==", "Yg=="], "250 334 235"),
    ([HELLO, "AUTH LOGIN", "!!"], "250 334 501"),
    ([HELLO, MAIL, "AUTH PLAIN AGEAYg=="], "250 250 503"),
    ([HELLO, "X" * 2047], "250 500"),
]  # fmt: skip
# The lines, Mailpit's codes and ours; the words stand in the documents.
DIFFERENT = [
    (["HELP"], "502", "214", "`HELP`"),
    (["VRFY a"], "502", "252", "`VRFY`"),
    ([HELLO, "MAIL FROM:  <s@e.com>"], "250 501", "250 250", "blanks before an address"),
    ([HELLO, "MAIL FROM:<s\r@e.com>"], "250 553", "250 500", "a bare CR"),
    ([HELLO, f"{MAIL} BODY=8BITMIME,SIZE=1000"], "250 250", "250 501", "a comma between parameters"),
    ([HELLO, "STARTTLS FOO"], "250 501", "250 502", "`STARTTLS` with an argument"),
    ([HELLO, "AUTH CRAM-MD5"], "250 504", "250 334", "`CRAM-MD5`"),
    ([HELLO, "XCLIENT NAME=x"], "250 250", "250 502", "`XCLIENT`"),
    ([HELLO, "MAIL FROM:s@e.com"], "250 501", "250 250", "an address without `<>`"),
    ([HELLO, MAIL, "RCPT TO:<postmaster>"], "250 250 553", "250 250 250", "`postmaster` without a domain"),
    ([HELLO, MAIL, 'RCPT TO:<"a b"@e.com>'], "250 250 553", "250 250 250", "a blank in a quoted local part"),
    ([HELLO, f"{MAIL} FOO=bar"], "250 250", "250 555", "an unknown parameter"),
    ([HELLO, MAIL, "RCPT TO:<r@e.com> FOO=bar"], "250 250 250", "250 250 555", "an unknown parameter"),
    ([HELLO, "RSET x", "QUIT x"], "250 250 221", "250 501 501", "parameters of `RSET`, `DATA` and `QUIT`"),
    (["HELO", "EHLO"], "250 250", "501 501", "`HELO` and `EHLO` without a name"),
    ([" NOOP"], "250", "500", "a blank before a command"),
    ([HELLO, MAIL, MAIL], "250 250 250", "250 250 503", "a second `MAIL` before any `RCPT`"),
    ([HELLO, f"{MAIL} SIZE=-1"], "250 250", "250 501", "a value that is none, as `SIZE=-1`"),
    ([HELLO, f"{MAIL} BODY=FOO"], "250 250", "250 501", "a value that is none, as `SIZE=-1`"),
    ([HELLO, "MAIL FROM:<@x.test:s@e.com>"], "250 553", "250 250", "a source route"),
    ([HELLO, "MAIL FROM:<s@[IPv6:::1]>"], "250 553", "250 250", "an IPv6 address as a domain"),
    ([HELLO, "MAIL FROM:<s@-e.com>"], "250 250", "250 553", "a domain that begins with a hyphen"),
    ([HELLO, "MAIL FROM : <s@e.com>"], "250 501", "250 250", "blanks around the colon"),
    ([HELLO, f"{MAIL}\t"], "250 250", "250 500", "a tab"),
    ([HELLO, "MAIL FROM:<\xe4@e.com>"], "250 553", "250 500", "octets that are no UTF-8"),
    (["HELO x", "AUTH PLAIN"], "250 334", "250 503", "`AUTH` after `HELO`"),
]


@pytest.fixture(scope="module")
def real_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a real Mailpit takes mail, if there is one."""
    with mailpit(tmp_path_factory.mktemp("mailpit"), "--smtp-auth-accept-any", "--smtp-auth-allow-insecure") as server:
        yield server.smtp_port


@pytest.mark.parametrize(("lines", "theirs"), [*SAME, *(row[:2] for row in DIFFERENT)])
def test_the_codes_of_mailpit_are_those_that_it_has(real_port: int, lines: list[str], theirs: str) -> None:
    assert codes(real_port, lines) == theirs


@pytest.mark.parametrize(("lines", "expected"), SAME)
def test_the_replies_are_those_of_mailpit(port: int, lines: list[str], expected: str) -> None:
    assert codes(port, lines) == expected


@pytest.mark.parametrize(("lines", "theirs", "ours", "words"), DIFFERENT)
def test_a_reply_that_differs_does_so_on_purpose(
    port: int, lines: list[str], theirs: str, ours: str, words: str
) -> None:
    assert codes(port, lines) == ours != theirs
    assert_documented(words)


def assert_documented(words: str) -> None:
    """Hold that a row of the documents' table of SMTP has these words."""
    table = DOCUMENT.read_text("utf-8").partition("## SMTP\n")[2].partition("\n## ")[0]
    assert re.search(rf"^\| .*{re.escape(words)}", table, re.M)


def answers(port: int, lines: list[str]) -> list[str]:
    """The greeting, and the last line of the reply to each line."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        replies = connection.makefile("r", encoding="latin-1", newline="\r\n")
        found = [replies.readline().rstrip()]
        for line in lines:
            connection.sendall(line.encode("latin-1") + b"\r\n")
            while (reply := replies.readline())[3:4] == "-":
                pass
            found.append(reply.rstrip())
    return found


HOST = socket.gethostname()
# Each command in its turn; here and there a reply says more behind these words.
WORDS = {
    MAIL: "503 5.5.1 Bad sequence of commands (HELO/EHLO required before MAIL)",
    "HELO x": f"250 {HOST} greets x",
    "MAIL": "501 5.5.4 Syntax error in parameters or arguments (invalid FROM parameter",
    "MAIL FROM:<se.com>": "553 5.1.7 The address is not a valid RFC 5321 address",
    f"MAIL FROM:<{'a' * 1100}@e.com>": "500 5.1.7 The address is too long",
    f"{MAIL} SIZE=foo": "501 5.5.4 Syntax error in parameters or arguments (invalid SIZE parameter)",
    f"{MAIL} SIZE=99999999": "552 5.3.4 Requested mail action aborted: exceeded storage allocation (52428800)",
    RCPT: "503 5.5.1 Bad sequence of commands (MAIL required before RCPT)",
    "DATA": "503 5.5.1 Bad sequence of commands (MAIL & RCPT required before DATA)",
    "NOOP": "250 2.0.0 Ok",
    "RSET": "250 2.0.0 Ok",
    "EXPN x": "502 5.5.1 Command not implemented",
    "BLA": "500 5.5.2 Syntax error, command unrecognized",
}


def test_replies_begin_with_the_words_of_mailpit(port: int) -> None:
    greeting, *replies = answers(port, [*WORDS, "QUIT"])
    assert greeting == f"220 {HOST} mailpit-py ESMTP Service ready"
    assert replies[-1] == f"221 2.0.0 {HOST} mailpit-py ESMTP Service closing transmission channel"
    shortened = [said[: len(words)] for said, words in zip(replies, WORDS.values(), strict=False)]
    assert dict(zip(WORDS, shortened, strict=True)) == WORDS
    assert_documented("the program's name in the greeting is `Mailpit`")
    assert_documented("the enhanced code of a bad reverse-path is 5.1.3")
    assert answers(port, [HELLO, "AUTH LOGIN", "*"])[-1] == "501 5.7.0 Authentication cancelled"
    assert_documented("a login that the client cancels by `*`")


def test_a_reply_to_a_whole_message_has_the_words_of_mailpit(port: int) -> None:
    said = answers(port, [HELLO, MAIL, RCPT, MAIL, "RCPT TO:<>", "DATA", "x: y\r\n\r\n."])[2:]
    assert said[:2] == ["250 2.1.0 Ok", "250 2.1.5 Ok"]
    assert said[2] == "503 5.5.1 Bad sequence of commands (RSET/HELO/EHLO required before MAIL)"
    assert said[3].startswith("501 5.5.4 Syntax error in parameters or arguments (invalid TO parameter")
    assert said[4] == "354 Start mail input; end with <CR><LF>.<CR><LF>"
    assert re.fullmatch(r"250 2\.0\.0 Ok: queued as [0-9A-Za-z]{22}", said[5])
