"""Amazon SES: `Reporting-MTA: dsn;` instead of dns, Action first, the code after the diagnostic."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

_OPENING = "An error occurred while trying to deliver the mail to the following recipients:"


def compose(draft: Draft) -> bytes:
    """Return the report as SES would."""
    number = f"{draft.token('cell', 1, '123456789')}-{draft.token('host', 2, '123456789')}"
    host = f"a{number}.smtp-out.amazonses.com"
    parts = [_notice(draft), _status(draft, host), _returned(draft, host)]
    mark = mime.boundary(parts, lambda count: f"----=_Part_{draft.token(f'boundary {count}', 18, DIGITS)}")
    when = stamp.rfc5322(draft.report.at, "+0000 (UTC)")
    kind = f'multipart/report; boundary="{mark}"; report-type={draft.report_type}'
    fields = [
        field("Date", when),
        field("From", "MAILER-DAEMON@amazonses.com"),
        draft.to(),
        field("Message-ID", f"<{draft.token('time', 16)}-{draft.guid('message-id')}-000000@email.amazonses.com>"),
        draft.subject("Delivery Status Notification (Failure)"),
        field("MIME-Version", "1.0"),
        field("Content-Type", kind),
        *mime.eight_bit(*parts),
        field(
            "X-SES-Outgoing", f"{stamp.compact(draft.report.at)[:8]}-192.0.2.{draft.token('last octet', 2, '12345')}"
        ),
        field("Auto-Submitted", "auto-replied"),
    ]
    return mime.entity(fields, mime.multipart(parts, mark))


def _notice(draft: Draft) -> bytes:
    body = mime.text("\n".join([_OPENING, *(each.final_recipient for each in draft.recipients)]))
    kind = "us-ascii" if body.isascii() else "utf-8"
    head = [field("Content-Type", f"text/plain; charset={kind}"), field("Content-Description", "Notification")]
    return mime.entity([*head, *mime.eight_bit(body)], body)


def _status(draft: Draft, host: str) -> bytes:
    head = [
        field("Content-Type", f"message/{draft.report_type}"),
        field("Content-Description", "Delivery Status Notification"),
    ]
    rows: list[Row] = [("Reporting-MTA", f"dsn; {host}")]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)])


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows: list[Row] = [("Action", recipient.action.value)]
    rows += [("Final-Recipient", draft.typed(recipient.final_recipient))]
    rows += [("Diagnostic-Code", f"smtp; {draft.words(_said(draft, recipient))}")]
    return [*rows, ("Status", recipient.status if recipient.status[0] == "5" else "4.4.7")]


def _said(draft: Draft, recipient: RecipientStatus) -> str:
    """SES reports what it could not deliver in time as its own 554, the last error in brackets."""
    if recipient.code >= 500:
        return recipient.one_line
    if recipient.status[0] == "5":
        return f"554 {recipient.status} {recipient.one_line}"
    minutes = (draft.report.at - draft.report.arrival) // 60_000_000
    expired = f"554 4.4.7 Message expired: unable to deliver in {minutes} minutes."
    return f"{expired}<{recipient.one_line}>"


def _returned(draft: Draft, host: str) -> bytes:
    report = draft.report
    when = stamp.rfc5322(report.arrival, "+0000 (UTC)")
    received = field("Received", f"from {report.client} by {host} with SMTP; {when}")
    body = draft.copy(draft.return_path(), received)
    title = field("Content-Description", "Undelivered Message")
    return mime.entity([field("Content-Type", draft.returned_type()), title, *mime.eight_bit(body)], body)


DIALECT = Dialect("ses", "Amazon SES", compose, frozenset({Action.FAILED}))
