"""The application: what happens to a transaction, and what can be asked and followed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailpit_py.application import bouncing
from mailpit_py.application.bouncing import Wish
from mailpit_py.application.clock import Clock
from mailpit_py.application.delivery import NOTHING_DECIDED, Decided, Delivery, causes_of
from mailpit_py.application.gate import GATED, Delivered, Gate, gated
from mailpit_py.application.incoming import Incoming, Part, apart, housed
from mailpit_py.application.planning import plan
from mailpit_py.application.promise import first_of, value_after
from mailpit_py.application.relay_queue import RelayQueue
from mailpit_py.application.scheduler import Scheduler
from mailpit_py.application.simulator import Simulator
from mailpit_py.application.sinkbook import SinkBook
from mailpit_py.application.statistics import Statistics
from mailpit_py.errors import BounceError, NotFound
from mailpit_py.identity import PublicIds
from mailpit_py.mail import date
from mailpit_py.mail.envelope import Line, Receipt, Reply, Session, Transaction
from mailpit_py.mail.message import read_values
from mailpit_py.simulation.decision import Decision, Verdict
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import PATIENCE, Arrival, Attempt, CallSoon, Cause, Changes, Cursor, Step, Store, Tagger

if TYPE_CHECKING:
    from mailpit_py.application.reporting import Result


@dataclass(frozen=True, slots=True)
class Bounced:
    """What a bounce on request came to: its steps, or the results of a preview."""

    steps: tuple[Step, ...] = ()
    results: tuple[Result, ...] = ()


class Sandbox:
    """One store, one clock, and the decisions between them. Every method may be called from any thread.

    What happens to a command is asked of `simulator`; what became of it is told here. `scheduler`
    does what follows; `hostname` is who its reports come from, `complaints_to` where complaints go.
    `sinks` are where they go besides, `inboxes` where mail is kept. With `message_dates` mail came
    when its Date field says.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, one for each part that a node may bring
        self,
        store: Store,
        clock: Clock,
        simulator: Simulator | None = None,
        *,
        hostname: str = "",
        complaints_to: str = "",
        tagger: Tagger | None = None,
        sinks: SinkBook | None = None,
        message_dates: bool = False,
    ) -> None:
        self.store = store
        self.clock = clock
        clock.keep_in(store.agenda.clocks)
        self.simulator = simulator or Simulator(store, clock)
        self.inboxes = self.simulator.inboxes
        self.scheduler = Scheduler(store, clock, self.simulator, hostname=hostname, complaints_to=complaints_to)
        self.relay = RelayQueue(store, clock)
        self.gate: Gate | None = None
        self.tagger = tagger
        self.statistics = Statistics()
        self.sinks = sinks or SinkBook(store, clock)
        self.budget = store.budget
        self._ids = PublicIds()
        self._message_dates = message_dates
        self.inboxes.on_removal += [clock.forget, self.scheduler.forget, store.agenda.sinks.forget]

    def receive(  # noqa: PLR0913 - keyword-only, one for each thing that may be known of it
        self,
        transaction: Transaction,
        raw: bytes,
        *,
        source: str = "smtp",
        verdict: Verdict | None = None,
        decided: Decided = NOTHING_DECIDED,
        enhanced: bool = True,
    ) -> Future[Receipt]:
        """Keep a message; the future gives its receipt once it is committed.

        `raw` is the content exactly as received, `verdict` what was decided at its end, `decided`
        what was at RCPT; the usual reply has an enhanced code where `enhanced`. Who discards or
        refuses it gets nothing of it; if nobody is left, only an attempt is kept, and the receipt
        looks like any other. The future raises StorageFull or StorageError, and then nothing of the
        message was kept. Where there is a `gate` it is asked first, and what it refuses is kept as an
        attempt only. Recipients of several inboxes get a copy in each, which shows none of the others;
        if only some of these can be kept the future raises, and a sender that tries again repeats them.
        """

        def keep() -> Future[Receipt]:
            return self._keep(transaction, raw, source, Delivered(verdict, decided, enhanced=enhanced))

        if self.gate is None or source not in GATED:
            return keep()
        return gated(self.gate(transaction, raw), keep, lambda reply: self._refuse_all(transaction, raw, reply))

    def _refuse_all(self, transaction: Transaction, raw: bytes, reply: Reply) -> Future[Receipt]:
        """Keep an attempt in the place of a message; the receipt has the refusal for each recipient."""
        envelope = transaction.envelope
        refused = (*envelope.refused, *(replace(one, reply=reply) for one in envelope.recipients))
        lines = (*transaction.lines, *(Line(self.clock.wall(), "S", line) for line in reply.lines))
        lost = Transaction(transaction.session, replace(envelope, recipients=(), refused=refused), lines)
        kept = self.refuse(lost, Stage.CONTENT, reply, len(raw), raw=raw)
        return value_after(kept, Receipt("", (reply,) * len(envelope.recipients)))

    def _keep(self, transaction: Transaction, raw: bytes, source: str, how: Delivered) -> Future[Receipt]:
        public_id, now = self._ids.new(), self.clock.wall()
        reply = Reply(250, "2.0.0" if how.enhanced else "", f"Ok: queued as {public_id}")
        delivery = Delivery.of(transaction.envelope, how.verdict, how.decided, reply)
        said = (delivery.replies or (reply,))[0]
        told = replace(transaction, lines=(*transaction.lines, *(Line(now, "S", line) for line in said.lines)))
        incoming = Incoming(told, raw, now, source)
        self.statistics.reject(len(delivery.kept.refused))
        parts = [
            self._keep_part(one, incoming, delivery.replies, public_id if place == 0 else self._ids.new())
            for place, one in enumerate(incoming.parts(delivery, self.inboxes))
        ]
        stored = parts[0] if len(parts) == 1 else first_of(parts)
        stored.add_done_callback(lambda done: self._count(done, len(raw)))
        return stored

    def _keep_part(self, part: Part, incoming: Incoming, replies: tuple[Reply, ...], public_id: str) -> Future[Receipt]:
        """Keep what one inbox gets of a message."""
        delivery, session, raw, now = part.delivery, incoming.session, incoming.raw, incoming.at
        receipt = Receipt(public_id, replies)
        if delivery.is_lost:
            names = (self._ids.new(), ()) if delivery.is_kept else (public_id, part.lines)
            attempt = delivery.attempt(session, raw, now, *names)
            lost = self.store.refuse(replace(attempt, inbox=self.inboxes.house(part.inbox)))
            if not delivery.is_kept:
                return value_after(lost, receipt)
        arrival = Arrival(
            public_id=public_id,
            inbox=self.inboxes.house(part.inbox),
            transaction=Transaction(session, delivery.kept, part.lines),
            raw=raw,
            received_at=self._arrival_time(raw, now),
            source=incoming.source,
            causes=causes_of(delivery.kept, delivery.decisions),
            steps=plan(self.simulator, session, delivery.kept, raw, part.inbox),
            tagger=self.tagger,
        )
        return housed(arrival, lambda one: self.store.add(one, receipt))

    def _arrival_time(self, raw: bytes, now: int) -> int:
        """When a message came: now, or what its Date field says where that is asked for and can be read."""
        if not self._message_dates:
            return now
        found = read_values(raw, ("date",))
        moment = date.parse(found[0][1]) if found else None
        return now if moment is None or moment < 0 else moment

    def _count(self, stored: Future[Receipt], size_bytes: int) -> None:
        if stored.exception() is not None:
            return
        if stored.result().is_duplicate:
            self.statistics.ignore()
        else:
            self.statistics.accept(size_bytes)

    def gather(self, call_soon: CallSoon) -> None:
        """Let what the calling thread has kept in one turn of its event loop be written together."""
        self.store.gather(call_soon)

    def refuse(  # noqa: PLR0913 - keyword-only, one for each thing that may be known of it
        self,
        transaction: Transaction,
        stage: Stage,
        reply: Reply,
        size_bytes: int = 0,
        *,
        decision: Decision | None = None,
        raw: bytes | None = None,
        decided: Decided = NOTHING_DECIDED,
    ) -> Future[None]:
        """Keep the record of a transaction that ended without a message; the future is done once it is committed.

        `decision` is what ended it, if that was simulated; `raw` is the content if it was seen;
        `decided` is what was decided at RCPT, by address.
        """
        self.statistics.reject(len(transaction.envelope.refused) or 1)
        kept = [
            housed(
                Attempt(
                    public_id=self._ids.new(),
                    inbox=self.inboxes.house(inbox),
                    transaction=part,
                    stage=stage,
                    reply=reply,
                    at=self.clock.wall(),
                    size_bytes=size_bytes,
                    raw=raw,
                    cause=Cause.of(decision),
                    causes=causes_of(part.envelope, decided),
                ),
                self.store.refuse,
            )
            for inbox, part in apart(transaction, self.inboxes, raw)
        ]
        return kept[0] if len(kept) == 1 else first_of(kept)

    def bounce(self, inbox: str, public_id: str, wish: Wish, *, preview: bool = False) -> Bounced:
        """Let something follow a message that is there: now, later, or only as a preview that keeps nothing.

        Returns when what is due at once is committed. Raises NotFound, or BounceError where nothing
        would be made, with the reason.
        """
        original = self.store.agenda.plans.original_named(inbox, public_id)
        if original is None:
            raise NotFound("there is no such message")
        session = original.session or Session("", 0)
        now = self.clock.sandbox(inbox)
        arrived_at = original.received_at + now - self.clock.wall()
        steps = bouncing.plan(wish, original.envelope, session, arrived_at=arrived_at, now=now)
        results = bouncing.preview(steps, original, self.scheduler.circumstances(inbox))
        if not any(one.made for one in results):
            raise BounceError("; ".join(one.reason for one in results if one.reason) or "nothing would be made")
        if preview:
            return Bounced(results=results)
        ids = self.store.agenda.plans.add(inbox, public_id, steps).result(PATIENCE)
        self.scheduler.run_due(inbox, now)
        return Bounced(steps=self.store.agenda.plans.by_ids(ids))

    def close_session(self, session: Session, lines: tuple[Line, ...], ending: str) -> None:
        """Keep the end of a session's dialogue; `ending` says how it ended."""
        self.store.close_session(session, lines, closed_at=self.clock.wall(), ending=ending)

    def follow(self, cursor: Cursor, *, idle: float = 15) -> Iterator[Changes]:
        """Yield batches of changes later than `cursor`, and an empty one after each `idle` seconds without.

        Ends when the sandbox closes. The caller leaves on an empty batch if its own peer has gone,
        and on one that says resync.
        """
        journal = self.store.journal
        while not journal.closed:
            tick = journal.tick  # read before the table, so that no wake is missed
            changes = self.store.changes(cursor)
            if changes.items or changes.resync:
                cursor = changes.cursor
                yield changes
            elif not journal.wait(tick, idle):
                yield changes
