"""Delivery reports through a real Postfix: its parameters arrive as the application gave them, and are honoured."""

from __future__ import annotations

import json
import smtplib
from typing import Any

from mailpit_py.mail import read
from mailpit_py.reports import understand
from tests.clients.postfix import postfix, wait_until
from tests.process import Running

MAIL = "From: app@app.test\r\nTo: ann@dest.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@app.test>\r\n\r\nx\r\n"
EXPECTED = [("arrives", "delivered", "ann@dest.test"), ("fails", "failed", "ndr+5.1.1@dest.test")]
OPTIONS = ["RET=HDRS", "ENVID=Env+2B42"]
NOTIFY = ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Ann@dest.test"]


def send(port: int, subject: str, recipient: str, rcpt_options: list[str]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("bounces@app.test", [recipient], MAIL.format(subject=subject), OPTIONS, rcpt_options)


def reports(running: Running, subject: str) -> list[dict[str, Any]]:
    return [row for row in running.find(subject) if row["source"] == "report"]


def test_postfix_leaves_reports_to_us_and_we_honour_what_was_asked(running: Running):
    with postfix(running.smtp_port) as relay:
        send(relay.port, "arrives", "ann@dest.test", NOTIFY)
        send(relay.port, "fails", "ndr+5.1.1@dest.test", NOTIFY)
        send(relay.port, "silent", "ndr+5.1.1@dest.test", ["NOTIFY=NEVER"])
        wait_until(lambda: relay.is_idle, 60)
        wait_until(lambda: reports(running, "arrives") and reports(running, "fails"), 60)
    for subject, action, address in (
        ("arrives", "delivered", "ann@dest.test"),
        ("fails", "failed", "ndr+5.1.1@dest.test"),
    ):
        (row,) = reports(running, subject)
        assert (row["reverse_path"], row["recipients"]) == ("", ["bounces@app.test"])
        report = understand(read(running.get(f"api/v2/messages/{row['id']}/raw")))
        assert report is not None
        (outcome,) = report.outcomes
        assert (outcome.action, outcome.address, outcome.original_address) == (action, address, "Ann@dest.test")
        assert (report.original.envelope_id, report.original.is_whole) == ("Env+42", False)
        checked = json.loads(running.get(f"api/v2/messages/{row['id']}/report"))
        assert [one for one in checked["findings"] if one["level"] != "note"] == []
    assert reports(running, "silent") == []
    ours = [row for row in running.find("from:mailer-daemon") if row["source"] != "report"]
    assert ours == []  # Postfix itself reports nothing: the next server knows DSN (RFC 3461 §5.2.1)
