"""Values of the store and of mail as the JSON of the API: plain dicts, in the order in which people read them."""

from __future__ import annotations

from typing import Any

from mailpit_py.mail import Address, Message, Part
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply
from mailpit_py.mail.header import Field
from mailpit_py.mail.part import Defect
from mailpit_py.mail.received import Hop
from mailpit_py.quantity import moment_of
from mailpit_py.storage import AttemptSummary, Correspondent, Counts, SessionRecord, Summary

Json = dict[str, Any]


def instant(at: int | None) -> str | None:
    """UTC microseconds as RFC 3339 with `Z`; None for no instant, and for one outside the years 1 to 9999."""
    if at is None:
        return None
    try:
        moment = moment_of(at)
    except OverflowError:
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def row(summary: Summary | AttemptSummary) -> Json:
    """One row of a list: a message or a refused attempt."""
    return message_row(summary) if isinstance(summary, Summary) else attempt_row(summary)


def message_row(summary: Summary) -> Json:
    """One message as a list shows it."""
    return {
        "kind": "message",
        "id": summary.public_id,
        "inbox": summary.inbox,
        "mailbox": summary.mailbox,
        "received_at": instant(summary.received_at),
        "size_bytes": summary.size_bytes,
        "reverse_path": summary.reverse_path,
        "from": correspondent(summary.from_) if summary.from_ else None,
        "to": [correspondent(one) for one in summary.to],
        "recipients": list(summary.recipients),
        "recipient_count": summary.recipient_count,
        "refused_count": summary.refused_count,
        "subject": summary.subject,
        "snippet": summary.snippet,
        "attachment_count": summary.attachment_count,
        "defect_count": summary.defect_count,
        "has_text": summary.has_text,
        "has_html": summary.has_html,
        "readable": summary.readable,
        "seen": summary.seen,
        "pinned": summary.pinned,
        "tags": list(summary.tags),
        "message_id": summary.message_id,
        "date": instant(summary.date),
        "source": summary.source,
        "report": summary.report,
    }


def attempt_row(attempt: AttemptSummary) -> Json:
    """One transaction that ended without a message."""
    return {
        "kind": "attempt",
        "id": attempt.public_id,
        "inbox": attempt.inbox,
        "received_at": instant(attempt.received_at),
        "stage": attempt.stage,
        "reverse_path": attempt.reverse_path,
        "recipients": [{"address": address, "reply": reply(said)} for address, said in attempt.recipients],
        "recipient_count": attempt.recipient_count,
        "reply": reply(attempt.reply),
        "size_bytes": attempt.size_bytes,
        "session_id": attempt.session_id,
    }


def counts(totals: Counts) -> Json:
    """The totals of an inbox."""
    return {
        "total": totals.total,
        "unread": totals.unread,
        "pinned": totals.pinned,
        "files": totals.files,
        "refused": totals.refused,
        "attempts": totals.attempts,
        "size_bytes": totals.size_bytes,
    }


def correspondent(one: Correspondent | Address) -> Json:
    """A display name and an address."""
    return {"name": one.name, "address": one.address}


def reply(said: Reply) -> Json:
    """What the server answered to one command."""
    return {"code": said.code, "status": said.status, "text": said.text}


def envelope(given: Envelope) -> Json:
    """What MAIL and RCPT said."""
    return {
        "reverse_path": given.reverse_path,
        "ret": given.ret,
        "envid": given.envid,
        "auth": given.auth,
        "body": given.body,
        "smtputf8": given.smtputf8,
        "size": given.size,
        "recipients": [_recipient(one) for one in given.recipients],
        "refused": [_recipient(one) for one in given.refused],
    }


def _recipient(one: Recipient) -> Json:
    return {"address": one.address, "notify": one.notify, "orcpt": one.orcpt, "reply": reply(one.reply)}


def session(record: SessionRecord) -> Json:
    """One connection, as it was last known."""
    known = record.session
    return {
        "id": known.public_id,
        "opened_at": instant(known.opened_at),
        "closed_at": instant(record.closed_at),
        "ending": record.ending,
        "listener": known.listener,
        "peer": known.peer,
        "protocol": known.protocol,
        "helo": known.helo,
        "tls_version": known.tls_version,
        "tls_cipher": known.tls_cipher,
        "auth_mechanism": known.auth_mechanism,
        "auth_identity": known.auth_identity,
        "message_count": record.messages,
        "attempt_count": record.attempts,
    }


def line(spoken: Line) -> Json:
    """One line of a dialogue."""
    return {"at": instant(spoken.at), "side": spoken.side, "text": spoken.text}


def addresses(message: Message) -> Json:
    """The address fields that a list row lacks, or shows a part of."""
    return {
        "to": [correspondent(one) for one in message.to],
        "cc": [correspondent(one) for one in message.cc],
        "bcc": [correspondent(one) for one in message.bcc],
        "reply_to": [correspondent(one) for one in message.reply_to],
        "sender": [correspondent(one) for one in message.sender],
    }


def header_field(field: Field) -> Json:
    """One header field, decoded and as received; octets that are no UTF-8 are shown as in ISO 8859-1."""
    try:
        raw = field.raw.decode()
    except UnicodeDecodeError:
        raw = field.raw.decode("latin-1")
    return {"name": field.name, "value": field.value, "raw": raw}


def defect(found: Defect) -> Json:
    """Something wrong in a message."""
    return {"code": found.code, "text": found.text, "path": found.path}


def part(one: Part, *, children: bool = True) -> Json:
    """One MIME part, with those inside it if `children`."""
    encoded = one.body_end - one.body_start
    return {
        "path": one.path,
        "content_type": one.content_type,
        "charset": one.charset,
        "encoding": one.encoding,
        "disposition": one.disposition,
        "filename": one.filename,
        "content_id": one.content_id,
        "size_bytes": encoded if one.children else len(one.decoded),
        "encoded_bytes": encoded,
        "is_message": one.is_message,
        "parameters": dict(one.parameters),
        "defects": [defect(found) for found in one.defects],
        **({"children": [part(child) for child in one.children]} if children else {}),
    }


def hop(one: Hop) -> Json:
    """One Received field, taken apart."""
    return {
        "from": one.from_,
        "from_address": one.from_address,
        "by": one.by,
        "with": one.with_,
        "id": one.id,
        "for": one.for_,
        "tls": one.tls,
        "at": instant(one.at),
        "delay_ms": one.delay_ms,
        "raw": one.raw,
    }
