"""A sandbox that keeps in lists what a listener tells it: a real object, without a store."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from mailpit_py.clock import Clock
from mailpit_py.mail.envelope import Envelope, Line, Receipt, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.stage import Stage

Rule = Callable[[Stage, Session, Envelope, Recipient | None], Reply | None]


@dataclass
class Kept:
    transaction: Transaction
    raw: bytes
    source: str

    @property
    def envelope(self) -> Envelope:
        return self.transaction.envelope


@dataclass
class RefusedAttempt:
    transaction: Transaction
    stage: Stage
    reply: Reply
    size_bytes: int


@dataclass
class Closed:
    session: Session
    lines: tuple[Line, ...]
    ending: str


class RecordingSandbox:
    """Answers at once, later (`hold`), or with `error`; `rule` refuses."""

    def __init__(self, budget: object | None = None) -> None:
        self.clock = Clock()
        self.budget = budget
        self.rule: Rule = lambda *_: None
        self.error: Exception | None = None
        self.is_holding = False
        self.held: list[tuple[Future[Receipt], Receipt]] = []
        self.kept: list[Kept] = []
        self.refused: list[RefusedAttempt] = []
        self.closed: list[Closed] = []
        self.changed = threading.Condition()
        self._numbers = itertools.count(1)

    def check(self, stage: Stage, session: Session, envelope: Envelope, recipient: Recipient | None) -> Reply | None:
        return self.rule(stage, session, envelope, recipient)

    def receive(self, transaction: Transaction, raw: bytes, *, source: str = "smtp") -> Future[Receipt]:
        future: Future[Receipt] = Future()
        if self.error is not None:
            future.set_exception(self.error)
            return future
        public_id = f"{next(self._numbers):022d}"
        reply = Reply(250, "2.0.0", f"Ok: queued as {public_id}")
        receipt = Receipt(public_id, (reply,) * len(transaction.envelope.recipients))
        with self.changed:
            self.kept.append(Kept(transaction, raw, source))
            if self.is_holding:
                self.held.append((future, receipt))
            else:
                future.set_result(receipt)
            self.changed.notify_all()
        return future

    def refuse(self, transaction: Transaction, stage: Stage, reply: Reply, size_bytes: int = 0) -> None:
        with self.changed:
            self.refused.append(RefusedAttempt(transaction, stage, reply, size_bytes))
            self.changed.notify_all()

    def close_session(self, session: Session, lines: tuple[Line, ...], ending: str) -> None:
        with self.changed:
            self.closed.append(Closed(session, lines, ending))
            self.changed.notify_all()

    def wait_for(self, fact: Callable[[RecordingSandbox], object], timeout: float = 20) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: fact(self), timeout), "it did not happen"

    def let_go(self) -> None:
        """Answer the messages that were held."""
        self.is_holding = False
        with self.changed:
            held, self.held = self.held, []
        for future, receipt in held:
            future.set_result(receipt)
