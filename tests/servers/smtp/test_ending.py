"""How connections end: too many of them, silence, age, the end of the server, and a bug."""

from __future__ import annotations

import socket
import time
from concurrent.futures import Future

import pytest

from mailpit_py.mail.envelope import Reply
from mailpit_py.servers.loop import LoopThread
from mailpit_py.simulation.stage import Stage
from tests.servers.smtp.opening import BEGIN, begin
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import RawClient, Serve, Served, serving, wait_until

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
    assert said_to_single_octets(client).startswith(b"421 4.4.2 ")


def test_single_octets_of_content_do_not_break_the_silence(serve_each_way: Serve):
    client = serve_each_way(idle_timeout=0.4).connect()
    begin(client)
    assert said_to_single_octets(client).startswith(b"421 4.4.2 ")


def said_to_single_octets(client: RawClient) -> bytes:
    """What is said to a client that goes on saying one octet at a time."""
    late = time.monotonic() + 60
    client.sock.settimeout(0.05)
    while time.monotonic() < late:
        client.send(b"x")
        try:
            return client.sock.recv(4096)
        except TimeoutError:
            continue
    raise AssertionError("nothing is said")


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
    client = serve_each_way(idle_timeout=1.5).connect()
    for _ in range(8):
        time.sleep(0.25)
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
