"""What differs on purpose in sessions of SMTP that are inside TLS, or need it, or need a login."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.beside.programs import Pair, pair
from tests.beside.table import differs
from tests.beside.talking import HELLO, MAIL, TLS, certificate, codes, talking

ANN = "AUTH PLAIN AGFubgBzZWNyZXQ="


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both, offering STARTTLS and taking any login."""
    folder = tmp_path_factory.mktemp("tls")
    with pair(folder, *certificate(folder), "--smtp-auth-accept-any") as servers:
        yield servers


@differs("after `STARTTLS`, `MAIL` and `AUTH` need no second `EHLO`")
@pytest.mark.parametrize(
    ("lines", "theirs", "ours"),
    [
        ([HELLO, "STARTTLS", TLS, MAIL], "250 220 <tl 250", "250 220 <tl 503"),
        ([HELLO, "STARTTLS", TLS, ANN], "250 220 <tl 235", "250 220 <tl 503"),
        ([HELLO, ANN, "STARTTLS", TLS, HELLO, ANN], "250 235 220 <tl 250 503", "250 235 220 <tl 250 235"),
    ],
)
def test_after_the_handshake(both: Pair, lines: list[str], theirs: str, ours: str) -> None:
    assert (codes(both.theirs.smtp_port, lines), codes(both.ours.smtp_port, lines)) == (theirs, ours)


@differs("a TLS handshake that fails")
def test_a_handshake_that_fails(both: Pair) -> None:
    for server, expected in zip(both, ("403 4.7.0 TLS handshake failed", ""), strict=True):
        with talking(server.smtp_port) as client:
            client.reply()
            client.ask(HELLO)
            assert client.ask("STARTTLS").startswith("220 ")
            client.send(b"this is no handshake\r\n")
            assert _skipping_alerts(client.line()) == expected
            if expected:
                assert client.ask("NOOP") == "250 2.0.0 Ok"


def _skipping_alerts(line: bytes) -> str:
    """What is said as text; a TLS alert before it is seven octets."""
    return (line[7:] if line.startswith(b"\x15\x03") else line).decode()


@differs("`VRFY` and `EXPN` are 502 before a required")
@pytest.mark.parametrize("option", ["--smtp-require-starttls", "--smtp-auth-file={}/accounts"])
def test_what_is_required_first(tmp_path_factory: pytest.TempPathFactory, option: str) -> None:
    folder = tmp_path_factory.mktemp("required")
    (folder / "accounts").write_text("ann:secret\n")
    with pair(folder, *certificate(folder), option.format(folder)) as both:
        lines = [HELLO, MAIL, "VRFY x", "EXPN x"]
        assert codes(both.theirs.smtp_port, lines) == "250 530 502 502"
        assert codes(both.ours.smtp_port, lines) == "250 530 530 530"
