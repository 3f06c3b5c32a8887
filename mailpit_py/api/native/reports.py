"""Views of what follows a message: its plan, a report read and checked, and a bounce on request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint

from mailpit_py.api import report_schemas as schemas
from mailpit_py.api import report_shape as shape
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery
from mailpit_py.api.native.messages import stored
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem, unusable
from mailpit_py.api.report_models import NewBounce
from mailpit_py.api.shape import Json
from mailpit_py.application.bouncing import Wish
from mailpit_py.mail.envelope import Envelope
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.simulation.mapping import load_refusal
from mailpit_py.simulation.outcome import Report
from mailpit_py.simulation.problem import RuleError

if TYPE_CHECKING:
    from mailpit_py.reports import Decoded

TAG = "Reports"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/messages/<public_id:public_id>/plan")(show_plan)
    routes.get("/messages/<public_id:public_id>/report")(show_report)
    routes.post("/messages/<public_id:public_id>/bounce")(bounce_message)
    routes.get("/dialects")(list_dialects)


@operation(TAG, returns=schemas.Plan)
def show_plan(public_id: str, query: InboxQuery) -> Json:
    """Show what follows this message and what has become of it: reports, and why there are none."""
    stored(query.inbox, public_id)
    return {"items": [shape.step(one) for one in here().sandbox.store.agenda.plans.of_message(query.inbox, public_id)]}


@operation(TAG, returns=schemas.Report)
def show_report(public_id: str, query: InboxQuery) -> Json:
    """Read this message as a report: a delivery status, a complaint, a receipt or an automatic reply.

    Also those of other systems: every field, plain words for people, each deviation from its RFC,
    the address that it came to decoded (VERP, BATV, SRS), and the message that it is about if that
    is here. What is no report is a 404 of the type `no-report`.
    """
    from mailpit_py import reports  # with all dialects: only once somebody reads a report

    found = stored(query.inbox, public_id)
    message = here().library.message(query.inbox, public_id)
    read = reports.understand(message)
    if read is None:
        raise Problem(404, "This message is no report.", kind="no-report")
    link = _link(query.inbox, public_id, read.original.message_ids)
    original = stored(query.inbox, link).envelope if link else None
    findings = reports.check(message, read, envelope=found.envelope, original=original)
    return shape.report(read, link, _layers(found.envelope), findings)


@operation(TAG, body=NewBounce, returns=schemas.Bounced, errors=(400, 404, 409, 415))
def bounce_message(public_id: str, query: InboxQuery, body: NewBounce) -> Json:
    """Let a report follow this message, now or later, whatever its addresses ask for.

    What is due at once is in the inbox when this answers. Nothing is ever sent to the null
    reverse-path or about a report: then, and where NOTIFY says no, this is a 409 with the reason.
    """
    done = here().sandbox.bounce(query.inbox, public_id, _wish(body), preview=body.preview)
    return {
        "steps": [shape.step(one) for one in done.steps],
        "reports": [report for one in done.results for report in shape.previewed(one)],
        "reason": "; ".join(one.reason for one in done.results if one.reason),
    }


@operation(TAG, query=None, returns=schemas.Dialects, errors=(), is_common=True)
def list_dialects() -> Json:
    """List the mail systems whose reports can be made."""
    from mailpit_py.reports import DIALECTS

    return {"items": [shape.dialect(one) for one in DIALECTS.values()]}


def _wish(body: NewBounce) -> Wish:
    """What is wished for. Raises the 422 problem for names that are not there."""
    try:
        refusal = load_refusal(body.refusal, "") if body.refusal else None
    except RuleError as error:
        errors = [(one.field.lstrip(".") or "scenario", one.reason) for one in error.problems]
        raise Problem(422, "The cause cannot be used.", kind="invalid", errors=errors) from None
    if body.dialect and body.dialect not in DIALECTS:
        raise unusable("dialect", f"is none of {', '.join(DIALECTS)}")
    wish = Wish.of(Report(body.kind), refusal, delay=body.delay, dialect=body.dialect)
    return replace(
        wish,
        recipients=tuple(body.recipients),
        nasty=tuple(body.nasty),
        redact=body.redact,
        ignores_notify=body.ignore_notify,
    )


def _link(inbox: str, public_id: str, message_ids: tuple[str, ...]) -> str:
    """The id of the original: as it was noted when the report came, else found by Message-ID now."""
    plans = here().sandbox.store.agenda.plans
    own = next((one for one in plans.links(inbox, public_id) if one.report == public_id), None)
    if own is not None and own.original:
        return own.original
    return plans.named(inbox, message_ids, but=public_id)


def _layers(envelope: Envelope) -> tuple[Decoded, ...]:
    from mailpit_py.reports import decode_reverse_path

    return tuple(layer for one in envelope.recipients[:1] for layer in decode_reverse_path(one.address))
