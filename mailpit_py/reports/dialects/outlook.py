"""Outlook.com as Hotmail left it: a text declared UTF-7, a boundary of its own kind, no Remote-MTA."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import BASE62, DIGITS

_OPENING = "This is an automatically generated Delivery Status Notification.\n"
_FAILED = "Delivery to the following recipients failed.\n"
_DELAYED = (
    "This is only a warning: there is no need to send it again.\n\n"
    "Delivery to the following recipients has been delayed.\n"
)


def compose(draft: Draft) -> bytes:
    """Return the report as Outlook.com would."""
    host = f"BAY004-OMC{draft.token('host', 1, '1234')}S{draft.token('host 2', 2, DIGITS)}.hotmail.com"
    parts = [_notice(draft), _status(draft, host), _returned(draft, host)]
    mark = mime.boundary(
        parts, lambda number: f"9B095B5ADSN=_{draft.token(f'boundary {number}', 18).upper()}{host[:20]}"
    )
    when = stamp.rfc5322(draft.report.at, "-0800", -8)
    kind = f'multipart/report; report-type={draft.report_type}; boundary="{mark}"'
    fields = [
        field("Received", f"from {host} by mail.hotmail.com with Microsoft SMTPSVC; {when}"),
        field("From", "postmaster@mail.hotmail.com"),
        draft.to(),
        field("Date", when),
        field("MIME-Version", "1.0"),
        field("Content-Type", kind),
        *mime.eight_bit(*parts),
        field("X-DSNContext", f"335a7efd - {draft.token('context', 4)} - 00000001 - 80040546"),
        field("Message-ID", f"<{draft.token('message-id', 17, BASE62)}@{host}>"),
        draft.subject(f"Delivery Status Notification ({'Failure' if draft.action is Action.FAILED else 'Delay'})"),
        field("X-Message-Delivery", draft.token("delivery", 40, BASE62)),
        field("X-Message-Info", draft.token("info", 60, BASE62)),
    ]
    return mime.entity(fields, mime.multipart(parts, mark))


def _notice(draft: Draft) -> bytes:
    recipients = "".join(f"\n       {draft.address(each.final_recipient)}" for each in draft.recipients)
    text = _FAILED if draft.action is Action.FAILED else _DELAYED
    body = mime.text(f"{_OPENING}\n{text}{recipients}\n")
    charset = "utf-8" if b"+" in body or not body.isascii() else "unicode-1-1-utf-7"
    return mime.entity([field("Content-Type", f"text/plain; charset={charset}"), *mime.eight_bit(body)], body)


def _status(draft: Draft, host: str) -> bytes:
    rows: list[Row] = [("Reporting-MTA", f"dns;{host}"), ("Received-From-MTA", f"dns;{draft.report.client}")]
    rows += [("Arrival-Date", stamp.rfc5322(draft.report.arrival, "-0800", -8))]
    head = [field("Content-Type", f"message/{draft.report_type}")]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)])


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows: list[Row] = [("Final-Recipient", draft.typed(recipient.final_recipient, "rfc822;"))]
    rows += [("Action", recipient.action.value), ("Status", recipient.status)]
    if recipient.diagnostic:
        rows.append(("Diagnostic-Code", f"smtp;{draft.words(recipient.one_line)}"))
    if recipient.will_retry_until is not None:
        rows.append(("Will-Retry-Until", stamp.rfc5322(recipient.will_retry_until, "-0800", -8)))
    return rows


def _returned(draft: Draft, host: str) -> bytes:
    report = draft.report
    when = stamp.rfc5322(report.arrival, "-0800", -8)
    received = field("Received", f"from {report.client} by {host} with Microsoft SMTPSVC(7.5.7601); {when}")
    body = draft.copy(draft.return_path(), received)
    return mime.entity([field("Content-Type", draft.returned_type()), *mime.eight_bit(body)], body)


DIALECT = Dialect("outlook", "Outlook.com (Hotmail)", compose)
