"""STARTTLS and TLS from the first byte (G5)."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from mailpit_py.errors import ConfigError
from mailpit_py.servers.smtp import SmtpSettings
from mailpit_py.servers.tls import ServerTls, server_tls
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import RawClient, Serve


@pytest.fixture
def trusting(tls: ServerTls) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tls.ca_path))


def wrapped(client: RawClient, context: ssl.SSLContext) -> RawClient:
    """Go on inside TLS; the client's socket is the new one."""
    client.sock = context.wrap_socket(client.sock, server_hostname="localhost")
    return client


def test_starttls_begins_anew(serve_each_way: Serve, sandbox: RecordingSandbox, tls, trusting):
    client = serve_each_way(ssl_context=tls.context).connect()
    assert "STARTTLS" in client.ask("EHLO me").split("\n")[3]
    client.ask("AUTH PLAIN AGFubgBzZWNyZXQ=")
    client.ask("MAIL FROM:<ann@example.test>")
    assert client.ask("STARTTLS now") == "501 5.5.2 Syntax error (no parameters allowed)"
    assert client.ask("STARTTLS") == "220 2.0.0 Ready to start TLS"
    inside = wrapped(client, trusting)
    assert inside.ask("RCPT TO:<bob@example.test>").startswith("503 5.5.1 ")
    assert inside.ask("MAIL FROM:<ann@example.test>") == (
        "503 5.5.1 Bad sequence of commands (HELO/EHLO required before MAIL)"
    )
    assert "STARTTLS" not in inside.ask("EHLO me")
    assert inside.ask("STARTTLS") == "503 5.5.1 Bad sequence of commands (TLS already in use)"
    inside.ask("MAIL FROM:<ann@example.test>")
    inside.ask("RCPT TO:<bob@example.test>")
    inside.ask("DATA")
    inside.ask("x\r\n.")
    inside.close()
    session = sandbox.kept[0].transaction.session
    assert session.tls_version.startswith("TLSv1.")
    assert session.tls_cipher
    assert session.auth_identity == ""
    assert any(line.side == "*" and line.text.startswith("TLSv1.") for line in sandbox.kept[0].transaction.lines)


def test_starttls_leaves_no_timer_of_aiosmtpd_behind(serve_each_way: Serve, tls, trusting):
    served = serve_each_way(ssl_context=tls.context)
    client = served.connect()
    client.ask("EHLO me")
    client.ask("STARTTLS")
    inside = wrapped(client, trusting)
    assert inside.ask("NOOP") == "250 2.0.0 Ok"
    (connection,) = served.listener._connections
    assert connection._timeout_handle is None


def test_commands_behind_starttls_are_not_obeyed(serve_each_way: Serve, sandbox: RecordingSandbox, tls, trusting):
    client = serve_each_way(ssl_context=tls.context).connect()
    client.ask("EHLO me")
    client.send(b"STARTTLS\r\nEHLO injected\r\nMAIL FROM:<mallory@example.test>\r\n")
    assert client.reply() == "220 2.0.0 Ready to start TLS"
    inside = wrapped(client, trusting)
    assert inside.ask("NOOP") == "250 2.0.0 Ok"
    assert inside.ask("MAIL FROM:<ann@example.test>").startswith("503 5.5.1 ")


@pytest.mark.parametrize("before", [[], ["HELO me"]])
def test_starttls_needs_no_ehlo(serve: Serve, sandbox: RecordingSandbox, tls, trusting, before: list[str]):
    client = serve(ssl_context=tls.context).connect()
    for line in before:
        client.ask(line)
    assert client.ask("STARTTLS") == "220 2.0.0 Ready to start TLS"
    assert wrapped(client, trusting).ask("EHLO me").startswith("250-localhost greets me\n")


def test_a_failed_handshake_closes_and_is_told(serve_each_way: Serve, sandbox: RecordingSandbox, tls):
    served = serve_each_way(ssl_context=tls.context)
    client = served.connect()
    client.ask("EHLO me")
    client.ask("STARTTLS")
    client.send(b"this is no handshake, whatever it may be\r\n")
    while client.sock.recv(4096):
        pass
    sandbox.wait_for(lambda it: it.closed)
    assert sandbox.closed[0].ending == "tls failed"
    assert sandbox.closed[0].lines[-1].text.startswith("the TLS handshake failed: ")
    assert served.listener.connection_count == 0


def test_a_handshake_that_breaks_off_is_told(serve_each_way: Serve, sandbox: RecordingSandbox, tls):
    client = serve_each_way(ssl_context=tls.context).connect()
    client.ask("EHLO me")
    client.ask("STARTTLS")
    client.close()
    sandbox.wait_for(lambda it: it.closed)


def test_required_tls_refuses_everything_of_weight_before(
    serve_each_way: Serve, sandbox: RecordingSandbox, tls, trusting
):
    client = serve_each_way(ssl_context=tls.context, require_starttls=True).connect()
    client.ask("EHLO me")
    for command in ("MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "RSET", "AUTH PLAIN AGEAYg==", "VRFY a"):
        assert client.ask(command) == "530 5.7.0 Must issue a STARTTLS command first", command
    assert client.ask(b"BDAT 6 LAST\r\nRSET") == "530 5.7.0 Must issue a STARTTLS command first"
    assert client.ask("NOOP") == "250 2.0.0 Ok"
    assert client.ask("STARTTLS") == "220 2.0.0 Ready to start TLS"
    inside = wrapped(client, trusting)
    inside.ask("EHLO me")
    assert inside.ask("MAIL FROM:<a@b>") == "250 2.1.0 Ok"
    assert sandbox.refused[0].reply.code == 530


def test_tls_from_the_first_byte(serve_each_way: Serve, sandbox: RecordingSandbox, tls, trusting):
    served = serve_each_way(ssl_context=tls.context, implicit_tls=True, listener="smtps", require_starttls=True)
    with smtplib.SMTP_SSL("localhost", served.port, context=trusting, timeout=5) as client:
        client.login("ann", "secret")
        client.sendmail("ann@example.test", ["bob@example.test"], b"x" * 300_000 + b"\r\n")
        assert not client.has_extn("starttls")
    session = sandbox.kept[0].transaction.session
    assert (session.listener, session.auth_identity) == ("smtps", "ann")
    assert session.tls_version.startswith("TLSv1.")
    assert len(sandbox.kept[0].raw) == 300_002


def test_plain_smtp_at_the_tls_port_is_closed(serve: Serve, tls):
    served = serve(ssl_context=tls.context, implicit_tls=True)
    client = served.connect(greeted=False)
    client.send(b"EHLO me\r\n")
    while client.sock.recv(4096):
        pass


def test_a_large_message_pipelined_inside_tls(serve_each_way: Serve, sandbox: RecordingSandbox, tls, trusting):
    client = serve_each_way(ssl_context=tls.context).connect()
    client.ask("EHLO me")
    client.ask("STARTTLS")
    inside = wrapped(client, trusting)
    raw = b"x" * 2_000_000 + b"\r\n"
    inside.send(b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\n" + raw + b".\r\nQUIT\r\n")
    replies = [inside.reply()[:3] for _ in range(6)]
    assert replies == ["250", "250", "250", "354", "250", "221"]
    assert sandbox.kept[0].raw == raw


# Certificates


def test_the_authority_is_made_once(tmp_path):
    first = server_tls("auto", "", tmp_path / "new")
    ca = first.ca_path.read_bytes()
    assert server_tls("sans:mail.test,other.test", "", tmp_path / "new").ca_path.read_bytes() == ca
    assert (tmp_path / "new" / "mailpit-py-ca-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_damaged_authority_is_made_anew(tmp_path):
    (tmp_path / "mailpit-py-ca.pem").write_text("nonsense")
    (tmp_path / "mailpit-py-ca-key.pem").write_text("nonsense")
    assert b"CERTIFICATE" in server_tls("auto", "", tmp_path).ca_path.read_bytes()


def test_a_made_certificate_has_the_names_that_were_asked_for(tmp_path):
    tls = server_tls("sans:mail.test,127.0.0.9", "", tmp_path)
    client = ssl.create_default_context(cafile=str(tls.ca_path))
    for name, fits in (("mail.test", True), ("127.0.0.9", True), ("localhost", False)):
        assert _shakes_hands(tls.context, client, name) is fits


def test_certificates_come_from_files(tmp_path):
    import trustme

    authority = trustme.CA()
    authority.issue_cert("mail.test").private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    tls = server_tls(str(tmp_path / "both.pem"), "", tmp_path)
    assert tls.ca_path is None
    client = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    assert _shakes_hands(tls.context, client, "mail.test")


@pytest.mark.parametrize("cert", ["sans:", "sans: ,", "/nowhere/cert.pem"])
def test_a_certificate_that_cannot_be_had_is_named(cert, tmp_path):
    with pytest.raises(ConfigError, match=r"sans|nowhere"):
        server_tls(cert, "", tmp_path)


def test_tls_needs_a_certificate():
    with pytest.raises(ConfigError):
        SmtpSettings(require_starttls=True)
    with pytest.raises(ConfigError):
        SmtpSettings(implicit_tls=True)


def _shakes_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    """True if `client` accepts `server` as `name`, in memory."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(incoming, outgoing, server_hostname=name)
    theirs = server.wrap_bio(outgoing, incoming, server_side=True)
    for _ in range(5):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    return True
