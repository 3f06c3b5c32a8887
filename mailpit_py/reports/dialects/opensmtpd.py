"""OpenSMTPD: multipart/mixed, no diagnostics in the status part, the body pasted below the headers."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, laid_out, mailbox
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

_ACTIONS = frozenset({Action.FAILED, Action.DELAYED, Action.DELIVERED, Action.RELAYED})
_GREETING = "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n"
_OPENING = {
    Action.FAILED: "    An error has occurred while attempting to deliver a message for\n    these recipients:",
    Action.DELAYED: "    A message is delayed for more than {age} for these\n    recipients:",
    Action.DELIVERED: "    Your message was delivered to these recipients.",
    Action.RELAYED: "    Your message was relayed to these recipients.",
}
_PATIENCE = (
    "    This is no more than a warning: the message waits in the queue for\n"
    "    {remaining}, and there is no need to send it again.\n\n"
)


def compose(draft: Draft) -> bytes:
    """Return the report as OpenSMTPD would."""
    parts = [_notice(draft), _status(draft), _returned(draft)]
    mark = mime.boundary(parts, lambda number: f"{draft.token(f'boundary {number}', 19, DIGITS)}/{draft.host[:40]}")
    when = stamp.rfc5322(draft.report.at, "+0000 (UTC)")
    target = draft.address(draft.report.reverse_path)
    trace = (
        f"from {draft.host} ({draft.host} [local])",
        f"by {draft.host} (OpenSMTPD) with ESMTPA id {draft.token('envelope', 8)}",
        f"for <{target}>;",
        when,
    )
    fields = [
        laid_out("Received", *trace, utf8=draft.utf8),
        draft.subject(f"Delivery status notification: {draft.action.value}"),
        field("From", mailbox("Mailer Daemon", f"MAILER-DAEMON@{draft.host}")),
        draft.to(),
        field("Date", when),
        field("MIME-Version", "1.0"),
        laid_out("Content-Type", f'multipart/mixed;boundary="{mark}"'),
        *mime.eight_bit(*parts),
        field("Message-ID", f"<{draft.token('message-id', 16)}@{draft.host}>"),
    ]
    return mime.entity(fields, mime.multipart(parts, mark, "This is a MIME-encapsulated message."))


def _notice(draft: Draft) -> bytes:
    opening = _OPENING[draft.action].format(age=draft.age)
    lines = [_GREETING, opening, "", *(_line(recipient) for recipient in draft.recipients), ""]
    if draft.action is Action.DELAYED:
        lines.append(_PATIENCE.format(remaining=draft.remaining)[:-1])
    body = mime.text("\n".join([*lines, "    Below is a copy of the original message:"]))
    kind = "us-ascii" if body.isascii() else "utf-8"
    head = [field("Content-Description", "Notification"), field("Content-Type", f"text/plain; charset={kind}")]
    return mime.entity([*head, *mime.eight_bit(body)], body)


def _line(recipient: RecipientStatus) -> str:
    """OpenSMTPD joins the lines of a reply without a space, all codes but the first left out.

    Of what has waited for too long it says no more than that.
    """
    if recipient.is_given_up:
        return f"{recipient.final_recipient}: Envelope expired"
    first, *rest = recipient.lines or ("",)
    return f"{recipient.final_recipient}: {first}{''.join(line[4:] for line in rest)}"


def _status(draft: Draft) -> bytes:
    groups: list[list[Row]] = [
        [
            ("Final-Recipient", draft.typed(recipient.final_recipient)),
            ("Action", recipient.action.value),
            ("Status", _code(recipient)),
        ]
        for recipient in draft.recipients
    ]
    head = [field("Content-Description", "Delivery Report"), field("Content-Type", f"message/{draft.report_type}")]
    return draft.status_part(head, [[("Reporting-MTA", f"dns; {draft.host}")], *groups])


def _code(recipient: RecipientStatus) -> str:
    if recipient.is_given_up:
        return "4.4.7"
    return {Action.FAILED: "5.0.0", Action.DELAYED: "4.0.0"}.get(recipient.action, "2.0.0")


def _returned(draft: Draft) -> bytes:
    report = draft.report
    trace = (
        f"from {report.client} ({report.client} [127.0.0.1])",
        f"by {draft.host} (OpenSMTPD) with ESMTP id {draft.original_token('original', 8)}",
        f"for <{draft.address(draft.first.final_recipient)}>;",
        stamp.rfc5322(report.arrival, "+0000 (UTC)"),
    )
    full = report.ret.upper() != "HDRS" and not draft.is_success and len(report.original) <= report.original_bytes
    body = draft.copy(laid_out("Received", *trace, utf8=draft.utf8), full=full)
    kind = draft.returned_type(full=False)
    head = [field("Content-Description", "Message headers"), field("Content-Type", kind)]
    return mime.entity([*head, *mime.eight_bit(body)], body)


DIALECT = Dialect("opensmtpd", "OpenSMTPD", compose, _ACTIONS, is_standard=False)
