"""What is simulated beyond replies, on real sockets: drops, silence, slow reading, broken handshakes, their limits."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.smtp.stall import Stalls
from mailpit_py.simulation.outcome import HideKeywords, Outcome, Refuse, Silence, Throttle, TlsFailure
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.rule import Rule
from mailpit_py.simulation.stage import Stage
from tests.servers.smtp.recording import RecordingSandbox
from tests.servers.smtp.serving import RawClient, Serve, serving, wait_until

CONTENT = b"Subject: x\r\n\r\n" + b"0123456789" * 20 + b"\r\n"


def begin(client: RawClient, recipient: str) -> str:
    client.ask("EHLO me")
    client.ask("MAIL FROM:<app@example.org>")
    return client.ask(f"RCPT TO:<{recipient}>")


def is_reset(client: RawClient) -> bool:
    try:
        while client.sock.recv(4096):
            pass
    except ConnectionResetError:
        return True
    return False


# Drops


def test_a_drop_in_the_middle_of_the_content_is_a_reset(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    begin(client, "drop+data@bounce.test")
    assert client.ask("DATA").startswith("354 ")
    client.send(b"Subject: never\r\n")
    assert is_reset(client)
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    (attempt,) = sandbox.refused
    assert (attempt.stage, attempt.reply.code) == (Stage.DATA, 421)
    assert attempt.decision.rule == "drop+data@bounce.test"
    assert (sandbox.kept, sandbox.closed[0].ending) == ([], "dropped")


def test_a_drop_in_the_middle_of_a_chunk(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    begin(client, "drop+data@bounce.test")
    client.send(b"BDAT 100 LAST\r\nx")
    assert is_reset(client)
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert (sandbox.kept, len(sandbox.refused)) == ([], 1)


def test_an_empty_last_chunk_is_dropped_too(serve: Serve, sandbox: RecordingSandbox):
    client = serve().connect()
    begin(client, "drop+data@bounce.test")
    client.send(b"BDAT 0 LAST\r\n")
    assert is_reset(client)
    assert sandbox.kept == []


@pytest.mark.parametrize(
    ("recipient", "stage", "kept"),
    [
        ("drop+rcpt@bounce.test", Stage.RCPT, 0),
        ("drop+content@bounce.test", Stage.CONTENT, 0),
        ("drop+content+kept@bounce.test", None, 1),
    ],
)
def test_a_drop_is_an_attempt_unless_it_keeps(serve: Serve, sandbox: RecordingSandbox, recipient, stage, kept):
    client = serve().connect()
    begin = f"EHLO me\r\nMAIL FROM:<app@example.org>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()
    client.send(begin + CONTENT + b".\r\n")  # at once: what comes after the drop would be answered with a reset
    while client.line():
        pass
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert [attempt.stage for attempt in sandbox.refused] == ([stage] if stage else [])
    assert len(sandbox.kept) == kept


def test_the_content_goes_with_the_attempt_that_refused_it(serve: Serve, sandbox: RecordingSandbox):
    client = serve().connect()
    begin(client, "bounce+5.7.1+content@bounce.test")
    client.ask("DATA")
    assert client.ask(CONTENT + b".").startswith("550 5.7.1")
    sandbox.wait_for(lambda sandbox: sandbox.refused)
    assert sandbox.refused[0].raw == CONTENT


# Silence


def silent(seconds: float, *, stage: Stage = Stage.RCPT, then: Outcome | None = None) -> Rule:
    return Rule(Silence(seconds, then) if then else Silence(seconds), stage)


def test_silence_does_not_hold_others(serve_each_way: Serve):
    served = serve_each_way()
    slow, quick = served.connect(), served.connect()
    begun = time.monotonic()
    slow.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+1s@bounce.test>\r\nNOOP\r\n")
    assert begin(quick, "ann@example.com") == "250 2.1.5 Ok"
    quick.ask("DATA")
    assert quick.ask(CONTENT + b".").startswith("250 ")
    assert time.monotonic() - begun < 1
    assert slow.reply().endswith("250 HELP")
    assert slow.reply() == "250 2.1.0 Ok"
    assert slow.reply() == "250 2.1.5 Ok"
    assert time.monotonic() - begun >= 1
    assert slow.reply() == "250 2.0.0 Ok"


def test_idleness_is_not_counted_during_silence(serve_each_way: Serve):
    client = serve_each_way(idle_timeout=0.3).connect()
    assert begin(client, "slow+1s@bounce.test") == "250 2.1.5 Ok"
    assert client.ask("NOOP") == "250 2.0.0 Ok"


def test_a_client_that_leaves_during_silence_is_noticed(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way()
    client = served.connect()
    client.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+200s@bounce.test>\r\n")
    wait_until(lambda: served.listener.stalls.count == 1)
    client.close()
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert served.listener.stalls.count == 0
    (attempt,) = sandbox.refused
    assert (attempt.stage, attempt.reply.text) == (Stage.RCPT, "The client left before it was answered")
    assert attempt.decision.rule == "slow+200s@bounce.test"


def test_a_message_is_not_kept_for_a_client_that_left_before_its_reply(serve: Serve, sandbox: RecordingSandbox):
    sandbox.simulator.use(silent(200, stage=Stage.CONTENT))
    served = serve()
    client = served.connect()
    begin(client, "ann@example.com")
    client.ask("DATA")
    client.send(CONTENT + b".\r\n")
    wait_until(lambda: served.listener.stalls.count == 1)
    client.close()
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert (sandbox.kept, sandbox.refused[0].raw, sandbox.refused[0].stage) == ([], CONTENT, Stage.CONTENT)


def test_beyond_the_limit_nobody_is_kept_waiting(serve: Serve, sandbox: RecordingSandbox, caplog):
    served = serve()
    served.listener.stalls = Stalls(limit=2)
    waiting = [served.connect() for _ in range(2)]
    for client in waiting:
        client.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+100s@bounce.test>\r\n")
    wait_until(lambda: served.listener.stalls.count == 2)
    third = served.connect()
    with caplog.at_level(logging.WARNING):
        assert begin(third, "slow+100s@bounce.test") == "250 2.1.5 Ok"
    assert "not kept waiting" in caplog.text
    third.ask("QUIT")
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert "not kept waiting: too many connections are already" in [line.text for line in sandbox.closed[0].lines]


def test_fifty_wait_without_a_thread(serve: Serve):
    served = serve()
    threads = threading.active_count()
    clients = [served.connect() for _ in range(50)]
    for client in clients:
        client.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+1s@bounce.test>\r\n")
    wait_until(lambda: served.listener.stalls.count == 50)
    assert threading.active_count() == threads
    for client in clients:
        assert [client.reply()[:3] for _ in range(3)] == ["250", "250", "250"]
    assert served.listener.stalls.count == 0


def test_stopping_does_not_wait_for_silence(loop_thread: LoopThread, sandbox: RecordingSandbox):
    with serving(loop_thread, sandbox) as served:
        client = served.connect()
        client.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+300s@bounce.test>\r\n")
        wait_until(lambda: served.listener.stalls.count == 1)
        begun = time.monotonic()
        served.listener.stop()
        assert time.monotonic() - begun < 3
        client.reply(), client.reply()
        assert client.reply().startswith("421 4.3.2")


def test_what_is_said_during_silence_is_answered_in_order(serve_each_way: Serve):
    client = serve_each_way().connect()
    client.send(b"EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<slow+1s@bounce.test>\r\n")
    client.send(b"RCPT TO:<ann@example.com>\r\nRSET\r\nQUIT\r\n")
    assert [client.reply()[:9] for _ in range(6)][1:] == [
        "250 2.1.0",
        "250 2.1.5",
        "250 2.1.5",
        "250 2.0.0",
        "221 2.0.0",
    ]
    assert client.at_end()


# Slow reading


def test_content_is_read_slowly(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    begin(client, "slow+400bps@bounce.test")
    client.ask("DATA")
    begun = time.monotonic()
    assert client.ask(CONTENT + b".").startswith("250 ")
    assert 0.3 < time.monotonic() - begun < 10
    assert sandbox.kept[0].raw == CONTENT
    assert client.ask("NOOP") == "250 2.0.0 Ok"


def test_more_than_is_read_ahead_waits_in_the_network(serve_each_way: Serve, sandbox: RecordingSandbox):
    sandbox.simulator.use(Rule(Throttle(2_000_000), Stage.DATA))
    client = serve_each_way().connect()
    begin(client, "ann@example.com")
    client.ask("DATA")
    raw = b"x" * 998 + b"\r\n"
    assert client.ask(raw * 1000 + b".").startswith("250 ")
    assert sandbox.kept[0].raw == raw * 1000


def test_leaving_while_content_is_read_slowly(serve_each_way: Serve, sandbox: RecordingSandbox):
    served = serve_each_way()
    client = served.connect()
    begin(client, "slow+5bps@bounce.test")
    client.ask("DATA")
    client.send(b"x\r\n")
    wait_until(lambda: served.listener.stalls.count == 1)
    client.close()
    sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert (served.listener.stalls.count, sandbox.kept) == (0, [])


# TLS


@contextlib.contextmanager
def handshake(sock: socket.socket) -> Iterator[None]:
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        ssl._create_unverified_context().wrap_socket(sock)
    yield


def test_starttls_is_answered_and_its_handshake_fails(serve_each_way: Serve, sandbox: RecordingSandbox, tls):
    sandbox.simulator.use(Rule(TlsFailure(), Stage.STARTTLS))
    client = serve_each_way(ssl_context=tls.context).connect()
    client.ask("EHLO me")
    assert client.ask("STARTTLS").startswith("220 ")
    with handshake(client.sock):
        sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert sandbox.closed[0].ending == "tls failed"
    assert any("simulated a TLS handshake that fails" in line.text for line in sandbox.closed[0].lines)


def test_a_tls_port_breaks_the_handshake(serve_each_way: Serve, sandbox: RecordingSandbox, tls):
    sandbox.simulator.use(Rule(TlsFailure(), Stage.CONNECT, first=1))
    served = serve_each_way(ssl_context=tls.context, implicit_tls=True)
    with handshake(served.connect(greeted=False).sock):
        sandbox.wait_for(lambda sandbox: sandbox.closed)
    assert sandbox.closed[0].ending == "tls failed"
    second = ssl._create_unverified_context().wrap_socket(served.connect(greeted=False).sock)
    assert second.recv(4) == b"220 "
    second.close()
    assert sandbox.simulator.connections == [1, 1]


def test_a_tls_port_is_counted_once_and_may_refuse(serve: Serve, sandbox: RecordingSandbox, tls):
    sandbox.simulator.use(Rule(Refuse(Refusal(code=554, text="No")), Stage.CONNECT))
    served = serve(ssl_context=tls.context, implicit_tls=True)
    inside = ssl._create_unverified_context().wrap_socket(served.connect(greeted=False).sock)
    assert inside.recv(100) == b"554 No\r\n"
    inside.close()
    assert len(sandbox.simulator.connections) == 1


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (Rule(Refuse(Refusal(code=454, status="4.7.0", text="Not now")), Stage.STARTTLS), "454 4.7.0 Not now"),
        (Rule(HideKeywords(frozenset({"STARTTLS"})), Stage.HELO), "502 5.5.1 Command not implemented"),
    ],
)
def test_starttls_is_refused_or_hidden(serve_each_way: Serve, sandbox: RecordingSandbox, tls, rule, answer):
    sandbox.simulator.use(rule)
    client = serve_each_way(ssl_context=tls.context).connect()
    assert ("STARTTLS" in client.ask("EHLO me")) is (rule.stage is Stage.STARTTLS)
    assert client.ask("STARTTLS") == answer
    assert client.ask("NOOP") == "250 2.0.0 Ok"


# Memory, and the number of connections


def test_a_reply_waits_until_what_it_depends_on_is_durable(serve_each_way: Serve, sandbox: RecordingSandbox):
    client = serve_each_way().connect()
    client.ask("EHLO me")
    client.ask("MAIL FROM:<app@example.org>")
    pending = sandbox.simulator.pending = Future()
    client.send(b"RCPT TO:<greylist@bounce.test>\r\n")
    client.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.line()
    client.sock.settimeout(20)
    sandbox.simulator.pending = None
    pending.set_result(None)
    assert client.reply().startswith("451 4.7.1")


def test_open_connections_of_the_client_are_told(serve: Serve, sandbox: RecordingSandbox):
    served = serve()
    clients = [served.connect() for _ in range(3)]
    assert sandbox.simulator.connections == [1, 2, 3]
    clients[0].close()


def test_one_log_line_for_each_effect(serve: Serve, caplog):
    client = serve().connect()
    with caplog.at_level(logging.INFO, "mailpit_py.servers.smtp"):
        begin(client, "bounce+5.1.1@bounce.test")
        begin(client, "ann@example.com")
    (record,) = [record for record in caplog.records if "simulated" in record.getMessage()]
    expected = "stage=RCPT simulated 550 5.1.1: trigger=address rule='bounce+5.1.1@bounce.test' count=0 seed=1"
    assert record.getMessage().endswith(expected)
