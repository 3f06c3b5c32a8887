"""Exim 4.80 and later: Action first, Status always x.0.0, ENVID and ORCPT left encoded, replies folded."""

from __future__ import annotations

from collections.abc import Sequence

from mailpit_py.mail import stamp
from mailpit_py.mail.field import LONGEST, field, laid_out, mailbox
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import BASE62, DIGITS

CREATED = "This message was created automatically by mail delivery software."
FAILED = """
Delivery to at least one recipient has failed for good. This is a permanent
error. These are the addresses, and what went wrong:
"""
DELAYED = """
After {age} on {host} your message still waits to be delivered.

The message identifier is:     {id}
The subject of the message is: {subject}

The address to which the message has not yet been delivered is:
"""
PATIENCE = """
No action is required on your part. The attempts go on for {remaining}, and you
will hear of it if they fail.
"""
_GAVE_UP = ": retry timeout exceeded"
_ACTIONS = frozenset({Action.FAILED, Action.DELAYED, Action.DELIVERED, Action.RELAYED})


def message_id(draft: Draft) -> str:
    """Return the queue id of the report itself: seconds, process and sub-second in base 62."""
    return _queue_id(draft.report.at, draft.token("own", 3, BASE62), draft.token("own sub", 2, BASE62))


def original_id(draft: Draft) -> str:
    """Return the queue id of the original, the same in every report about it."""
    process, fraction = draft.original_token("queue", 3, BASE62), draft.original_token("queue sub", 2, BASE62)
    return _queue_id(draft.report.arrival, process, fraction)


def _queue_id(at: int, process: str, fraction: str) -> str:
    number, digits = stamp.unix(at), ""
    while number:
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return f"{digits.rjust(6, '0')[-6:]}-{process.rjust(6, '0')}-{fraction}"


def subject(draft: Draft) -> bytes:
    """Return the Subject field."""
    if draft.action is Action.FAILED:
        return draft.subject("Mail delivery failed: returning message to sender")
    if draft.action is Action.DELAYED:
        return draft.subject(f"Warning: message {original_id(draft)} delayed {draft.age}")
    return draft.subject("Delivery Status Notification")


def header(draft: Draft, mime_fields: Sequence[bytes]) -> list[bytes]:
    """Return the fields in Exim's order, which is another one for a success."""
    own = message_id(draft)
    when = stamp.rfc5322(draft.report.at)
    target = draft.address(draft.report.reverse_path)
    trace = (f"from Debian-exim by {draft.host} with local (Exim 4.96)", f"id {own}", f"for {target};", when)
    received = laid_out("Received", *trace, utf8=draft.utf8)
    sender = field("From", mailbox("Mail Delivery System", f"Mailer-Daemon@{draft.host}"))
    to, references = draft.to(), draft.references("References")
    ending = [field("Message-Id", f"<E{own}@{draft.host}>"), field("Date", when)]
    if draft.is_success:
        submitted = field("Auto-Submitted", "auto-generated")
        return [received, sender, submitted, to, subject(draft), *references, *mime_fields, *ending]
    failed = [draft.failed_recipients()] if draft.action is Action.FAILED else []
    submitted = field("Auto-Submitted", "auto-replied")
    return [received, *failed, submitted, sender, to, *references, *mime_fields, subject(draft), *ending]


def notice(draft: Draft, *, reasons: bool = True) -> str:
    """Return the text for people; a warning tells the reasons only if `reasons`."""
    if draft.is_success:
        arrived = (f"<{each.final_recipient}> (relayed to non-DSN-aware mailer)" for each in draft.recipients)
        title = " ----- The following addresses had successful delivery notifications -----"
        return "\n".join([CREATED, title, *arrived])
    paragraphs = [paragraph(each) for each in draft.recipients]
    if draft.action is Action.FAILED:
        return "\n".join([f"{CREATED}\n{FAILED}", *(line for lines in paragraphs for line in lines)])
    values = {"id": original_id(draft), "subject": draft.message.subject}
    opening = DELAYED.format(age=draft.age, host=draft.host, **values)
    addresses = "\n".join(line for lines in paragraphs for line in (lines if reasons else lines[:1]))
    return f"{CREATED}\n{opening}\n{addresses}\n{PATIENCE.format(remaining=draft.remaining)}"


def paragraph(recipient: RecipientStatus) -> list[str]:
    """Return the lines about one recipient."""
    lines = [f"  {recipient.final_recipient}"]
    reason = "Delay reason: " if recipient.action is Action.DELAYED else ""
    if recipient.code:
        after = recipient.command.replace("DATA", "data") if "of" in recipient.command else recipient.command
        if after == "RCPT TO":
            after = f"RCPT TO:<{recipient.final_recipient}>"
        if recipient.remote_mta:
            lines.append(f"    host {recipient.remote_mta} [{recipient.remote_address or '127.0.0.1'}]")
        lines.append(f"    {reason}SMTP error from remote mail server after {after}:")
        reason = ""
    return [*lines, *(f"    {reason}{line}" for line in _said(recipient))]


def _said(recipient: RecipientStatus) -> list[str]:
    """What is said of a recipient; that the queue has given up stands behind the last try's words."""
    lines = [line.removesuffix(_GAVE_UP) for line in recipient.lines]
    if lines and recipient.is_given_up:
        lines[-1] += _GAVE_UP
    return lines


def compose(draft: Draft) -> bytes:
    """Return the report as Exim would."""
    parts = [_text(draft), _status(draft), _returned(draft)]
    second = stamp.unix(draft.report.at)
    mark = mime.boundary(parts, lambda number: f"{second}-eximdsn-{draft.token(f'boundary {number}', 9, DIGITS)}")
    kind = f"multipart/report; report-type={draft.report_type}; boundary={mark}"
    mime_fields = [field("Content-Type", kind, width=LONGEST), field("MIME-Version", "1.0"), *mime.eight_bit(*parts)]
    return mime.entity(header(draft, mime_fields), mime.multipart(parts, mark))


def _text(draft: Draft) -> bytes:
    body = mime.text(notice(draft))
    charset = "us-ascii" if body.isascii() else "utf-8"
    return mime.entity([field("Content-type", f"text/plain; charset={charset}"), *mime.eight_bit(body)], body)


def _status(draft: Draft) -> bytes:
    rows: list[Row] = [("Reporting-MTA", f"dns; {draft.host}")]
    rows += [("Original-Envelope-ID", draft.report.envid)] if draft.report.envid else []
    head = [field("Content-type", f"message/{draft.report_type}")]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)])


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows: list[Row] = [("Original-Recipient", recipient.orcpt)] if recipient.orcpt else []
    action = Action.DELIVERED if draft.is_success else recipient.action
    number = {Action.FAILED: "5", Action.DELAYED: "4"}.get(action, "2")
    rows += [("Action", action.value), ("Final-Recipient", draft.typed(recipient.final_recipient, "rfc822;"))]
    rows += [("Status", f"{number}.0.0")]
    rows += [("Remote-MTA", f"dns; {recipient.remote_mta}")] if recipient.remote_mta else []
    if recipient.code:
        rows.append(("Diagnostic-Code", f"smtp; {draft.words(' '.join(_said(recipient)))}"))
    return rows


def returned_copy(draft: Draft) -> bytes:
    """Return the original with Exim's trace fields."""
    trace = (
        f"from [127.0.0.1] (helo={draft.report.client})",
        f"by {draft.host} with esmtp (Exim 4.96)",
        f"(envelope-from <{draft.address(draft.report.reverse_path)}>)",
        f"id {original_id(draft)}",
        f"for {draft.address(draft.first.final_recipient)};",
        stamp.rfc5322(draft.report.arrival),
    )
    return draft.copy(draft.return_path("Return-path"), laid_out("Received", *trace, utf8=draft.utf8))


def _returned(draft: Draft) -> bytes:
    body = returned_copy(draft)
    return mime.entity([field("Content-type", draft.returned_type()), *mime.eight_bit(body)], body)


DIALECT = Dialect("exim", "Exim", compose, _ACTIONS)
