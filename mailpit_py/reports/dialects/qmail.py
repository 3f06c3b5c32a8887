"""qmail: one text in the QSBMF form, no MIME at all; it never warns of a delay and never reports success."""

from __future__ import annotations

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field
from mailpit_py.reports import mime
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

# The first words, the addresses in "<...>:" lines and the dashed line are the format (QSBMF).
_OPENING = """Hi. This is the qmail-send program at {host}.
There was no way to get your message to the addresses below.
I have tried, and I will not try again. Sorry about that."""
_RULE = "--- Below this line is a copy of the message."
_LATE = "I'm not going to try again; this message has been in the queue too long."
_FAILED = {"DATA": "failed on DATA command.", "end of DATA": "failed after I sent the message."}


def compose(draft: Draft) -> bytes:
    """Return the report as qmail would."""
    when = stamp.unnamed(draft.report.at, "-0000")
    process = draft.token("process", 5, DIGITS)
    fields = [
        field("Received", f"(qmail {process} invoked for bounce); {when}"),
        field("Date", when),
        field("From", f"MAILER-DAEMON@{draft.host}"),
        draft.to(),
        draft.subject("failure notice"),
        field("Message-ID", f"<{stamp.compact(draft.report.at)}.{draft.token('id', 5, DIGITS)}.qmail@{draft.host}>"),
    ]
    paragraphs = (_paragraph(recipient) for recipient in draft.recipients)
    text = "\n\n".join([_OPENING.format(host=draft.host), *paragraphs, _RULE]) + "\n\n"
    arrival = stamp.unnamed(draft.report.arrival, "-0000")
    received = field("Received", f"(qmail {draft.token('uid', 4, DIGITS)} invoked by uid 89); {arrival}")
    return mime.entity(fields, mime.text(text) + draft.copy(draft.return_path(), received))


def _paragraph(recipient: RecipientStatus) -> str:
    address = f"<{recipient.final_recipient}>:"
    if not recipient.code:
        late = f"\n{_LATE}" if recipient.status.startswith("4") else ""
        return f"{address}\n{recipient.one_line} (#{recipient.status}){late}"
    server = recipient.remote_address or recipient.remote_mta or "127.0.0.1"
    if recipient.command == "RCPT TO":
        said = f"{server} does not like recipient."
    elif recipient.command == "MAIL FROM":
        said = f"Connected to {server} but sender was rejected."
    else:
        said = f"{server} {_FAILED.get(recipient.command, _FAILED['DATA'])}"
    end = f"Giving up on {server}." if recipient.code >= 500 else f"Giving up on {server}.\n{_LATE}"
    return "\n".join([address, said, f"Remote host said: {recipient.one_line}", end])


DIALECT = Dialect("qmail", "qmail", compose, frozenset({Action.FAILED}), is_standard=False)
