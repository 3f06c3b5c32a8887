"""The view that answers when a message comes: a long poll that proxies do not cut off."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from flask import Blueprint, Response

from mailpit_py.api import admission, shape
from mailpit_py.api import waiting_schemas as schemas
from mailpit_py.api.answers import encode
from mailpit_py.api.context import here
from mailpit_py.api.models import WaitQuery
from mailpit_py.api.native.messages import parse_search
from mailpit_py.api.operation import JSON, operation
from mailpit_py.api.problem import Problem, unusable_parameter
from mailpit_py.api.shape import Json
from mailpit_py.application.waiting import Watch
from mailpit_py.checks.wanted import Wanted
from mailpit_py.errors import MailpitError
from mailpit_py.storage import Cursor

logger = logging.getLogger(__name__)

TAG = "Messages"
NEWEST = 50


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/wait")(wait)


@operation(TAG, query=WaitQuery, returns=schemas.Waited, errors=(400, 404, 503))
def wait(query: WaitQuery) -> Response:
    """Wait until a message matches all filters, and answer at once when it does.

    The answer is always 200 with `found`; after `timeout` seconds it lists each message that came
    and which filter it does not pass. While it waits, spaces come before the JSON every 15 s, which
    keeps proxies from giving up. Nothing is marked as read.
    """
    context = here()
    store = context.sandbox.store
    store.counts(query.inbox)  # raises NotFound for an inbox that does not exist
    watch = Watch(
        store, query.inbox, _wanted(query), query=parse_search(query.query), since=_cursor(query.since, store.head())
    )
    watch.holds = admission.pledge()
    if not context.waiters.acquire(blocking=False):
        raise Problem(503, "Too many clients wait for mail.", kind="busy", headers={"Retry-After": "5"})
    response = Response(_answer(watch, query), mimetype=JSON)
    response.call_on_close(context.waiters.release)
    return response


def _wanted(query: WaitQuery) -> Wanted:
    return Wanted(
        to=query.to,
        cc=query.cc,
        bcc=query.bcc,
        sender=query.from_,
        subject=query.subject,
        text=query.text,
        html=query.html,
        header=tuple(_field(line) for line in (query.header or "").splitlines() if line.strip()),
        attachment=query.attachment,
    )


def _field(line: str) -> tuple[str, str]:
    name, _, text = line.partition(":")
    return name.strip(), text.strip() or "*"


def _cursor(text: str | None, head: Cursor) -> Cursor | None:
    if text in (None, ""):
        return None
    try:
        return head if text == "now" else Cursor.parse(str(text))
    except ValueError as error:
        raise unusable_parameter("since", str(error)) from None


def _answer(watch: Watch, query: WaitQuery) -> Iterator[bytes]:
    """Yield spaces while nothing is decided, then the JSON."""
    started = time.monotonic()
    yield b" "  # sends the status: the request is understood
    try:
        for _ in watch.run(query.timeout, count=query.count):
            yield b" "
    except MailpitError as error:  # the store closes
        logger.info("a wait ended early: %s", error)
    watch.forget_what_is_hidden()
    yield encode(_outcome(watch, query, waited=time.monotonic() - started))


def _outcome(watch: Watch, query: WaitQuery, *, waited: float) -> Json:
    found = len(watch.matches) >= query.count
    return {
        "ok": not (watch.matches or watch.closed) if query.none else found,
        "found": found,
        "messages": [shape.message_row(one.summary) for one in watch.matches],
        "near_misses": [
            {
                "message": shape.message_row(one.summary),
                "mismatches": [{"filter": it.filter, "wanted": it.wanted, "found": it.found} for it in one.mismatches],
            }
            for one in watch.near_misses[-NEWEST:]
        ],
        "refused": [shape.attempt_row(one) for one in watch.refused[-NEWEST:]],
        "seen": len(watch.matches) + len(watch.near_misses),
        "removed": watch.removed,
        "unseen": watch.unseen,
        "closed": watch.closed,
        "cursor": str(watch.cursor) if watch.cursor else "",
        "waited_ms": round(waited * 1000),
    }
