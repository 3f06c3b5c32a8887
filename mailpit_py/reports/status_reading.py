"""Delivery status notifications read: every block of the status part, whatever is wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace

from mailpit_py.mail import Message, Part, date
from mailpit_py.reports import agent, blocks, xtext
from mailpit_py.reports import original as original_of
from mailpit_py.reports.blocks import Block, without_comments
from mailpit_py.reports.outcome import EMPTY, Kind, Outcome, ReadReport

_RECIPIENT_FIELDS = ("Final-Recipient", "Original-Recipient", "Action")
_LONGEST = 64 * 1024
_SENDGRID_DATE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d)-(\d\d)-(\d\d)")


def understand(message: Message, part: Part) -> ReadReport:
    """Read the report whose machine-readable part is `part`."""
    found = blocks.parse(part.decoded)
    about_message, about_recipients = _divide(found)
    original = original_of.with_facts(original_of.find(message, part), about_message)
    system = agent.guess(message)
    outcomes = (_outcome(block, system) for block in about_recipients)
    return ReadReport(
        kind=Kind.DELIVERY_STATUS,
        style="rfc3464",
        agent=system,
        path=part.path,
        fields=about_message,
        outcomes=tuple(_completed(outcome, message) for outcome in outcomes),
        original=original,
        reporting_mta=about_message.typed("Reporting-MTA")[1],
        arrival=instant(about_message.value("Arrival-Date")),
        blocks=found,
    )


def _divide(found: tuple[Block, ...]) -> tuple[Block, list[Block]]:
    """The block about the message and those about recipients; a missing blank line is seen through."""
    recipients = [block for block in found if any(block.value(name) for name in _RECIPIENT_FIELDS)]
    if found and found[0] in recipients and found[0].value("Reporting-MTA"):
        head = tuple(entry for entry in found[0].entries if entry.name.lower() in _MESSAGE_FIELDS)
        return Block(head), recipients
    others = [block for block in found if block not in recipients]
    return (others[0] if others else EMPTY), recipients


_MESSAGE_FIELDS = frozenset(
    {"original-envelope-id", "reporting-mta", "dsn-gateway", "received-from-mta", "arrival-date"}
)


def address_of(value: str) -> str:
    """Return the address of `type; address`, brackets and `\\x{...}` undone."""
    kind, semicolon, address = value.partition(";")
    text = (address if semicolon else kind).strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    return xtext.unescape(text)


def _completed(outcome: Outcome, message: Message) -> Outcome:
    """OpenSMTPD tells what the server said only in the text for people: `address: reply`."""
    if outcome.diagnostic or not outcome.address:
        return outcome
    line = re.search(rf"^<?{re.escape(outcome.address)}>?: *([^\r\n]{{4,998}})$", message.text[:_LONGEST], re.M)
    return replace(outcome, diagnostic=line[1].strip()) if line else outcome


def _outcome(block: Block, system: str) -> Outcome:
    final = block.value("Final-Recipient") or block.value("X-Actual-Recipient") or block.value("Original-Recipient")
    kind, diagnostic = block.typed("Diagnostic-Code")
    if kind[:1].isdigit():  # no type, but a semicolon somewhere in the text
        kind, diagnostic = "", block.value("Diagnostic-Code")
    original = address_of(block.value("Original-Recipient"))
    words = without_comments(block.value("Action")).lower().split()
    status = without_comments(block.value("Status")).split()
    return Outcome(
        address=address_of(final),
        action=words[0] if words else "",
        original_address=xtext.decode(original) if system == "exim" else original,  # Exim leaves it encoded
        status=status[0] if status else "",
        diagnostic=diagnostic,
        diagnostic_type=kind,
        remote_mta=without_comments(block.typed("Remote-MTA")[1]).rstrip("."),
        last_attempt=instant(block.value("Last-Attempt-Date")),
        will_retry_until=instant(block.value("Will-Retry-Until")),
        log_id=block.value("Final-Log-ID"),
        block=block,
    )


def instant(value: str) -> int | None:
    """Return a date of a report in microseconds, SendGrid's own form of it too; else None."""
    return date.parse(_SENDGRID_DATE.sub(r"\1 \2:\3:\4", value)) if value else None
