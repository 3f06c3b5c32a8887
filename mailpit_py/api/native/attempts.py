"""Views of tries: attempts in a list, and the timeline of one mail."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import report_shape
from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.api import simulation_shape as shape
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found, unusable_parameter
from mailpit_py.api.shape import Json
from mailpit_py.api.simulation_models import AttemptsQuery
from mailpit_py.errors import QueryError
from mailpit_py.storage import Wanted

TAG = "Sessions"
PLANS_AT_MOST = 50  # of the newest accepted tries


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/attempts")(list_attempts)
    routes.get("/messages/<public_id:public_id>/timeline")(show_message_timeline)
    routes.get("/attempts/<public_id:public_id>/timeline")(show_attempt_timeline)


@operation(TAG, query=AttemptsQuery, returns=schemas.Attempts)
def list_attempts(query: AttemptsQuery) -> Json:
    """List transactions that ended without a message, newest first: who, when, at which stage, by which rule."""
    wanted = Wanted(query.recipient, query.rule, query.trigger)
    try:
        page = here().sandbox.store.attempts(query.inbox, wanted, before=query.before, limit=query.limit)
    except QueryError as error:
        raise unusable_parameter("before", error.reason) from None
    return {"items": [shape.explained_attempt(one) for one in page.items], "next": page.next}


@operation(TAG, returns=schemas.Timeline)
def show_message_timeline(public_id: str, query: InboxQuery) -> Json:
    """Show all tries of the mail that became this message: what was answered, why, and the pauses between."""
    return _timeline(public_id, query)


@operation(TAG, returns=schemas.Timeline)
def show_attempt_timeline(public_id: str, query: InboxQuery) -> Json:
    """Show all tries of the mail to which this attempt belongs."""
    return _timeline(public_id, query)


def _timeline(public_id: str, query: InboxQuery) -> Json:
    found = here().sandbox.store.timeline(query.inbox, public_id)
    if found is None:
        raise not_found("message")
    plans = here().sandbox.store.agenda.plans
    accepted = [one.public_id for one in found.tries if one.kind == "message"][-PLANS_AT_MOST:]
    steps = [step for one in accepted for step in plans.of_message(query.inbox, one)]
    links = [link for one in accepted for link in plans.links(query.inbox, one) if link.original == one]
    return {
        **shape.timeline(found),
        "steps": [report_shape.step(one) for one in steps],
        "reports": [report_shape.foreign(one) for one in links if one.step_id is None],
    }
