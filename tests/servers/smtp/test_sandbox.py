"""The listener with the real sandbox behind it: kept when answered, dialogue and refusals with the mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.loop import LoopThread
from mailpit_py.storage import Store, StoreOptions
from tests.servers.smtp.serving import Served, serving, wait_until


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions()) as store:
        yield store


@pytest.fixture
def sandbox(store: Store) -> Sandbox:
    return Sandbox(store, Clock())


@pytest.fixture
def served(loop_thread: LoopThread, sandbox: Sandbox) -> Iterator[Served]:
    with serving(loop_thread, sandbox) as served:
        yield served


@pytest.fixture
def hiding(sandbox: Sandbox) -> Sandbox:
    """The sandbox with a rule that hides enhanced codes."""
    outcome = {"kind": "hide_keywords", "keywords": ["ENHANCEDSTATUSCODES"]}
    sandbox.simulator.book.add({"stage": "ehlo", "outcome": outcome})
    return sandbox


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


def test_what_is_kept_has_no_enhanced_codes_where_none_were_said(served: Served, store: Store, hiding: Sandbox):
    client = served.connect()
    client.ask("EHLO me")
    client.ask("MAIL FROM:<ann@example.test>")
    assert client.ask("RCPT TO:<bounce+5.1.1@bounce.test>").startswith("550 <bounce")
    assert client.ask("RCPT TO:<bob@example.test>") == "250 Ok"
    client.ask("DATA")
    public_id = client.ask("Subject: x\r\n\r\n.").rpartition(" ")[2]
    stored = store.message("default", public_id)
    assert [one.reply.status for one in (*stored.envelope.recipients, *stored.envelope.refused)] == ["", ""]
    assert store.transcript("default", public_id)[-1].text == f"250 Ok: queued as {public_id}"


def test_a_new_ehlo_does_not_change_what_was_said_before_it(served: Served, store: Store, hiding: Sandbox):
    client = served.connect()
    client.ask("EHLO me")
    client.ask("MAIL FROM:<ann@example.test>")
    client.ask("RCPT TO:<bounce+5.1.1@bounce.test>")
    hiding.simulator.book.clear()
    assert client.ask("EHLO me").startswith("250-")
    wait_until(lambda: store.counts("default").refused == 1)
    attempt = store.page("default", refused=True).items[0]
    assert (attempt.reply.code, attempt.reply.status) == (550, "")


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
