"""Sendmail: address types in capitals, X-Actual-Recipient, the transcript, only the reply's first line."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, laid_out, mailbox
from mailpit_py.reports import mime
from mailpit_py.reports.decision import Returned, returned
from mailpit_py.reports.dialects.dialect import ALL, Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

_VERSION = "(8.17.1.9/8.17.1.9/Debian-2+deb12u2)"
_SUBMITTED = {Action.FAILED: "failure", Action.DELAYED: "warning-timeout"}
_FAILED = "   ----- The following addresses had permanent fatal errors -----"
_ARRIVED = "   ----- The following addresses had successful delivery notifications -----"
_WARNING = (
    "    **********************************************\n"
    "    **      THIS IS A WARNING MESSAGE ONLY      **\n"
    "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
    "    **********************************************\n"
)
_SUCCESSES = {
    Action.DELIVERED: ("successfully delivered to mailbox", "Successfully delivered"),
    Action.RELAYED: ("relayed to non-DSN-aware mailer", "relayed; expect no further notifications"),
    Action.EXPANDED: ("expanded by mailing list", "expanded by mailing list"),
}
_NOTES = {Action.RELAYED: "relayed (to non-DSN-aware mailer)", Action.EXPANDED: "expanded (to multi-recipient alias)"}


def compose(draft: Draft) -> bytes:
    """Return the report as Sendmail would."""
    own = _queue_id(draft, "own")
    parts = [_notice(draft), _status(draft), _returned(draft)]
    second = stamp.unix(draft.report.at)
    mark = mime.boundary(parts, lambda number: f"{_queue_id(draft, _purpose(number))}.{second}/{draft.host[:40]}")
    when = stamp.rfc5322(draft.report.at, "GMT")
    fields = [
        laid_out("Received", "from localhost (localhost)", f"by {draft.host} {_VERSION} id {own};", when),
        field("Date", when),
        field("From", mailbox("Mail Delivery Subsystem", f"MAILER-DAEMON@{draft.host}")),
        field("Message-Id", f"<{stamp.compact(draft.report.at)[:12]}.{own}@{draft.host}>"),
        draft.to(brackets=True),
        field("MIME-Version", "1.0"),
        laid_out("Content-Type", f"multipart/report; report-type={draft.report_type};", f'boundary="{mark}"'),
        *mime.eight_bit(*parts),
        draft.subject(_subject(draft)),
        field("Auto-Submitted", f"auto-generated ({_SUBMITTED.get(draft.action, 'return-receipt')})"),
    ]
    return mime.entity(fields, mime.multipart(parts, mark, "This is a MIME-encapsulated message") + b"\r\n")


def _purpose(number: int) -> str:
    return f"boundary {number}" if number else "own"


def _queue_id(draft: Draft, purpose: str) -> str:
    return f"6A{draft.token(purpose, 6).upper()}{draft.token(purpose + ' process', 6, DIGITS)}"


def _original_id(draft: Draft) -> str:
    return f"6A{draft.original_token('queue', 6).upper()}{draft.original_token('queue process', 6, DIGITS)}"


def _subject(draft: Draft) -> str:
    if draft.action is Action.FAILED:
        return "Returned mail: see transcript for details"
    return (
        f"Warning: could not send message for past {draft.age}" if draft.action is Action.DELAYED else "Return receipt"
    )


def _notice(draft: Draft) -> bytes:
    when = stamp.rfc5322(draft.report.arrival, "GMT")
    lines = [f"The original message was received at {when}", f"from {draft.report.client} [127.0.0.1]", ""]
    if draft.action is Action.DELAYED:  # of what is still tried, the transcript tells everything
        lines = [_WARNING, *lines]
    else:
        title = _FAILED if draft.action is Action.FAILED else _ARRIVED
        lines += [title, *(line for each in draft.recipients for line in _address(each)), ""]
    lines += ["   ----- Transcript of session follows -----"]
    lines += [line for each in draft.recipients for line in _transcript(each)]
    if draft.action is Action.DELAYED:
        lines += [
            f"Warning: message still undelivered after {draft.age}",
            f"Will keep trying until message is {draft.lifetime} old",
        ]
    if any(each.is_given_up for each in draft.recipients):
        lines += [f"Message could not be delivered for {draft.age}", "Message will be deleted from queue"]
    body = mime.text("\n".join(lines))
    head = [] if body.isascii() else [field("Content-Type", "text/plain; charset=utf-8"), *mime.eight_bit(body)]
    return mime.entity(head, body)


def _address(recipient: RecipientStatus) -> list[str]:
    address = f"<{recipient.final_recipient}>"
    if recipient.action in _SUCCESSES:
        return [f"{address}  ({_SUCCESSES[recipient.action][0]})"]
    return [address, f"    (reason: {(recipient.lines or ('no reply',))[0]})"]


def _transcript(recipient: RecipientStatus) -> list[str]:
    address = f"<{recipient.final_recipient}>..."
    if recipient.action in _SUCCESSES:
        return [f"{address} {_SUCCESSES[recipient.action][1]}"]
    if not recipient.code:
        begin = f"550 {recipient.status} {address}" if recipient.status[0] == "5" else f"{address} Deferred:"
        return [f"{begin} {recipient.one_line}"]
    opening = [f"... while talking to {recipient.remote_mta}.:"] if recipient.remote_mta else []
    lines = [*opening, ">>> DATA", *(f"<<< {line}" for line in recipient.lines)]
    if recipient.code < 500:
        return [*lines, f"{address} Deferred: {recipient.one_line}"]
    return [*lines, _verdict(recipient, address)]


def _verdict(recipient: RecipientStatus, address: str) -> str:
    """Sendmail sums up a refusal in words of its own, of which it has two."""
    if recipient.command == "RCPT TO" and recipient.code in (550, 551, 553):
        return f"550 5.1.1 {address} User unknown"
    return "554 5.0.0 Service unavailable"


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Original-Envelope-Id", draft.envelope_id)] if report.envid else []
    rows += [("Reporting-MTA", f"dns; {draft.host}")]
    if not 400 <= draft.first.code < 500:  # forgotten once the message has waited in the queue
        rows.append(("Received-From-MTA", f"DNS; {report.client}"))
    rows += [("Arrival-Date", stamp.rfc5322(report.arrival, "GMT"))]
    head = [field("Content-Type", f"message/{draft.report_type}")]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)])


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows = draft.original_recipient(recipient)
    rows += [("Final-Recipient", draft.typed(recipient.final_recipient, "RFC822; "))]
    rows += [("X-Actual-Recipient", draft.typed(recipient.final_recipient))]
    rows += [("Action", _NOTES.get(recipient.action, recipient.action.value))]
    rows += [("Status", "4.4.7" if recipient.is_given_up else recipient.status)]
    rows += [("Remote-MTA", f"DNS; {recipient.remote_mta}")] if recipient.remote_mta else []
    if recipient.code:
        rows.append(("Diagnostic-Code", f"SMTP; {draft.words(recipient.lines[0])}"))
    attempt = draft.report.at if recipient.last_attempt is None else recipient.last_attempt
    return [*rows, ("Last-Attempt-Date", stamp.rfc5322(attempt, "GMT"))]


def _returned(draft: Draft) -> bytes:
    report = draft.report
    full = draft.is_full
    if draft.action is Action.DELAYED:  # Sendmail returns the whole message with a warning too
        full = returned(report.ret, Action.FAILED, len(report.original), report.original_bytes) is Returned.FULL
    one = draft.address(draft.first.final_recipient)
    trace = (
        f"from {report.client} ({report.client} [127.0.0.1])",
        f"by {draft.host} {_VERSION} with ESMTP id {report.queue_id or _original_id(draft)}",
        f"for <{one}>; {stamp.rfc5322(report.arrival, 'GMT')}",
    )
    body = draft.copy(draft.return_path(), laid_out("Received", *trace, utf8=draft.utf8), full=full)
    return mime.entity([field("Content-Type", draft.returned_type(full=full)), *mime.eight_bit(body)], body)


DIALECT = Dialect("sendmail", "Sendmail", compose, ALL)
