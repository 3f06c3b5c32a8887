"""Events as the scheduler makes them, from one message with every provider's own fields in its header."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mailpit_py.simulation.catalogue import SCENARIOS
from mailpit_py.webhooks import Event, Kind, describe

NOON = 1_795_435_200_000_000  # 2026-11-23 12:00:00 UTC
SECOND = 1_000_000
RECIPIENT = "Nobody@dest.example"
RAW = (
    b"From: =?utf-8?q?Caf=C3=A9?= <news@app.example>\r\n"
    b"To: Nobody <Nobody@dest.example>\r\n"
    b"Subject: Your invoice\r\n"
    b"Message-ID: <invoice-1@app.example>\r\n"
    b"Date: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    b'X-SMTPAPI: {"category": ["invoice"], "unique_args": {"subscriber": "17", "event": "not yours"}}\r\n'
    b'X-Mailgun-Variables: {"subscriber": "17"}\r\n'
    b"X-Mailgun-Tag: invoice\r\n"
    b"X-PM-Tag: invoice\r\n"
    b"X-PM-Metadata-subscriber: 17\r\n"
    b'X-MSYS-API: {"campaign_id": "invoice", "metadata": {"subscriber": "17"}, "tags": ["a"]}\r\n'
    b'X-MJ-EventPayload: {"subscriber": "17"}\r\n'
    b"X-MJ-CustomID: invoice-17\r\n"
    b"X-Mailjet-Campaign: invoice\r\n"
    b"X-SES-CONFIGURATION-SET: tracking\r\n"
    b"X-SES-MESSAGE-TAGS: subscriber=17, kind=invoice\r\n"
    b"X-Tag: invoice\r\n"
    b'X-Tags: ["invoice"]\r\n'
    b'X-Metadata: {"subscriber": "17"}\r\n'
    b"\r\n"
    b"Please pay within 14 days.\r\n"
)
SENT = describe(
    RAW,
    public_id="aB3dEfGhIjKlMnOpQrStUv",
    reverse_path="bounces@app.example",
    recipients=(RECIPIENT,),
    received_at=NOON,
)
EVENT = Event("Zy9XwVuTsRqPoNmLkJiHgF", Kind.BOUNCED, RECIPIENT, SENT, NOON + 5 * SECOND, remote_mta="mx.dest.example")


def failing(scenario: str, kind: Kind = Kind.BOUNCED, **changes: Any) -> Event:
    """The event of a cause of the catalogue, with the catalogue's own code, status and words."""
    cause = SCENARIOS[scenario]
    text = cause.text.format(recipient=RECIPIENT, sender="bounces@app.example", client="192.0.2.1",
                             helo="app.example", sender_domain="app.example")  # fmt: skip
    return replace(EVENT, kind=kind, scenario=scenario, code=cause.code, status=cause.status, text=text, **changes)


def of_kind(kind: Kind) -> Event:
    """An event of each kind."""
    usual = {
        Kind.DELIVERED: replace(EVENT, kind=kind, code=250, status="2.0.0", text="Ok: queued"),
        Kind.DEFERRED: failing("mailbox_full", kind, attempt=2, retry_until=NOON + 432_000 * SECOND),
        Kind.BOUNCED: failing("unknown_user"),
        Kind.CLICKED: replace(EVENT, kind=kind, link="https://app.example/pay"),
    }
    return usual.get(kind) or replace(EVENT, kind=kind)
