"""Barracuda: a filter that accepts and then refuses; every part inline, only headers returned."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field
from mailpit_py.reports import mime, status
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

_SUBJECT = "**Message you sent blocked by our bulk email filter**"
_INLINE = field("Content-Disposition", "inline")


def compose(draft: Draft) -> bytes:
    """Return the report as a Barracuda appliance would."""
    parts = [_notice(draft), _status(draft), _returned(draft)]
    mark = mime.boundary(parts, lambda number: f"----------=_{draft.token(f'boundary {number}', 16, DIGITS)}")
    kind = f'multipart/report; report-type={draft.report_type}; charset=utf-8; boundary="{mark}"'
    fields = [
        field("Date", stamp.rfc5322(draft.report.at)),
        field("From", "MAILER-DAEMON <>"),
        draft.to(),
        draft.subject(_SUBJECT),
        field("Message-ID", f"<{draft.token('message-id', 12)}.BSF@{draft.host}>"),
        field("MIME-Version", "1.0"),
        field("Content-Type", kind),
        *mime.eight_bit(*parts),
    ]
    return mime.entity(fields, mime.multipart(parts, mark))


def _notice(draft: Draft) -> bytes:
    recipients = "\n".join(f"Your message to: {each.final_recipient}" for each in draft.recipients)
    text = (
        f"{recipients}\nwas stopped by our filter. The message you sent had this subject:\n\n  {draft.message.subject}"
    )
    body = mime.text(text)
    kind = field("Content-Type", 'text/plain; charset="utf-8"')
    return mime.entity([kind, _INLINE, *mime.eight_bit(body)], body)


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Reporting-MTA", f"dns; {draft.host}"), ("Received-From-MTA", f"smtp; {report.client}")]
    rows += [("Arrival-Date", stamp.rfc5322(report.arrival))]
    head = [field("Content-Type", f"message/{draft.report_type}"), _INLINE]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)])


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    filtered = f", UBE, id={draft.token('filter', 5, DIGITS)}-{draft.token('filter 2', 2, DIGITS)}"
    mark = filtered if recipient.status.startswith("5.7.") else ""
    rows: list[Row] = [("Final-Recipient", draft.typed(recipient.final_recipient))]
    rows += [("Action", recipient.action.value), ("Status", status.find(recipient.one_line) or recipient.status)]
    rows += [("Diagnostic-Code", f"smtp; {draft.words(recipient.one_line + mark)}")]
    attempt = draft.report.at if recipient.last_attempt is None else recipient.last_attempt
    return [*rows, ("Last-Attempt-Date", stamp.rfc5322(attempt))]


def _returned(draft: Draft) -> bytes:
    body = draft.copy(full=False)
    return mime.entity([field("Content-Type", draft.returned_type(full=False)), _INLINE, *mime.eight_bit(body)], body)


DIALECT = Dialect("barracuda", "Barracuda", compose, frozenset({Action.FAILED}))
