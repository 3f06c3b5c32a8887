"""Complaints: feedback reports in ARF (RFC 5965), built and read, with redaction (RFC 6590)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.mail import Message, Part, read, stamp
from mailpit_py.mail.field import LONGEST, field
from mailpit_py.reports import agent, blocks, mime
from mailpit_py.reports import original as original_of
from mailpit_py.reports.blocks import Block
from mailpit_py.reports.outcome import EMPTY, Kind, Outcome, ReadReport
from mailpit_py.reports.status_reading import instant
from mailpit_py.reports.token import BASE62, token

TYPES = ("abuse", "fraud", "virus", "other", "not-spam", "opt-out")
_BREAKS = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One recipient's complaint about one message.

    `provider` is the domain that forwards it, `to` the address that takes complaints. With `redact`
    the recipient is replaced by a token wherever it stands in clear, and only the header section
    goes back, since a body may hide it in any encoding. Instants are in microseconds.
    Raises ValueError for a feedback type that needs more fields, or addresses with line ends.
    """

    provider: str
    to: str
    recipient: str
    reverse_path: str
    original: bytes
    arrival: int
    at: int
    seed: str
    feedback_type: str = "abuse"
    source_ip: str = "192.0.2.1"
    envid: str = ""
    redact: bool = False
    original_bytes: int = 50_000

    def __post_init__(self) -> None:
        if self.feedback_type not in TYPES:
            raise ValueError(f"{self.feedback_type} is not one of {', '.join(TYPES)}")
        if _BREAKS.search(self.provider + self.to + self.recipient + self.reverse_path):
            raise ValueError("an address is one line")


def build_complaint(complaint: Complaint) -> bytes:
    """Return the report. Its reverse-path is the provider's, not null: feedback loops do it so."""
    subject = read(complaint.original).subject
    provider = complaint.provider
    fields = [
        field("From", f"<feedback@{provider}>"),
        field("To", complaint.to),
        field("Subject", _hidden(complaint, f"FW: {subject}")),
        field("Date", stamp.rfc5322(complaint.at)),
        field("Message-ID", f"<{token(complaint.seed, 'message-id', 20)}@{provider}>"),
        field("Auto-Submitted", "auto-generated"),
    ]
    parts = [mime.text_part(_notice(complaint)), _machine_part(complaint), _returned(complaint)]
    return mime.report(fields, "feedback-report", parts, lambda n: f"arf-{token(complaint.seed, f'boundary {n}', 28)}")


def _hidden(complaint: Complaint, text: str) -> str:
    if not complaint.redact:
        return text
    return re.sub(_pattern(complaint.recipient), _substitute(complaint), text, flags=re.I)


def _pattern(address: str) -> str:
    """The address, and its form in VERP and in links."""
    local, _, domain = address.rpartition("@")
    return f"{re.escape(local)}(?P<at>@|=|%40){re.escape(domain)}"


def _substitute(complaint: Complaint) -> str:
    """A template: the same recipient of the same provider is always the same token (RFC 6590 §3)."""
    local, _, domain = complaint.recipient.rpartition("@")
    name = token(f"{complaint.provider} {complaint.seed}", local.lower(), 16, BASE62)
    literal = domain.replace("\\", r"\\")
    return rf"redacted-{name}\g<at>{literal}"


def _notice(complaint: Complaint) -> str:
    when = stamp.rfc5322(complaint.arrival)
    return (
        f"This is an email abuse report for an email message received from IP {complaint.source_ip} on {when}.\n\n"
        f"A recipient at {complaint.provider} marked the message below as {complaint.feedback_type}.\n"
        "The second part of this report is for programs; its form is defined in RFC 5965.\n"
    )


def _machine_part(complaint: Complaint) -> bytes:
    rows = [
        ("Feedback-Type", complaint.feedback_type),
        ("User-Agent", f"FeedbackLoop/1.0 ({complaint.provider})"),
        ("Version", "1"),
        ("Original-Mail-From", f"<{_hidden(complaint, complaint.reverse_path)}>"),
        ("Original-Rcpt-To", f"<{_hidden(complaint, complaint.recipient)}>"),
        ("Arrival-Date", stamp.rfc5322(complaint.arrival)),
        ("Reporting-MTA", f"dns; {complaint.provider}"),
        ("Source-IP", complaint.source_ip),
    ]
    if complaint.envid:
        rows.insert(3, ("Original-Envelope-Id", complaint.envid))
    domain = complaint.reverse_path.rpartition("@")[2]
    rows += [("Reported-Domain", domain)] if domain else []
    body = b"".join(field(name, value, width=LONGEST) for name, value in rows)
    return mime.entity([field("Content-Type", "message/feedback-report")], body)


def _returned(complaint: Complaint) -> bytes:
    whole = len(complaint.original) <= complaint.original_bytes and not complaint.redact
    body = (mime.on_the_wire if whole else mime.header_section)(complaint.original)
    if complaint.redact:
        pattern, substitute = (text.encode() for text in (_pattern(complaint.recipient), _substitute(complaint)))
        body = mime.on_the_wire(re.sub(pattern, substitute, body, flags=re.I))
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return mime.entity([field("Content-Type", kind), *mime.eight_bit(body)], body)


def understand(message: Message, part: Part) -> ReadReport:
    """Read the feedback report whose machine-readable part is `part`."""
    found = blocks.parse(part.decoded)
    facts = Block(tuple(entry for block in found for entry in block.entries)) if found else EMPTY
    addresses = [value.strip("<> ") for value in facts.values("Original-Rcpt-To")]
    addresses = addresses or [value.strip("<> ") for value in facts.values("Redacted-Address")] or [""]
    action = facts.value("Feedback-Type").lower()
    return ReadReport(
        kind=Kind.FEEDBACK,
        style="arf",
        agent=agent.guess(message),
        path=part.path,
        fields=facts,
        outcomes=tuple(Outcome(address=address, action=action, block=facts) for address in addresses),
        original=original_of.with_facts(original_of.find(message, part), facts),
        reporting_mta=facts.typed("Reporting-MTA")[1],
        arrival=instant(facts.value("Arrival-Date") or facts.value("Received-Date")),
        blocks=found,
    )
