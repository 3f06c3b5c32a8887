"""The application: what happens to a transaction, and what can be asked and followed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

from mailpit_py.clock import Clock
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Line, Receipt, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Arrival, Attempt, Changes, Cursor, Store

DEFAULT_INBOX = "default"


class Sandbox:
    """One store, one clock, and the decisions between them. Every method may be called from any thread."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.budget = store.budget

    def check(
        self, stage: Stage, session: Session, envelope: Envelope, recipient: Recipient | None = None
    ) -> Reply | None:
        """Return the reply that refuses a command at this stage, or None to accept it.

        It neither waits nor reads the database: SMTP calls it on its event loop.
        """

    def receive(self, transaction: Transaction, raw: bytes, *, source: str = "smtp") -> Future[Receipt]:
        """Keep a message; the future gives its receipt once it is committed.

        `raw` is the content exactly as received. The future raises StorageFull or StorageError,
        and then nothing of the message was kept.
        """
        public_id = new_public_id()
        now = self.clock.wall()
        reply = Reply(250, "2.0.0", f"Ok: queued as {public_id}")
        lines = (*transaction.lines, *(Line(now, "S", line) for line in reply.lines))
        arrival = Arrival(
            public_id=public_id,
            inbox=DEFAULT_INBOX,
            transaction=replace(transaction, lines=lines),
            raw=raw,
            received_at=now,
            source=source,
        )
        receipt: Future[Receipt] = Future()
        replies = (reply,) * len(transaction.envelope.recipients)
        self.store.add(arrival).add_done_callback(lambda stored: _settle(receipt, stored, Receipt(public_id, replies)))
        return receipt

    def refuse(self, transaction: Transaction, stage: Stage, reply: Reply, size_bytes: int = 0) -> None:
        """Keep the record of a transaction that ended without a message."""
        self.store.refuse(
            Attempt(
                public_id=new_public_id(),
                inbox=DEFAULT_INBOX,
                transaction=transaction,
                stage=stage,
                reply=reply,
                at=self.clock.wall(),
                size_bytes=size_bytes,
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


def _settle(receipt: Future[Receipt], stored: Future[None], value: Receipt) -> None:
    error = stored.exception()
    if error is None:
        receipt.set_result(value)
    else:
        receipt.set_exception(error)
