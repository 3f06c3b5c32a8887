"""AUTH against accounts, and what of it may be seen afterwards (D4)."""

from __future__ import annotations

import base64
import smtplib

import bcrypt
import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.servers.smtp import sasl
from mailpit_py.servers.smtp.reply import Refused
from mailpit_py.simulation.stage import Stage
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import RawClient, Serve

PLAIN = Accounts.parse("ann:sesame\nbøb:pässwörd:x\n")


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def connected(serve: Serve, **settings) -> RawClient:
    client = serve(require_auth=True, **settings).connect()
    client.ask("EHLO me")
    return client


RIGHT = [
    ["AUTH PLAIN " + b64("\0ann\0sesame")],
    ["AUTH PLAIN " + b64("boss\0ann\0sesame")],
    ["AUTH PLAIN", b64("\0ann\0sesame")],
    ["AUTH PLAIN " + b64("\0bøb\0pässwörd:x")],
    ["AUTH LOGIN", b64("ann"), b64("sesame")],
    ["AUTH LOGIN " + b64("ann"), b64("sesame")],
    ["AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer sesame\x01\x01")],
    ["AUTH OAUTHBEARER " + b64("n,a=ann,\x01host=h\x01auth=Bearer sesame\x01\x01")],
]
WRONG = [
    ["AUTH PLAIN " + b64("\0ann\0wrong")],
    ["AUTH PLAIN " + b64("\0nobody\0sesame")],
    ["AUTH PLAIN " + b64("\0\0")],
    ["AUTH LOGIN", b64("ann"), b64("")],
    ["AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer wrong\x01\x01"), ""],
    ["AUTH OAUTHBEARER " + b64("n,a=ann,\x01auth=Bearer wrong\x01\x01"), "AQ=="],
]


@pytest.mark.parametrize("lines", RIGHT, ids=lambda lines: lines[0][:20])
def test_right_credentials_are_accepted(serve_each_way: Serve, lines):
    client = connected(serve_each_way, accounts=PLAIN)
    replies = [client.ask(line) for line in lines]
    assert replies[-1] == "235 2.7.0 Authentication successful"
    assert all(reply.startswith("334 ") for reply in replies[:-1])
    assert client.ask("MAIL FROM:<a@b>") == "250 2.1.0 Ok"


@pytest.mark.parametrize("lines", WRONG, ids=lambda lines: lines[0][:20])
def test_wrong_credentials_are_refused(serve_each_way: Serve, sandbox: RecordingSandbox, lines):
    client = connected(serve_each_way, accounts=PLAIN)
    replies = [client.ask(line) for line in lines]
    assert replies[-1] == "535 5.7.8 Authentication credentials invalid"
    assert client.ask("MAIL FROM:<a@b>").startswith("530 ")
    assert (sandbox.refused[0].stage, sandbox.refused[0].reply.code) == (Stage.AUTH, 535)


def test_bearer_mechanisms_say_why_first(serve: Serve):
    client = connected(serve, accounts=PLAIN)
    reply = client.ask("AUTH XOAUTH2 " + b64("user=ann\x01auth=Bearer wrong\x01\x01"))
    assert base64.b64decode(reply[4:]).startswith(b'{"status":"401"')


def test_cram_md5_is_offered_for_plain_text_and_checked(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(accounts=PLAIN)
    for password, accepted in (("sesame", True), ("wrong", False)):
        client = smtplib.SMTP("127.0.0.1", served.port, timeout=5)
        client.ehlo()
        client.user, client.password = "ann", password
        code, _ = client.auth("CRAM-MD5", client.auth_cram_md5) if accepted else (535, b"")
        if not accepted:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.auth("CRAM-MD5", client.auth_cram_md5)
        assert code == (235 if accepted else 535)
        client.close()


def test_cram_md5_is_not_offered_for_hashes(serve: Serve):
    client = serve(accounts=Accounts.parse("ann:{SHA}x")).connect()
    assert "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER" in client.ask("EHLO me")
    assert client.ask("AUTH CRAM-MD5").startswith("504 5.5.4 ")


def test_challenges_differ(serve: Serve):
    served = serve()
    challenges = set()
    for _ in range(2):
        client = served.connect()
        client.ask("EHLO me")
        for _ in range(2):
            challenges.add(client.ask("AUTH CRAM-MD5"))
            client.ask("*")
    assert len(challenges) == 4


def test_a_slow_hash_does_not_hold_up_the_others(serve_each_way: Serve):
    accounts = Accounts.parse("ann:" + bcrypt.hashpw(b"sesame", bcrypt.gensalt(12)).decode())
    served = serve_each_way(accounts=accounts)
    slow, other = served.connect(), served.connect()
    slow.ask("EHLO me")
    slow.send(f"AUTH PLAIN {b64(chr(0) + 'ann' + chr(0) + 'wrong')}\r\nNOOP\r\n".encode())
    for _ in range(5):
        assert other.ask("NOOP") == "250 2.0.0 Ok"
    slow.sock.setblocking(False)
    with pytest.raises(BlockingIOError):  # the others came first
        slow.sock.recv(1)
    slow.sock.settimeout(10)
    assert slow.reply().startswith("535 ")
    assert slow.reply() == "250 2.0.0 Ok"


def test_a_line_beyond_the_limit_ends_the_exchange(serve_each_way: Serve):
    client = connected(serve_each_way)
    client.ask("AUTH PLAIN")
    assert client.ask("A" * 16385) == "500 5.5.6 Authentication exchange line is too long"
    assert client.ask("AUTH PLAIN " + "A" * 16380) == "500 5.5.2 Line too long"
    client.ask("AUTH PLAIN")
    assert client.ask(b64("\0ann\0" + "x" * 12_000)).startswith("235 ")


def test_no_credential_is_in_the_transcript_of_anything(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(accounts=PLAIN)
    secrets = ["sesame", "wrong", b64("sesame"), b64("ann")]
    for lines in RIGHT + WRONG:
        client = served.connect()
        client.ask("EHLO me")
        for line in lines:
            client.ask(line)
            secrets.append(line.rpartition(" ")[2])
        client.ask("QUIT")
    sandbox.wait_for(lambda it: len(it.closed) == len(RIGHT + WRONG))
    texts = [line.text for closed in sandbox.closed for line in closed.lines]
    texts += [line.text for refused in sandbox.refused for line in refused.transaction.lines]
    hidden = [secret for secret in secrets if len(secret) > 4 and secret not in ("PLAIN", "LOGIN")]
    assert [text for text in texts for secret in hidden if secret in text] == []
    assert "AUTH PLAIN ********" in texts
    assert {closed.session.auth_identity for closed in sandbox.closed} == {"", "ann", "bøb"}


def test_credentials_sent_although_auth_was_refused_are_masked(serve: Serve, sandbox: RecordingSandbox):
    client = serve(offer_auth=False).connect()
    client.ask("EHLO me")
    client.send(f"AUTH LOGIN\r\n{b64('ann')}\r\n{b64('sesame')}\r\nQUIT\r\n".encode())
    while client.line():
        pass
    sandbox.wait_for(lambda it: it.closed)
    sent = [line.text for line in sandbox.closed[0].lines if line.side == "C"]
    assert sent == ["EHLO me", "AUTH LOGIN", "********", "********", "QUIT"]
    assert not any(b64("sesame") in line.text for line in sandbox.closed[0].lines)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("AUTH\tPLAIN {}", "AUTH\\tPLAIN ********"),
        ("AUTH\tPLAIN\t{}", "AUTH\\tPLAIN ********"),
        (" AUTH PLAIN {}", " AUTH PLAIN ********"),
        ("\x00\t auth plain  {}", "\\x00\\t auth plain ********"),
        ("AUTH PLAIN={}", "AUTH PLAIN ********"),
        ("AUTH {}", "AUTH ********"),
        ("AUTH:{}", "AUTH ********"),
        ("AUTH", "AUTH"),
        ("AUTH NTLM {}", "AUTH NTLM ********"),
    ],
)
def test_whatever_was_meant_as_auth_is_masked(serve: Serve, sandbox: RecordingSandbox, line, shown):
    secret = b64("\0ann\0Sesame open")
    client = serve().connect()
    client.ask("EHLO me")
    client.send(f"{line.format(secret)}\r\n{secret}\r\n {secret}\r\nQUIT\r\n".encode())
    while client.line():
        pass
    sandbox.wait_for(lambda it: it.closed)
    sent = [line.text for line in sandbox.closed[0].lines if line.side == "C"]
    assert sent == ["EHLO me", shown, "********", "********", "QUIT"]
    assert not any(secret in line.text for line in sandbox.closed[0].lines)


@pytest.mark.parametrize(
    ("mechanism", "initial"),
    [
        ("PLAIN", b"a\0b"),
        ("PLAIN", b"a\0b\0c\0d"),
        ("PLAIN", b"\0an\r\nn\0x"),
        ("XOAUTH2", b"user=a\x01auth=Basic x\x01\x01"),
        ("XOAUTH2", b"user=a\x01auth=Bearer x\x01"),
        ("OAUTHBEARER", b"a=ann,\x01auth=Bearer x\x01\x01"),
        ("OAUTHBEARER", b"n,a=ann,\x01host=x\x01\x01"),
        ("CRAM-MD5", b"ann 0123"),
    ],
)
def test_malformed_responses_are_refused(mechanism, initial):
    exchange = sasl.MECHANISMS[mechanism](initial, b"<1@x>")
    if mechanism == "CRAM-MD5":
        next(exchange)
    with pytest.raises(Refused):
        exchange.send(None if mechanism != "CRAM-MD5" else b"ann 0123")


def test_a_message_that_is_being_kept_is_answered_before_the_session_of_a_lost_token_ends(
    serve_each_way: Serve, sandbox: RecordingSandbox
):
    sandbox.inboxes.tokens["mpi_1"] = "team-a"
    sandbox.is_holding = True
    client = serve_each_way().connect()
    client.ask("EHLO me")
    assert client.ask("AUTH PLAIN " + b64("\0anybody\0mpi_1")).startswith("235")
    client.send(b"MAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n")
    assert [client.line()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
    client.send(b"Subject: in time\r\n\r\n.\r\n")
    sandbox.wait_for(lambda it: it.held)
    sandbox.inboxes.lose("mpi_1")
    sandbox.let_go()
    assert client.reply().startswith("250 2.0.0 Ok: queued as ")
    assert client.reply() == "421 4.7.0 The token of this session opens nothing any more; closing"
    assert client.line() == b""
    sandbox.wait_for(lambda it: it.closed)
    assert sandbox.closed[0].ending == "token lost"
