"""What Mailpit's clients ask about the program, and its numbers for Prometheus."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from mailpit_py import __version__
from mailpit_py.api.mailpit.metrics import numbers
from mailpit_py.config import Config
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.node import Node
from tests.api.conftest import SIMPLE, Mail, session
from tests.api.mailpit.conftest import V1

INFO = ["Version", "LatestVersion", "Database", "DatabaseSize", "Messages", "Unread", "Tags", "RuntimeStats"]
STATISTICS = [
    "Uptime", "Memory", "MessagesDeleted", "SMTPAccepted", "SMTPAcceptedSize", "SMTPRejected", "SMTPIgnored"
]  # fmt: skip
NUMBERS = [
    "database_size_bytes", "memory_usage_bytes", "messages", "messages_deleted", "messages_unread",
    "smtp_accepted_size_bytes", "smtp_accepted", "smtp_ignored", "smtp_rejected", "tag_messages", "uptime_seconds",
]  # fmt: skip


def test_info_has_exactly_its_members(client: Client, mail: Mail) -> None:
    mail.receive()
    info = client.get(f"{V1}/info").json
    assert list(info) == INFO
    assert list(info["RuntimeStats"]) == STATISTICS
    assert (info["Version"], info["LatestVersion"]) == (f"v{__version__}", "disabled")
    assert (info["Messages"], info["Unread"], info["Tags"]) == (1, 1, {})
    assert info["DatabaseSize"] > 4_096
    assert info["RuntimeStats"]["Memory"] > 1 << 20


def test_what_happens_is_counted(client: Client, mail: Mail) -> None:
    def numbers() -> dict[str, int]:
        found: dict[str, int] = client.get(f"{V1}/info").json["RuntimeStats"]
        return found

    before = numbers()
    ids = [mail.receive(), mail.receive()]
    mail.refuse()
    client.delete(f"{V1}/messages", json={"IDs": ids[:1]})
    after = numbers()
    moved = {name: after[name] - before[name] for name in STATISTICS[2:]}
    size = len(client.get(f"{V1}/message/{ids[1]}/raw").data)
    assert moved == {
        "MessagesDeleted": 1, "SMTPAccepted": 2, "SMTPAcceptedSize": 2 * size, "SMTPRejected": 1, "SMTPIgnored": 0
    }  # fmt: skip


NAMED = b"Subject: x\r\nMessage-ID: <once@example.org>\r\n\r\n"
SENT = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}], "Headers": {"Message-ID": "<once@example.org>"}}


def test_what_is_there_already_is_taken_and_counted_as_ignored() -> None:
    options = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", "ignore_duplicate_ids": True}
    with Node(Config(**options)) as node:
        address = f"http://127.0.0.1:{node.ports['listen']}{V1}"
        with smtplib.SMTP("127.0.0.1", node.ports["smtp"], timeout=30) as smtp:
            replies = [_data(smtp, NAMED) for _ in range(2)]
        sent = json.loads(_asked(f"{address}/send", json.dumps(SENT).encode()))
        info = json.loads(_asked(f"{address}/info"))
        metrics = numbers(node.sandbox, "default").get_data(as_text=True)
    assert replies[0].startswith("2.0.0 Ok: queued as ")
    assert replies[1] == "2.0.0 Ok: queued"
    assert sent == {"ID": ""}
    assert [info["Messages"], *(info["RuntimeStats"][name] for name in ("SMTPAccepted", "SMTPIgnored"))] == [1, 1, 2]
    assert "\nmailpit_smtp_ignored_total 2\n" in metrics


def _data(smtp: smtplib.SMTP, raw: bytes) -> str:
    smtp.ehlo_or_helo_if_needed()
    smtp.mail("app@example.org")
    smtp.rcpt("ann@example.com")
    return smtp.data(raw)[1].decode()


def _asked(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(address, body, timeout=30) as answer:
        found: bytes = answer.read()
        return found


def test_webui_has_exactly_its_members(make_app: Any) -> None:
    answer = make_app(label="Team", hide_delete_all_button=True).test_client().get(f"{V1}/webui")
    assert answer.json == {
        "Label": "Team",
        "MessageRelay": {
            "Enabled": False,
            "SMTPServer": "",
            "ReturnPath": "",
            "AllowedRecipients": "",
            "BlockedRecipients": "",
            "OverrideFrom": "",
            "PreserveMessageIDs": False,
            "RecipientAllowlist": "",
        },
        "SpamAssassin": False,
        "ChaosEnabled": False,
        "DuplicatesIgnored": False,
        "HideDeleteAllButton": True,
    }


@pytest.mark.parametrize("value", ["", "false", "0"])
def test_metrics_are_off_unless_asked_for(make_app: Any, value: str) -> None:
    assert make_app(enable_prometheus=value).test_client().get("/metrics").status_code == 404


def test_metrics_are_read_by_prometheus_itself(make_app: Any, mail: Mail) -> None:
    client = make_app(enable_prometheus="true", webroot="/mail/").test_client()
    mail.receive()
    public_id = mail.receive()
    client.put(f"/mail{V1}/tags", json={"IDs": [public_id], "Tags": ["A tag"]})
    answer = client.get("/mail/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    assert [family.name for family in families] == [f"mailpit_{name}" for name in NUMBERS]
    assert all(family.documentation for family in families)
    values = {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}
    assert (values["mailpit_messages"], values["mailpit_messages_unread"]) == (2, 2)
    (tag,) = next(family for family in families if family.name == "mailpit_tag_messages").samples
    assert (tag.labels, tag.value) == ({"tag": "A tag"}, 1)
    kinds = {family.name.removeprefix("mailpit_"): family.type for family in families}
    assert {name for name, kind in kinds.items() if kind == "counter"} == {
        "messages_deleted", "smtp_accepted_size_bytes", "smtp_accepted", "smtp_ignored", "smtp_rejected"
    }  # fmt: skip


def test_recipients_that_are_refused_beside_others_are_counted(client: Client, mail: Mail) -> None:
    before = client.get(f"{V1}/info").json["RuntimeStats"]["SMTPRejected"]
    said = Reply(550, "5.1.1", "unknown user")
    envelope = Envelope("a@b.test", (Recipient("c@d.test"),), (Recipient("e@d.test", reply=said),))
    mail.sandbox.receive(Transaction(session(), envelope), SIMPLE).result(10)
    assert client.get(f"{V1}/info").json["RuntimeStats"]["SMTPRejected"] == before + 1
