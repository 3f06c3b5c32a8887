"""What does not differ in SMTP: whole dialogues, reply by reply, with what is kept at their end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, pair
from tests.beside.smtp_alike import FORGIVEN, check
from tests.beside.table import row
from tests.beside.talking import HELLO, MAIL, MESSAGE, RCPT


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both, taking any login."""
    options = ("--smtp-auth-accept-any", "--smtp-auth-allow-insecure", "--max", "0")
    with pair(tmp_path_factory.mktemp("smtp"), *options) as servers:
        yield servers


def test_what_is_forgiven_stands_in_the_document() -> None:
    assert all(row(words) for words, _, _ in FORGIVEN)


DELIVERY = [MAIL, RCPT, "DATA", MESSAGE]
LATIN_1_OF_UTF_8 = "ü@é.example".encode().decode("latin-1")


@pytest.mark.parametrize(
    "lines",
    [
        [], [HELLO], ["HELO x"], ["ehlo me", "helo me"], ["EHLO  two words "], ["EHLO [127.0.0.1]"], ["HELO x", HELLO],
        ["NOOP", "NOOP x", "noop", "RSET", "rset", "QUIT"], ["quit"], [HELLO, "QUIT"], [HELLO, MAIL, RCPT, "QUIT"],
        ["TEST", "", "   ", "12", "~", "MAILFROM:<a@b>", "EXPN", "EXPN a", "VERB", "ONEX", "TURN", "ETRN x", "ATRN"],
        ["SEND FROM:<a@b>", "SOML FROM:<a@b>", "SAML FROM:<a@b>", "XFORWARD", "BURL x", "LHLO x", "hello", "exit"],
        ["DATA", "MAIL", "RCPT", MAIL, RCPT], [HELLO, RCPT, "DATA"], [HELLO, MAIL, "DATA", RCPT, "DATA", MESSAGE],
        ["STARTTLS"], ["STARTTLS x"], [HELLO, "STARTTLS", "STARTTLS x", "starttls"],
        [HELLO, *DELIVERY], [HELLO, *DELIVERY, *DELIVERY], [HELLO, *DELIVERY, "DATA", RCPT, "QUIT"],
        ["HELO x", *DELIVERY],
        [HELLO, "MAIL FROM:<>", RCPT, "DATA", MESSAGE], [HELLO, MAIL, RCPT, RCPT, RCPT, "DATA", MESSAGE],
        [HELLO, MAIL, HELLO, RCPT], [HELLO, MAIL, "HELO x", RCPT], [HELLO, MAIL, RCPT, HELLO, "DATA"],
        [HELLO, MAIL, "RSET", RCPT], [HELLO, MAIL, RCPT, "RSET", "DATA"], [HELLO, MAIL, RCPT, MAIL, "RSET", MAIL],
        [HELLO, "MAIL FROM:<bad>", RCPT, MAIL, RCPT], [HELLO, MAIL, "RCPT TO:<bad>", RCPT, "DATA", MESSAGE],
        [HELLO, MAIL, RCPT, "RCPT TO:<>", "RCPT TO:<bad>", "DATA", MESSAGE], [HELLO, "RSET", "RSET", MAIL],
        [HELLO, MAIL, RCPT, "NOOP", "BLA", "EXPN x", "STARTTLS", "DATA", MESSAGE], [HELLO, MAIL, RCPT, "AUTH PLAIN"],
        [HELLO, MAIL, *(f"RCPT TO:<r{number}@e.com>" for number in range(102)), "DATA", MESSAGE, MAIL, RCPT],
    ],
    ids="; ".join,
)  # fmt: skip
def test_commands(both: Pair, lines: list[str]) -> None:
    check(both, lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["AUTH", "AUTH FOO", "AUTH ANONYMOUS", "AUTH GSSAPI x", "AUTH NTLM x", "AUTH EXTERNAL =", "AUTH SCRAM-SHA-1 x"],
        ["AUTH PLAIN", "AGEAYg==", "AUTH PLAIN AGEAYg==", "AUTH LOGIN"], ["AUTH PLAIN AGEAYg==", *DELIVERY],
        ["auth plain AGEAYg=="], ["AUTH  PLAIN AGEAYg=="], ["AUTH PLAIN  AGEAYg=="], ["AUTH PLAIN AGEAYg== x"],
        ["AUTH PLAIN YWEAYg==", "AUTH PLAIN eABhAGI="], ["AUTH PLAIN AAA="], ["AUTH PLAIN AGEA"], ["AUTH PLAIN AABi"],
        ["AUTH PLAIN AGEAYgBj"], ["AUTH PLAIN YWI="], ["AUTH PLAIN !!"], ["AUTH PLAIN AGEAYg"], ["AUTH PLAIN A"],
        ["AUTH PLAIN", ""], ["AUTH PLAIN", "bad!", "NOOP"], ["AUTH PLAIN", "NOOP"], ["AUTH PLAIN AP8A/w=="],
        ["AUTH LOGIN", "YQ==", "Yg==", "AUTH LOGIN", "AUTH PLAIN x"], ["AUTH LOGIN YQ==", "Yg=="],
        ["auth login", "", ""],
        ["AUTH LOGIN", "!!", "NOOP"], ["AUTH LOGIN", "YQ==", "!", "NOOP"], ["AUTH LOGIN YQ== Yg=="],
        ["AUTH LOGIN YQ==", ""],
        ["AUTH PLAIN AGEAYg==", HELLO, "AUTH PLAIN AGEAYg=="], ["AUTH PLAIN AGEAYg==", "RSET", "AUTH LOGIN", MAIL],
        [MAIL, "AUTH PLAIN AGEAYg==", RCPT, "AUTH PLAIN AGEAYg==", "AUTH", "RSET", "AUTH PLAIN AGEAYg=="],
    ],
    ids="; ".join,
)  # fmt: skip
def test_logins(both: Pair, lines: list[str]) -> None:
    check(both, [HELLO, *lines])


ADDRESSES = [
    "<a@b>", "<A@B.C>", " <a@b.c>", "<a@b.c> ", "<a@b.c>  ", "<a@b.c", "a@b.c>", "<<a@b.c>>", "<a@b.c>x",
    "<a@b.c>SIZE=1",
    "<a.b@c.d>", "<.a@c.d>", "<a.@c.d>", "<a..b@c.d>", "<a+b@c.d>", "<a@c.d.>", "<a@.c>", "<a@c..d>", "<a@c_d.e>",
    "<_a@c>", "<a@1.2>", "<a@1.2.3.4>", "<a@[1.2.3.4]>", "<a@[1.2.3]>", "<a@[300.1.1.1]>", "<a@[]>", "<a@[::1]>",
    "<a@[foo]>", '<"a"@b>', '<"a\\"b"@c>', '<"a@b"@c>', '<"a".b@c>', '<a."b"@c>', '<"a@c>', '<a"b@c>', '<"a"b@c>',
    '<">',
    "<a@b,c@d>", "<a@b;c@d>", "<a:b@c>", "<a(b)@c>", "<(x)a@c>", "<Ann a@b>", "<Ann <a@b>>", "<a,b@c>", "<a;b@c>",
    "<a[b@c>", "<a]b@c>", "<a\\b@c>", "<!#$%&'*+-/=?^_`{|}~@c>", "<a@b c>", "<a b@c>", "<@b>", "<a@>", "<@>", "<a>",
    "<>",
    "< >", "<a@@b>", "<a@b@c>", "< a@b>", "<a@b >", "<mailto:a@b.c>", "<a%b@c>", "<b!a@c>", "<=?utf-8?q?a?=@c>", "",
    " ", "  ", "<", ">", "<#123>", "<postmaster@>", "<mailer-daemon>", "<@x:>", "<@route.example user@example.com>",
    "<a@b.c>,<d@e.f>", "<a@b.c>;", "Ann <a@b.c>", '"Ann" <a@b.c>', "<a@xn--mnchen-3ya.de>", f"<{LATIN_1_OF_UTF_8}>",
    f"<{'a' * 64}@c>", f"<{'a' * 300}@c>", f"<a@{'b' * 64}.c>", f"<a@{'b.' * 200}c>", f"<{'a' * 1022}@b>",
    f"<{'a' * 1023}@b>", f"<{'a' * 1200}@b>", f"<{'a' * 1200}>", f"<{LATIN_1_OF_UTF_8[:2] * 600}@b>",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(both: Pair, address: str) -> None:
    check(both, [HELLO, f"MAIL FROM:{address}", "RSET", f"mail from:{address}"])
    check(both, [HELLO, MAIL, f"RCPT TO:{address}", f"rcpt to:{address}", RCPT, "DATA", MESSAGE])


@pytest.mark.parametrize(
    "argument", ["FROM", "FROM<a@b>", "FROM <a@b>", "<a@b>", "TO:<a@b>", "FROM=<a@b>", "x", "FROM:", "FROM: <>", "TO"]
)
def test_what_is_no_argument(both: Pair, argument: str) -> None:
    check(both, [HELLO, f"MAIL {argument}", "RSET", MAIL, f"RCPT {argument}"])


@pytest.mark.parametrize(
    "parameters",
    [
        "SIZE=0", "SIZE=1", "SIZE=52428800", "SIZE=52428801", "SIZE=9223372036854775807", "SIZE=05", "size=1", "Size=5",
        "SIZE=", "SIZE= ", "SIZE= 1", "SIZE=foo", "SIZE=1.5", "SIZE=0x10", 'SIZE="1"', "SIZE=1_000", "SIZE=99999999999",
        "BODY=8BITMIME", "BODY=7BIT", "body=8bitmime", "SIZE=1 BODY=8BITMIME",
        "BODY=8BITMIME SIZE=1", "BODY=8BITMIME SIZE=foo", "SIZE=1   BODY=7BIT", "SMTPUTF8", "smtputf8", "RET=FULL",
        "RET=HDRS ENVID=abc", "AUTH=<>", "AUTH=a@b", "SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x AUTH=<>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["<s@e.com>", "<>"])
def test_parameters(both: Pair, path: str, parameters: str) -> None:
    check(both, [HELLO, f"MAIL FROM:{path} {parameters}", RCPT, "DATA"])


@pytest.mark.parametrize(
    "content",
    [
        "", "a: b\r\n", "a: b\r\n\r\n", "a: b\r\n\r\nx", "\r\nx", "\r\n\r\n", " a: b\r\n\r\nx", "a : b\r\n\r\nx", "x:y",
        ": b\r\n\r\nx", "a\tb: c\r\n\r\n", "a b: c\r\n\r\n", "\xe4: c\r\n\r\n", "a: \xe4\r\n\r\n\xe4", "\0: c\r\n\r\n",
        "a: \0\r\n\r\n\0", "a: b\n\nx", "a: b\nc: d\r\n\r\nx", "a: b\r\n c\r\n\r\nx", "a: b\rc: d\r\n\r\nx",
        "a:\r\n\r\n",
        "a: b\r\n \r\nc: d\r\n\r\nx", "a: " + "x" * 5000 + "\r\n\r\nx", "-: x\r\n\r\n", "a\r\n :b\r\n\r\nx",
        "a=b: c\r\n",
        "From: a@b\r\nFrom: c@d\r\n\r\nx", "\xef\xbb\xbfa: b\r\n\r\nx", "a: b\r\n\r\n..x\r\n...", "a: b\r\n\r\n.x",
        "a: b\r\n\r\nx\r\n.\nfoo", "a: b\r\n\r\nx\r.", "a: b\r\n\r\nx\r\n. ", "a: b\r\n\r\n" + "z" * 100_000,
    ],
)  # fmt: skip
def test_content(both: Pair, content: str) -> None:
    check(both, [HELLO, MAIL, RCPT, "DATA", f"{content}\r\n.", "DATA", "NOOP"])
