"""The failures that every dialect has to tell of, and one original for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mailpit_py.reports.report import Action, RecipientStatus, Report

HOUR = 3_600_000_000
NOON = 1_795_435_200_000_000  # 2026-11-23 12:00:00 UTC
ORIGINAL = (
    b"From: App <noreply@app.example>\r\n"
    b"To: nobody@dest.example\r\n"
    b"Subject: Your invoice\r\n"
    b"Message-ID: <invoice-1@app.example>\r\n"
    b"Date: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Please pay within 14 days.\r\n"
)


@dataclass(frozen=True)
class Failure:
    """A cause with the words of a server, or of a queue when `code` is absent."""

    name: str
    status: str
    diagnostic: str
    command: str = "RCPT TO"

    @property
    def answered(self) -> bool:
        return self.diagnostic[:3].isdigit()


FAILURES = [
    Failure("unknown_user", "5.1.1", "550 5.1.1 <nobody@dest.example>: Recipient address rejected: User unknown"),
    Failure("mailbox_full", "5.2.2", "552 5.2.2 <nobody@dest.example>: Mailbox full"),
    Failure("disabled", "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled."),
    Failure("spam", "5.7.1", "550 5.7.1 Message rejected: spam content", "end of DATA"),
    Failure("too_large", "5.3.4", "552 5.3.4 Message size exceeds fixed limit", "MAIL FROM"),
    Failure(
        "dmarc",
        "5.7.26",
        "550-5.7.26 Unauthenticated email from app.example is not accepted\n550 5.7.26 due to domain's DMARC policy.",
        "end of DATA",
    ),
    Failure("expired", "4.7.1", "451 4.7.1 Greylisted, please try again later"),
    Failure(
        "host_unknown",
        "5.4.4",
        "Host or domain name not found. Name service error for name=dest.example: Host not found",
    ),
    Failure("refused_connection", "4.4.1", "connect to mx.dest.example[192.0.2.25]:25: Connection refused"),
    Failure("moved", "5.1.6", "551 5.1.6 recipient no longer on server: nobody@dest.example"),
    Failure("relay_denied", "5.7.1", "554 5.7.1 <nobody@dest.example>: Relay access denied"),
    Failure("plain_reply", "5.0.0", "550 no such user here"),
]


def failed(failure: Failure, address: str = "nobody@dest.example", **changes: Any) -> RecipientStatus:
    status = RecipientStatus(
        address,
        Action.FAILED,
        failure.status,
        remote_mta="mx.dest.example" if failure.answered else "",
        remote_address="192.0.2.25" if failure.answered else "",
        diagnostic=failure.diagnostic.replace("nobody@dest.example", address),
        command=failure.command,
        last_attempt=NOON + HOUR,
    )
    return replace(status, **changes)


def delayed(address: str = "nobody@dest.example") -> RecipientStatus:
    return RecipientStatus(
        address,
        Action.DELAYED,
        "4.7.1",
        remote_mta="mx.dest.example",
        remote_address="192.0.2.25",
        diagnostic="451 4.7.1 Greylisted, please try again later",
        last_attempt=NOON + 4 * HOUR,
        will_retry_until=NOON + 120 * HOUR,
    )


def arrived(action: Action, address: str = "nobody@dest.example") -> RecipientStatus:
    return RecipientStatus(
        address,
        action,
        "2.1.5",
        remote_mta="mx.dest.example",
        remote_address="192.0.2.25",
        diagnostic="250 2.1.5 Ok",
    )


def told(action: Action, address: str = "nobody@dest.example") -> RecipientStatus:
    if action is Action.FAILED:
        return failed(FAILURES[0], address)
    return delayed(address) if action is Action.DELAYED else arrived(action, address)


def report(*recipients: RecipientStatus, **changes: Any) -> Report:
    whole = Report(
        reporting_mta="mail.sandbox.test",
        reverse_path="bounces+v=erp@app.example",
        recipients=recipients or (failed(FAILURES[0]),),
        original=ORIGINAL,
        arrival=NOON,
        at=NOON + HOUR,
        seed="seed",
        client="app.example",
    )
    return replace(whole, **changes)
