"""A bounce host: an SMTP server for the envelope senders of a newsletter, which reads what comes back.

    python bounce_host.py 2525
    mailpit-py --bounce-push localhost:2525

Every report arrives from the null reverse-path. What it says is in parts for programs, so no text
for people has to be guessed at: message/delivery-status (RFC 3464) for what was delivered or not,
message/feedback-report (RFC 5965) for complaints.
"""

from __future__ import annotations

import asyncio
import email
import sys
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP
from subscribers import Subscribers

ACTIONS = {"failed": "bounced", "delayed": "deferred"}


class BounceHost:
    """Takes reports, and marks those whom they are about."""

    def __init__(self, subscribers: Subscribers) -> None:
        self.subscribers = subscribers

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.subscribers.mark_all(read_report(email.message_from_bytes(envelope.content)))
        return "250 Ok"


def read_report(message: Message) -> list[tuple[str, str]]:
    """Return whom a report is about, and what became of them; nothing for any other mail."""
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            # The first block is about the message, then there is one for each recipient.
            for block in list(part.get_payload())[1:]:
                state = ACTIONS.get((block["Action"] or "").strip().lower())
                # The address that was written to, if the mail was forwarded to another one.
                recipient = block["Original-Recipient"] or block["Final-Recipient"] or ""
                if state and recipient:
                    found.append((recipient.partition(";")[2], state))
        elif part.get_content_type() == "message/feedback-report":
            fields = email.message_from_string(text_of(part))
            if fields["Feedback-Type"] == "abuse" and fields["Original-Rcpt-To"]:
                found.append((fields["Original-Rcpt-To"].strip("<> "), "complained"))
    return found


def text_of(part: Message) -> str:
    """Return the text of a part, which the library takes for a message of its own."""
    inner = part.get_payload()
    return inner[0].as_string() if isinstance(inner, list) else str(inner)


async def serve(port: int) -> None:
    subscribers = Subscribers()
    loop = asyncio.get_running_loop()
    host = BounceHost(subscribers)
    server = await loop.create_server(lambda: SMTP(host, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)
    print(f"listening on port {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 2525))
