"""The thread that does what is due, and the one place where time is moved with all that is due on the way."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import RLock, Thread
from typing import TYPE_CHECKING

from mailpit_py.application.clock import Clock
from mailpit_py.application.happening import attempts
from mailpit_py.application.simulator import Simulator
from mailpit_py.errors import StorageError, StorageFull
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.quantity import SECOND
from mailpit_py.simulation.follow_up import StepKind
from mailpit_py.storage import PATIENCE, Arrival, Step, StepEnd, StepOriginal, StepState, Store

if TYPE_CHECKING:
    from mailpit_py.application.reporting import Circumstances, Made, Result

logger = logging.getLogger(__name__)

BATCH = 200  # steps
BATCH_BYTES = 16 << 20  # of messages that are read together
GROUP = 25  # steps of one transaction
GROUP_BYTES = 4 << 20  # of reports of one transaction
GROUPS_AT_MOST = 3  # that wait for the writer
LOOK_AGAIN = 60.0  # seconds after which the wall clock is looked at again: it may have jumped
RETRY = 1.0
LISTED_AT_MOST = 500
REPORTS_A_MINUTE = 10_000
REPORTS_A_MINUTE_TO_ONE = 2_000
MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Advance:
    """A move of sandbox time: from where to where, how many steps were due on the way, and the first of them."""

    inbox: str
    before: int
    now: int
    count: int
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Minute:
    """How many reports were made that are due in one minute of sandbox time: in all, and to each address."""

    number: int
    total: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def takes(self, address: str) -> bool:
        """Count one more report, unless that is too many."""
        if self.total >= REPORTS_A_MINUTE or self.by_address[address] >= REPORTS_A_MINUTE_TO_ONE:
            return False
        self.total += 1
        self.by_address[address] += 1
        return True


class Scheduler:
    """Does what is due: steps of plans become reports. Thread-safe; `start` makes a thread do it by itself.

    Steps of an inbox are done one after the other in the order of (due_at, id), and each exactly
    once, whoever does them. Without its thread only `advance` does anything.
    """

    def __init__(
        self, store: Store, clock: Clock, simulator: Simulator, *, hostname: str = "", complaints_to: str = ""
    ) -> None:
        self._store = store
        self._clock = clock
        self._simulator = simulator
        self._hostname = hostname
        self._complaints_to = complaints_to
        self._lock = RLock()
        self._made: dict[str, _Minute] = {}  # by inbox
        self._is_stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to do what is due, also what became due while nobody ran."""
        self._thread = Thread(target=self._run, name="mailpit-scheduler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; call it before the store closes."""
        self._is_stopping = True
        self._store.agenda.bell.ring()
        if self._thread is not None:
            self._thread.join()

    def advance(self, inbox: str, *, microseconds: int | None = None, to: int | None = None) -> Advance:
        """Move the clock of an inbox forward, and do all that is due until then, also what comes up on the way.

        Returns when the clock and everything that was made are committed. Nothing is pruned. Raises
        ClockError for a time that lies behind, NotFound for an inbox that is not there.
        """
        with self._lock:
            before, target = self._clock.move(inbox, to, by=microseconds or 0)
            done = self.run_due(inbox, target)
        first = self._store.agenda.plans.by_ids(done[:LISTED_AT_MOST])
        return Advance(inbox, before, target, len(done), first)

    def run_due(self, inbox: str, until: int) -> list[int]:
        """Do the steps that are due at an instant of sandbox time; return their ids, in their order.

        Raises StorageError where the store cannot keep what was made; those steps stay pending.
        """
        done: list[int] = []
        with self._lock:
            while steps := self._store.agenda.plans.due(inbox, until, limit=BATCH):
                done += self._do(steps)
        return done

    def _do(self, steps: Sequence[Step]) -> list[int]:
        """Do the first of these steps; return the ids of those that ended now. What is left comes with the next look.

        Reports are made while others are written, and no more wait than memory is to hold.
        """
        done: list[int] = []
        waiting: deque[tuple[Sequence[StepEnd], Future[tuple[bool, ...]]]] = deque()
        for ends in self._ends(self._store.agenda.plans.with_originals(steps, limit_bytes=BATCH_BYTES)):
            waiting.append((ends, self._store.agenda.plans.finish(ends)))
            if len(waiting) > GROUPS_AT_MOST:
                done += self._ended(*waiting.popleft())
        for ends, written in waiting:
            done += self._ended(ends, written)
        return done

    def _ended(self, ends: Sequence[StepEnd], written: Future[tuple[bool, ...]]) -> list[int]:
        """Wait for the end of steps; what the database will not have must not hold up the others for ever."""
        try:
            are_ended = written.result(PATIENCE)
        except StorageFull:
            raise
        except StorageError as error:
            if len(ends) == 1:
                failed = StepEnd(ends[0].step, StepState.FAILED, f"the report could not be kept: {error}")
                are_ended = self._store.agenda.plans.finish([failed]).result(PATIENCE)
            else:
                plans = self._store.agenda.plans
                return [number for end in ends for number in self._ended([end], plans.finish([end]))]
        return [end.step.id for end, is_ended in zip(ends, are_ended, strict=True) if is_ended]

    def _ends(self, steps: Iterable[tuple[Step, StepOriginal | None]]) -> Iterator[Sequence[StepEnd]]:
        """Yield the ends of steps, as many at a time as share a transaction."""
        group: list[StepEnd] = []
        size = 0
        for step, original in steps:
            group.append(self._end(step, original))
            size += sum(len(one.raw) for one in group[-1].reports)
            if len(group) >= GROUP or size > GROUP_BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _end(self, step: Step, original: StepOriginal | None) -> StepEnd:
        if original is None:  # deleted in the meantime, and the step with it
            return StepEnd(step, StepState.SKIPPED, "the message is gone")
        try:
            return self._made_of(step, original)
        except StorageError:
            raise
        except Exception as error:
            logger.exception("step=%d of message=%s failed", step.id, original.public_id)
            return StepEnd(step, StepState.FAILED, f"the report could not be made: {error}")

    def _made_of(self, step: Step, original: StepOriginal) -> StepEnd:
        from mailpit_py.application.reporting import carry_out  # with all dialects: not before the first step is due

        result = carry_out(step, original, self.circumstances(step.inbox, step))
        result, capped = self._within_caps(step, result)
        self._remember_answers(step, result.made)
        has_nothing = not result.made and step.kind != StepKind.DELIVERED
        return StepEnd(
            step,
            StepState.SKIPPED if has_nothing else StepState.DONE,
            "; ".join(filter(None, (result.reason, capped))),
            tuple(self._arrival(step, original, one) for one in result.made),
            attempts(step, [one.raw for one in result.made], self._store.agenda.sinks.known(step.inbox)),
        )

    def forget(self, inbox: str) -> None:
        """Forget how many reports an inbox got that is gone."""
        self._made.pop(inbox, None)

    def circumstances(self, inbox: str, step: Step | None = None) -> Circumstances:
        """What reports of an inbox need beside their step; what `step` itself answered before does not count.

        It did so if the store could not keep its end, and it is done again.
        """
        from mailpit_py.application.reporting import HOSTNAME, Circumstances

        def answered(responder: str, correspondent: str) -> int | None:
            return self._simulator.answered(inbox, responder, correspondent, but=_mark(step))

        seed = self._simulator.configuration.seed
        complaints_to = self._complaints_to
        if step is None or step.kind == StepKind.COMPLAINT:
            complaints_to = self._store.agenda.sinks.complaints_to(inbox) or complaints_to
        return Circumstances(self._hostname or HOSTNAME, seed, complaints_to, answered)

    def _arrival(self, step: Step, original: StepOriginal, made: Made) -> Arrival:
        envelope = Envelope(made.reverse_path, (Recipient(made.recipient),), smtputf8=original.envelope.smtputf8)
        return Arrival(
            public_id=new_public_id(),
            inbox=step.inbox,
            transaction=Transaction(Session("", 0, listener="report"), envelope),
            raw=made.raw,
            received_at=self._clock.wall(),
            source="report",
        )

    def _within_caps(self, step: Step, result: Result) -> tuple[Result, str]:
        """Count reports by the minute of sandbox time in which they are due, and leave out what is too many."""
        minute = self._made.get(step.inbox)
        if minute is None or minute.number != step.due_at // MINUTE:
            minute = self._made[step.inbox] = _Minute(step.due_at // MINUTE)
        kept = [one for one in result.made if minute.takes(one.recipient)]
        left_out = len(result.made) - len(kept)
        reason = f"{left_out} left out: too many reports in one minute" if left_out else ""
        return replace(result, made=tuple(kept)), reason

    def _remember_answers(self, step: Step, made: tuple[Made, ...]) -> None:
        if step.kind == StepKind.AUTO_REPLY:
            for one in made:
                self._simulator.note_answer(step.inbox, one.about[0], one.recipient, step.due_at, by=_mark(step))

    # the thread

    def _run(self) -> None:
        bell = self._store.agenda.bell
        while not (self._is_stopping or bell.closed):
            tick = bell.tick  # read before the table, so that no wake is missed
            try:
                pause = self._run_all()
            except StorageError as error:
                logger.warning("what is due is tried again in %d s: %s", RETRY, error)
                pause = RETRY
            if not self._is_stopping:
                bell.wait(tick, pause)

    def _run_all(self) -> float:
        """Do what is due in every inbox; return how many seconds there is nothing to do, as far as it is known."""
        pause = LOOK_AGAIN
        plans = self._store.agenda.plans
        for inbox, due_at in plans.next_due().items():
            now = self._clock.sandbox(inbox)
            if due_at <= now and (done := self.run_due(inbox, now)):
                logger.info("plans inbox=%s steps=%d", inbox, len(done))
            following = plans.next_due().get(inbox)
            if following is not None and self._clock.reading(inbox).frozen_at is None:
                pause = min(pause, max(0.0, (following - self._clock.sandbox(inbox)) / SECOND))
        return pause


def _mark(step: Step | None) -> str:
    return f"step {step.id}" if step else ""
