"""What differs on purpose in chaos."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, pair
from tests.beside.table import differs
from tests.beside.talking import HELLO, MAIL, RCPT, codes

LOGIN = "AUTH PLAIN AGEAYg=="


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both with chaos, taking any login, and mail for e.com alone."""
    options = ("--enable-chaos", "--smtp-auth-accept-any", "--smtp-auth-allow-insecure")
    with pair(tmp_path_factory.mktemp("chaos"), *options, "--smtp-allowed-recipients=@e.com$") as servers:
        yield servers


SENDER, RECIPIENT, AUTHENTICATION = (
    {name: {"ErrorCode": 454, "Probability": 100}} for name in ("Sender", "Recipient", "Authentication")
)


@differs("answers a login at `AUTH`", "strikes before a wrong `SIZE`", "strikes the null reverse-path")
@differs("goes on after a 421")
@pytest.mark.parametrize(
    ("triggers", "lines", "theirs", "ours"),
    [
        (AUTHENTICATION, [HELLO, "AUTH PLAIN", "AGEAYg=="], "250 454 500", "250 334 454"),
        (AUTHENTICATION, [HELLO, "AUTH LOGIN", "YQ==", "Yg=="], "250 454 500 500", "250 334 334 454"),
        (AUTHENTICATION, [HELLO, "AUTH PLAIN !"], "250 454", "250 501"),
        (SENDER, [HELLO, f"{MAIL} SIZE=foo"], "250 454", "250 501"),
        (SENDER, [HELLO, f"{MAIL} SIZE=99999999999"], "250 454", "250 552"),
        (RECIPIENT, [HELLO, MAIL, "RCPT TO:<r@other.com>"], "250 250 454", "250 250 550"),
        (SENDER, [HELLO, "MAIL FROM:<>"], "250 454", "250 250"),
        (RECIPIENT, [HELLO, "MAIL FROM:<>", RCPT], "250 250 454", "250 250 250"),
        ({"Sender": {"ErrorCode": 421, "Probability": 100}}, [HELLO, MAIL, "NOOP"], "250 421 250", "250 421 -"),
    ],
)
def test_chaos(both: Pair, triggers: dict[str, object], lines: list[str], theirs: str, ours: str) -> None:
    for server in both:
        assert server.ask("PUT", "/api/v1/chaos", triggers).status == 200
    assert (codes(both.theirs.smtp_port, lines), codes(both.ours.smtp_port, lines)) == (theirs, ours)
