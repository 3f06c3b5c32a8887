"""What follows an accepted message, put down as steps that are kept with it."""

from __future__ import annotations

from mailpit_py.application.simulator import Simulator
from mailpit_py.mail.envelope import Envelope, Session
from mailpit_py.simulation.follow_up import PlannedStep, follow_up
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import DEFAULT_INBOX, NewStep, SinkKind


def plan(
    simulator: Simulator, session: Session, envelope: Envelope, raw: bytes, inbox: str = DEFAULT_INBOX
) -> tuple[NewStep, ...]:
    """Return the plan of a message that is about to be kept in an inbox; `envelope` has those who get it.

    Neither waits nor reads the database: it is called on the event loop, for every message.
    """
    tells_delivery = any(one.kind is SinkKind.WEBHOOK for one in simulator.store.agenda.sinks.known(inbox))
    is_plain = not tells_delivery and not any(one.notify for one in envelope.recipients)
    if is_plain and simulator.asks_for_nothing(Stage.AFTER, envelope, raw, (inbox,) * len(envelope.recipients)):
        return ()
    planned = follow_up(simulator.decide_after(session, envelope, raw, inbox), tells_delivery=tells_delivery)
    if not planned:
        return ()
    now = simulator.clock.sandbox(inbox)
    return tuple(new_step(one, now) for one in planned)


def new_step(planned: PlannedStep, accepted_at: int) -> NewStep:
    """Return a planned step as it is kept; `accepted_at` is the sandbox time from which it counts."""
    return NewStep(planned.kind.value, accepted_at, accepted_at + planned.after, planned.as_mapping())
