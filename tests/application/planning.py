"""Mail that asks for reports, and the reports that came of it."""

from __future__ import annotations

from typing import Any

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.storage import Summary
from tests.application.test_clock import HOUR, NOON

DAY = 24 * HOUR
SENDER = "bounces+v=erp@app.example"


def send(
    sandbox: Sandbox, *recipients: str, sender: str = SENDER, notify: str = "", subject: str = "hello", **fields: str
) -> str:
    """Receive a mail, and return its id."""
    header = {"From": "app@app.example", "To": ", ".join(recipients), "Subject": subject, **fields}
    header.setdefault("Message-ID", f"<{subject}@app.example>")
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in header.items()]
    raw = "\r\n".join([*lines, "", "body", ""]).encode()
    envelope = Envelope(sender, tuple(Recipient(one, notify) for one in recipients))
    session = Session(f"s-{subject}", NOON, peer="198.51.100.7:4000", helo="client.example")
    return sandbox.receive(Transaction(session, envelope), raw).result(10).public_id


def reports(sandbox: Sandbox) -> list[Summary]:
    """The rows of the sandbox's own messages, the first one first."""
    rows: list[Any] = [one for one in sandbox.store.page(limit=5_000).items if isinstance(one, Summary)]
    return [one for one in reversed(rows) if one.source == "report"]


def raws(sandbox: Sandbox) -> list[bytes]:
    return [sandbox.store.raw("default", one.public_id) or b"" for one in reports(sandbox)]
