"""Mail that goes on, where the two do it differently: what the real server sees, and what the sender is told."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.beside.commands import STARTS, Programs
from tests.beside.programs import Answer, Pair, Server, pair
from tests.beside.real_server import RealServer, real_server
from tests.beside.table import differs
from tests.servers.smtp.serving import wait_until

MAIL = (
    b"From: Shop <shop@example.org>\r\nTo: ann@example.com\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.org>\r\nSubject: Order\r\n\r\nHi\r\n"
)
NO_USER = "550 5.1.1 no such user"


@contextmanager
def relaying(
    folder: Path, kind: str = "RELAY", replies: dict[str, str] | None = None, **more: str
) -> Iterator[tuple[Pair, RealServer]]:
    """Both, whose mail goes on to one real server; `more` are the rest of the variables' names."""
    with real_server(replies=replies or {}) as real:
        settings = {"HOST": "127.0.0.1", "PORT": str(real.port), **more}
        with pair(folder, **{f"MP_SMTP_{kind}_{name}": value for name, value in settings.items()}) as servers:
            yield servers, real


def released(server: Server, *recipients: str, raw: bytes = MAIL) -> Answer:
    """Put a message in and release it."""
    return server.ask("POST", f"/api/v1/message/{server.send(raw)}/release", {"To": recipients})


def refusal(server: Server) -> tuple[int, bytes]:
    """The reply to a message that is not taken."""
    with (
        smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client,
        pytest.raises(smtplib.SMTPDataError) as told,
    ):
        client.sendmail("app@example.org", ["ann@example.com"], MAIL)
    return told.value.smtp_code, told.value.smtp_error


def attempts(server: Server) -> list[Any]:
    """What ours keeps of what was refused."""
    return [one["recipients"] for one in server.get("/api/v2/attempts").json["items"]]


def field_names(raw: bytes | None) -> list[str]:
    section = (raw or b"").partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in section.split("\r\n") if line[:1].strip()]


@differs("unknown keys of a relay file")
def test_an_unknown_key(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "relay.yaml").write_text("host: a.example\nhots: b.example\n")
    said = []
    for one in programs:
        options = ("--smtp=127.0.0.1:0", "--listen=127.0.0.1:0", "--smtp-relay-config=relay.yaml")
        with one.running(tmp_path, *options) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            while "[http] accessible via" not in lines[-1]:
                lines.append(process.stdout.readline())
            said.append("hots" in "".join(lines))
    assert said == [False, True]


@differs("relaying and forwarding happen before the 250")
def test_when_mail_goes_on(tmp_path: Path) -> None:
    with relaying(tmp_path, ALL="true") as (servers, real), ThreadPoolExecutor() as pool:
        real.may_answer.clear()
        assert servers.ours.send(MAIL)  # answered, while the real server has not
        wait_until(real.content_came.is_set)
        real.content_came.clear()
        waiting = pool.submit(servers.theirs.send, MAIL)
        wait_until(real.content_came.is_set)
        assert not waiting.done()
        real.may_answer.set()
        assert waiting.result(60)


@differs("relaying and forwarding happen before the 250")
def test_what_cannot_go_on_now(tmp_path: Path) -> None:
    with relaying(tmp_path, ALL="true", replies={"content": "451 4.3.0 later"}) as (servers, real):
        for one in servers:
            one.send(MAIL)
        real.wait_for(2)
        items = "/api/v2/relay/items?state=waiting"
        wait_until(lambda: [one["tries"] for one in servers.ours.get(items).json["items"]] == [1])
        assert servers.theirs.get("/api/v1/messages").json["total"] == 1


@differs("a release of which no recipient is taken")
def test_a_release_that_nobody_gets(tmp_path: Path) -> None:
    with relaying(tmp_path, replies={"RCPT": NO_USER}) as (servers, _):
        answers = [released(one, "qa@example.net") for one in servers]
    assert [(one.status, one.text) for one in answers] == [(200, "ok"), (400, "SMTP error: 550 5.1.1 no such user")]


@differs("a release to `QA <qa@example.net>`")
def test_a_release_to_an_address_with_a_name(tmp_path: Path) -> None:
    said = []
    with relaying(tmp_path) as (servers, real):
        for one in servers:
            assert released(one, "QA <qa@example.net>").text == "ok"
            said.append(real.taken()[0].commands[2])
    assert said == ["RCPT TO:<QA <qa@example.net>>", "RCPT TO:<qa@example.net>"]


@differs("the fields that were added to it")
def test_fields_of_what_goes_on(tmp_path: Path) -> None:
    raw = b"From: shop@example.org\r\nSubject: Order\r\n\r\nHi\r\n"
    with relaying(tmp_path, ALL="true") as (servers, real):
        relayed = [(one.send(raw), real.wait_for(1), real.taken())[2][0] for one in servers]
    assert [field_names(one.raw) for one in relayed] == [
        ["Message-ID", "Return-Path", "Received", "From", "Subject"],
        ["Received", "From", "Subject"],
    ]


@differs("the fields that were added to it")
def test_fields_of_what_is_released(tmp_path: Path) -> None:
    with relaying(tmp_path) as (servers, real):
        letters = [(released(one, "qa@example.net"), real.taken())[1][0] for one in servers]
    ours = ["From", "To", "Date", "Message-ID", "Subject"]
    assert [field_names(one.raw) for one in letters] == [["Return-Path", "Received", *ours], ours]


@differs("`MAIL` to the real server asks for")
def test_parameters_of_mail(tmp_path: Path) -> None:
    said = []
    with relaying(tmp_path) as (servers, real):
        real.extensions = ("8BITMIME", "SIZE")
        for one in servers:
            released(one, "qa@example.net")
            said.append(real.taken()[0].commands[1])
        released(servers.ours, "qa@example.net", raw=MAIL.replace(b"Hi", "Grüße".encode()))
        said.append(real.taken()[0].commands[1])
    assert said[0] == "MAIL FROM:<shop@example.org> BODY=8BITMIME"
    assert said[1].startswith("MAIL FROM:<shop@example.org> SIZE=")
    assert said[2].endswith(" BODY=8BITMIME")


@differs("stand before words of Go's libraries")
def test_words_of_a_refusal(tmp_path: Path) -> None:
    with relaying(tmp_path, replies={"content": "554 5.6.0 no"}) as (servers, _):
        answers = [released(one, "qa@example.net") for one in servers]
    assert [(one.status, one.text) for one in answers] == [
        (400, 'SMTP error: error closing connection: 554 "5.6.0 no"'),
        (400, "SMTP error: 554 5.6.0 no"),
    ]


@differs("stand before words of Go's libraries")
def test_words_about_a_sender(tmp_path: Path) -> None:
    raw = b"From: nobody\r\nTo: ann@example.com\r\n\r\nHi\r\n"
    with relaying(tmp_path) as (servers, _):
        answers = [released(one, "qa@example.net", raw=raw).text for one in servers]
    assert answers == [
        "Failed: unable to parse From header: mail: missing '@' or angle-addr",
        "Failed: unable to parse From header: it names no address",
    ]


@differs("the sender gets the real server's words in quotes")
def test_a_refusal_of_the_real_server(tmp_path: Path) -> None:
    with relaying(tmp_path, ALL="true", FWD_SMTP_ERRORS="true", replies={"RCPT": NO_USER}) as (servers, _):
        assert [refusal(one) for one in servers] == [(550, b'"5.1.1 no such user"'), (550, b"5.1.1 no such user")]
        assert [one.get("/api/v1/messages").json["total"] for one in servers] == [0, 0]
        assert len(attempts(servers.ours)) == 1


@differs("`451 4.3.5 Unable to process mail` stands for other refusals")
def test_a_refusal_of_what_is_forwarded(tmp_path: Path) -> None:
    with relaying(tmp_path, "FORWARD", {"MAIL": "550 5.7.1 not you"}, TO="qa@example.net", FWD_SMTP_ERRORS="1") as (
        servers,
        _,
    ):
        told = [refusal(one) for one in servers]
    assert told == [(451, b"4.3.5 Unable to process mail"), (550, b"5.7.1 not you")]


@differs("`451 4.3.5 Unable to process mail` stands for other refusals")
def test_a_refused_login_and_a_server_that_is_away(tmp_path: Path) -> None:
    login = {"AUTH": "plain", "USERNAME": "app", "PASSWORD": "wrong"}
    replies = {"AUTH": "535 5.7.8 wrong"}
    with relaying(tmp_path, "RELAY", replies, ALL="true", FWD_SMTP_ERRORS="1", **login) as (servers, _):
        theirs, ours = (refusal(one) for one in servers)
    assert theirs == (451, b"4.3.5 Unable to process mail")
    assert (ours[0], b"the login was refused: 535 5.7.8 wrong" in ours[1]) == (451, True)


@differs("a recipient that is dropped by `--smtp-ignore-rejected-recipients`")
def test_a_recipient_that_is_dropped(tmp_path: Path) -> None:
    options = ("--smtp-allowed-recipients=@example.com$", "--smtp-ignore-rejected-recipients")
    with pair(tmp_path, *options) as servers:
        _, ours = (one.send(MAIL, "ann@example.com", "bob@example.net") for one in servers)
        assert "bob@example.net" not in servers.theirs.get("/api/v1/message/latest/raw").text
        refused = servers.ours.get(f"/api/v2/messages/{ours}/envelope").json["refused"]
    assert [(one["address"], one["reply"]["code"]) for one in refused] == [("bob@example.net", 250)]


@differs("a forwarded message leaves from its sender")
def test_the_return_path_of_what_is_forwarded(tmp_path: Path) -> None:
    with relaying(tmp_path, "FORWARD", TO="qa@example.net", RETURN_PATH="bounces@example.org") as (servers, real):
        letters = [(one.send(MAIL), real.wait_for(1), real.taken())[2][0] for one in servers]
    assert [one.envelope[0] for one in letters] == ["app@example.org", "bounces@example.org"]


def test_what_is_said_of_a_server_that_is_not_named_does_not_matter(programs: Programs, tmp_path: Path) -> None:
    family = {"PORT": "-1", "STARTTLS": "false", "AUTH": "none", "ALLOWED_RECIPIENTS": "("}
    variables = {f"MP_SMTP_RELAY_{name}": value for name, value in family.items()}
    assert [one.attempt(tmp_path, **variables) for one in programs] == [STARTS, STARTS]
