"""Delivery status notifications (RFC 3464) built in the dialect of a real mail system."""

from __future__ import annotations

from dataclasses import replace

from mailpit_py.mail import Message
from mailpit_py.reports import nasty
from mailpit_py.reports.dialects import find
from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Report


def split(report: Report, dialect: str = "rfc") -> tuple[Report, ...]:
    """Return the reports that this dialect makes of one: one for all recipients, or one for each.

    Raises NotFound for an unknown dialect.
    """
    if find(dialect).shares:
        return (report,)
    return tuple(report.about(status) for status in report.recipients)


def build_dsn(report: Report, dialect: str = "rfc", message: Message | None = None) -> bytes:
    """Return the report as a message. Lines end in CRLF; the same report gives the same bytes.

    `message` is the report's original, if it has been read, at least as far as its header section.

    Send it from the null reverse-path to `report.reverse_path` (RFC 3461 §6.1).
    Raises NotFound for an unknown dialect, ValueError for an action that it never reports.
    """
    writer = find(dialect)
    if report.action not in writer.actions:
        raise ValueError(f"{writer.title} sends no report of a recipient {report.action.value}")
    rewritten = replace(report, recipients=nasty.recipients(report))
    return nasty.spoil(rewritten, writer.compose(Draft.of(rewritten, message)))
