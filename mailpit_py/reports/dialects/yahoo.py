"""Yahoo and AOL: one text without a status part, the stage of the refusal in brackets."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import BASE62, DIGITS

_OPENING = "Sorry, we were unable to deliver your message to the following address."
_RULE = "--- Below this line is a copy of the message."
_STAGES = {"MAIL FROM": "[MAIL_FROM]", "RCPT TO": "[RCPT_TO]", "DATA": "[DATA]", "end of DATA": "[BODY]"}


def compose(draft: Draft) -> bytes:
    """Return the report as Yahoo would."""
    report = draft.report
    host = f"sonic{draft.token('host', 3, DIGITS)}.consmr.mail.ne1.yahoo.com"
    when = stamp.rfc5322(report.at)
    paragraphs = (f"<{each.final_recipient}>:\n{_said(each)}" for each in draft.recipients)
    text = "\n\n".join([_OPENING, *paragraphs, _RULE]) + "\n\n"
    received = field("Received", f"from {report.client} by {host} with SMTP; {stamp.rfc5322(report.arrival)}")
    body = mime.text(text) + draft.copy(draft.return_path(), received)
    fields = [
        field("X-Apparently-To", f"{draft.address(report.reverse_path)}; {when}", utf8=draft.utf8),
        field("X-YMailISG", draft.token("isg", 64, BASE62)),
        field("Received", f"from 127.0.0.1 by {host} with SMTP; {when}"),
        field("Date", when),
        field("From", "MAILER-DAEMON@yahoo.com"),
        draft.to(),
        draft.subject("Failure Notice"),
        field("Message-ID", f"<{draft.token('message-id', 9, DIGITS)}.{draft.token('id', 7, DIGITS)}@{host}>"),
    ]
    return mime.entity([*fields, *mime.declared(body)], body)


def _said(recipient: RecipientStatus) -> str:
    if not recipient.code:
        return f"{recipient.status[0]}54: {recipient.status} {recipient.one_line}"
    return f"Remote host said: {recipient.one_line} {_STAGES.get(recipient.command, '[DATA]')}"


DIALECT = Dialect("yahoo", "Yahoo", compose, frozenset({Action.FAILED}), is_standard=False)
