"""What happens to reports on real routes: a recipient rewritten, a report forwarded or cut off."""

from __future__ import annotations

from dataclasses import replace

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, mailbox, parameter
from mailpit_py.reports import mime
from mailpit_py.reports.report import Nasty, RecipientStatus, Report
from mailpit_py.reports.token import token


def recipients(report: Report) -> tuple[RecipientStatus, ...]:
    """Return the recipients, each under another address if that was asked for: a forward inside."""
    if Nasty.REWRITTEN_RECIPIENT not in report.nasty:
        return report.recipients
    return tuple(map(_rewritten, report.recipients))


def _rewritten(status: RecipientStatus) -> RecipientStatus:
    local, at, domain = status.final_recipient.rpartition("@")
    address = f"{local}@mailstore.{domain}" if at else f"{domain}@mailstore.invalid"
    text = status.diagnostic.replace(status.final_recipient, address)
    return replace(status, final_recipient=address, orcpt="", diagnostic=text)


def spoil(report: Report, raw: bytes) -> bytes:
    """Return the finished report cut off, or inside a forwarded message, if that was asked for."""
    if Nasty.TRUNCATED in report.nasty:
        raw = truncated(raw, len(report.original))
    return forwarded(report, raw) if Nasty.NESTED in report.nasty else raw


def truncated(raw: bytes, original_bytes: int) -> bytes:
    """Return a report that ends at a line end somewhere in its returned original."""
    longest = len(raw) - max(min(original_bytes, len(raw)) // 2, 1)
    return raw[: raw.rfind(b"\r\n", 0, longest) + 2]


def forwarded(report: Report, raw: bytes) -> bytes:
    """Return a report as the attachment of a forwarded message (RFC 2046 §5.2.1)."""
    note = mime.text_part("See the message below.\n")
    kind = "message/global" if report.smtputf8 and not raw.isascii() else "message/rfc822"
    eight = mime.eight_bit(raw)
    inner = mime.entity([field("Content-Type", kind), *eight], raw)
    parts = [note, inner]
    mark = mime.boundary(parts, lambda number: f"fwd-{token(report.seed, f'forward {number}', 24)}")
    host = report.reporting_mta
    fields = [
        field("From", mailbox("Postmaster", f"postmaster@{host}")),
        field("To", report.reverse_path, utf8=report.smtputf8),
        field("Subject", "Fwd: a report came back"),
        field("Date", stamp.rfc5322(report.at)),
        field("Message-ID", f"<{token(report.seed, 'forward id', 20)}@{host}>"),
        field("MIME-Version", "1.0"),
        field("Content-Type", f"multipart/mixed; {parameter('boundary', mark)}"),
        *eight,
    ]
    return mime.entity(fields, mime.multipart(parts, mark))
