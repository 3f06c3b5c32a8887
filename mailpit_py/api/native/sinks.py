"""Views of sinks: where reports and events go besides the inbox, each try, and the keys that prove them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mailpit_py.api import sink_schemas as schemas
from mailpit_py.api import sink_shape as shape
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery, OneInboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem, not_found, unusable
from mailpit_py.api.shape import Json
from mailpit_py.api.sink_models import (
    AttemptsOfSinksQuery,
    FeedbackChange,
    NewSink,
    ReaderAction,
    SinkChanges,
    SinkTrialWish,
)
from mailpit_py.application.sinkbook import (
    CONFIRMATION,
    SinkBook,
    SinkSettings,
    find_provider,
    needs_confirming,
    settings_of,
)
from mailpit_py.errors import NotFound
from mailpit_py.storage import Sink, SinkKind
from mailpit_py.webhooks.event import Kind

TAG = "Sinks"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/sinks")(list_sinks)
    routes.post("/sinks")(add_sink)
    routes.get("/sinks/attempts")(list_sink_attempts)
    routes.get("/sinks/attempts/<public_id:public_id>")(show_sink_attempt)
    routes.post("/sinks/attempts/<public_id:public_id>/replay")(replay_sink_attempt)
    routes.get("/sinks/feedback")(show_feedback)
    routes.put("/sinks/feedback")(set_feedback)
    routes.get("/sinks/<public_id:public_id>")(show_sink)
    routes.patch("/sinks/<public_id:public_id>")(change_sink)
    routes.delete("/sinks/<public_id:public_id>")(delete_sink)
    routes.post("/sinks/<public_id:public_id>/confirmation")(ask_for_confirmation)
    routes.post("/sinks/<public_id:public_id>/trial")(try_sink)
    routes.get("/webhooks/keys")(show_webhook_keys)
    routes.post("/messages/<public_id:public_id>/events")(tell_event)


@operation(TAG, query=OneInboxQuery, returns=schemas.Sinks)
def list_sinks(query: OneInboxQuery) -> Json:
    """List where reports and events of an inbox go besides."""
    return {"items": [shape.sink(one) for one in _book().all(query.inbox)]}


@operation(TAG, query=OneInboxQuery, body=NewSink, returns=schemas.Sink, status=201, errors=(400, 404, 415))
def add_sink(query: OneInboxQuery, body: NewSink) -> Json:
    """Add an SMTP server for reports or a webhook for events, inside the range that the operator allows.

    A webhook of SES asks the app at once to confirm its subscription, and tells nothing before.
    """
    given = body.model_dump(exclude={"kind", "events"})
    settings = _settings(kind=SinkKind(body.kind), events=tuple(body.events), **given)
    return shape.sink(_book().add(query.inbox, settings))


@operation(TAG, query=OneInboxQuery, returns=schemas.Sink)
def show_sink(query: OneInboxQuery, public_id: str) -> Json:
    """Show one sink."""
    return shape.sink(_book().find(query.inbox, public_id))


@operation(TAG, query=OneInboxQuery, body=SinkChanges, returns=schemas.Sink, errors=(400, 404, 415))
def change_sink(query: OneInboxQuery, body: SinkChanges, public_id: str) -> Json:
    """Change a sink, or switch it off: then what is due waits."""
    changes = body.model_dump(exclude_none=True)
    if "events" in changes:
        changes["events"] = tuple(changes["events"])
    sink = _book().find(query.inbox, public_id)
    settings = _settings(sink, **changes)
    return shape.sink(_book().change(query.inbox, public_id, settings))


@operation(TAG, query=OneInboxQuery, returns=schemas.Sink)
def delete_sink(query: OneInboxQuery, public_id: str) -> Json:
    """Delete a sink, and cancel what is on its way to it."""
    sink = _book().find(query.inbox, public_id)
    _book().remove(query.inbox, public_id)
    return shape.sink(sink)


@operation(TAG, query=OneInboxQuery, returns=schemas.SinkAttemptWithTries, status=202)
def ask_for_confirmation(query: OneInboxQuery, public_id: str) -> Json:
    """Ask the app (again) to confirm its subscription to SNS."""
    sink = _book().find(query.inbox, public_id)
    if not needs_confirming(sink):
        raise Problem(422, "Only a webhook of SES has a subscription to confirm.", kind="invalid")
    return _attempt(query.inbox, _book().ask(sink, CONFIRMATION))


@operation(TAG, query=OneInboxQuery, body=SinkTrialWish, returns=schemas.SinkTrial, status=202, errors=(400, 404, 415))
def try_sink(query: OneInboxQuery, body: SinkTrialWish, public_id: str) -> Json:
    """Try a sink: a mail that the sandbox writes itself bounces (or does what else goes there), for this sink alone."""
    try:
        message, kind = _book().try_out(query.inbox, public_id, body.reverse_path)
    except ValueError as error:
        raise Problem(422, f"This sink cannot be tried: {error}.", kind="invalid") from None
    return {"message": message, "kind": kind}


@operation(TAG, query=OneInboxQuery, returns=schemas.Feedback)
def show_feedback(query: OneInboxQuery) -> Json:
    """Show who gets the complaints of an inbox."""
    return _feedback(query.inbox)


@operation(TAG, query=OneInboxQuery, body=FeedbackChange, returns=schemas.Feedback, errors=(400, 404, 415))
def set_feedback(query: OneInboxQuery, body: FeedbackChange) -> Json:
    """Let the complaints of an inbox go to an address, whatever `--fbl-address` says."""
    try:
        _book().direct_complaints(query.inbox, body.address)
    except ValueError as error:
        raise unusable("address", str(error)) from None
    return _feedback(query.inbox)


@operation(TAG, query=AttemptsOfSinksQuery, returns=schemas.SinkAttempts, errors=(400, 404))
def list_sink_attempts(query: AttemptsOfSinksQuery) -> Json:
    """List what went, goes or will go to sinks, newest first."""
    page = here().sandbox.store.agenda.sinks.attempts(
        query.inbox,
        sink=query.sink,
        original=query.message,
        state=query.state,
        before=query.before,
        limit=query.limit,
    )
    return {"items": [shape.attempt(one) for one in page.items], "next": page.next}


@operation(TAG, query=OneInboxQuery, returns=schemas.SinkAttemptWithTries)
def show_sink_attempt(query: OneInboxQuery, public_id: str) -> Json:
    """Show an attempt with each try: what was sent, and what was answered."""
    return _attempt(query.inbox, public_id)


@operation(TAG, query=OneInboxQuery, returns=schemas.SinkAttemptWithTries, status=202)
def replay_sink_attempt(query: OneInboxQuery, public_id: str) -> Json:
    """Try an attempt once more, now, with the id that it had: a receiver can see that it is a repeat."""
    _book().replay(query.inbox, public_id)
    return _attempt(query.inbox, public_id)


@operation(TAG, query=None, returns=schemas.WebhookKeys, errors=())
def show_webhook_keys() -> Json:
    """Show what to paste into the app: each provider's secret, public key or certificate."""
    from mailpit_py.webhooks import sns
    from mailpit_py.webhooks.providers import PROVIDERS
    from mailpit_py.webhooks.request import Hook

    keys = _book().keys
    values = {"public_key": keys.public_key, "certificate": keys.certificate.decode("ascii"), "none": ""}
    items = [
        {
            "name": one.name,
            "title": one.title,
            "proof": one.proof,
            "value": values.get(one.proof) or (keys.secret(one.name) if one.proof == "secret" else ""),
            "events": sorted(one.kinds),
            "batch": one.batch,
            "pauses": list(one.policy.pauses),
        }
        for one in PROVIDERS.values()
    ]
    url = sns.certificate_url(Hook(keys, base_url=_book().base_url))
    return {"items": items, "certificate_url": url, "outbound_allow": str(here().config.reach)}


@operation(TAG, body=ReaderAction, returns=schemas.EventsTold, status=202, errors=(400, 404, 415))
def tell_event(query: InboxQuery, body: ReaderAction, public_id: str) -> Json:
    """Tell webhooks that readers have opened a message, or clicked a link in it."""
    stored = here().sandbox.store.message(query.inbox, public_id)
    if stored is None:
        raise not_found("message")
    known = [one.address for one in stored.envelope.recipients]
    if body.recipients is not None and (unknown := sorted(set(body.recipients) - set(known))):
        raise unusable("recipients", f"{unknown[0]!r} did not get it")
    told = _book().tell(
        query.inbox, public_id, Kind(body.kind), known if body.recipients is None else body.recipients, body.link
    )
    return {"events": told}


def _feedback(inbox: str) -> Json:
    if inbox not in here().sandbox.store.inbox_table.names():
        raise not_found("inbox")
    return {"address": _book().complaints_to(inbox), "default": here().config.fbl_address}


def _book() -> SinkBook:
    return here().sandbox.sinks


def _settings(sink: Sink | None = None, **given: Any) -> SinkSettings:
    """Return checked settings, of a sink with changes or new ones. Raises Problem."""
    try:
        if given.get("provider"):
            find_provider(given["provider"])
        return SinkSettings(**given) if sink is None else settings_of(sink, given)
    except (ValueError, NotFound) as error:
        field = "provider" if isinstance(error, NotFound) or "provider" in str(error) else ""
        raise Problem(422, "This sink cannot be made.", kind="invalid", errors=[(field, str(error))]) from None


def _attempt(inbox: str, public_id: str) -> Json:
    found = here().sandbox.store.agenda.sinks.attempt(inbox, public_id)
    if found is None:
        raise not_found("attempt")
    return {**shape.attempt(found[0]), "all_tries": [shape.tried(one) for one in found[1]]}
