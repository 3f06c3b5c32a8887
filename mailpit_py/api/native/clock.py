"""Views of sandbox time: where an inbox's clock stands, and moving it with all that is due on the way."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import report_schemas as schemas
from mailpit_py.api import report_shape as shape
from mailpit_py.api.context import here
from mailpit_py.api.models import OneInboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found
from mailpit_py.api.report_models import ClockBody, Freeze, Move, microseconds
from mailpit_py.api.shape import Json, instant
from mailpit_py.quantity import SECOND

TAG = "Clock"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/clock")(show_clock)
    routes.post("/clock/advance")(advance_clock)
    routes.post("/clock/freeze")(freeze_clock)
    routes.post("/clock/resume")(resume_clock)
    routes.post("/clock/reset")(reset_clock)


@operation(TAG, query=OneInboxQuery, returns=schemas.Clock)
def show_clock(query: OneInboxQuery) -> Json:
    """Show the sandbox time of an inbox, and when the next step of a plan is due."""
    return _clock(query.inbox)


@operation(TAG, query=None, body=Move, returns=schemas.Advanced, errors=(400, 404, 409, 415))
def advance_clock(body: Move) -> Json:
    """Move the clock forward, and do everything that is due until then, also what comes up on the way.

    Steps are done in the order in which they are due, and their reports are in the inbox when this
    answers: five days take milliseconds. No mail is removed. A clock that stands still stands at the
    new time.
    """
    _known(body.inbox)
    moved = None if body.seconds is None else round(body.seconds * SECOND)
    done = here().sandbox.scheduler.advance(body.inbox, microseconds=moved, to=microseconds(body.to))
    return {
        "clock": _clock(body.inbox),
        "before": instant(done.before),
        "count": done.count,
        "steps": [shape.step(one) for one in done.steps],
    }


@operation(TAG, query=None, body=Freeze, returns=schemas.Clock, errors=(400, 404, 409, 415))
def freeze_clock(body: Freeze) -> Json:
    """Let the clock stand still, now or at an instant; it moves when it is advanced."""
    _known(body.inbox)
    here().sandbox.clock.freeze(body.inbox, microseconds(body.at))
    return _clock(body.inbox)


@operation(TAG, query=None, body=ClockBody, returns=schemas.Clock, errors=(400, 404, 415))
def resume_clock(body: ClockBody) -> Json:
    """Let the clock run on from where it stands."""
    _known(body.inbox)
    here().sandbox.clock.resume(body.inbox)
    return _clock(body.inbox)


@operation(TAG, query=None, body=ClockBody, returns=schemas.Clock, errors=(400, 404, 415))
def reset_clock(body: ClockBody) -> Json:
    """Let the clock go with the time of day again. What was done stays done."""
    _known(body.inbox)
    here().sandbox.clock.reset(body.inbox)
    return _clock(body.inbox)


def _known(inbox: str) -> None:
    """Raise the 404 problem for an inbox that is not there."""
    if inbox not in here().sandbox.store.inbox_table.names():
        raise not_found("inbox")


def _clock(inbox: str) -> Json:
    _known(inbox)
    clock = here().sandbox.clock
    wall, reading = clock.wall(), clock.reading(inbox)
    now = reading.at(wall)
    return {
        "inbox": inbox,
        "now": instant(now),
        "wall": instant(wall),
        "offset_seconds": (now - wall) / SECOND,
        "is_frozen": reading.frozen_at is not None,
        "next_due_at": instant(here().sandbox.store.agenda.plans.next_due().get(inbox)),
    }
