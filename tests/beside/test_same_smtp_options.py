"""What does not differ in SMTP under the options that both have: the same dialogues with the same replies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beside.programs import pair
from tests.beside.smtp_alike import check
from tests.beside.talking import HELLO, MAIL, MESSAGE, RCPT, TLS, certificate

AUTH_ANY = ("--smtp-auth-accept-any", "--smtp-auth-allow-insecure")
FEW = [*AUTH_ANY, "--smtp-allowed-recipients=@e\\.com$", "--smtp-max-recipients=3"]
ANN, WRONG = "AUTH PLAIN AGFubgBzZWNyZXQ=", "AUTH PLAIN AGFubgB4"
OTHER = "RCPT TO:<no@other.com>"
DELIVERY = [MAIL, RCPT, "DATA", MESSAGE]
COMMANDS = [HELLO, "NOOP", MAIL, RCPT, "RSET", "DATA", "TEST", "", "AUTH", ANN, "AUTH LOGIN", "QUIT"]
SECURED = [HELLO, "STARTTLS", TLS]

AUTH_REQUIRED = [
    COMMANDS, [MAIL], ["HELO x", MAIL, RCPT, "DATA"], [HELLO, "MAIL FROM:<bad>", "MAIL", "RCPT x"], ["QUIT"],
    [HELLO, ANN, *DELIVERY], [HELLO, WRONG, MAIL], [HELLO, WRONG, ANN, MAIL, "RSET", ANN], [HELLO, ANN, "HELO x", MAIL],
    [HELLO, "AUTH LOGIN", "YW5u", "c2VjcmV0", "AUTH PLAIN x"],
    [HELLO, "AUTH LOGIN YW5u", "c2VjcmV0", "NOOP", MAIL, "QUIT"],
    [HELLO, "AUTH LOGIN", "YW5u", "eA==", "AUTH LOGIN", "YW5u", "c2VjcmV0", *DELIVERY], [HELLO, *[WRONG] * 5, "NOOP"],
    [HELLO, "AUTH PLAIN eABhbm4Ac2VjcmV0"], [HELLO, "AUTH PLAIN AEFubgBzZWNyZXQ="],
    [HELLO, "AUTH PLAIN AGFubgBzZWNyZXQg"],
    [HELLO, "AUTH PLAIN AGFubgA="], [HELLO, "AUTH PLAIN AABzZWNyZXQ="],
    [HELLO, "AUTH PLAIN", "AGJvYgB0d28=", *DELIVERY],
    [HELLO, "AUTH FOO", "AUTH SCRAM-SHA-256 x"],
]  # fmt: skip

RECIPIENTS = [
    [RCPT, OTHER, "DATA", MESSAGE], [OTHER, RCPT, "DATA", MESSAGE], [OTHER, OTHER, "RSET", "DATA"],
    ["RCPT TO:<bad>", RCPT],
    ["RCPT TO:<R@E.COM>"], ["RCPT TO:<a@e.com.evil.org>"], [OTHER, RCPT, "AUTH PLAIN AGEAYg==", MAIL],
    [OTHER, HELLO, "DATA"],
    [RCPT, RCPT, RCPT, OTHER, RCPT, OTHER, "DATA", MESSAGE], [OTHER] * 5 + [RCPT] * 4 + ["DATA", MESSAGE],
    [RCPT, RCPT, RCPT, "RCPT TO:<bad>", "RCPT TO:<>"],
    [RCPT, OTHER, "DATA", MESSAGE, MAIL, OTHER, RCPT, "DATA", MESSAGE],
]  # fmt: skip

IGNORED = [[OTHER, "DATA", MESSAGE], [OTHER, "DATA", "none\r\n.", RCPT]]

ROOM = [
    [HELLO], [HELLO, f"{MAIL} SIZE=1048576"], [HELLO, f"{MAIL} SIZE=1048577", RCPT], [HELLO, f"{MAIL} SIZE=0"],
    [HELLO, MAIL, RCPT, "DATA", "a: b\r\n\r\n" + ("x" * 998 + "\r\n") * 1048 + "y" * 566 + "\r\n."],
]  # fmt: skip

CONTENTS = ["", "a: b", "a: b\r\n\r\nx", "a : b\r\n\r\nx", "a: b\r\n c\r\n\r\nx\r\r\ny", "a:", "\r\nx", "no field"]
IDS = [
    ["<1@x>", "<1@x>", "1@x", " <1@x> "], ["<1@X>"], ["", ""], ["<>", "<>"], ["<2@x>\r\nMessage-ID: <1@x>"],
    ["<3@x>\r\nMessage-ID: <2@x>"], ["\r\n <9@x>", "<9@x>"], ["<a b>", "<a b>"], ["<\xe9@x>", "<\xe9@x>"],
]  # fmt: skip


def with_content(content: str) -> list[str]:
    return [MAIL, RCPT, "DATA", f"{content}\r\n."]


PROBES: dict[str, tuple[list[str], list[list[str]]]] = {
    "accounts": (["--smtp-auth-file={}/accounts", "--smtp-auth-allow-insecure", "--label=the shop"], AUTH_REQUIRED),
    "recipients": (FEW, [[HELLO, MAIL, *lines] for lines in RECIPIENTS]),
    "ignored recipients": (
        [*FEW, "--smtp-ignore-rejected-recipients"],
        [[HELLO, MAIL, *lines] for lines in [*RECIPIENTS, *IGNORED]],
    ),
    "no limits": (
        [*AUTH_ANY, "--smtp-ignore-rejected-recipients", "--smtp-max-recipients=0", "--max-message-size=0"],
        [[HELLO, MAIL, *[RCPT] * 102, "DATA", MESSAGE], [HELLO, f"{MAIL} SIZE=99999999999"]]
        + [[HELLO, MAIL, *lines] for lines in RECIPIENTS],
    ),
    "narrow limits": (
        [*AUTH_ANY, "--smtp-max-recipients=1", "--max-message-size=1"],
        [*ROOM, [HELLO, *DELIVERY, MAIL, RCPT, RCPT, "RCPT TO:<bad>", "RCPT TO:<>", "DATA", MESSAGE, MAIL, RCPT]],
    ),
    "headers": (
        [*AUTH_ANY, "--smtp-strict-rfc-headers", "--ignore-duplicate-ids"],
        [[HELLO, *with_content(content), "NOOP"] for content in CONTENTS]
        + [[HELLO, *(line for one in ids for line in with_content(f"Message-ID: {one}\r\n"))] for ids in IDS],
    ),
    "tls": (
        ["--smtp-auth-accept-any"],
        [
            COMMANDS, [*SECURED, *COMMANDS], [*SECURED, HELLO, *DELIVERY, "QUIT"],
            [*SECURED, "STARTTLS", HELLO, "STARTTLS"], ["STARTTLS", TLS, HELLO, MAIL],
            ["HELO x", "STARTTLS", TLS, HELLO],
            [HELLO, "STARTTLS x"], ["STARTTLS x"], [HELLO, MAIL, "STARTTLS", TLS, HELLO, RCPT],
            [HELLO, MAIL, RCPT, "STARTTLS", TLS, HELLO, MAIL], [HELLO, "starttls", TLS, "ehlo x", "quit"],
            [*SECURED, HELLO, ANN, *DELIVERY],
        ],
    ),
    "required tls": (
        ["--smtp-require-starttls", "--smtp-auth-file={}/accounts"],
        [
            COMMANDS, [MAIL], [RCPT], ["RSET"], ["DATA"], ["AUTH"], ["STARTTLS x"], ["QUIT"], [*SECURED, *COMMANDS],
            [*SECURED, HELLO, ANN, *DELIVERY], [*SECURED, HELLO, WRONG, MAIL],
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_options(tmp_path: Path, name: str) -> None:
    options, probes = PROBES[name]
    (tmp_path / "accounts").write_text("ann:secret\nbob:two\n")
    secured = certificate(tmp_path) if "tls" in name else []
    with pair(tmp_path, *secured, *(one.format(tmp_path) for one in options)) as both:
        for lines in probes:
            check(both, lines)


def test_tls_from_the_first_octet_and_no_logins(tmp_path: Path) -> None:
    options = ("--smtp-require-tls", *certificate(tmp_path))
    with pair(tmp_path, *options, ours=["--smtp-auth-accept-any=false"]) as both:
        for lines in ([HELLO, *DELIVERY, "QUIT"], [HELLO, "STARTTLS", *COMMANDS], [MAIL], ["AUTH"], ["AUTH PLAIN x"]):
            check(both, lines, implicit_tls=True)
