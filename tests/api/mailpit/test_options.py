"""Options of Mailpit's that change what a whole sandbox does: dates, tenants, numbers elsewhere, a demonstration."""

from __future__ import annotations

import socket
import sqlite3
import threading
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api.demo import ENDPOINTS
from mailpit_py.application.clock import Clock
from mailpit_py.application.retention import limits
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.assembly.takeover import open_store
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.node import Node
from mailpit_py.storage import Store, StoreOptions
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.routes import walk
from tests.assembly.test_takeover import made, shown

LOCAL = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
NOVEMBER = 1_795_435_200_000_000  # 2026-11-23T12:00:00Z


@pytest.mark.parametrize(
    ("field", "is_taken"),
    [
        (b"Date: Mon, 23 Nov 2026 13:00:00 +0100\r\n", True),
        (b"Date: yesterday\r\n", False),
        (b"", False),
    ],
)
def test_the_date_field_is_the_time_of_arrival_on_request(field: bytes, is_taken: bool) -> None:
    with Store.open(None, StoreOptions()) as store:
        for message_dates in (True, False):
            mail = Mail(Sandbox(store, Clock(), message_dates=message_dates))
            public_id = mail.receive(field + b"Subject: x\r\n\r\n")
            found = store.message("default", public_id)
            assert found is not None
            assert (found.summary.received_at == NOVEMBER) is (is_taken and message_dates)


def test_the_option_reaches_the_sandbox() -> None:
    with Node(Config(**LOCAL, use_message_dates=True)) as node:
        public_id = Mail(node.sandbox).receive(b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\n")
        found = node.store.message("default", public_id)
        assert found is not None
        assert found.summary.received_at == NOVEMBER


def test_a_tenant_has_a_file_of_its_own(tmp_path: Path) -> None:
    for tenant in ("", "My Server 3"):
        with Node(Config(**LOCAL, database=str(tmp_path / "mail.db"), tenant_id=tenant)) as node:
            Mail(node.sandbox).receive()
            assert node.store.count() == 1
    assert {one.name for one in tmp_path.glob("*.db")} == {"mail.db", "mail.My_Server_3.db"}


def test_a_tenant_takes_over_its_own_mail_of_mailpit_s(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 2)
    made(path, 3, prefix="My_Server_3_", ids="{:021}x")
    opened = open_store(path, StoreOptions(), "My Server 3")
    with opened.store as store:
        assert "3 messages of it were taken over" in opened.note
        assert store.path.name == "mailpit.My_Server_3.db"


def test_tags_come_over_with_their_messages(tmp_path: Path) -> None:
    path = made(tmp_path / "mailpit.db", 2)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE tags (ID INTEGER PRIMARY KEY, Name TEXT COLLATE NOCASE)")
        connection.execute("CREATE TABLE message_tags (Key INTEGER PRIMARY KEY, ID TEXT, TagID INT)")
        connection.execute("INSERT INTO tags VALUES (1, 'Shop'), (2, 'new orders')")
        connection.execute("INSERT INTO message_tags VALUES (1, ?, 1), (2, ?, 2)", (f"{1:022}", f"{1:022}"))
    with open_store(path, StoreOptions()).store as store:
        assert [one.summary.tags for one in shown(store)] == [("new orders", "Shop"), ()]


def test_numbers_have_a_server_of_their_own_without_login_and_webroot() -> None:
    options = {"enable_prometheus": "127.0.0.1:0", "ui_auth": "ann:secret", "webroot": "/mail/"}
    with Node(Config(**LOCAL, **options)) as node:
        place = f"http://127.0.0.1:{node.ports['metrics_place']}"
        with urllib.request.urlopen(f"{place}/metrics", timeout=30) as answer:
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert b"\nmailpit_messages 0\n" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{place}/", timeout=30)
        assert f"[prometheus] numbers at {place}/metrics" in node.announcements()


@pytest.mark.parametrize("value", ["perhaps", "unix:/tmp/x", "localhost", "127.0.0.1:99999"])
def test_numbers_without_a_place_are_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="--enable-prometheus"):
        Config(enable_prometheus=value)


@pytest.fixture
def demo(make_app: Any) -> Client:
    client: Client = make_app(demo_mode=True).test_client()
    return client


REFUSED = b"this functionality has been disabled for demonstration purposes"


@pytest.mark.parametrize(
    ("method", "path", "content_type", "body"),
    [
        ("GET", "message/latest/link-check", "text/plain", REFUSED),
        ("POST", "message/latest/release", "text/plain", REFUSED),
        ("POST", "send", "application/json", b'{"Error":"%b"}\n' % REFUSED),
    ],
)
def test_a_demonstration_sends_nothing(
    demo: Client, mail: Mail, method: str, path: str, content_type: str, body: bytes
) -> None:
    mail.receive()
    answer = demo.open(f"{V1}/{path}", method=method, json={})
    assert (answer.status_code, answer.content_type, answer.data) == (400, content_type, body)
    assert demo.get(f"{V1}/messages").status_code == 200


def test_everything_that_a_demonstration_refuses_is_there_and_refused(make_app: Any, mail: Mail) -> None:
    app = make_app(demo_mode=True)
    refused = set()
    for endpoint, method, path in walk(app, mail.receive()):
        if endpoint in ENDPOINTS:
            answer = app.test_client().open(path, method=method, json={})
            assert answer.status_code == 400, endpoint
            assert b"disabled for demonstration" in answer.data
            refused.add(endpoint)
    assert refused == ENDPOINTS


@pytest.mark.parametrize(("most", "kept"), [(0, 1_000), (500, 500), (5_000, 1_000)])
def test_a_demonstration_keeps_a_thousand_messages(most: int, kept: int) -> None:
    assert limits(Config(max=most, demo_mode=True)).max_messages == kept


def test_the_start_says_who_is_told_and_asked_and_no_password() -> None:
    options = {"webhook_url": "http://app:secret@127.0.0.1:9999/hook", "enable_rspamd": "http://127.0.0.1:11333"}
    with Node(Config(**LOCAL, **options)) as node:
        lines = node.announcements()
    assert "[webhook] tells http://127.0.0.1:9999/hook of every message" in lines
    assert "[spam] scores are asked of http://127.0.0.1:11333" in lines


def test_a_spam_filter_that_is_not_there_is_told_at_the_start(caplog: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        with Node(Config(**LOCAL, enable_spamassassin=f"127.0.0.1:{nobody.getsockname()[1]}")) as node:
            for thread in threading.enumerate():
                if thread.name == "mailpit-spam-filter":
                    thread.join(60)
            assert Mail(node.sandbox).receive()
    [told] = [one for one in caplog.records if "spamassassin" in one.getMessage()]
    assert told.levelname == "WARNING"
    assert told.getMessage().endswith("spamassassin: Connection refused")
