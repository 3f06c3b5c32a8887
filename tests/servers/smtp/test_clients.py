"""What the clients of this field do beyond the plain case: each mechanism, pipelining, chunks, LMTP, socket files.

(That each client's mail arrives, plain and inside TLS, is tested with a whole sandbox in tests/clients.)
"""

from __future__ import annotations

import asyncio
import shutil
import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.bind import Bind
from mailpit_py.servers.loop import LoopThread, bind
from mailpit_py.servers.smtp import SmtpListener, SmtpSettings
from mailpit_py.servers.tls import ServerTls, server_tls
from mailpit_py.simulation.stage import Stage
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import Serve, serving

RAW = b"Subject: caf\xc3\xa9\r\n\r\n.dots\r\n..\r\nend\r\n"
ACCOUNTS = Accounts.parse("app:sesame")


@pytest.fixture(scope="session")
def tls(tmp_path_factory) -> ServerTls:
    return server_tls("auto", "", tmp_path_factory.mktemp("tls"))


def run(*command: str | int | Path, text: bytes = b"", expected: int = 0) -> str:
    program = str(command[0])
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    done = subprocess.run(list(map(str, command)), input=text, stdout=-1, stderr=-2, check=False, timeout=60)
    output = done.stdout.decode("utf-8", "replace")
    assert done.returncode == expected, output
    return output


def swaks(port: int, *more: str, expected: int = 0) -> str:
    where = ("--server", "127.0.0.1", "--port", port, "--from", "app@example.test", "--to", "ann@example.test")
    return run("swaks", *where, *more, expected=expected)


def curl(port: int, *more: str, text: bytes = RAW, expected: int = 0) -> str:
    addresses = ("--mail-from", "app@example.test", "--mail-rcpt", "ann@example.test")
    return run("curl", "-sSv", f"smtp://127.0.0.1:{port}", *addresses, *more, "-T", "-", text=text, expected=expected)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_swaks_authenticates(serve_each_way: Serve, sandbox: RecordingSandbox, mechanism):
    if mechanism == "CRAM-MD5" and subprocess.run(["perl", "-MDigest::MD5", "-e1"], check=False).returncode:
        pytest.skip("needs Perl's Digest::MD5")
    served = serve_each_way(accounts=ACCOUNTS, require_auth=True)
    login = ("--auth", mechanism, "--auth-user", "app", "--auth-password")
    swaks(served.port, *login, "sesame")
    session = sandbox.kept[0].transaction.session
    assert (session.auth_mechanism, session.auth_identity) == (mechanism, "app")
    swaks(served.port, *login, "wrong", expected=28)
    assert len(sandbox.kept) == 1


def test_swaks_pipelines_inside_tls(serve_each_way: Serve, sandbox: RecordingSandbox, tls: ServerTls):
    served = serve_each_way(ssl_context=tls.context)
    swaks(served.port, "--tls", "--pipeline", "--to", "ann@example.test,bob@example.test")
    assert len(sandbox.kept[0].envelope.recipients) == 2
    assert sandbox.kept[0].transaction.session.tls_version.startswith("TLSv1.")


def test_swaks_speaks_lmtp_over_a_socket_file(loop_thread: LoopThread, sandbox: RecordingSandbox, tmp_path):
    path = tmp_path / "lmtp.sock"
    listener = SmtpListener(
        loop_thread, sandbox, SmtpSettings(lmtp=True, listener="lmtp"), bind(Bind.parse(f"unix:{path}"))
    )
    listener.start()
    try:
        run("swaks", "--protocol", "LMTP", "--socket", path, "--from", "a@b.test", "--to", "c@d.test,e@f.test")
    finally:
        listener.stop()
    assert not path.exists()
    (kept,) = sandbox.kept
    assert (kept.source, kept.transaction.session.protocol, kept.transaction.session.peer) == ("lmtp", "LMTP", "unix")


@pytest.mark.parametrize("options", ["AUTH=PLAIN", "AUTH=LOGIN", "AUTH=CRAM-MD5"])
def test_curl_authenticates(serve: Serve, sandbox: RecordingSandbox, options):
    served = serve(accounts=ACCOUNTS, require_auth=True)
    curl(served.port, "--user", "app:sesame", "--login-options", options)
    assert sandbox.kept[0].transaction.session.auth_mechanism == options.partition("=")[2]
    assert sandbox.kept[0].raw == RAW
    curl(served.port, "--user", "app:wrong", "--login-options", options, expected=67)


def test_curl_sends_bearer_tokens(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(accounts=ACCOUNTS, require_auth=True)
    curl(served.port, "--user", "app", "--oauth2-bearer", "sesame")
    session = sandbox.kept[0].transaction.session
    assert (session.auth_mechanism, session.auth_identity) == ("OAUTHBEARER", "app")
    curl(served.port, "--user", "app", "--oauth2-bearer", "wrong", expected=67)


def test_smtplib_sends_a_token_as_google_describes_it(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(accounts=ACCOUNTS)
    with smtplib.SMTP("127.0.0.1", served.port, timeout=5) as client:
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: "user=app\x01auth=Bearer sesame\x01\x01")
        client.sendmail("a@b.test", ["c@d.test"], RAW)
    assert sandbox.kept[0].transaction.session.auth_mechanism == "XOAUTH2"


def test_curl_trusts_a_made_certificate(serve: Serve, sandbox: RecordingSandbox, tls: ServerTls):
    served = serve(ssl_context=tls.context, require_starttls=True)
    curl(served.port, "--ssl-reqd", "--cacert", str(tls.ca_path))
    assert sandbox.kept[0].transaction.session.tls_cipher


def test_curl_asks_vrfy_and_noop(serve: Serve):
    port = serve().port
    assert "252 2.0.0" in run("curl", "-sSv", f"smtp://127.0.0.1:{port}", "--mail-rcpt", "ann")


def test_msmtp_authenticates_and_asks_for_dsn(serve: Serve, sandbox: RecordingSandbox, tls: ServerTls):
    served = serve(ssl_context=tls.context, accounts=ACCOUNTS, require_auth=True)
    where = ("--host=localhost", f"--port={served.port}", "--from=app@example.test", "--dsn-notify=failure,delay")
    login = ("--tls=on", f"--tls-trust-file={tls.ca_path}", "--auth=plain", "--user=app", "--dsn-return=headers")
    run("msmtp", "--file=/dev/null", *where, *login, "--passwordeval=echo sesame", "ann@example.test", text=RAW)
    envelope = sandbox.kept[0].envelope
    assert (envelope.ret, envelope.recipients[0].notify) == ("HDRS", "FAILURE,DELAY")


def test_smtplib_learns_which_recipients_were_refused(serve_each_way: Serve, sandbox: RecordingSandbox):
    from mailpit_py.mail.envelope import Reply

    gone = Reply(550, "5.1.1", "No such user")
    sandbox.simulator.rule = lambda stage, session, envelope, recipient: (
        gone if stage is Stage.RCPT and recipient.address.startswith("gone") else None
    )
    served = serve_each_way()
    with smtplib.SMTP("127.0.0.1", served.port, timeout=5) as client:
        refused = client.sendmail("a@b.test", ["gone@d.test", "c@d.test"], RAW)
        assert refused == {"gone@d.test": (550, b"5.1.1 No such user")}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@b.test", ["gone@d.test"], RAW)
    assert [it.stage for it in sandbox.refused] == [Stage.RCPT]


def test_smtplib_speaks_lmtp(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(lmtp=True, listener="lmtp")
    with smtplib.LMTP("127.0.0.1", served.port) as client:
        client.sendmail("a@b.test", ["c@d.test"], RAW)
    assert sandbox.kept[0].raw == RAW


def test_aiosmtplib_sends_many_at_once_with_other_letters(serve_each_way: Serve, sandbox: RecordingSandbox, tls):
    served = serve_each_way(ssl_context=tls.context)
    context = ssl.create_default_context(cafile=str(tls.ca_path))

    async def send(number: int) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "jö@example.test", "grün@example.test", f"№ {number}"
        message.set_content("x\n" * 1000)
        await aiosmtplib.send(
            message,
            hostname="localhost",
            port=served.port,
            start_tls=True,
            tls_context=context,
            username="app",
            password="sesame",
        )

    async def send_all() -> None:
        await asyncio.gather(*map(send, range(20)))

    asyncio.run(send_all())
    assert len(sandbox.kept) == 20
    assert {kept.envelope.smtputf8 for kept in sandbox.kept} == {True}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_nc_pipes_a_dialogue_with_either_line_end(serve_each_way: Serve, sandbox: RecordingSandbox, ending):
    served = serve_each_way()
    lines = ["HELO me", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA", "Subject: hi", "", "It works.", "."]
    said = run("nc", "-N", "127.0.0.1", served.port, text="".join(line + ending for line in [*lines, "QUIT"]).encode())
    assert said.splitlines()[-1].startswith("221 ")
    assert sandbox.kept[0].raw == ending.join(["Subject: hi", "", "It works.", ""]).encode()


def test_a_second_listener_stands_beside_the_first(loop_thread: LoopThread, sandbox: RecordingSandbox, tls: ServerTls):
    secure = {"ssl_context": tls.context, "implicit_tls": True, "listener": "smtps"}
    with serving(loop_thread, sandbox) as plain, serving(loop_thread, sandbox, **secure) as smtps:
        curl(plain.port)
        context = ssl.create_default_context(cafile=str(tls.ca_path))
        with smtplib.SMTP_SSL("localhost", smtps.port, context=context, timeout=5) as client:
            client.sendmail("a@b.test", ["c@d.test"], RAW)
    assert [kept.transaction.session.listener for kept in sandbox.kept] == ["smtp", "smtps"]
