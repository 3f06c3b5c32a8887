"""What differs on purpose in SMTP: the codes of both programs, line by line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs
from tests.beside.talking import HELLO, MAIL, MESSAGE, RCPT, codes, replies, talking

AUTH_ANY = ("--smtp-auth-accept-any", "--smtp-auth-allow-insecure")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both, taking any login."""
    with pair(tmp_path_factory.mktemp("smtp"), *AUTH_ANY) as servers:
        yield servers


def check(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    """Hold that the two answer these lines with these codes."""
    assert (codes(both.theirs.smtp_port, lines), codes(both.ours.smtp_port, lines)) == (theirs, ours)


@differs("`HELP` and `VRFY`", "`HELO` and `EHLO` without a name", "a blank before a command", "`XCLIENT`")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        (["HELP", "HELP MAIL"], "502 502", "214 214"),
        (["VRFY a", "VRFY"], "502 502", "252 501"),
        (["HELO", "EHLO", MAIL], "250 250 250", "501 501 503"),
        ([" NOOP", " QUIT"], "250 221", "500 500"),
        ([HELLO, "XCLIENT NAME=x ADDR=192.0.2.1"], "250 250", "250 502"),
    ],
)
def test_commands(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    check(both, lines, theirs, ours)


@differs("blanks around the colon", "what stands before `FROM:` and `TO:`", "an address without `<>`")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, "MAIL FROM:  <s@e.com>"], "250 501", "250 250"),
        ([HELLO, "MAIL FROM : <s@e.com>"], "250 501", "250 250"),
        ([HELLO, MAIL, "RCPT TO:   <r@e.com>"], "250 250 501", "250 250 250"),
        ([HELLO, "MAIL to FROM:<s@e.com>"], "250 250", "250 501"),
        ([HELLO, "MAIL XFROM:<s@e.com>"], "250 250", "250 501"),
        ([HELLO, MAIL, "RCPT NOT TO:<r@e.com>"], "250 250 250", "250 250 501"),
        ([HELLO, "MAIL FROM:s@e.com", "RCPT TO: r@e.com"], "250 501 503", "250 250 250"),
    ],
)
def test_what_stands_around_an_address(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    check(both, lines, theirs, ours)


@differs("a source route", "an IPv6 address as a domain", "a domain that is no name", "`postmaster` without a domain")
@differs("a quoted local part with a blank")
@pytest.mark.parametrize(
    ("address", "theirs", "ours"),
    [
        ("@x.test:ann@example.com", "553", "250"),
        ("@x.test,@y.test:ann@example.com", "553", "250"),
        ("ann@[IPv6:::1]", "553", "250"),
        ("ann@[x-tag:value]", "553", "250"),
        ("ann@-e.com", "250", "553"),
        ("ann@e-.com", "250", "553"),
        ("ann@b!c.com", "250", "553"),
        ("ann@b#c.com", "250", "553"),
        ("ann@e.com(x)", "250", "553"),
        ("postmaster", "553", "250"),
        ("PostMaster", "553", "250"),
        ('"a b"@e.com', "553", "250"),
        ('""@e.com', "553", "250"),
        ('"<>"@e.com', "501", "250"),
    ],
)
def test_addresses(both: Pair, address: str, theirs: str, ours: str) -> None:
    check(both, [HELLO, MAIL, f"RCPT TO:<{address}>"], f"250 250 {theirs}", f"250 250 {ours}")


@differs("a value that is none", "a comma between parameters", "an unknown parameter", "`SIZE` of 2^63 and more")
@differs("parameters of `RSET`, `DATA` and `QUIT`")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, f"{MAIL} SIZE=-1"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} SIZE=+1"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} SIZE"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} BODY=FOO"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} SMTPUTF8=1"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} RET=x"], "250 250", "250 501"),
        ([HELLO, MAIL, f"{RCPT} NOTIFY=x"], "250 250 250", "250 250 501"),
        ([HELLO, f"{MAIL} SIZE=1 SIZE=2"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} BODY=8BITMIME,SIZE=1000"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} SIZE=1,BODY=7BIT"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} FOO=bar"], "250 250", "250 555"),
        ([HELLO, f"{MAIL} MT-PRIORITY=3"], "250 250", "250 555"),
        ([HELLO, f"{MAIL} =x"], "250 250", "250 501"),
        ([HELLO, f"{MAIL} <t@e.com>"], "250 250", "250 501"),
        ([HELLO, MAIL, f"{RCPT} SIZE=1"], "250 250 250", "250 250 555"),
        ([HELLO, f"{MAIL} SIZE=9223372036854775808"], "250 501", "250 552"),
        ([HELLO, "RSET x", "QUIT x"], "250 250 221", "250 501 501"),
        ([HELLO, MAIL, RCPT, "DATA x", MESSAGE], "250 250 250 354 250", "250 250 250 501 500"),
    ],
)
def test_parameters(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    # The rest of a message that was not asked for is commands, to either.
    check(both, lines, theirs, ours)


@differs("a control character, as a tab or a bare CR")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        (["NOOP\t", "NOOP\r"], "250 250", "500 500"),
        ([HELLO, f"{MAIL}\t"], "250 250", "250 500"),
        ([HELLO, "MAIL FROM:<s\t@e.com>"], "250 553", "250 500"),
        ([HELLO, "MAIL FROM:<s\r@e.com>"], "250 553", "250 500"),
        ([HELLO, "MAIL FROM:<s\x01@e.com>"], "250 553", "250 500"),
        ([HELLO, "MAIL FROM:<\xe4@e.com>"], "250 553", "250 500"),
        (["HELO \xe4"], "250", "500"),
    ],
)
def test_what_is_no_text(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    check(both, lines, theirs, ours)


@differs("a second `MAIL` before a recipient was taken", "`DATA` after nothing but refused recipients")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, MAIL, "MAIL FROM:<t@e.com>"], "250 250 250", "250 250 503"),
        ([HELLO, MAIL, "RCPT TO:<none>", "MAIL FROM:<t@e.com>"], "250 250 553 250", "250 250 553 503"),
        ([HELLO, MAIL, "RCPT TO:<none>", "DATA"], "250 250 553 503", "250 250 553 554"),
    ],
)
def test_the_order_of_commands(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    check(both, lines, theirs, ours)


@differs("a login that the client cancels by `*`", "no `CRAM-MD5`", "`AUTH` without `EHLO`", "the name of a login may")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, "AUTH CRAM-MD5"], "250 504", "250 334"),
        ([HELLO, "AUTH XOAUTH2"], "250 504", "250 334"),
        ([HELLO, "AUTH OAUTHBEARER"], "250 504", "250 334"),
        (["HELO x", "AUTH PLAIN AGEAYg=="], "250 235", "250 503"),
        (["AUTH LOGIN"], "334", "503"),
        ([HELLO, "AUTH LOGIN =", "Yg=="], "250 501 500", "250 334 235"),
        ([HELLO, "AUTH PLAIN AGEKAGI="], "250 235", "250 501"),
        ([HELLO, "AUTH LOGIN", "YQo=", "Yg=="], "250 334 334 235", "250 334 334 501"),
    ],
)
def test_logins(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    check(both, lines, theirs, ours)


@differs("a login that the client cancels by `*`")
def test_a_login_is_cancelled(theirs: Server, ours: Server) -> None:
    lines = [HELLO, "AUTH LOGIN", "*"]
    assert replies(theirs.smtp_port, lines)[-1] == "501 5.5.2 Syntax error (unable to decode)"
    assert replies(ours.smtp_port, lines)[-1] == "501 5.7.0 Authentication cancelled"


@differs("the enhanced code of a bad reverse-path")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, "MAIL FROM:<@e.com>"], "553 5.1.3 ", "553 5.1.7 "),
        ([HELLO, f"MAIL FROM:<{'a' * 1100}@e.com>"], "500 The a", "500 5.1.7 "),
        ([HELLO, MAIL, f"RCPT TO:<{'a' * 1100}@e.com>"], "500 The a", "500 5.1.3 "),
    ],
)
def test_enhanced_codes(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    assert replies(both.theirs.smtp_port, lines)[-1].startswith(theirs)
    assert replies(both.ours.smtp_port, lines)[-1].startswith(ours)


@differs("some replies say only that a parameter is invalid")
@pytest.mark.parametrize(
    ("lines", "theirs", "more"),
    [
        (["BLA"], "500 5.5.2 Syntax error, command unrecognized", " (HELP lists the commands)"),
        (["LHLO x"], "500 5.5.2 Syntax error, command unrecognized",
         " (LHLO is not a command of SMTP; say EHLO)"),
        ([HELLO, "MAIL"], "501 5.5.4 Syntax error in parameters or arguments (invalid FROM parameter)",
         ": write FROM:<user@example.com>)"),
        ([HELLO, MAIL, "RCPT TO:<>"], "501 5.5.4 Syntax error in parameters or arguments (invalid TO parameter)",
         ": a recipient is needed)"),
        ([HELLO, MAIL, "RCPT TO:<ann>"], "553 5.1.3 The address is not a valid RFC 5321 address",
         ": there is no @domain"),
    ],
)  # fmt: skip
def test_more_is_said(both: Pair, lines: list[str], theirs: str, more: str) -> None:
    assert replies(both.theirs.smtp_port, lines)[-1] == theirs
    assert replies(both.ours.smtp_port, lines)[-1] == theirs.removesuffix(")") + more


@differs("the program's name in the greeting")
def test_names(theirs: Server, ours: Server) -> None:
    for server, name in ((theirs, "Mailpit"), (ours, "mailpit-py")):
        with talking(server.smtp_port) as client:
            assert client.reply().endswith(f" {name} ESMTP Service ready")
            assert client.ask("QUIT").endswith(f" {name} ESMTP Service closing transmission channel")


@differs("a name of any length is repeated", "no PIPELINING, CHUNKING", "no `CRAM-MD5`")
def test_what_ehlo_says(theirs: Server, ours: Server) -> None:
    # As sets: in Mailpit the order of the mechanisms is that of chance.
    words = [set(replies(one.smtp_port, [HELLO])[1].replace("\n", " ").split()) for one in (theirs, ours)]
    assert words[1] - words[0] == {
        "250-PIPELINING", "250-BINARYMIME", "250-CHUNKING", "250-DSN", "HELP", "250-SMTPUTF8", "CRAM-MD5", "XOAUTH2",
        "OAUTHBEARER",
    }  # fmt: skip
    assert words[0] - words[1] == {"SMTPUTF8"}  # the last of its list
    name = "x" * 300
    assert replies(theirs.smtp_port, [f"HELO {name}"])[1].endswith(f" greets {name}")
    assert replies(ours.smtp_port, [f"HELO {name}"])[1].endswith(f" greets {name[:255]}")


@differs("`GET` and other words of HTTP")
def test_http(both: Pair) -> None:
    check(both, ["GET / HTTP/1.1", "NOOP"], "500 250", "421 -")


@differs("a line of more than 2,048 octets")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        (["NOOP " + "x" * 2041], "250 2.0.0 Ok", "250 2.0.0 Ok"),
        (["NOOP " + "x" * 2042], "500 5.5.2 Line too long", "250 2.0.0 Ok"),
        (["NOOP " + "x" * 4091], "500 5.5.2 Line too long", "250 2.0.0 Ok"),
        (["NOOP " + "x" * 4092], "500 5.5.2 Line too long", "500 5.5.2 Line too long"),
        ([HELLO, "AUTH PLAIN", "A" * 16_384], "500 5.5.2 Line too long", "501 5.5.2 Syntax error (unable to parse)"),
        ([HELLO, "AUTH PLAIN", "A" * 16_388], "500 5.5.2 Line too long",
         "500 5.5.6 Authentication exchange line is too long"),
    ],
)  # fmt: skip
def test_long_lines(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    said = [replies(one.smtp_port, lines)[-1] for one in both]
    assert said == [theirs, ours]


@differs("any number of connections, errors and commands without mail")
def test_a_client_that_makes_nothing_but_errors(theirs: Server, ours: Server) -> None:
    lines = ["BLA"] * 101 + ["NOOP"]
    assert codes(theirs.smtp_port, lines) == "500 " * 101 + "250"
    assert codes(ours.smtp_port, lines) == "500 " * 100 + "421 -"
