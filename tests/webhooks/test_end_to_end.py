"""A running sandbox and consumers that nobody here wrote: from a mail to what the app is told."""

from __future__ import annotations

import json
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from mailpit_py.application.sinkbook import SinkSettings, is_waiting
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.storage import SinkKind
from tests.outbound.servers import web
from tests.webhooks.anymail_app import PASSWORD, PATHS, configure, received
from tests.webhooks.oracle import verifiers

FREE = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
WORD = "a word of the tests"  # from which the keys of Django's settings come too
MAIL = b"From: news@app.example\r\nTo: you@x.test\r\nSubject: news\r\nMessage-ID: <1@app.example>\r\n\r\nbody\r\n"
DAY = 86_400_000_000
SENT = {
    "ann@x.test": {"delivered/None"},
    "ndr+unknown_user@bounce.test": {"bounced/bounced", "bounced/None", "bounced/invalid"},
    "complaint@bounce.test": {"delivered/None", "complained/spam", "complained/None"},
}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def django_app() -> Iterator[int]:
    """A Django project with anymail's views, served on a free port."""
    from django.core.handlers.wsgi import WSGIHandler

    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(node: Node, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=30) as client:
        for address in recipients:
            client.sendmail("bounces@app.example", [address], MAIL)
    node.sandbox.scheduler.advance("default", microseconds=DAY)


def settle(node: Node) -> None:
    """Wait until nothing is on its way."""
    sinks, bell = node.store.agenda.sinks, node.store.agenda.bell
    for _ in range(600):
        tick = bell.tick
        if not sinks.attempts("default", state="pending").items:
            return
        bell.wait(tick, 0.2)
    pytest.fail(str(sinks.attempts("default", state="pending").items))


@pytest.mark.filterwarnings("ignore")  # anymail and boto3 warn about themselves
@pytest.mark.parametrize("provider", PATHS)
def test_anymail_is_told_what_became_of_each_mail(hook, provider, monkeypatch):
    configure(hook)
    with Node(Config(**FREE, webhook_secret=WORD)) as node, django_app() as port, received() as events:
        # What an app that uses anymail with Amazon sets, to confirm at the sandbox instead.
        for name, value in {
            "AWS_ENDPOINT_URL_SNS": f"{node.url}sns/",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }.items():
            monkeypatch.setenv(name, value)
        target = f"http://{PASSWORD}@127.0.0.1:{port}{PATHS[provider]}"
        settings = SinkSettings(kind=SinkKind.WEBHOOK, target=target, provider=provider)
        sink = node.sandbox.sinks.add("default", settings)
        settle(node)  # SES: boto3 has confirmed the subscription
        assert not is_waiting(node.sandbox.sinks.find("default", sink.public_id))
        send(node, *SENT)
        settle(node)
        states = {one.state.value for one in node.store.agenda.sinks.attempts("default").items}
    assert states == {"delivered"}
    told: dict[str, set[str]] = {}
    for event in events:
        told.setdefault(event.recipient, set()).add(f"{event.event_type}/{event.reject_reason}")
    assert told.keys() == SENT.keys()
    assert all(told[address] <= SENT[address] for address in SENT), told


@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_validator_fetches_the_certificate_from_the_sandbox(tmp_path, version):
    """The page speaks HTTPS with a certificate of its own authority; the app trusts that, and our host."""
    database = tmp_path / "mail.db"
    options = {**FREE, "database": str(database), "ui_tls_cert": "auto", "outbound_allow": "loopback"}
    with web() as app, Node(Config(**options)) as node:
        settings = SinkSettings(
            kind=SinkKind.WEBHOOK,
            target=f"http://127.0.0.1:{app.port}/ses",
            provider="ses",
            signature_version=version,
            confirmed=True,
        )
        node.sandbox.sinks.add("default", settings)
        send(node, "ndr+unknown_user@bounce.test")
        [request] = app.wait_for(1)
        (tmp_path / "ca.pem").write_bytes(authority_of(node).read_bytes())
        with verifiers(tls=tmp_path) as node_js:
            host = r"^127\.0\.0\.1:\d+$"
            assert json.loads(request.body)["SigningCertURL"].startswith("https://127.0.0.1:")
            assert node_js.ask("sns", body=request.body.decode(), host=host)
            assert not node_js.ask("sns", body=request.body.decode().replace("5.1.1", "5.1.2"), host=host)


def authority_of(node: Node) -> Path:
    """The file that the start lines name."""
    [line] = [line for line in node.announcements() if line.startswith("[tls]")]
    return Path(line.split(" signed by ")[1].split(";")[0])
