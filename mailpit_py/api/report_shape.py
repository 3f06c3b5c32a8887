"""Plans, clocks and reports as the JSON of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpit_py.api.shape import Json, instant
from mailpit_py.simulation.follow_up import Told
from mailpit_py.storage import ReportLink, Step

if TYPE_CHECKING:
    from mailpit_py.application.reporting import Result
    from mailpit_py.reports import Decoded, Dialect, Finding, Original, Outcome, ReadReport


def step(one: Step) -> Json:
    """One step of a plan."""
    return {
        "id": one.id,
        "kind": one.kind,
        "message": one.original,
        "accepted_at": instant(one.accepted_at),
        "due_at": instant(one.due_at),
        "state": one.state.value,
        "done_at": instant(one.done_at),
        "reason": one.reason,
        "dialect": one.body.get("dialect", ""),
        "recipients": [_told(Told.of(each)) for each in one.body.get("recipients", ())],
        "reports": list(one.reports),
    }


def foreign(one: ReportLink) -> Json:
    """A report of another system, on a timeline."""
    return {"kind": one.kind, "message": one.report, "received_at": instant(one.received_at)}


def _told(one: Told) -> Json:
    return {
        "address": one.address,
        "reply": {"code": one.code, "status": one.status, "text": one.text} if one.code else None,
        "status": one.status,
        "text": one.text,
        "remote_mta": one.remote,
        "scenario": one.scenario,
        "decided_by": one.decided_by,
    }


def previewed(result: Result) -> list[Json]:
    """The reports that a step would make."""
    return [
        {
            "reverse_path": one.reverse_path,
            "recipient": one.recipient,
            "about": list(one.about),
            "size_bytes": len(one.raw),
            "raw": one.raw.decode("utf-8", "replace"),
        }
        for one in result.made
    ]


def dialect(one: Dialect) -> Json:
    """One dialect."""
    return {
        "name": one.name,
        "title": one.title,
        "actions": sorted(action.value for action in one.actions),
        "shares": one.shares,
        "is_standard": one.is_standard,
    }


def report(read: ReadReport, link: str, layers: tuple[Decoded, ...], findings: tuple[Finding, ...]) -> Json:
    """A report as it was understood; `link` is the id of its original, empty for one that is not here."""
    return {
        "kind": read.kind.value,
        "style": read.style,
        "agent": read.agent,
        "path": read.path,
        "explanation": read.explanation,
        "reporting_mta": read.reporting_mta,
        "arrival": instant(read.arrival),
        "fields": [{"name": one.name, "value": one.value} for one in read.fields.entries],
        "outcomes": [_outcome(one) for one in read.outcomes],
        "original": _original(read.original, link),
        "return_path": [
            {"scheme": one.scheme, "address": one.address, "explanation": one.explanation} for one in layers
        ],
        "verdict": _verdict(findings),
        "findings": [
            {"code": one.code, "level": one.level, "text": one.text, "section": one.section, "detail": one.detail}
            for one in findings
        ],
    }


def _outcome(one: Outcome) -> Json:
    from mailpit_py.reports import describe_status

    known = describe_status(one.best_status, one.diagnostic)
    return {
        "address": one.address,
        "original_address": one.original_address,
        "action": one.action,
        "status": one.status,
        "status_meaning": known.sentence if known else "",
        "reply_code": one.reply_code,
        "diagnostic_type": one.diagnostic_type,
        "diagnostic": one.diagnostic,
        "remote_mta": one.remote_mta,
        "last_attempt": instant(one.last_attempt),
        "will_retry_until": instant(one.will_retry_until),
        "log_id": one.log_id,
        "is_final": one.is_final,
        "is_transient_cause": one.is_transient_cause,
        "explanation": one.explanation,
        "fields": [{"name": each.name, "value": each.value} for each in one.block.entries],
    }


def _original(one: Original, link: str) -> Json:
    return {
        "id": link or None,
        "message_id": one.message_id,
        "subject": one.subject,
        "reverse_path": one.reverse_path,
        "envelope_id": one.envelope_id,
        "is_whole": one.is_whole,
    }


def _verdict(findings: tuple[Finding, ...]) -> str:
    levels = {one.level for one in findings}
    return "wrong" if "must" in levels else "deviates" if "should" in levels else "right"
