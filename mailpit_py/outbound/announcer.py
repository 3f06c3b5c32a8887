"""The webhook that Mailpit has: told of every message, one after the other, with what its list shows of it."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from threading import Event, Thread

from mailpit_py import __version__
from mailpit_py.application.mailpit_json import encoded, row
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.errors import MailpitError, TargetRefused
from mailpit_py.outbound.fetcher import Call, Fetcher
from mailpit_py.outbound.resolver import Lookup, look_up
from mailpit_py.reach import ANYWHERE, Reach
from mailpit_py.storage import Change, Cursor, Query, Summary
from mailpit_py.storage.note import ARRIVAL_WEBHOOK
from mailpit_py.storage.query import All, Received
from mailpit_py.webhooks.providers.standard import sign
from mailpit_py.webhooks.request import Stamp

logger = logging.getLogger(__name__)

TIMEOUT = 5.0
PAUSES = (1.0, 5.0, 30.0, 120.0, 600.0)


@dataclass(frozen=True, slots=True)
class AnnouncerSettings:
    """Whom to tell, and of what.

    `limit` is the least number of seconds between two requests, `delay` how long each waits first,
    `retries` how often a request is repeated that gets no 2xx, after PAUSES times `time_scale`.
    """

    url: str
    label: str = ""
    query: Query | None = None
    limit: float = 1
    delay: float = 0
    retries: int = 3
    time_scale: float = 1
    reach: Reach = ANYWHERE
    lookup: Lookup = look_up


class Announcer:
    """Tells of messages in the order in which they came, in a thread of its own, from `start` to `stop`.

    How far it came is kept in the database: what came just before a stop is told after the next start.
    A message may be told twice after a crash; its id is the same then.
    """

    def __init__(self, sandbox: Sandbox, settings: AnnouncerSettings) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._notes = sandbox.store.agenda.notes
        self._is_stopping = Event()
        self._next_at = 0.0  # by the monotonic clock
        self._thread = Thread(target=self._run, name="mailpit-announcer", daemon=True)

    def start(self) -> None:
        """Begin with what came since the last stop; the first time, with what comes now."""
        self._notes.keep(ARRIVAL_WEBHOOK, str(self._sandbox.store.head())).result()
        self._thread.start()

    def stop(self) -> None:
        """End; call it after the journal has closed. What is on its way is finished, or left off after its time."""
        self._is_stopping.set()
        self._thread.join()

    def _run(self) -> None:
        kept = self._notes.find(ARRIVAL_WEBHOOK)
        assert kept is not None  # `start` has seen to it
        for changes in self._sandbox.follow(Cursor.parse(kept)):
            if changes.resync:
                logger.warning("the journal does not reach back to the last stop: some mail is not told to the webhook")
            for change in changes.items:
                if not self._is_stopping.is_set():
                    self._tell_all(change)
            if self._is_stopping.is_set():
                return
            if changes.items or changes.resync:
                self._note(changes.cursor)

    def _tell_all(self, change: Change) -> None:
        """Tell of the messages of one change, and note that they were told."""
        if change.kind != "added":
            return
        is_done = True
        try:
            for ref in change.refs:
                is_done = is_done and (ref.is_attempt or self._tell(change.inbox, ref.public_id))
        except MailpitError as error:
            logger.warning("the webhook could not be told of a message: %s", error)
        if is_done:
            self._note(change.cursor)

    def _note(self, cursor: Cursor) -> None:
        try:
            self._notes.put(ARRIVAL_WEBHOOK, str(cursor)).result()
        except MailpitError as error:
            logger.warning("how far the webhook was told cannot be kept: %s", error)

    def _tell(self, inbox: str, public_id: str) -> bool:
        """Tell of one message; False if there is no more time for it."""
        store = self._sandbox.store
        found = store.summaries(inbox, (public_id,))
        outline = store.outlines.of(inbox, [public_id]).get(public_id)
        if not found or not isinstance(found[0], Summary) or outline is None or not self._is_wanted(inbox, found[0]):
            return True  # deleted in between, or not asked for
        body = encoded({**row(outline, empty=[], empty_reply_to=[])})
        self._is_stopping.wait(self._settings.delay)
        for pause in (0.0, *PAUSES[: self._settings.retries]):
            self._is_stopping.wait(pause * self._settings.time_scale)
            if self._post(public_id, body):
                return True
            if self._is_stopping.is_set():
                return False
        logger.warning("message=%s was not told to the webhook", public_id)
        return True

    def _is_wanted(self, inbox: str, summary: Summary) -> bool:
        query, at = self._settings.query, summary.received_at
        if query is None:
            return True
        narrowed = Query(query.text, All((*query.node.nodes, Received(since=at, until=at + 1))))
        page = self._sandbox.store.page(inbox, query=narrowed, limit=200)
        return summary.public_id in [one.public_id for one in page.items]

    def _post(self, public_id: str, body: bytes) -> bool:
        """Send one request when its time has come; True if it was taken."""
        self._is_stopping.wait(max(0.0, self._next_at - time.monotonic()))
        if self._is_stopping.is_set():
            return False
        self._next_at = time.monotonic() + self._settings.limit
        try:
            status, reason = asyncio.run(self._sent(public_id, body))
        except TargetRefused as error:
            status, reason = 0, str(error)
        logger.info("webhook message=%s status=%d %s", public_id, status, reason)
        if not 200 <= status < 300:
            logger.warning("the webhook answered %s", status or reason)
        return 200 <= status < 300

    async def _sent(self, public_id: str, body: bytes) -> tuple[int, str]:
        settings = self._settings
        stamp = Stamp(public_id, self._sandbox.clock.wall())
        headers = [("Content-Type", "application/json"), ("User-Agent", f"mailpit-py/{__version__}")]
        if settings.label:
            headers.append(("Mailpit-Label", settings.label.encode("ascii", "replace").decode("ascii")))
        headers += sign(body, self._sandbox.sinks.keys.secret("standard"), stamp, "webhook")
        async with Fetcher(settings.reach, settings.lookup) as fetcher:
            answer = await fetcher.fetch(Call(settings.url, "POST", tuple(headers), body, timeout=TIMEOUT))
        return answer.status, answer.reason
