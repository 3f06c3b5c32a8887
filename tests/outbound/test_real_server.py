"""What a real server sees of mail that goes on: each command and octet, also where it can or takes little."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest

from mailpit_py.node import Node
from tests.beside.real_server import Letter, RealServer, real_server
from tests.outbound.conftest import Start, ended, kept
from tests.outbound.test_relay import release, send

MAIL = b"From: Shop <shop@example.org>\r\nSubject: Order\r\n\r\nHi\r\n"
TWO = ("ann@example.com", "bob@example.com")


def node_for(start: Start, real: RealServer, **more: Any) -> Node:
    return start(smtp_relay_host="127.0.0.1", smtp_relay_port=real.port, **more)


def released(start: Start, real: RealServer, **more: Any) -> tuple[str, Letter]:
    """What became of a message that is released, and the session in which it was."""
    node = node_for(start, real, **more)
    send(node, MAIL)
    state = ended(node, release(node, *TWO)["id"])["state"]
    return state, real.wait_for(1)[0]


def test_a_server_without_ehlo_is_greeted_by_helo(start: Start) -> None:
    with real_server(replies={"EHLO": "502 5.5.1 what"}) as real:
        state, letter = released(start, real)
    assert (state, [one[:4] for one in letter.commands[:3]]) == ("sent", ["EHLO", "HELO", "MAIL"])


def test_a_server_that_takes_neither_greeting_is_quoted(start: Start) -> None:
    with real_server(replies={"EHLO": "502 5.5.1 what", "HELO": "554 5.7.1 go away"}) as real:
        assert released(start, real)[0] == "failed"


def test_the_name_is_given_when_it_is_asked_for(start: Start) -> None:
    login = {"smtp_relay_auth": "login", "smtp_relay_username": "ann", "smtp_relay_password": "secret"}
    with real_server() as real:
        state, letter = released(start, real, **login)
    assert (state, letter.commands[1:4]) == ("sent", ["AUTH LOGIN", "YW5u", "c2VjcmV0"])


@pytest.mark.parametrize("kind", ["relay", "forward"])
def test_where_errors_go_to_the_sender_one_refused_recipient_keeps_it_from_all(start: Start, kind: str) -> None:
    forward = {"smtp_forward_to": ", ".join(TWO)} if kind == "forward" else {"smtp_relay_all": True}
    with real_server(replies={"RCPT TO:<bob@": "550 5.1.1 no such user"}) as real:
        place = {f"smtp_{kind}_host": "127.0.0.1", f"smtp_{kind}_port": real.port}
        node = start(**place, **forward, **{f"smtp_{kind}_fwd_smtp_errors": True})
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(node, MAIL, *TWO)
        assert real.wait_for(1)[0].raw is None
    assert (refused.value.smtp_code, refused.value.smtp_error) == (550, b"5.1.1 no such user")
    assert kept(node) == []


def test_a_release_is_for_all_or_nobody_where_errors_are_handed_on(start: Start) -> None:
    with real_server(replies={"RCPT TO:<bob@": "550 5.1.1 no such user"}) as real:
        state, letter = released(start, real, smtp_relay_fwd_smtp_errors=True)
    assert (state, letter.raw) == ("failed", None)


def test_the_sender_is_not_told_that_its_own_login_was_refused(start: Start) -> None:
    login = {"smtp_relay_auth": "plain", "smtp_relay_username": "ann", "smtp_relay_password": "secret"}
    with real_server(replies={"AUTH": "535 5.7.8 wrong"}) as real:
        node = node_for(start, real, smtp_relay_all=True, smtp_relay_fwd_smtp_errors=True, **login)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(node, MAIL)
    assert refused.value.smtp_code == 451
    assert b"the login was refused: 535 5.7.8 wrong" in refused.value.smtp_error


def test_lines_that_end_in_two_carriage_returns_end_in_one(start: Start) -> None:
    with real_server() as real:
        node = node_for(start, real, smtp_relay_all=True)
        with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=60) as client:
            client.ehlo()
            client.mail("app@example.org")
            client.rcpt("ann@example.com")
            client.docmd("DATA")
            client.send(b"From: a@b.c\r\r\nSubject: x\r\r\n\r\r\nHi\r\r\n.\r\n")
            assert client.getreply()[0] == 250
        raw = real.wait_for(1)[0].raw
    assert raw is not None
    assert raw.endswith(b"\r\nFrom: a@b.c\r\nSubject: x\r\n\r\nHi\r\n")


def test_what_is_relayed_can_be_from_another_address(start: Start) -> None:
    with real_server() as real:
        node = node_for(start, real, smtp_relay_all=True, smtp_relay_override_from="test@example.org")
        send(node, MAIL)
        letter = real.wait_for(1)[0]
    assert letter.envelope == ["test@example.org", "ann@example.com"]
    assert letter.raw is not None
    assert b"\r\nFrom: Shop <test@example.org>\r\n" in letter.raw
