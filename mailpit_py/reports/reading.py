"""Any report understood: delivery status, complaint, receipt or automatic reply, ours or anybody's."""

from __future__ import annotations

from mailpit_py.mail import Message, Part
from mailpit_py.reports import autoreply, feedback, mdn, plain_reading, status_reading
from mailpit_py.reports.outcome import (
    DISPOSITION_TYPES,
    FEEDBACK_TYPES,
    REPORT_TYPES,
    STATUS_TYPES,
    ReadReport,
)


def understand(message: Message) -> ReadReport | None:
    """Return what a report says, or None for a message that is none. Never raises.

    A report inside a forwarded message is found too; the outermost one counts.
    """
    part = next((each for each in message.parts() if each.content_type in REPORT_TYPES), None)
    if part is not None:
        return _read_part(message, part)
    return plain_reading.understand(message) or autoreply.understand(message)


def _read_part(message: Message, part: Part) -> ReadReport:
    if part.content_type in STATUS_TYPES:
        return status_reading.understand(message, part)
    if part.content_type in FEEDBACK_TYPES:
        return feedback.understand(message, part)
    assert part.content_type in DISPOSITION_TYPES
    return mdn.understand(message, part)
