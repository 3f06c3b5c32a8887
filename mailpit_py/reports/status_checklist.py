"""The status part of a report held against RFC 3464, and against the envelope of its original."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.reports import status, xtext
from mailpit_py.reports.blocks import Block, without_comments
from mailpit_py.reports.finding import Finding, finding
from mailpit_py.reports.outcome import Outcome, ReadReport
from mailpit_py.reports.report import Action
from mailpit_py.reports.status_reading import address_of

_DATE = re.compile(
    r"(?:[A-Za-z]{3},\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|[A-Z]{1,5})(?:\s+\(.*\))?"
)
_MTA_TYPES = ("dns", "x-local-hostname", "smtp", "x-unix", "unknown")
_MESSAGE_ONCE = ("Original-Envelope-Id", "Reporting-MTA", "DSN-Gateway", "Received-From-MTA", "Arrival-Date")
_RECIPIENT_FIELDS = "Original-Recipient Final-Recipient Action Status Remote-MTA Diagnostic-Code"
_RECIPIENT_ONCE = (*_RECIPIENT_FIELDS.split(), "Last-Attempt-Date", "Final-Log-ID", "Will-Retry-Until")
_DATES = ("Arrival-Date", "Last-Attempt-Date", "Will-Retry-Until")


def check(report: ReadReport) -> list[Finding]:
    """Return the deviations in the fields; a report that is text has none to check."""
    if report.style != "rfc3464":
        return []
    found = [*_message(report.fields)]
    if not report.outcomes:
        found.append(finding("no-recipients"))
    for outcome in report.outcomes:
        found += [*_recipient(outcome), *_status(outcome), *_diagnostic(outcome), *_times(report, outcome)]
    return found


def _message(block: Block) -> Iterator[Finding]:
    if not block.value("Reporting-MTA"):
        yield finding("no-reporting-mta")
    for name in ("Reporting-MTA", "Received-From-MTA", "DSN-Gateway"):
        yield from _mta(block, name)
    yield from _repeated(block, _MESSAGE_ONCE)
    yield from _dates(block)


def _mta(block: Block, name: str) -> Iterator[Finding]:
    kind, text = block.typed(name)
    if block.value(name) and (kind not in _MTA_TYPES or not text):
        yield finding("mta-syntax", f"{name}: {block.value(name)}")


def _repeated(block: Block, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        if len(block.values(name)) > 1:
            yield finding("repeated-field", name)


def _dates(block: Block) -> Iterator[Finding]:
    for name in _DATES:
        value = block.value(name)
        if value and not _DATE.fullmatch(value):
            yield finding("date-syntax", f"{name}: {value}")


def _recipient(outcome: Outcome) -> Iterator[Finding]:
    block = outcome.block
    if not block.value("Final-Recipient"):
        yield finding("no-final-recipient")
    for name in ("Final-Recipient", "Original-Recipient"):
        kind, address = block.typed(name)
        if block.value(name) and not (kind and address):
            yield finding("recipient-syntax", f"{name}: {block.value(name)}")
    if not outcome.action:
        yield finding("no-action", outcome.address)
    elif outcome.action not in set(Action):
        yield finding("unknown-action", outcome.action)
    yield from _mta(block, "Remote-MTA")
    yield from _repeated(block, _RECIPIENT_ONCE)
    yield from _dates(block)


def _status(outcome: Outcome) -> Iterator[Finding]:
    if not outcome.status:
        yield finding("no-status", outcome.address)
        return
    if status.describe(outcome.status) is None:
        yield finding("status-syntax", outcome.status)
        return
    if outcome.action in set(Action) and outcome.status[0] not in Action(outcome.action).classes:
        yield finding("status-and-action", f"{outcome.status} with {outcome.action}")
    if outcome.action == "failed" and outcome.status[0] == "4":
        yield finding("transient-failure", outcome.status)
    inner = status.find(outcome.diagnostic) or str(outcome.reply_code or "")
    if inner and not outcome.status.startswith(inner[:1] if "." not in inner else inner):
        yield finding("status-and-diagnostic", f"{outcome.status}, but {inner}")


def _diagnostic(outcome: Outcome) -> Iterator[Finding]:
    block = outcome.block
    value = block.value("Diagnostic-Code")
    if value and not (outcome.diagnostic_type and outcome.diagnostic):
        yield finding("diagnostic-syntax", value)
    answered = outcome.diagnostic_type == "smtp" and outcome.reply_code
    if answered and not outcome.remote_mta:
        yield finding("no-remote-mta", outcome.address)
    if outcome.remote_mta and outcome.action == "failed" and not value:
        yield finding("no-diagnostic", outcome.address)


def _times(report: ReadReport, outcome: Outcome) -> Iterator[Finding]:
    if outcome.block.value("Will-Retry-Until") and outcome.action != "delayed":
        yield finding("retry-without-delay", outcome.action)
    if outcome.last_attempt is not None and report.arrival is not None and outcome.last_attempt < report.arrival:
        yield finding("attempt-before-arrival", outcome.address)


def against(report: ReadReport, original: Envelope) -> list[Finding]:
    """Return where the report contradicts the envelope that its original came with."""
    found = [*_envelope_id(report, original)] if report.style == "rfc3464" else []
    recipients = {recipient.address.lower(): recipient for recipient in original.recipients}
    for outcome in report.outcomes:
        recipient = recipients.get(outcome.address.lower())
        if recipient is None:
            found.append(finding("not-a-recipient", outcome.address))
        elif report.style == "rfc3464":
            found += _original_recipient(outcome, recipient)
    return found


def _envelope_id(report: ReadReport, original: Envelope) -> Iterator[Finding]:
    given, told = xtext.decode(original.envid), report.fields.value("Original-Envelope-Id")
    if given and not told:
        yield finding("no-envelope-id", given)
    elif told and not given:
        yield finding("invented-envelope-id", told)
    elif told.split() != given.split():
        yield finding("wrong-envelope-id", f"{told}, not {given}")


def _original_recipient(outcome: Outcome, recipient: Recipient) -> Iterator[Finding]:
    told = without_comments(outcome.block.value("Original-Recipient"))
    given = xtext.decode(recipient.orcpt.partition(";")[2])
    if given and not told:
        yield finding("no-original-recipient", given)
    elif told and not given:
        yield finding("invented-original-recipient", told)
    elif address_of(told) != given:
        yield finding("wrong-original-recipient", f"{address_of(told)}, not {given}")
