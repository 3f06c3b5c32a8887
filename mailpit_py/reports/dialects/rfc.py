"""The standard to the letter (RFC 3464, RFC 6522, RFC 6533): what every bounce processor has to read."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import LONGEST, field, mailbox
from mailpit_py.reports import mime, status
from mailpit_py.reports.dialects.dialect import ALL, Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus

_OPENING = {
    Action.FAILED: "Your message could not be delivered to:",
    Action.DELAYED: "Your message has not been delivered yet to:",
    Action.DELIVERED: "Your message has been delivered to:",
    Action.RELAYED: "Your message has been handed on, to a system that reports no more, for:",
    Action.EXPANDED: "Your message has been handed on to the members behind:",
}
_CLOSING = {
    Action.FAILED: "It will not be tried again. Your message, or its header section, is attached.",
    Action.DELAYED: "This is a warning only: there is nothing to do. It will be tried again for {remaining}.",
}
_SUBJECTS = {
    Action.FAILED: "Delivery failed",
    Action.DELAYED: "Delivery delayed",
    Action.DELIVERED: "Delivered",
    Action.RELAYED: "Relayed",
    Action.EXPANDED: "Expanded",
}


def compose(draft: Draft) -> bytes:
    """Return the report exactly as the standards ask for it."""
    parts = [_notice(draft), _status(draft), _returned(draft)]
    subject = _SUBJECTS[draft.action]
    fields = [
        field("From", mailbox("Mail Delivery System", f"MAILER-DAEMON@{draft.host}")),
        draft.to(),
        draft.subject(f"{subject}: {draft.message.subject}" if draft.message.subject else subject),
        field("Date", stamp.rfc5322(draft.report.at)),
        field("Message-ID", f"<{draft.token('message-id', 24)}@{draft.host}>"),
        *draft.references("In-Reply-To", "References"),
        field("Auto-Submitted", "auto-replied"),
    ]
    return mime.report(fields, draft.report_type, parts, lambda number: f"=_{draft.token(f'boundary {number}', 30)}")


def _notice(draft: Draft) -> bytes:
    lines = [f"This is the mail server {draft.host}.", "", _OPENING[draft.action], ""]
    for recipient in draft.recipients:
        lines += [*_paragraph(recipient), ""]
    closing = _CLOSING.get(draft.action)
    return mime.text_part("\n".join([*lines, closing.format(remaining=draft.remaining)] if closing else lines[:-1]))


def _paragraph(recipient: RecipientStatus) -> list[str]:
    known = status.describe(recipient.status, recipient.one_line)
    meaning = [f"    {known.sentence} ({recipient.status})"] if known else []
    if recipient.remote_mta and recipient.code:
        said = [f"    {recipient.remote_mta} answered {recipient.command}:"]
    else:
        said = []
    return [f"<{recipient.final_recipient}>", *meaning, *said, *(f"    {line}" for line in recipient.lines)]


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Original-Envelope-Id", draft.envelope_id)] if report.envid else []
    rows += [("Reporting-MTA", f"dns; {draft.host}"), ("Arrival-Date", stamp.rfc5322(report.arrival))]
    head = [field("Content-Type", f"message/{draft.report_type}")]
    return draft.status_part(head, [rows, *(recipient_rows(draft, each) for each in draft.recipients)])


def recipient_rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    """Return the fields about one recipient in the order of RFC 3464 §2.3."""
    rows = draft.original_recipient(recipient)
    rows.append(("Final-Recipient", draft.typed(recipient.final_recipient)))
    rows += [("Action", recipient.action.value), ("Status", recipient.status)]
    if recipient.remote_mta:
        rows.append(("Remote-MTA", f"dns; {recipient.remote_mta}"))
    if recipient.diagnostic:
        kind = "smtp" if recipient.code else "x-local"
        rows.append(("Diagnostic-Code", f"{kind}; {draft.words(recipient.one_line)}"))
    if recipient.last_attempt is not None:
        rows.append(("Last-Attempt-Date", stamp.rfc5322(recipient.last_attempt)))
    if recipient.final_log_id:
        rows.append(("Final-Log-ID", recipient.final_log_id))
    if recipient.will_retry_until is not None:
        rows.append(("Will-Retry-Until", stamp.rfc5322(recipient.will_retry_until)))
    return rows


def _returned(draft: Draft) -> bytes:
    report = draft.report
    trace = f"from {report.client} by {draft.host} with ESMTP id {draft.queue_id};"
    received = field("Received", f"{trace} {stamp.rfc5322(report.arrival)}", width=LONGEST)
    body = draft.copy(draft.return_path(), received)
    return mime.entity([field("Content-Type", draft.returned_type()), *mime.eight_bit(body)], body)


DIALECT = Dialect("rfc", "RFC 3464", compose, ALL)
