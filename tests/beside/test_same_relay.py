"""Mail goes on in the same way from both: who is asked for, what the real server gets, what is answered."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.beside.programs import Server
from tests.beside.real_server import Letter, RealServer
from tests.beside.test_relay import MAIL, NO_USER, relaying

# Rows of the table: what Mailpit has added, and what ours adds on the way.
ADDED = re.compile(r"Received:.*|Return-Path: <app@example\.org>|Message-ID: <new@mailpit>", re.S)


def shape(letter: Letter) -> tuple[list[str], list[str], bytes]:
    """Envelope, header fields and body of what the real server got, but for what must differ.

    Their order is not compared where both add some, nor how a name is quoted or encoded.
    """
    header, _, body = (letter.raw or b"").partition(b"\r\n\r\n")
    fields = [_field(one) for one in re.split(r"\r\n(?![ \t])", header.decode("utf-8", "replace"))]
    return letter.envelope, sorted(one for one in fields if not ADDED.fullmatch(one)), body


def _field(text: str) -> str:
    name, _, value = text.partition(": ")
    if name == "From":
        shown, address = parseaddr(value)
        return f"From: {make_header(decode_header(shown))} {address}"
    if name == "Date" and "Nov 2026 10:00:00" not in value:
        return "Date: now"
    return re.sub(r"<[0-9A-Za-z]{22}@mailpit>", "<new@mailpit>", f"{name}: {value.strip()}")


def said_by(server: Server, real: RealServer, *recipients: str, raw: bytes = MAIL, **request: Any) -> tuple[Any, ...]:
    """What a release is answered, and what came of it."""
    body = request.get("body", {"To": list(recipients)})
    answer = server.ask("POST", f"/api/v1/message/{server.send(raw)}/release", body)
    return answer.status, answer.text, [shape(one) for one in real.taken()]


def relayed(server: Server, real: RealServer, *recipients: str, raw: bytes, reverse_path: str) -> list[Any]:
    server.send(raw, *recipients, reverse_path=reverse_path)
    return [shape(one) for one in (real.wait_for(1), real.taken())[1]]


LISTS = {"ALLOWED_RECIPIENTS": r"@example\.(net|org)$", "BLOCKED_RECIPIENTS": "^ceo@"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with relaying(tmp_path_factory.mktemp("listed"), **LISTS) as both:
        yield both


@pytest.mark.parametrize(
    "body",
    [
        {"To": ["qa@example.net"]},
        {"to": ["qa@example.net"]},
        {"To": ["qa@example.net", "ops@example.net", "qa@example.net"]},
        {"To": ["büro@example.net"]},
        {"To": []},
        {},
        {"To": None},
        {"To": "qa@example.net"},
        {"To": 5},
        {"To": {"a": "qa@example.net"}},
        {"To": ["qa@example.net", 5]},
        {"To": ["qa@example.net", True]},
        {"To": ["qa@example.net", None]},
        {"To": ["qa@example.net"], "More": 1},
        b'"qa@example.net"',
        b"5",
        b'{"To": ["qa@example.net"]} and more',
        {"To": ["nobody"]},
        {"To": ["qa@example.net", ""]},
        {"To": ["qa@example.net,ops@example.net"]},
        {"To": ["qa@example.net\r\nRCPT TO:<eve@example.net>"]},
        {"To": ["qa@example.com"]},
        {"To": ["qa@example.com", "ops@example.com", "qa@example.net"]},
        {"To": ["ceo@example.net"]},
        {"To": ["ceo@example.net", "ceo@example.org"]},
        {"To": ["ceo@example.com"]},
        {"To": ["qa@EXAMPLE.NET"]},
        b"",
        b"{",
        b"null",
    ],
    ids=repr,
)
def test_a_release_is_asked_for(listed: Any, body: Any) -> None:
    servers, real = listed
    real.extensions = ("8BITMIME", "SMTPUTF8")
    theirs, ours = (said_by(one, real, body=body) for one in servers)
    assert ours == theirs


FROM = b"From: Shop <shop@example.org>"
MESSAGES = {
    "plain": MAIL,
    "with Bcc": b"Bcc: dora@example.com\r\n" + MAIL,
    "folded Bcc": b"Bcc: dora@example.com,\r\n eve@example.com\r\n" + MAIL,
    "Sender": b"Sender: post@example.org\r\n" + MAIL,
    "bad Sender": b"Sender: nobody\r\n" + MAIL,
    "several senders": MAIL.replace(FROM, b"From: shop@example.org, post@example.org"),
    "bare sender": MAIL.replace(FROM, b"From: shop@example.org"),
    "encoded sender": MAIL.replace(FROM, b"From: =?utf-8?q?Caf=C3=A9?= <cafe@example.org>"),
    "quoted sender": MAIL.replace(FROM, b'From: "Shop, Inc." <shop@example.org>'),
    "no Message-ID": MAIL.replace(b"Message-ID: <1@example.org>\r\n", b""),
    "no Date": MAIL.replace(b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n", b""),
    "its own Return-Path": b"Return-Path: <old@example.org>\r\n" + MAIL,
    "folded subject": MAIL.replace(b"Order", b"A long\r\n order"),
    "lower case names": MAIL.replace(b"Message-ID", b"message-id").replace(b"Date:", b"date:"),
    "dots": MAIL + b".\r\n..\r\n.x\r\n",
    "8bit": MAIL + "Grüße\r\n".encode(),
    "no end of line": MAIL + b"end",
    "no body": MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
    "long line": MAIL + b"x" * 5000 + b"\r\n",
}


def _compare(folder: Path, kind: str, messages: dict[str, bytes], **settings: str) -> None:
    with relaying(folder, kind, **settings) as (servers, real):
        for name, raw in messages.items():
            theirs, ours = (said_by(one, real, "qa@example.net", raw=raw) for one in servers)
            assert ours == theirs, name


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"PRESERVE_MESSAGE_IDS": "true"},
        {"RETURN_PATH": "bounces@example.org"},
        {"OVERRIDE_FROM": "Test <test@example.org>", "RETURN_PATH": "bounces@example.org"},
    ],
    ids=repr,
)
def test_what_is_released(tmp_path: Path, settings: dict[str, str]) -> None:
    # A field in small letters gets Mailpit's spelling when it is set; ours keeps its own.
    messages = {name: raw for name, raw in MESSAGES.items() if name != "lower case names"}
    if "RETURN_PATH" not in settings:
        del messages["its own Return-Path"]  # Mailpit has replaced it when it stored the message
    _compare(tmp_path, "RELAY", messages, **settings)


ENVELOPES = (
    ("app@example.org", ("ann@example.com",)),
    ("app@example.org", ("ann@example.com", "bob@example.net", "ceo@example.net", "ann@example.com")),
    ("", ("bob@example.net",)),
)
AUTOMATIC = {
    "all": {"ALL": "true"},
    "all but some": {"ALL": "1", "BLOCKED_RECIPIENTS": "^ceo@", "ALLOWED_RECIPIENTS": "^nobody$"},
    "all from another": {"ALL": "1", "OVERRIDE_FROM": "test@example.org", "RETURN_PATH": "bounces@example.org"},
    "matching": {"MATCHING": r"@example\.(net|com)$", "BLOCKED_RECIPIENTS": "^ceo@"},
    "forwarded": {"TO": "QA <qa@example.net>, ops@example.net"},
    "forwarded from another": {"TO": "qa@example.net", "OVERRIDE_FROM": "test@example.org"},
}


@pytest.mark.parametrize("name", AUTOMATIC)
def test_what_goes_on_by_itself(tmp_path: Path, name: str) -> None:
    kind = "FORWARD" if "TO" in AUTOMATIC[name] else "RELAY"
    messages = {key: raw for key, raw in MESSAGES.items() if key not in ("its own Return-Path", "no Message-ID")}
    with relaying(tmp_path, kind, **AUTOMATIC[name]) as (servers, real):
        for key, raw in messages.items():
            for reverse_path, recipients in ENVELOPES if key == "plain" else ENVELOPES[:1]:
                theirs, ours = (relayed(one, real, *recipients, raw=raw, reverse_path=reverse_path) for one in servers)
                assert ours == theirs, key


def test_nothing_goes_on_to_whom_nothing_may(tmp_path: Path) -> None:
    with relaying(tmp_path, MATCHING="@example.net$", BLOCKED_RECIPIENTS="^ceo@") as (servers, real):
        for one in servers:
            one.send(MAIL, "ann@example.com", "ceo@example.net")
        for one in servers:  # what comes later has come alone
            assert relayed(one, real, "bob@example.net", raw=MAIL, reverse_path="app@example.org")


@pytest.mark.parametrize("method", ["plain", "login", "cram-md5"])
def test_how_it_logs_in(tmp_path: Path, method: str) -> None:
    login = {"AUTH": method, "USERNAME": "ann", "PASSWORD": "pass word", "SECRET": "hush"}
    with relaying(tmp_path, **login) as (servers, real):
        heard = []
        for one in servers:
            identifier = one.send(MAIL)
            one.ask("POST", f"/api/v1/message/{identifier}/release", {"To": ["qa@example.net"]})
            heard.append([line for line in real.taken()[0].commands if not line.startswith("MAIL")])
    assert heard[1] == heard[0]


@pytest.mark.parametrize("way", ["STARTTLS", "TLS"])
@pytest.mark.parametrize("insecure", ["true", "false"])
def test_how_it_encrypts(tmp_path: Path, way: str, insecure: str) -> None:
    made = trustme.CA().issue_cert("127.0.0.1")
    with relaying(tmp_path, **{way: "true", "ALLOW_INSECURE": insecure}) as (servers, real):
        real.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.configure_cert(real.tls)
        real.is_tls_from_start = way == "TLS"
        outcomes = []
        for one in servers:
            status, _, _ = said_by(one, real, "qa@example.net")
            outcomes.append(status)
    assert outcomes == ([200, 200] if insecure == "true" else [400, 400])


REFUSALS = (
    {"RCPT": NO_USER},
    {"RCPT TO:<bob@": "450 4.2.1 later"},
    {"MAIL": "550 5.7.1 not you"},
    {"DATA": "554 5.7.1 no"},
    {"content": "554 5.6.0 no"},
    {"EHLO": "502 5.5.1 what"},
)


def test_which_refusals_the_sender_gets(tmp_path: Path) -> None:
    """The code that each has, and that nobody gets the message then."""
    with relaying(tmp_path, ALL="true", FWD_SMTP_ERRORS="true") as (servers, real):
        for replies in REFUSALS:
            real.replies = dict(replies)
            seen = []
            for one in servers:
                code = _code(one)
                letters = [letter.raw is not None for letter in real.taken()]
                seen.append((code, letters, one.get("/api/v1/messages").json["total"]))
            assert seen[1] == seen[0], replies


def _code(server: Server) -> int:
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client:
        try:
            client.sendmail("app@example.org", ["ann@example.com", "bob@example.com"], MAIL)
        except smtplib.SMTPDataError as error:
            return error.smtp_code
    return 250


def test_which_refusals_a_release_gets(tmp_path: Path) -> None:
    for forwards in ("true", "false"):
        folder = tmp_path / forwards
        folder.mkdir()
        with relaying(folder, FWD_SMTP_ERRORS=forwards) as (servers, real):
            for replies in REFUSALS[0 if forwards == "true" else 1 :]:
                real.replies = dict(replies)
                answers = [said_by(one, real, "ann@example.com", "bob@example.com") for one in servers]
                assert answers[1][0] == answers[0][0], (forwards, replies)
                assert [bool(one[2]) and one[2][0][2] for one in answers[1:]] == [answers[0][2][0][2]]
