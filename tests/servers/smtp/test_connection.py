"""What cannot be said in a transcript: content and lines without end, and what the sandbox is told."""

from __future__ import annotations

import re

from mailpit_py.mail.envelope import Recipient, Reply
from mailpit_py.simulation.stage import Stage
from tests.servers.smtp.opening import begin, texts
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import Serve, wait_until

# Content


def test_content_lines_of_a_megabyte_are_taken(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    begin(client)
    raw = b"x" * (1 << 20) + b"\r\n" + bytes(range(256)) * 10 + b"\r\n"
    client.send(raw + b".\r\n")
    assert client.reply().startswith("250 2.0.0 Ok: queued as ")
    assert sandbox.kept[0].raw == raw


def test_an_endless_line_of_content_is_refused_at_its_end(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(max_message_size_bytes=10_000)
    client = served.connect()
    begin(client)
    for _ in range(50):
        client.send(b"x" * 20_000)
    client.send(b"\r\n.\r\n")
    assert client.reply().startswith("552 5.3.4 ")
    assert client.ask("NOOP") == "250 2.0.0 Ok"
    assert not sandbox.kept
    (refused,) = sandbox.refused
    assert (refused.stage, refused.reply.code, refused.size_bytes) == (Stage.CONTENT, 552, 1_000_002)


def test_envelope_is_as_given(serve: Serve, sandbox: RecordingSandbox):
    client = serve().connect()
    client.ask("EHLO me")
    client.ask("MAIL FROM:<> RET=hdrs ENVID=Ab+2B BODY=8BITMIME SIZE=7 SMTPUTF8 AUTH=<>")
    client.ask("RCPT TO:<@relay.test:Bob@Example.test> NOTIFY=Never ORCPT=rfc822;B+2BC@d")
    client.ask("RCPT TO:<jöße@example.test>")
    client.ask("DATA")
    client.ask("x\r\n.")
    envelope = sandbox.kept[0].envelope
    assert (envelope.reverse_path, envelope.ret, envelope.envid, envelope.auth) == ("", "hdrs", "Ab+2B", "<>")
    assert (envelope.body, envelope.size, envelope.smtputf8) == ("8BITMIME", 7, True)
    assert envelope.recipients == (
        Recipient("Bob@Example.test", notify="Never", orcpt="rfc822;B+2BC@d"),
        Recipient("jöße@example.test"),
    )


# Lines


def test_a_command_line_of_4096_octets_is_taken_and_a_longer_one_refused(serve_each_way: Serve):
    client = serve_each_way().connect()
    assert client.ask("NOOP " + "x" * 4091) == "250 2.0.0 Ok"
    assert client.ask("NOOP " + "x" * 4092) == "500 5.5.2 Line too long"
    assert client.ask("NOOP " + "x" * 1_000_000) == "500 5.5.2 Line too long"
    assert client.ask("NOOP") == "250 2.0.0 Ok"


def test_an_endless_command_line_takes_no_memory(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way()
    client = served.connect()
    for _ in range(50):
        client.send(b"x" * 20_000)
    (connection,) = served.listener._connections
    wait_until(lambda: len(connection._conversation.buffer) <= 70_000)
    client.close()
    sandbox.wait_for(lambda it: it.closed)


def test_tls_spoken_to_the_plain_port_is_told_in_the_transcript(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert client.at_end()
    sandbox.wait_for(lambda it: it.closed)
    assert "use STARTTLS" in sandbox.closed[0].lines[-1].text


# What is told


def test_a_message_carries_its_own_dialogue_and_the_end_of_the_session_the_rest(
    serve_each_way: Serve, sandbox: RecordingSandbox
):
    client = serve_each_way().connect()
    begin(client)
    client.ask("one\r\n.")
    client.ask("MAIL FROM:<ann@example.test>")
    client.ask("RCPT TO:<bob@example.test>")
    client.ask("DATA")
    client.ask("two\r\n.")
    client.ask("QUIT")
    sandbox.wait_for(lambda it: it.closed)
    first, second = sandbox.kept
    assert texts(first.transaction.lines)[:-1] == [
        "S: 220 localhost mailpit-py ESMTP Service ready",
        "C: HELO me",
        "S: 250 localhost greets me",
        "C: MAIL FROM:<ann@example.test>",
        "S: 250 2.1.0 Ok",
        "C: RCPT TO:<bob@example.test>",
        "S: 250 2.1.5 Ok",
        "C: DATA",
        "S: 354 Start mail input; end with <CR><LF>.<CR><LF>",
    ]
    assert re.fullmatch(r"5 octets of content in \d+\.\d{3} s", first.transaction.lines[-1].text)
    assert texts(second.transaction.lines)[0] == "C: MAIL FROM:<ann@example.test>"
    assert texts(sandbox.closed[0].lines)[0] == "C: QUIT"
    assert sandbox.closed[0].ending == "quit"
    assert first.source == "smtp"
    session = first.transaction.session
    assert (session.helo, session.protocol, session.listener) == ("me", "SMTP", "smtp")
    assert session.peer == f"127.0.0.1:{client.sock.getsockname()[1]}"
    assert session.public_id == second.transaction.session.public_id == sandbox.closed[0].session.public_id


def test_a_session_without_mail_is_told_with_its_noise(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    client.ask(b"\x1b[31mred\x00\xff")
    client.close()
    sandbox.wait_for(lambda it: it.closed)
    (closed,) = sandbox.closed
    assert closed.ending == "lost"
    assert r"C: \x1b[31mred\x00\xff" in texts(closed.lines)
    assert closed.lines[-1].text == "the client closed the connection"


def test_a_transcript_is_bounded(serve: Serve, sandbox: RecordingSandbox):
    client = serve(max_idle_commands=0).connect()
    for _ in range(60):
        client.send(b"NOOP\r\n" * 50)
        for _ in range(50):
            client.line()
    client.ask("QUIT")
    sandbox.wait_for(lambda it: it.closed)
    lines = sandbox.closed[0].lines
    assert len(lines) == 2001
    assert lines[-1].text.endswith("more lines were not kept")


def test_refused_transactions_are_told_when_they_end(serve_each_way: Serve, sandbox: RecordingSandbox):
    gone = Reply(550, "5.1.1", "No such user")
    sandbox.simulator.rule = lambda stage, session, envelope, recipient: (
        gone if stage is Stage.RCPT and recipient.address.startswith("gone") else None
    )
    client = serve_each_way().connect()
    client.ask("HELO me")
    client.ask("MAIL FROM:<nonsense>")
    client.ask("MAIL FROM:<ann@example.test>")
    client.ask("RCPT TO:<gone@example.test>")
    client.ask("RSET")
    client.ask("MAIL FROM:<ann@example.test>")
    client.ask("RSET")
    client.ask("MAIL FROM:<ann@example.test>")
    client.ask("RCPT TO:<gone@example.test>")
    client.ask("RCPT TO:<bob@example.test>")
    client.ask("DATA")
    client.ask("x\r\n.")
    client.ask("MAIL FROM:<eve@example.test>")
    client.ask("RCPT TO:<gone@example.test>")
    client.close()
    sandbox.wait_for(lambda it: it.closed)
    assert [(it.stage, it.reply.code, it.transaction.envelope.reverse_path) for it in sandbox.refused] == [
        (Stage.MAIL, 553, ""),
        (Stage.RCPT, 550, "ann@example.test"),
        (Stage.RCPT, 550, "eve@example.test"),
    ]
    assert sandbox.refused[1].transaction.envelope.refused == (Recipient("gone@example.test", reply=gone),)
    assert texts(sandbox.refused[1].transaction.lines)[-2:] == ["C: RSET", "S: 250 2.0.0 Ok"]
    assert [it.address for it in sandbox.kept[0].envelope.recipients] == ["bob@example.test"]
    assert [it.address for it in sandbox.kept[0].envelope.refused] == ["gone@example.test"]


def test_content_that_breaks_off_is_not_kept(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    begin(client)
    client.send(b"half a mess")
    client.close()
    sandbox.wait_for(lambda it: it.closed)
    assert not sandbox.kept
    assert not sandbox.refused
