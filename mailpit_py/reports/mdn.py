"""Message disposition notifications: receipts that a reader sends (RFC 8098), built and read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.mail import Message, Part, read, stamp
from mailpit_py.mail.address import parse
from mailpit_py.mail.field import LONGEST, field, mailbox
from mailpit_py.reports import agent, blocks, mime
from mailpit_py.reports import original as original_of
from mailpit_py.reports.blocks import Block
from mailpit_py.reports.outcome import EMPTY, Kind, Outcome, ReadReport
from mailpit_py.reports.status_reading import address_of
from mailpit_py.reports.token import token

DISPOSITIONS = ("displayed", "deleted", "dispatched", "processed")
_BREAKS = re.compile(r"[\r\n\0]")
_SENTENCES = {
    "displayed": "Your message has been displayed. That does not say that it was read or understood.",
    "deleted": "Your message has been deleted. It may have been seen before, or not.",
    "dispatched": "Your message has been sent on, and was not displayed here.",
    "processed": "Your message has been processed by a rule, and was not displayed.",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reader did with a message; `is_manual` if a person did it and agreed to tell.

    Raises ValueError for an unknown disposition or an address with line ends.
    """

    reader: str
    to: str
    original: bytes
    at: int
    seed: str
    disposition: str = "displayed"
    is_manual: bool = True
    host: str = "reader.invalid"

    def __post_init__(self) -> None:
        if self.disposition not in DISPOSITIONS:
            raise ValueError(f"{self.disposition} is not one of {', '.join(DISPOSITIONS)}")
        if _BREAKS.search(self.reader + self.to + self.host):
            raise ValueError("an address is one line")


def requested_by(message: Message) -> str:
    """Return the address that asks for a receipt, or `''`. A report never gets one (RFC 8098 §2.1)."""
    wish = message.field("Disposition-Notification-To")
    if wish is None or message.root.content_type == "multipart/report":
        return ""
    addresses = parse(wish.raw)
    return addresses[0].address if addresses else ""


def build_mdn(receipt: Receipt) -> bytes:
    """Return the receipt. Send it from the null reverse-path (RFC 8098 §3)."""
    original = read(receipt.original)
    ids = [field(name, f"<{original.message_id}>") for name in ("In-Reply-To", "References") if original.message_id]
    fields = [
        field("From", mailbox("", receipt.reader)),
        field("To", mailbox("", receipt.to)),
        field("Subject", f"Disposition notification: {original.subject}"),
        field("Date", stamp.rfc5322(receipt.at)),
        field("Message-ID", f"<{token(receipt.seed, 'message-id', 20)}@{receipt.host}>"),
        *ids,
        field("Auto-Submitted", "auto-replied"),
    ]
    headers = mime.header_section(receipt.original)
    copy = mime.entity([field("Content-Type", "text/rfc822-headers"), *mime.eight_bit(headers)], headers)
    parts = [mime.text_part(_notice(receipt, original)), _machine_part(receipt, original), copy]
    mark = "disposition-notification"
    return mime.report(fields, mark, parts, lambda n: f"mdn-{token(receipt.seed, f'boundary {n}', 28)}")


def _notice(receipt: Receipt, original: Message) -> str:
    about = f"This is about the message {original.subject!r} to {receipt.reader}.\n\n"
    return about + _SENTENCES[receipt.disposition] + "\n"


def _machine_part(receipt: Receipt, original: Message) -> bytes:
    mode = "manual-action/MDN-sent-manually" if receipt.is_manual else "automatic-action/MDN-sent-automatically"
    rows = [("Reporting-UA", f"{receipt.host}; mail sandbox"), ("Final-Recipient", f"rfc822; {receipt.reader}")]
    rows += [("Original-Message-ID", f"<{original.message_id}>")] if original.message_id else []
    rows += [("Disposition", f"{mode}; {receipt.disposition}")]
    body = b"".join(field(name, value, width=LONGEST) for name, value in rows)
    return mime.entity([field("Content-Type", "message/disposition-notification")], body)


def understand(message: Message, part: Part) -> ReadReport:
    """Read the receipt whose machine-readable part is `part`."""
    found = blocks.parse(part.decoded)
    facts = Block(tuple(entry for block in found for entry in block.entries)) if found else EMPTY
    disposition = facts.value("Disposition").rpartition(";")[2].partition("/")[0]
    outcome = Outcome(
        address=address_of(facts.value("Final-Recipient")),
        action=disposition.strip().lower(),
        original_address=address_of(facts.value("Original-Recipient")),
        diagnostic=facts.value("Error") or facts.value("Failure"),
        block=facts,
    )
    return ReadReport(
        kind=Kind.DISPOSITION,
        style="mdn",
        agent=agent.guess(message),
        path=part.path,
        fields=facts,
        outcomes=(outcome,),
        original=original_of.with_facts(original_of.find(message, part), facts),
        reporting_mta=facts.value("Reporting-UA"),
        blocks=found,
    )
