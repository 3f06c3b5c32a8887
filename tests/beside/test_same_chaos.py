"""What does not differ in chaos: the triggers as they are read, shown and refused, and what they do in a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside.programs import Pair, Server, pair
from tests.beside.smtp_alike import check
from tests.beside.talking import HELLO, MAIL, MESSAGE, RCPT

CHAOS = "/api/v1/chaos"
LOGIN = "AUTH PLAIN AGEAYg=="
# What stands before each PUT.
STOOD = b'{"Authentication":{"ErrorCode":444,"Probability":11}}'


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    options = ("--enable-chaos", "--smtp-auth-accept-any", "--smtp-auth-allow-insecure", "--smtp-max-recipients=2")
    with pair(tmp_path_factory.mktemp("chaos"), *options) as servers:
        yield servers


def shown(server: Server, method: str = "GET", body: bytes | None = None) -> tuple[int, str, str]:
    answer = server.ask(method, CHAOS, body)
    return answer.status, answer.headers.get("content-type", ""), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b" \n", b"null", b"{}", b"[]", b"5", b'"x"', b"true", b"{", b"}", b'{"Sender"', b"hello", b"nul",
        b"nulL", b"NaN",
        b'{"Sender":{"ErrorCode":421,"Probability":5}}', b'{"sender":{"errorcode":422,"probability":6}}',
        b'{"SENDER":{"ERRORCODE":0,"PROBABILITY":100}}', b'{"Sender":null}', b'{"Sender":[]}', b'{"Sender":5}', b"-5",
        b"1 2",
        b'{"Sender":"x"}', b'{"Sender":true}', b'{"Sender":{"ErrorCode":"451"}}', b'{"Sender":{"ErrorCode":451.0}}',
        b'{"Sender":{"ErrorCode":null}}', b'{"Sender":{"Probability":1.5}}', b'{"Sender":{"Probability":true}}',
        b'{"Sender":{"Probability":[]}}', b'{"Sender":{"Probability":{}}}', b'{"Sender":{"ErrorCode":399}}',
        b'{"Sender":{"ErrorCode":400}}', b'{"Sender":{"ErrorCode":599}}', b'{"Sender":{"ErrorCode":600}}',
        b"{'Sender':1}",
        b'{"Sender":{"ErrorCode":-1}}', b'{"Sender":{"ErrorCode":-0}}', b'{"Sender":{"Probability":100}}', b"[1,2",
        b"[}",
        b'{"Sender":{"Probability":101}}', b'{"Sender":{"Probability":-1}}', b'{"Sender":{"Foo":1}}', b"{1:2}",
        b"{}//c",
        b'{"Sender":{"Probability":7},"Recipient":{"ErrorCode":200},"Authentication":{"Probability":9}}', b"// c\n{}",
        b'{"Recipient":{"ErrorCode":550,"Probability":50},"Foo":{"Bar":1}}', b'{"Authentication":{"ErrorCode":454}}',
        b'{"Sender":{"Probability":3},"Sender":{"Probability":4}}', b'{"Sender":{"Probability":3,"probability":8}}',
        b'{"Sender":{"Probability":3}} trailing', b'{"Sender":{"Probability":3}}{"Sender":{"Probability":9}}',
        b'{"S\\u0065nder":{"Probability":3}}', b'{"Sender":{"Probability":03}}', b'{"Sender":{"Probability":+3}}',
        b'{"Sender":{"Probability":3,}}', b'{"Sender":{"Probability":3}', b'{"Sender":{"Probability":tru',
        b'{"Sender":{"Probability":tree}}', b'{"Sender":{"Probability":.5}}', b'{"Sender":{"Probability":0x1}}',
        b'{"Sender" :\n{"Probability"\t: 5 } }', b'{"Recipients":{"Probability":5}}', b'{"auth":{"Probability":5}}',
    ],
)  # fmt: skip
def test_what_is_set(both: Pair, body: bytes) -> None:
    answers = []
    for server in both:
        shown(server, "PUT", STOOD)
        answers.append((shown(server, "PUT", body), shown(server)))
    assert answers[1] == answers[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH"])
def test_methods(both: Pair, method: str) -> None:
    theirs, ours = (shown(one, method) for one in both)
    assert ours == theirs


SESSIONS = [
    [HELLO, MAIL, RCPT, "RCPT TO:<bad>", "NOOP", "QUIT"], ["HELO x", MAIL, "RSET", MAIL], [MAIL], [HELLO, RCPT, "DATA"],
    [HELLO, "MAIL FROM:<bad>"], [HELLO, "MAIL FROM:"], [HELLO, LOGIN], [HELLO, "AUTH"], [HELLO, "AUTH FOO"],
    [HELLO, LOGIN, LOGIN, MAIL], [HELLO, MAIL, LOGIN], [HELLO, f"{MAIL} SIZE=1", RCPT],
]  # fmt: skip


@pytest.mark.parametrize("name", ["Sender", "Recipient", "Authentication"])
@pytest.mark.parametrize("code", [400, 451, 500, 535, 550, 599])
def test_a_trigger_that_always_strikes(both: Pair, name: str, code: int) -> None:
    for server in both:
        assert server.ask("PUT", CHAOS, {name: {"ErrorCode": code, "Probability": 100}}).status == 200
    for lines in SESSIONS:
        check(both, lines)


def test_triggers_that_never_strike(both: Pair) -> None:
    triggers = {name: {"ErrorCode": 450, "Probability": 0} for name in ("Sender", "Recipient", "Authentication")}
    for server in both:
        assert server.ask("PUT", CHAOS, triggers).status == 200
    check(both, [HELLO, LOGIN, MAIL, RCPT, RCPT, RCPT, "DATA", MESSAGE])


@pytest.mark.parametrize(
    "triggers",
    ["", " Sender:451:10 , recipients:550:50,AUTH:535:100", "Sender:451:10,sender:452:007", "authentication:530:2"],
)
def test_triggers_by_option(tmp_path: Path, triggers: str) -> None:
    with pair(tmp_path, f"--chaos-triggers={triggers}") as both:
        theirs, ours = ((shown(one), shown(one, "PUT", b"{}")) for one in both)
    assert ours == theirs
