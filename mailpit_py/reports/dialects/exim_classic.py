"""Exim before 4.80: one plain text, the original pasted below a dashed line."""

from __future__ import annotations

from mailpit_py.reports import mime
from mailpit_py.reports.dialects import exim
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Action

_WHOLE = "------ This is a copy of the message, including all the headers. ------"
_HEADERS = "------ This is a copy of the message's headers. ------"


def compose(draft: Draft) -> bytes:
    """Return the report as an old Exim would."""
    body = mime.text(f"{exim.notice(draft, reasons=False)}\n")
    if draft.action is Action.FAILED:  # a warning carried no copy
        rule = _WHOLE if draft.is_full else _HEADERS
        body += mime.text(f"\n{rule}\n\n") + exim.returned_copy(draft)
    return mime.entity(exim.header(draft, mime.declared(body)), body)


DIALECT = Dialect("exim_classic", "Exim before 4.80", compose, is_standard=False)
