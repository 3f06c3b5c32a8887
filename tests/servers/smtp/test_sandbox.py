"""The listener with the real sandbox behind it: kept when answered, dialogue and refusals with the mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest

from mailpit_py.clock import Clock
from mailpit_py.sandbox import Sandbox
from mailpit_py.servers.loop import LoopThread
from mailpit_py.storage import Store, StoreOptions
from tests.servers.smtp.serving import Served, serving, wait_until


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions()) as store:
        yield store


@pytest.fixture
def served(loop_thread: LoopThread, store: Store) -> Iterator[Served]:
    with serving(loop_thread, Sandbox(store, Clock())) as served:
        yield served


def test_a_message_is_there_once_it_is_answered(served: Served, store: Store):
    raw = b"Subject: hello\r\n\r\n\x00\xff bare\nlf\r\n"
    with smtplib.SMTP("127.0.0.1", served.port, timeout=10) as client:
        client.ehlo()
        client.mail("ann@example.test")
        client.rcpt("bob@example.test", ["NOTIFY=NEVER"])
        code, text = client.docmd("DATA")
        assert code == 354
        client.send(raw + b".\r\n")
        code, text = client.getreply()
        public_id = text.decode().rpartition(" ")[2]
        assert store.raw("default", public_id) == raw
        stored = store.message("default", public_id)
        assert stored.envelope.recipients[0].notify == "NEVER"
        lines = [line.text for line in store.transcript("default", public_id)]
    assert lines[0].startswith("220 ")
    assert lines[-1] == f"250 2.0.0 Ok: queued as {public_id}"
    assert lines.count(lines[-1]) == 1


def test_a_refused_transaction_is_an_attempt(served: Served, store: Store):
    client = served.connect()
    client.ask("HELO me")
    client.ask("MAIL FROM:<nonsense>")
    client.ask("QUIT")
    wait_until(lambda: store.counts("default").refused == 1)


def test_a_session_without_mail_is_kept(served: Served, store: Store):
    client = served.connect()
    client.ask("NOOP")
    client.ask("QUIT")
    wait_until(lambda: store.sessions())


def test_a_hundred_messages_over_ten_connections(served: Served, store: Store):
    clients = [smtplib.SMTP("127.0.0.1", served.port, timeout=10) for _ in range(10)]
    for number in range(100):
        clients[number % 10].sendmail("a@b.test", ["c@d.test"], f"Subject: {number}\r\n\r\nx\r\n")
    for client in clients:
        client.quit()
    assert store.counts("default").total == 100
    wait_until(lambda: store.budget.used_bytes == 0)
