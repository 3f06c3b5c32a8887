"""A store that fails or has no room, clients that do not read: what waits, what is refused, who gives way."""

from __future__ import annotations

import socket

import pytest

from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.servers.loop import LoopThread
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage.budget import Budget
from tests.servers.smtp.opening import BEGIN, begin, texts
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import Serve, serving, wait_until


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
