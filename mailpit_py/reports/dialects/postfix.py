"""Postfix: Original-Recipient always, replies joined on one line and folded, queue ids in hexadecimal."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, fold, laid_out, mailbox
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import ALL, Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus

_SUBJECTS = {
    Action.FAILED: "Undelivered Mail Returned to Sender",
    Action.DELAYED: "Delayed Mail (still being retried)",
}
_WARNING = "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE."
_FAILED = "Your message is back: one or more of its recipients\ncould not be reached. It is below this report."
_DELAYED = "#### {warning} ####\n\nNot all recipients were reached within {age}.\nThe attempts go on for {remaining}."
_TEXTS = {Action.FAILED: _FAILED, Action.DELAYED: _DELAYED}
_ARRIVED = "Your message reached the recipients below, or a system\nthat takes it from here and may report by itself."
_HELP = "The postmaster of this host can help you; please keep\nthis report with your question.\n"


def compose(draft: Draft) -> bytes:
    """Return the report as Postfix would."""
    own = draft.token("own queue", 11).upper()
    parts = [_notice(draft), _status(draft), _returned(draft)]
    second = stamp.unix(draft.report.at)
    mark = mime.boundary(parts, lambda number: f"{_queue(draft, number)}.{second}/{draft.host[:40]}")
    when = stamp.rfc5322(draft.report.at, "+0000 (UTC)")
    fields = [
        laid_out("Received", f"by {draft.host} (Postfix)", f"id {own}; {when}"),
        field("Date", when),
        field("From", mailbox("Mail Delivery System", f"MAILER-DAEMON@{draft.host}")),
        draft.subject(_SUBJECTS.get(draft.action, "Successful Mail Delivery Report")),
        draft.to(),
        field("Auto-Submitted", "auto-replied"),
        field("MIME-Version", "1.0"),
        laid_out("Content-Type", f"multipart/report; report-type={draft.report_type};", f'boundary="{mark}"'),
        field("Content-Transfer-Encoding", "8bit"),
        field("Message-Id", f"<{stamp.compact(draft.report.at)}.{own}@{draft.host}>"),
    ]
    return mime.entity(fields, mime.multipart(parts, mark, "This is a MIME-encapsulated message."))


def _queue(draft: Draft, number: int) -> str:
    return draft.queue_id if not number else draft.token(f"boundary {number}", 11).upper()


def _notice(draft: Draft) -> bytes:
    text = _TEXTS.get(draft.action, _ARRIVED)
    middle = text.format(warning=_WARNING, age=draft.age, remaining=draft.remaining)
    opening = f"This is the mail system at host {draft.host}.\n\n{middle}\n"
    lines = [opening, *([] if draft.is_success else [_HELP]), "                   The mail system\n"]
    lines += [fold(_line(recipient), 79, "    ") + "\n" for recipient in draft.recipients]
    head = [field("Content-Description", "Notification"), field("Content-Type", "text/plain; charset=utf-8")]
    return mime.entity([*head, field("Content-Transfer-Encoding", "8bit")], mime.text("\n".join(lines)[:-1]))


def _line(recipient: RecipientStatus) -> str:
    """One recipient as the log has it. `fold` takes a colon for a field's, which suits here too."""
    address, said = f"<{recipient.final_recipient}>", recipient.one_line
    if not recipient.code:
        return f"{address}: {said}"
    server = f"{recipient.remote_mta or 'localhost'}[{recipient.remote_address or '127.0.0.1'}]"
    if recipient.code < 400:
        return f"{address}: delivery via {server}:25: {said}"
    return f"{address}: host {server} said: {said} (in reply to {recipient.command} command)"


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Reporting-MTA", f"dns; {draft.host}")]
    rows += [("Original-Envelope-Id", draft.envelope_id)] if report.envid else []
    rows += [("X-Postfix-Queue-ID", draft.queue_id)]
    rows += [("X-Postfix-Sender", draft.typed(report.reverse_path))]
    rows += [("Arrival-Date", stamp.rfc5322(report.arrival, "+0000 (UTC)"))]
    head = [field("Content-Description", "Delivery report"), field("Content-Type", f"message/{draft.report_type}")]
    blocks = [rows, *(_rows(draft, recipient) for recipient in draft.recipients)]
    return draft.status_part(head, blocks, width=78, indent="    ")


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows: list[Row] = [("Final-Recipient", draft.typed(recipient.final_recipient))]
    rows += draft.original_recipient(recipient) or [
        ("Original-Recipient", draft.typed(recipient.final_recipient, "rfc822;"))
    ]
    rows += [("Action", recipient.action.value), ("Status", recipient.status)]
    if recipient.remote_mta and recipient.code:
        rows.append(("Remote-MTA", f"dns; {recipient.remote_mta}"))
    if recipient.diagnostic:
        kind = "smtp" if recipient.code else "X-Postfix"
        rows.append(("Diagnostic-Code", f"{kind}; {draft.words(recipient.one_line)}"))
    if recipient.will_retry_until is not None:
        rows.append(("Will-Retry-Until", stamp.rfc5322(recipient.will_retry_until, "+0000 (UTC)")))
    return rows


def _returned(draft: Draft) -> bytes:
    if draft.is_success:
        title = "Message Headers"
    else:
        title = "Undelivered Message" if draft.is_full else "Undelivered Message Headers"
    when = stamp.rfc5322(draft.report.arrival, "+0000 (UTC)")
    one = draft.address(draft.first.final_recipient)
    alone = len(draft.recipients) == 1
    trace = (
        f"from {draft.report.client} ({draft.report.client} [127.0.0.1])",
        f"by {draft.host} (Postfix) with ESMTP id {draft.queue_id}{'' if alone else ';'}",
        f"for <{one}>; {when}" if alone else when,
    )
    head = [field("Content-Description", title), field("Content-Type", draft.returned_type())]
    body = draft.copy(draft.return_path(), laid_out("Received", *trace, utf8=draft.utf8))
    return mime.entity([*head, field("Content-Transfer-Encoding", "8bit")], body)


DIALECT = Dialect("postfix", "Postfix", compose, ALL)
