"""Machine-readable mail, built and read: delivery reports, complaints, receipts, automatic replies.

Nothing here knows the time or draws a number: instants, ids and seeds are arguments.
"""

from mailpit_py.reports.autoreply import Answer, AutoReply, build_auto_reply, should_answer
from mailpit_py.reports.checklist import check
from mailpit_py.reports.decision import Event, Returned, Verdict, returned, wanted
from mailpit_py.reports.dialects import DIALECTS, Dialect
from mailpit_py.reports.dsn import build_dsn, split
from mailpit_py.reports.feedback import Complaint, build_complaint
from mailpit_py.reports.finding import Finding
from mailpit_py.reports.mdn import Receipt, build_mdn, requested_by
from mailpit_py.reports.outcome import Kind, Original, Outcome, ReadReport, is_report
from mailpit_py.reports.reading import understand
from mailpit_py.reports.report import Action, Nasty, RecipientStatus, Report, diagnostic_of
from mailpit_py.reports.return_path import Decoded, decode_reverse_path
from mailpit_py.reports.status import Status
from mailpit_py.reports.status import describe as describe_status

__all__ = [
    "DIALECTS",
    "Action",
    "Answer",
    "AutoReply",
    "Complaint",
    "Decoded",
    "Dialect",
    "Event",
    "Finding",
    "Kind",
    "Nasty",
    "Original",
    "Outcome",
    "ReadReport",
    "Receipt",
    "RecipientStatus",
    "Report",
    "Returned",
    "Status",
    "Verdict",
    "build_auto_reply",
    "build_complaint",
    "build_dsn",
    "build_mdn",
    "check",
    "decode_reverse_path",
    "describe_status",
    "diagnostic_of",
    "is_report",
    "requested_by",
    "returned",
    "should_answer",
    "split",
    "understand",
    "wanted",
]
