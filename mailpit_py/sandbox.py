"""The application: what happens to a transaction, and what can be asked and followed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

from mailpit_py.clock import Clock
from mailpit_py.delivery import NOTHING_DECIDED, Decided, Delivery, causes_of
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Line, Receipt, Reply, Session, Transaction
from mailpit_py.simulation.decision import Decision, Verdict
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulator import Simulator
from mailpit_py.storage import Arrival, Attempt, CallSoon, Cause, Changes, Cursor, Store

DEFAULT_INBOX = "default"


class Sandbox:
    """One store, one clock, and the decisions between them. Every method may be called from any thread.

    What happens to a command is asked of `simulator`; what became of it is told here.
    """

    def __init__(self, store: Store, clock: Clock, simulator: Simulator | None = None) -> None:
        self.store = store
        self.clock = clock
        self.simulator = simulator or Simulator(store, clock)
        self.budget = store.budget

    def receive(
        self,
        transaction: Transaction,
        raw: bytes,
        *,
        source: str = "smtp",
        verdict: Verdict | None = None,
        decided: Decided = NOTHING_DECIDED,
    ) -> Future[Receipt]:
        """Keep a message; the future gives its receipt once it is committed.

        `raw` is the content exactly as received, `verdict` what was decided at its end, `decided`
        what was at RCPT. Who discards or refuses it gets nothing of it; if nobody is left, only an
        attempt is kept, and the receipt looks like any other. The future raises StorageFull or
        StorageError, and then nothing of the message was kept.
        """
        public_id, now = new_public_id(), self.clock.wall()
        reply = Reply(250, "2.0.0", f"Ok: queued as {public_id}")
        delivery = Delivery.of(transaction.envelope, verdict, decided, reply)
        said = (delivery.replies or (reply,))[0]
        lines = (*transaction.lines, *(Line(now, "S", line) for line in said.lines))
        receipt = Receipt(public_id, delivery.replies)
        if delivery.is_lost:
            names = (new_public_id(), ()) if delivery.is_kept else (public_id, lines)
            lost = self.store.refuse(delivery.attempt(transaction.session, raw, now, *names))
            if not delivery.is_kept:
                return _answered(lost, receipt)
        arrival = Arrival(
            public_id=public_id,
            inbox=DEFAULT_INBOX,
            transaction=Transaction(transaction.session, delivery.kept, lines),
            raw=raw,
            received_at=now,
            source=source,
            causes=causes_of(delivery.kept, delivery.decisions),
        )
        return self.store.add(arrival, receipt)

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
        return self.store.refuse(
            Attempt(
                public_id=new_public_id(),
                inbox=DEFAULT_INBOX,
                transaction=transaction,
                stage=stage,
                reply=reply,
                at=self.clock.wall(),
                size_bytes=size_bytes,
                raw=raw,
                cause=Cause.of(decision),
                causes=causes_of(transaction.envelope, decided),
            )
        )

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


def _answered(stored: Future[None], receipt: Receipt) -> Future[Receipt]:
    """Return the future of a receipt for what is stored as an attempt."""
    answer: Future[Receipt] = Future()

    def settle(done: Future[None]) -> None:
        error = done.exception()
        if error is None:
            answer.set_result(receipt)
        else:
            answer.set_exception(error)

    stored.add_done_callback(settle)
    return answer
