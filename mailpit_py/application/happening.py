"""What a step has for sinks: its reports, and an event a recipient in nobody's words yet, under ids that stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from mailpit_py.identity import new_public_id
from mailpit_py.simulation.follow_up import KEEPS_TRYING, StepKind, Told
from mailpit_py.storage import NewSinkAttempt, Sink, SinkKind, Step

_KINDS = MappingProxyType(
    {
        StepKind.FAILURE: "bounced",
        StepKind.DELAY: "deferred",
        StepKind.DELIVERED: "delivered",
        StepKind.COMPLAINT: "complained",
        StepKind.AUTO_REPLY: "auto_replied",
        StepKind.CHALLENGE: "auto_replied",
        StepKind.RECEIPT: "opened",  # a receipt says that the message was displayed (RFC 8098 §3.2.6.2)
    }
)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)*<([^<>\r\n]{1,998})>", re.IGNORECASE | re.MULTILINE)


def attempts(step: Step, reports: Sequence[bytes], sinks: Sequence[Sink]) -> tuple[NewSinkAttempt, ...]:
    """Return what goes to each of these sinks: reports to SMTP servers, events to webhooks. A trial is for one."""
    only = step.body.get("sinks")
    sinks = [one for one in sinks if only is None or one.public_id in only]
    if not sinks:
        return ()
    found = [
        _attempt(step, sink, webhook_id(step, sink, event), event)
        for event in happenings(step, made=bool(reports))
        for sink in sinks
        if sink.kind is SinkKind.WEBHOOK and _takes(sink, event["kind"])
    ]
    pushed = {"kind": _KINDS[StepKind(step.kind)]}
    found += [
        _attempt(step, sink, push_id(raw), pushed, report=place)
        for place, raw in enumerate(reports)
        for sink in sinks
        if sink.kind is SinkKind.SMTP and _takes(sink, pushed["kind"])
    ]
    return tuple(found)


def _takes(sink: Sink, kind: str) -> bool:
    chosen = sink.options.get("events")
    return chosen is None or kind in chosen


def _attempt(
    step: Step, sink: Sink, stable_id: str, event: dict[str, Any], *, report: int | None = None
) -> NewSinkAttempt:
    return NewSinkAttempt(
        public_id=new_public_id(),
        sink=sink.public_id,
        stable_id=stable_id,
        due_at=step.due_at,
        event=event,
        report=report,
    )


def happenings(step: Step, *, made: bool = True) -> list[dict[str, Any]]:
    """Return an event for each recipient of a step; none for a receipt for which nobody asked, which is not `made`."""
    kind = _KINDS[StepKind(step.kind)]
    if step.kind == StepKind.RECEIPT and not made:
        return []
    return [_event(step, kind, Told.of(one)) for one in step.body.get("recipients", ())]


def _event(step: Step, kind: str, told: Told) -> dict[str, Any]:
    is_suppressed = kind == "bounced" and told.scenario == "suppressed"
    event: dict[str, Any] = {
        "kind": "suppressed" if is_suppressed else kind,
        "recipient": told.address,
        "at": step.due_at,
        "scenario": "challenge" if step.kind == StepKind.CHALLENGE else told.scenario,
        "code": told.code,
        "status": told.status,
        "text": told.text,
        "remote_mta": told.remote,
    }
    if kind == "deferred":
        event["retry_until"] = step.accepted_at + KEEPS_TRYING
    return {name: value for name, value in event.items() if value}


def webhook_id(step: Step, sink: Sink, event: dict[str, Any]) -> str:
    """Return the id of an event for one sink: the same for every try, and for no other event."""
    parts = (sink.public_id, str(step.id), step.original, str(event["kind"]), str(event["recipient"]))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def push_id(raw: bytes) -> str:
    """Return the Message-ID of a report, without brackets."""
    found = _MESSAGE_ID.search(raw)
    return found[1].decode("ascii", "replace") if found else hashlib.sha256(raw).hexdigest()[:32]
