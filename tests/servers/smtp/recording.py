"""A sandbox that keeps in lists what a listener tells it: a real object, without a store."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import MappingProxyType

from mailpit_py.application.clock import Clock
from mailpit_py.application.delivery import Decided, Delivery
from mailpit_py.application.simulator import content_facts
from mailpit_py.mail.envelope import Envelope, Line, Receipt, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide, decide_each
from mailpit_py.simulation.decision import Decision, Verdict
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.outcome import Answer
from mailpit_py.simulation.rule import Rule as SimulatedRule
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Record

Rule = Callable[[Stage, Session, Envelope | None, Recipient | None], Reply | None]


@dataclass
class Kept:
    transaction: Transaction
    raw: bytes
    source: str
    verdict: Verdict | None = None
    decided: Decided = field(default_factory=dict)

    @property
    def envelope(self) -> Envelope:
        return self.transaction.envelope


@dataclass
class RefusedAttempt:
    transaction: Transaction
    stage: Stage
    reply: Reply
    size_bytes: int
    decision: Decision | None = None
    raw: bytes | None = None
    decided: Decided = field(default_factory=dict)


@dataclass
class Closed:
    session: Session
    lines: tuple[Line, ...]
    ending: str


class RecordingSimulator:
    """Decides as the real one, with its memory in a mapping; `rule` refuses before it."""

    def __init__(self) -> None:
        self.rule: Rule = lambda *_: None
        self.configuration = Configuration()
        self.memory: dict[str, Record] = {}
        self.pending: Future[None] | None = None
        self.connections: list[int] = []

    def use(self, *rules: SimulatedRule) -> None:
        self.configuration = Configuration(rules=RuleIndex(rules))

    def decide(
        self,
        stage: Stage,
        session: Session,
        envelope: Envelope | None = None,
        recipient: Recipient | None = None,
        *,
        connections: int = 0,
    ) -> Decision:
        if stage is Stage.CONNECT:
            self.connections.append(connections)
        if reply := self.rule(stage, session, envelope, recipient):
            return Decision(Answer(reply), rule="test")
        facts = Facts.of(session, envelope, recipient)
        return self._remember(decide(stage, facts, self.configuration, self.memory, 0))

    def decide_content(self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None = None) -> Verdict:
        if reply := self.rule(stage, session, envelope, None):
            return Verdict((Decision(Answer(reply), rule="test"),) * len(envelope.recipients))
        facts = content_facts(session, envelope, raw)
        return self._remember(decide_each(stage, facts, self.configuration, self.memory, 0))

    def _remember(self, decided):
        for change in decided.changes:
            if change.record is None:
                self.memory.pop(change.key, None)
            else:
                self.memory[change.key] = change.record
        return decided


class RecordingInboxes:
    """What tokens open, as long as they are not lost."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.on_loss: list[Callable[[], None]] = []

    def opened_by(self, secret: str) -> str | None:
        return self.tokens.get(secret)

    def still_opens(self, secret: str) -> bool:
        return secret in self.tokens

    def lose(self, secret: str) -> None:
        del self.tokens[secret]
        for tell in self.on_loss:
            tell()


class RecordingSandbox:
    """Answers at once, later (`hold`), or with `error`; `simulator.rule` refuses."""

    def __init__(self, budget: object | None = None) -> None:
        self.clock = Clock()
        self.budget = budget
        self.simulator = RecordingSimulator()
        self.inboxes = RecordingInboxes()
        self.error: Exception | None = None
        self.is_holding = False
        self.held: list[tuple[Future[Receipt], Receipt]] = []
        self.kept: list[Kept] = []
        self.refused: list[RefusedAttempt] = []
        self.in_order: list[Kept | RefusedAttempt] = []
        self.closed: list[Closed] = []
        self.changed = threading.Condition()
        self._numbers = itertools.count(1)

    def receive(
        self,
        transaction: Transaction,
        raw: bytes,
        *,
        source: str = "smtp",
        verdict: Verdict | None = None,
        decided: Decided = MappingProxyType({}),
        enhanced: bool = True,
    ) -> Future[Receipt]:
        future: Future[Receipt] = Future()
        if self.error is not None:
            future.set_exception(self.error)
            return future
        public_id = f"{next(self._numbers):022d}"
        reply = Reply(250, "2.0.0" if enhanced else "", f"Ok: queued as {public_id}")
        delivery = Delivery.of(transaction.envelope, verdict, decided, reply)
        receipt = Receipt(public_id, delivery.replies)
        with self.changed:
            if delivery.is_kept:
                self.kept.append(Kept(transaction, raw, source, verdict, dict(decided)))
                self.in_order.append(self.kept[-1])
            else:
                decision = next((one for one in delivery.decisions.values() if one.trigger), None)
                self.refused.append(RefusedAttempt(transaction, Stage.CONTENT, reply, len(raw), decision, raw))
                self.in_order.append(self.refused[-1])
            if self.is_holding:
                self.held.append((future, receipt))
            else:
                future.set_result(receipt)
            self.changed.notify_all()
        return future

    def refuse(
        self,
        transaction: Transaction,
        stage: Stage,
        reply: Reply,
        size_bytes: int = 0,
        *,
        decision: Decision | None = None,
        raw: bytes | None = None,
        decided: Decided = MappingProxyType({}),
    ) -> None:
        with self.changed:
            attempt = RefusedAttempt(transaction, stage, reply, size_bytes, decision, raw, dict(decided))
            self.refused.append(attempt)
            self.in_order.append(attempt)
            self.changed.notify_all()

    def gather(self, call_soon: object) -> None:
        """Nothing is written here."""

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
