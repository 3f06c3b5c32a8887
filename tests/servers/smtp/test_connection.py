"""What cannot be said in a transcript: limits, time, endings, and what the sandbox is told."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import Future

import pytest

from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.mail.envelope import Recipient, Reply
from mailpit_py.servers.loop import LoopThread
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage.budget import Budget
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import RawClient, Serve, Served, serving, wait_until

BEGIN = b"HELO me\r\nMAIL FROM:<ann@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n"


def begin(client: RawClient) -> None:
    client.send(BEGIN)
    assert [client.line()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]


def texts(lines) -> list[str]:
    return [f"{line.side}: {line.text}" for line in lines]


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


# The store


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (StorageFull("no room"), "452 4.3.1 Requested action not taken: insufficient system storage"),
        (StorageError("no luck"), "451 4.3.0 Requested action aborted: local error in processing"),
        (RuntimeError("a bug"), "451 4.3.0 Requested action aborted: local error in processing"),
    ],
)
def test_a_failing_store_is_a_transient_refusal(serve_each_way: Serve, sandbox: RecordingSandbox, error, reply):
    sandbox.error = error
    client = serve_each_way().connect()
    begin(client)
    assert client.ask("x\r\n.") == reply
    (refused,) = sandbox.refused
    assert (refused.stage, refused.size_bytes) == (Stage.CONTENT, 3)
    assert texts(refused.transaction.lines)[-1] == f"S: {reply}"
    sandbox.error = None
    assert client.ask("MAIL FROM:<ann@example.test>") == "250 2.1.0 Ok"


def test_nothing_is_said_before_the_message_is_kept(serve_each_way: Serve, sandbox: RecordingSandbox):
    sandbox.is_holding = True
    client = serve_each_way().connect()
    begin(client)
    client.send(b"x\r\n.\r\nMAIL FROM:<ann@example.test>\r\n")
    sandbox.wait_for(lambda it: it.held)
    client.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.sock.recv(1)
    client.sock.settimeout(5)
    sandbox.let_go()
    assert client.reply().startswith("250 2.0.0 Ok: queued as ")
    assert client.reply() == "250 2.1.0 Ok"


def test_a_client_that_shuts_its_side_still_gets_its_reply(serve: Serve, sandbox: RecordingSandbox):
    sandbox.is_holding = True
    client = serve().connect()
    begin(client)
    client.send(b"x\r\n.\r\nQUIT\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    sandbox.wait_for(lambda it: it.held)
    sandbox.let_go()
    assert client.reply().startswith("250 2.0.0 ")
    assert client.reply().startswith("221 2.0.0 ")
    assert client.at_end()


def test_a_whole_session_piped_in_at_once_is_answered_to_the_end(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    client.send(BEGIN + b"x\r\n.\r\nQUIT\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert [client.line()[:3] for _ in range(6)] == [b"250", b"250", b"250", b"354", b"250", b"221"]
    assert len(sandbox.kept) == 1


def test_a_client_that_does_not_read_its_replies_is_not_read_either(serve: Serve):
    served = serve(max_idle_commands=0)
    client = served.connect()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sock.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.send(b"HELP\r\n" * 10_000_000)
    (connection,) = served.listener._connections
    assert len(connection._conversation.buffer) < 1 << 20
    assert connection.transport.get_write_buffer_size() < 8 << 20


def test_the_budget_is_given_back(loop_thread: LoopThread):
    sandbox = RecordingSandbox(Budget(1000))
    with serving(loop_thread, sandbox) as served:
        client = served.connect()
        begin(client)
        assert client.ask("x" * 5000 + "\r\n.").startswith("250")
        wait_until(lambda: sandbox.budget.used_bytes == 0)
        client.ask("MAIL FROM:<ann@example.test>")
        client.ask("RCPT TO:<bob@example.test>")
        client.ask("DATA")
        client.send(b"x" * 500)
        wait_until(lambda: sandbox.budget.used_bytes == 500)
        client.close()
        wait_until(lambda: sandbox.budget.used_bytes == 0)


def test_over_the_budget_reading_pauses_until_there_is_room(loop_thread: LoopThread):
    sandbox = RecordingSandbox(Budget(100_000))
    with serving(loop_thread, sandbox) as served:
        sandbox.budget.charge(100_000)
        client = served.connect()
        begin(client)
        client.send(b"x" * 60_000)
        client.send(b"y" * 60_000 + b"\r\n.\r\n")
        (connection,) = served.listener._connections
        wait_until(lambda: connection._room.is_lacking)
        sandbox.budget.refund(100_000)
        assert client.reply().startswith("250")
        assert len(sandbox.kept[0].raw) == 120_002
        wait_until(lambda: sandbox.budget.used_bytes == 0)


def test_without_room_for_long_the_content_is_refused(loop_thread: LoopThread):
    now = [0.0]
    sandbox = RecordingSandbox(Budget(100_000, clock=lambda: now[0]))
    with serving(loop_thread, sandbox) as served:
        sandbox.budget.charge(100_000)
        client = served.connect()
        begin(client)
        client.send(b"x" * 60_000)
        (connection,) = served.listener._connections
        wait_until(lambda: connection._room.is_lacking)
        now[0] = 31.0
        loop_thread.loop.call_soon_threadsafe(served.listener._check_stall)
        client.send(b"y" * 60_000 + b"\r\n.\r\n")
        assert client.reply().startswith("452 4.3.1 ")
        assert sandbox.refused[0].reply.code == 452
        assert client.ask("NOOP") == "250 2.0.0 Ok"


def test_who_sits_on_the_room_gives_way_to_who_waits_for_it(loop_thread: LoopThread, monkeypatch):
    monkeypatch.setattr("mailpit_py.servers.smtp.listener._SILENCE", 0.3)
    monkeypatch.setattr("mailpit_py.servers.smtp.listener._STALL_CHECK", 0.1)
    sandbox = RecordingSandbox(Budget(100_000))
    with serving(loop_thread, sandbox) as served:
        sitting = served.connect()
        begin(sitting)
        sitting.send(b"x" * 80_000)
        wait_until(lambda: sandbox.budget.used_bytes == 80_000)
        mail = served.connect()
        begin(mail)
        mail.send(b"y" * 90_000 + b"\r\n.\r\n")
        assert mail.reply().startswith("250 ")
        assert sitting.reply().startswith("421 4.3.1 ")
        assert sitting.at_end()
        sandbox.wait_for(lambda it: it.closed)
        assert sandbox.refused[0].reply.code == 421
        assert any(
            "80000 octets of content, and no progress" in line for line in texts(sandbox.refused[0].transaction.lines)
        )
        wait_until(lambda: sandbox.budget.used_bytes == 0)


# Connections and time


def test_too_many_connections_are_turned_away(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way(max_connections=2)
    clients = [served.connect() for _ in range(2)]
    third = served.connect(greeted=False)
    assert third.reply() == "421 4.3.2 Too many connections"
    assert third.at_end()
    clients[0].ask("QUIT")
    wait_until(lambda: served.listener.connection_count < 2)
    served.connect()
    assert [closed.ending for closed in sandbox.closed] == ["quit"]


def test_too_many_connections_of_one_peer_are_turned_away(serve: Serve):
    served = serve(max_connections_per_peer=1)
    served.connect()
    assert served.connect(greeted=False).reply() == "421 4.7.0 Too many connections from your address"


def test_silence_ends_a_connection(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way(idle_timeout=0.2).connect()
    assert client.reply().startswith("421 4.4.2 localhost mailpit-py ESMTP Service closing transmission channel")
    assert client.at_end()
    sandbox.wait_for(lambda it: it.closed)
    assert sandbox.closed[0].ending == "timeout"


def test_single_octets_of_a_command_do_not_break_the_silence(serve: Serve):
    client = serve(idle_timeout=0.4).connect()
    began = time.monotonic()
    client.sock.settimeout(0.05)
    reply = b""
    while not reply and time.monotonic() - began < 5:
        client.send(b"x")
        try:
            reply = client.sock.recv(4096)
        except TimeoutError:
            continue
    assert reply.startswith(b"421 4.4.2 ")
    assert 0.3 < time.monotonic() - began < 4


def test_single_octets_of_content_do_not_break_the_silence(serve_each_way: Serve):
    client = serve_each_way(idle_timeout=0.4).connect()
    begin(client)
    began = time.monotonic()
    client.sock.settimeout(0.05)
    reply = b""
    while not reply and time.monotonic() - began < 5:
        client.send(b"x")
        try:
            reply = client.sock.recv(4096)
        except TimeoutError:
            continue
    assert reply.startswith(b"421 4.4.2 ")


def test_each_event_is_one_line_of_the_log(serve_each_way: Serve, sandbox: RecordingSandbox, caplog):
    sandbox.simulator.rule = lambda stage, session, envelope, recipient: (
        Reply(550, "5.1.1", "No such user") if recipient and recipient.address == "gone@example.test" else None
    )
    served = serve_each_way()
    with caplog.at_level("INFO", "mailpit_py.servers.smtp"):
        client = served.connect()
        client.ask("EHLO me")
        client.ask("AUTH PLAIN AGFubgBzZXNhbWU=")
        client.ask("MAIL FROM:<ann@example.test>")
        client.ask("RCPT TO:<gone@example.test>")
        client.ask("RCPT TO:<bob@example.test>")
        client.ask("DATA")
        client.ask("Subject: secret\r\n\r\nsecret\r\n.")
        client.ask("MAIL FROM:<nobody>")
        client.ask("QUIT")
        sandbox.wait_for(lambda it: it.closed)
    session = sandbox.closed[0].session
    assert [record.getMessage() for record in caplog.records if record.name.endswith(".record")] == [
        f"session={session.public_id} opened listener=smtp peer={session.peer}",
        f"session={session.public_id} stage=RCPT refused <gone@example.test>: 550 5.1.1 No such user",
        f"session={session.public_id} message=0000000000000000000001 kept bytes=27 recipients=<bob@example.test>",
        f"session={session.public_id} stage=MAIL refused: "
        "553 5.1.7 The address is not a valid RFC 5321 address: there is no @domain",
        f"session={session.public_id} closed: quit",
    ]


def test_a_busy_connection_is_not_idle(serve_each_way: Serve):
    client = serve_each_way(idle_timeout=0.4).connect()
    for _ in range(6):
        time.sleep(0.15)
        assert client.ask("NOOP") == "250 2.0.0 Ok"


def test_who_never_reads_is_cut_off_after_all(serve_each_way: Serve, sandbox: RecordingSandbox, monkeypatch):
    monkeypatch.setattr("mailpit_py.servers.smtp.connection._FLUSH_TIMEOUT", 0.1)
    client = serve_each_way(idle_timeout=0.5, max_idle_commands=0).connect()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sock.settimeout(0.2)
    with pytest.raises((TimeoutError, BrokenPipeError, ConnectionResetError)):
        client.send(b"HELP\r\n" * 10_000_000)
    sandbox.wait_for(lambda it: it.closed, 30)
    assert sandbox.closed[0].ending == "timeout"


def test_a_session_ends_when_it_is_too_old(serve: Serve):
    client = serve(session_timeout=0.3, idle_timeout=0).connect()
    for _ in range(100):
        reply = client.ask("NOOP")
        if reply.startswith("421 4.4.2 "):
            return
        time.sleep(0.05)
    raise AssertionError("it lives")


# The end of the server


def test_stopping_says_421_and_leaves_nothing(loop_thread: LoopThread, sandbox: RecordingSandbox):
    with serving(loop_thread, sandbox) as served:
        client = served.connect()
        begin(client)
        served.listener.stop()
        assert client.reply().startswith("421 4.3.2 ")
        assert client.at_end()
        assert served.listener.connection_count == 0
        assert sandbox.closed[0].ending == "shutdown"


def test_stopping_waits_for_what_is_being_kept(loop_thread: LoopThread, sandbox: RecordingSandbox):
    sandbox.is_holding = True
    with serving(loop_thread, sandbox) as served:
        client = served.connect()
        begin(client)
        client.send(b"x\r\n.\r\n")
        sandbox.wait_for(lambda it: it.held)
        stopping: Future[None] = Future()
        loop_thread.loop.call_soon_threadsafe(
            lambda: loop_thread.loop.create_task(served.listener._stop(5)).add_done_callback(
                lambda _: stopping.set_result(None)
            )
        )
        time.sleep(0.05)
        assert not stopping.done()
        sandbox.let_go()
        assert client.reply().startswith("250 2.0.0 ")
        assert client.reply().startswith("421 4.3.2 ")
        stopping.result(5)


def test_a_hundred_connections_leave_nothing_behind(serve_each_way: Serve, sandbox: RecordingSandbox):
    import asyncio

    served = serve_each_way()
    for _ in range(100):
        client = served.connect()
        client.send(BEGIN)
        client.close()
    wait_until(lambda: served.listener.connection_count == 0)
    wait_until(lambda: not _tasks(served, asyncio))
    assert not served.listener._peers


def _tasks(served: Served, asyncio) -> list:
    return [task for task in asyncio.all_tasks(served.listener.loop) if not task.done()]


def test_a_bug_in_a_decision_costs_one_session(serve_each_way: Serve, sandbox: RecordingSandbox, caplog):
    sandbox.simulator.rule = lambda stage, *_: 1 / 0 if stage is Stage.RCPT else None
    served = serve_each_way()
    client = served.connect()
    client.send(BEGIN)
    assert [client.line()[:3] for _ in range(2)] == [b"250", b"250"]
    assert client.reply().startswith("451 4.3.0 ")
    assert client.at_end()
    assert "ZeroDivisionError" in caplog.text
    served.connect()
