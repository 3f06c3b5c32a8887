"""Gmail and Workspace: text, HTML and a picture, an unresolvable domain as `failed` with status 4.0.0."""

from __future__ import annotations

import struct
import zlib
from html import escape

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, mailbox
from mailpit_py.reports import mime, status
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import BASE62

HOST = "googlemail.com"
_TITLES = {
    "1.1": "Address not found",
    "1.10": "Address not found",
    "2.1": "Address not found",
    "2.2": "Recipient inbox full",
    "3.4": "Message too large",
}


def subject(draft: Draft) -> bytes:
    """Return the Subject field."""
    return draft.subject(f"Delivery Status Notification ({'Failure' if draft.action is Action.FAILED else 'Delay'})")


def opening_fields(draft: Draft) -> list[bytes]:
    """Return the fields up to the ones about MIME."""
    when = stamp.rfc5322(draft.report.at, "-0800 (PST)", -8)
    number = draft.token("message-id", 16)
    trace = (
        f"by 2002:a05:{draft.token('received', 4)}:0:b0:{draft.token('received 2', 3)}:{draft.token('received 3', 4)}"
    )
    return [
        field("Received", f"{trace} with SMTP id {draft.token('smtp id', 14)}.{stamp.unix(draft.report.at)}; {when}"),
        *([draft.failed_recipients()] if draft.action is Action.FAILED else []),
        field("Date", when),
        field("From", mailbox("Mail Delivery Subsystem", f"mailer-daemon@{HOST}")),
        draft.to(),
        field("Auto-Submitted", "auto-replied"),
        subject(draft),
        *draft.references("In-Reply-To", "References"),
        field(
            "Message-ID",
            f"<{number[:8]}.{draft.token('id', 5)}.{number[8:]}.{draft.token('id 2', 4)}.GMR@mx.google.com>",
        ),
    ]


def compose(draft: Draft) -> bytes:
    """Return the report as Gmail would."""
    parts = [_notice(draft), _status(draft), _returned(draft)]
    mark = _boundary(draft, "outer", parts)
    kind = f'multipart/report; boundary="{mark}"; report-type={draft.report_type}'
    fields = [
        field("X-Gm-Message-State", draft.token("state", 56, BASE62)),
        *opening_fields(draft),
        field("MIME-Version", "1.0"),
        field("Content-Type", kind),
        *mime.eight_bit(*parts),
    ]
    return mime.entity(fields, mime.multipart(parts, mark))


def _boundary(draft: Draft, purpose: str, parts: list[bytes]) -> str:
    return mime.boundary(parts, lambda number: f"000000000000{draft.token(f'{purpose} {number}', 16)}")


def _title(recipient: RecipientStatus) -> str:
    if recipient.action is Action.DELAYED:
        return "Delivery incomplete"
    detail = recipient.status.partition(".")[2]
    return _TITLES.get(detail, "Message blocked" if detail.startswith("7.") else "Message not delivered")


def _sentence(recipient: RecipientStatus) -> str:
    known = status.describe(recipient.status, recipient.one_line)
    reason = known.text if known else ""
    if recipient.action is Action.DELAYED:
        return f"Gmail still tries to deliver your message to {recipient.final_recipient}: {reason}."
    return f"Your message did not get to {recipient.final_recipient}: {reason}."


def _source(recipient: RecipientStatus) -> str:
    return "The response from the remote server was:" if recipient.remote_mta else "The response was:"


def _notice(draft: Draft) -> bytes:
    plain = "\n\n".join(
        f"\n** {_title(each)} **\n\n{_sentence(each)}\n\n{_source(each)}\n\n" + "\n".join(each.lines)
        for each in draft.recipients
    )
    page = "".join(
        f"<h2>{escape(_title(each))}</h2><p>{escape(_sentence(each))}</p>"
        f"<p>{escape(_source(each))}</p><pre>{escape(each.diagnostic)}</pre>\n"
        for each in draft.recipients
    )
    document = f'<html>\n<body>\n<img src="cid:icon.png" alt="" width="16" height="16">\n{page}</body>\n</html>'
    texts = [_text("plain", mime.text(plain)), _text("html", mime.text(document))]
    inner = _boundary(draft, "alternative", texts)
    alternative = mime.entity(
        [field("Content-Type", f'multipart/alternative; boundary="{inner}"'), *mime.eight_bit(*texts)],
        mime.multipart(texts, inner),
    )
    related = [alternative, _icon()]
    mark = _boundary(draft, "related", related)
    head = [field("Content-Type", f'multipart/related; boundary="{mark}"'), *mime.eight_bit(*related)]
    return mime.entity(head, mime.multipart(related, mark))


def _text(kind: str, body: bytes) -> bytes:
    return mime.entity([field("Content-Type", f'text/{kind}; charset="UTF-8"'), *mime.eight_bit(body)], body)


def _icon() -> bytes:
    """A square of 16 pixels in the colour of a warning, as PNG."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + b"\xd9\x30\x25" * 16) * 16, 9)),
        (b"IEND", b""),
    ]
    image = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    head = [
        field("Content-Type", 'image/png; name="icon.png"'),
        field("Content-Disposition", 'attachment; filename="icon.png"'),
        field("Content-Transfer-Encoding", "base64"),
        field("Content-ID", "<icon.png>"),
    ]
    return mime.entity(head, mime.base64(image))


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Reporting-MTA", f"dns; {HOST}")]
    rows += [("Received-From-MTA", f"dns; {draft.address(report.reverse_path)}")]
    rows += [("Arrival-Date", stamp.rfc5322(report.arrival, "-0800 (PST)", -8))]
    if draft.message.message_id:
        rows.append(("X-Original-Message-ID", f"<{draft.message.message_id}>"))
    head = [field("Content-Type", f"message/{draft.report_type}")]
    return draft.status_part(head, [rows, *(_rows(draft, each) for each in draft.recipients)], width=78)


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows: list[Row] = [("Final-Recipient", draft.typed(recipient.final_recipient))]
    rows += [("Action", recipient.action.value)]
    unresolved = (
        recipient.action is Action.FAILED and not recipient.code and recipient.status[1:] in (".4.3", ".4.4", ".1.2")
    )
    rows += [("Status", "4.0.0" if unresolved else recipient.status)]
    if recipient.remote_mta:
        domain = recipient.final_recipient.rpartition("@")[2]
        address = recipient.remote_address or "127.0.0.1"
        rows.append(
            (
                "Remote-MTA",
                f"dns; {recipient.remote_mta}. ({address}, the server for the domain {draft.address(domain)}.)",
            )
        )
    if recipient.diagnostic:
        rows.append(("Diagnostic-Code", f"smtp; {draft.words(recipient.one_line)}"))
    attempt = draft.report.at if recipient.last_attempt is None else recipient.last_attempt
    rows.append(("Last-Attempt-Date", stamp.rfc5322(attempt, "-0800 (PST)", -8)))
    if recipient.will_retry_until is not None:
        rows.append(("Will-Retry-Until", stamp.rfc5322(recipient.will_retry_until, "-0800 (PST)", -8)))
    return rows


def _returned(draft: Draft) -> bytes:
    report = draft.report
    when = stamp.rfc5322(report.arrival, "-0800 (PST)", -8)
    name = draft.original_token("original", 16)
    received = field("Received", f"from {report.client} by mx.google.com with ESMTP id {name}; {when}")
    body = draft.copy(draft.return_path(), received)
    return mime.entity([field("Content-Type", draft.returned_type()), *mime.eight_bit(body)], body)


DIALECT = Dialect("gmail", "Gmail", compose, shares=False)
