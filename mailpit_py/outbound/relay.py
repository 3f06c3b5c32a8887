"""The relay: sends what the queue has due, tries again later, and queues what is to go on by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import Any, TypeVar

from mailpit_py.application.relay_queue import FORWARD, RELAY, RelayQueue
from mailpit_py.application.relay_settings import RelayServer
from mailpit_py.application.release import Outgoing, forwarded, is_loop, received_field, relayed
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.errors import MailpitError, StorageError
from mailpit_py.mail.envelope import Reply, Transaction
from mailpit_py.outbound.smtp_client import DeliveryError, deliver, merged
from mailpit_py.quantity import SECOND
from mailpit_py.storage import Changes, NewRelayItem, RelayItem, RelayRecipient, RelayState, Stored

T = TypeVar("T")
logger = logging.getLogger(__name__)

# Seconds between tries; a day after the first the item has failed.
PAUSES = (10, 60, 300, 900, 1_800, 3_600, *(14_400,) * 5)
AT_ONCE = 5
SOURCES = ("smtp", "lmtp", "api")  # not what was put in from files, and not reports of the sandbox
HELD_BYTES = 16 << 20


class Relay:
    """Sends on a loop in a thread of its own; another thread follows the journal if something goes on by itself.

    A message that was being sent when the process ended is sent again, with the same Message-ID.
    """

    def __init__(
        self, sandbox: Sandbox, queue: RelayQueue, hostname: str = "localhost", *, pauses: tuple[int, ...] = PAUSES
    ) -> None:
        self._sandbox = sandbox
        self._queue = queue
        self._pauses = pauses
        self._hostname = hostname
        self._loop = asyncio.new_event_loop()
        self._sender = Thread(target=self._run, name="mailpit-relay", daemon=True)
        self._threads = [Thread(target=self._wake, name="mailpit-relay-due", daemon=True)]
        if queue.is_automatic:
            self._threads.append(Thread(target=self._follow, name="mailpit-relay-journal", daemon=True))
        self._is_closed = False
        self._busy: set[str] = set()

    def start(self) -> None:
        """Begin; what waited before the start is tried when it is due."""
        for thread in (self._sender, *self._threads):
            thread.start()

    def stop(self) -> None:
        """End; call it after the journal has closed. What is being sent is left off."""
        self._is_closed = True
        self._queue.tables.bell.close()
        for thread in self._threads:  # before the loop, so that nothing is handed to one that has ended
            thread.join()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._sender.join()

    # What is due

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    def _wake(self) -> None:
        """Hand due items to the loop, and wait for the bell or for the next one."""
        tables, clock = self._queue.tables, self._sandbox.clock
        while not self._is_closed:
            tick = tables.bell.tick
            busy = set(self._busy)  # read before the table: what ends in between is still due there
            try:
                for item in tables.due(clock.wall(), limit=AT_ONCE + len(busy)):
                    if item.public_id not in busy and len(self._busy) < AT_ONCE:
                        self._busy.add(item.public_id)
                        asyncio.run_coroutine_threadsafe(self._try(item), self._loop)
                at = tables.next_due()
            except StorageError as error:
                logger.warning("the relay queue cannot be read: %s", error)
                at = None
            pause = 60.0 if at is None else max((at - clock.wall()) / SECOND, 0.0)
            tables.bell.wait(tick, min(60.0, pause) if len(self._busy) < AT_ONCE and pause else 1.0)

    async def _try(self, item: RelayItem) -> None:
        try:
            recipients, said = await self._sent(item)
            next_at = self._next(item, recipients)
            if next_at is None:
                recipients = tuple(_given_up(one, said) for one in recipients)
            await asyncio.wrap_future(self._queue.tables.record(item.public_id, recipients, said, next_at=next_at))
            logger.info("relay item=%s try=%d waiting=%s said=%s", item.public_id, item.tries + 1, next_at, said)
        except StorageError as error:
            logger.warning("relay item=%s: what became of it cannot be kept: %s", item.public_id, error)
        finally:
            self._busy.discard(item.public_id)
            self._queue.tables.bell.ring()

    async def _sent(self, item: RelayItem) -> tuple[tuple[RelayRecipient, ...], str]:
        """Try once; return all recipients, and why it was not for all of them."""
        server = self._server(item.kind)
        raw = await asyncio.to_thread(self._queue.tables.raw, item.public_id)
        try:
            if server is None:
                raise DeliveryError("no server is set for this any more", is_final=True)
            if raw is None or is_loop(raw):
                raise DeliveryError("the message has come through so many servers that it goes round", is_final=True)
            outgoing = Outgoing(item.reverse_path, item.waiting, raw)
            is_whole = self._errors_are_forwarded(item.kind)
            now = await deliver(server, outgoing, local_hostname=self._hostname, to_all_or_nobody=is_whole)
            said = next((f"{one.code} {one.text}" for one in now if one.state is not RelayState.SENT), "")
        except DeliveryError as error:
            state = RelayState.FAILED if error.is_final else RelayState.WAITING
            now = tuple(RelayRecipient(one, state, error.code, str(error)) for one in item.waiting)
            said = str(error)
        except Exception as error:  # of a library: a failure that may pass, and is tried again after its pause
            logger.exception("relay item=%s could not be tried", item.public_id)
            said = f"the relay itself failed: {error}"
            now = tuple(RelayRecipient(one, RelayState.WAITING, 0, said) for one in item.waiting)
        return merged(item.recipients, now), said

    def _server(self, kind: str) -> RelayServer | None:
        settings = self._queue.forward if kind == FORWARD else self._queue.relay
        return settings.server if settings else None

    def _next(self, item: RelayItem, recipients: tuple[RelayRecipient, ...]) -> int | None:
        """When to try again; None if nobody waits, or if it was tried often enough."""
        if not any(one.state is RelayState.WAITING for one in recipients):
            return None
        if not item.is_retried or item.tries >= len(self._pauses):
            return None
        return self._sandbox.clock.wall() + self._pauses[item.tries] * SECOND

    # What goes on by itself

    def _follow(self) -> None:
        cursor = self._queue.tables.cursor()
        assert cursor is not None  # `start` has seen to it
        for changes in self._sandbox.follow(cursor):
            try:
                if changes.resync:
                    logger.warning("the journal does not reach back to the last stop: some mail may not be relayed")
                if changes.items or changes.resync:
                    self._queue_all(changes)
            except MailpitError as error:
                logger.warning("mail could not be queued to be relayed: %s", error)

    def _queue_all(self, changes: Changes) -> None:
        """Queue what was added, and with the last of it how far the journal was read."""
        items: list[NewRelayItem] = []
        for inbox, ref in [(one.inbox, ref) for one in changes.items if one.kind == "added" for ref in one.refs]:
            stored = None if ref.is_attempt else self._sandbox.store.message(inbox, ref.public_id)
            raw = self._sandbox.store.raw(inbox, ref.public_id) if stored else None
            if stored and raw is not None and stored.summary.source in SOURCES:
                items += self._of_message(inbox, stored, raw)
            if sum(len(one.raw) for one in items) > HELD_BYTES:
                self._queue.tables.add(items).result()
                items = []
        self._queue.tables.add(items, cursor=changes.cursor).result()

    def _of_message(self, inbox: str, stored: Stored, raw: bytes) -> list[NewRelayItem]:
        helo = stored.session.session.helo if stored.session else ""
        public_id = stored.summary.public_id
        ours = received_field(helo=helo, hostname=self._hostname, public_id=public_id, now=stored.summary.received_at)
        addresses = tuple(one.address for one in stored.envelope.recipients)
        return [
            self._queue.item_of(kind, inbox, public_id, outgoing)
            for kind, outgoing in self._outgoing(stored.envelope.reverse_path, addresses, raw, ours)
            if not self._errors_are_forwarded(kind)
        ]

    def _outgoing(
        self, reverse_path: str, addresses: tuple[str, ...], raw: bytes, ours: str
    ) -> list[tuple[str, Outgoing]]:
        found = []
        if self._queue.relay and (chosen := self._queue.relay.chosen(addresses)):
            override = self._queue.relay.override_from
            found.append((RELAY, relayed(raw, reverse_path, chosen, ours, override_from=override)))
        if self._queue.forward:
            found.append((FORWARD, forwarded(raw, reverse_path, self._queue.forward, ours)))
        return found

    def _errors_are_forwarded(self, kind: str) -> bool:
        settings = self._queue.forward if kind == FORWARD else self._queue.relay
        return settings is not None and settings.forwards_errors

    # What is asked before the reply

    def gate(self) -> Callable[[Transaction, bytes], Future[Reply | None]] | None:
        """What asks the servers before a message is kept, or None if no error is to be handed to the sender."""
        automatic = self._queue.relay is not None and self._queue.relay.is_automatic
        if (automatic and self._errors_are_forwarded(RELAY)) or self._errors_are_forwarded(FORWARD):
            return self._ask
        return None

    def _ask(self, transaction: Transaction, raw: bytes) -> Future[Reply | None]:
        return self._on_loop(self._pass_on(transaction, raw))

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _pass_on(self, transaction: Transaction, raw: bytes) -> Reply | None:
        """Send a message before it is kept; return the refusal that its sender gets, or None."""
        envelope = transaction.envelope
        ours = received_field(
            helo=transaction.session.helo, hostname=self._hostname, public_id="-", now=self._sandbox.clock.wall()
        )
        addresses = tuple(one.address for one in envelope.recipients)
        for kind, outgoing in self._outgoing(envelope.reverse_path, addresses, raw, ours):
            server = self._server(kind)
            if server is None or not self._errors_are_forwarded(kind):
                continue
            try:
                if is_loop(outgoing.raw):
                    raise DeliveryError("Too many hops", 554, is_final=True)
                await deliver(server, outgoing, local_hostname=self._hostname, to_all_or_nobody=True)
            except DeliveryError as error:
                return _as_reply(error.code, str(error))
        return None


def _given_up(one: RelayRecipient, said: str) -> RelayRecipient:
    """A recipient that waits no longer: what was tried is over."""
    return replace(one, state=RelayState.FAILED, text=one.text or said) if one.state is RelayState.WAITING else one


def _as_reply(code: int, text: str) -> Reply:
    """What the sender is told: the server's own reply, or that it could not be asked."""
    line = " ".join(text.replace("\0", "").split()) or "refused"
    if not 400 <= code <= 599:
        return Reply(451, "4.4.1", f"The relay could not be reached: {line}")
    words = line.removeprefix(f"{code} ")
    status, _, rest = words.partition(" ")
    is_status = len(status.split(".")) == 3 and status[:1] == str(code)[0] and status.replace(".", "").isdigit()
    return Reply(code, status, rest) if is_status and rest else Reply(code, f"{str(code)[0]}.0.0", words)
