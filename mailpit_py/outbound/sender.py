"""Everything that leaves: takes what is due in sandbox time, sends it, and writes down each try."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.sinkbook import provider_of
from mailpit_py.errors import MailpitError, NotFound
from mailpit_py.outbound.fetcher import Fetcher
from mailpit_py.outbound.occurrence import Occurrences
from mailpit_py.outbound.outcome import Outcome
from mailpit_py.outbound.poster import Poster
from mailpit_py.outbound.pusher import Letter, Pusher
from mailpit_py.outbound.recorder import Recorder
from mailpit_py.outbound.resolver import Lookup, look_up
from mailpit_py.outbound.target import MailServer
from mailpit_py.quantity import SECOND
from mailpit_py.reach import Reach
from mailpit_py.storage import AttemptState, Sink, SinkAttempt, SinkKind, SinkTry
from mailpit_py.storage.sink import TryEnd
from mailpit_py.webhooks.event import Kind
from mailpit_py.webhooks.policy import HOUR, MINUTE, Policy, Verdict

logger = logging.getLogger(__name__)

TAKEN_AT_ONCE = 500  # attempts of one sink
GRACE = 5.0  # seconds at the stop for what is on its way
LOOK_AGAIN = 60.0  # seconds after which the wall clock is looked at again: it may have jumped
RETRY = 1.0
BREAK = 30.0  # seconds after a failure of our own before a sink is tried again
GATHER = 0.01  # seconds after a wake: what comes due together leaves together
LETTERS_AT_ONCE = 50
# As a mail server's queue: soon at first, for five days in all (RFC 5321 §4.5.4.1).
PUSH_POLICY = Policy((5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, *[12 * HOUR] * 8))
_STATES: Mapping[Verdict, AttemptState] = MappingProxyType(
    {
        Verdict.ACCEPTED: AttemptState.DELIVERED,
        Verdict.RETRY: AttemptState.PENDING,
        Verdict.GIVEN_UP: AttemptState.GIVEN_UP,
    }
)


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """What may be reached, who says EHLO, and by what the pauses between tries are multiplied."""

    reach: Reach
    hostname: str = "localhost"
    time_scale: float = 1
    lookup: Lookup = look_up


class Sender:
    """Sends the attempts of a sandbox, each sink in a lane of its own, so that a slow one holds up no other.

    What was sent and not written down yet, because the process was killed, is sent again with the
    id that it had.
    """

    def __init__(self, sandbox: Sandbox, settings: SenderSettings) -> None:
        self._sandbox = sandbox
        self._sinks = sandbox.store.agenda.sinks
        self._bell = sandbox.store.agenda.bell
        self._settings = settings
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._is_stopping = False

    def run(self) -> None:
        """Send until `stop` is called from another thread; begins with what became due while nobody ran."""
        asyncio.run(self._work())

    def stop(self) -> None:
        """Let `run` take nothing more, and return when what is on its way is written down, or after a few seconds."""
        self._is_stopping = True
        self._bell.ring()

    async def _work(self) -> None:
        async with Fetcher(self._settings.reach, self._settings.lookup) as fetcher:
            poster = Poster(fetcher, self._sandbox.clock.wall)
            while not (self._is_stopping or self._bell.closed):
                tick = self._bell.tick  # read before the table, so that no wake is missed
                try:
                    sinks = {sink.public_id: sink for sink in self._sinks.all()}
                    self._open_lanes(poster, sinks)
                    pause = self._pause(sinks)
                except MailpitError as error:
                    logger.warning("what is due is looked for again in %d s: %s", RETRY, error)
                    pause = RETRY
                except Exception:
                    logger.exception("what is due is looked for again in %d s", RETRY)
                    pause = RETRY
                if not self._is_stopping:
                    await asyncio.to_thread(self._bell.wait, tick, pause)
                    await asyncio.sleep(GATHER)
            await self._finish()

    async def _finish(self) -> None:
        if self._lanes:
            _, late = await asyncio.wait(self._lanes.values(), timeout=GRACE)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _open_lanes(self, poster: Poster, sinks: Mapping[str, Sink]) -> None:
        """Begin a lane for every sink that has something due and no lane yet."""
        for inbox in {sink.inbox for sink in sinks.values()}:
            until = self._sandbox.clock.sandbox(inbox)
            while due := self._sinks.due(inbox, until, limit=TAKEN_AT_ONCE, without=self._left_out(sinks)):
                for name in dict.fromkeys(one.sink for one in due):
                    if name not in sinks:  # added since then: the next look finds it
                        return
                    lane = self._lane(sinks[name], poster, [one for one in due if one.sink == name])
                    self._lanes[name] = asyncio.get_running_loop().create_task(lane)

    def _left_out(self, sinks: Mapping[str, Sink]) -> list[str]:
        return [*self._lanes, *(name for name, sink in sinks.items() if not sink.enabled)]

    def _pause(self, sinks: Mapping[str, Sink]) -> float:
        """How many seconds nothing comes due, as far as it is known: a clock may be moved, which rings the bell."""
        pause = LOOK_AGAIN
        for inbox, due_at in self._sinks.next_due(without=self._left_out(sinks)).items():
            if self._sandbox.clock.reading(inbox).frozen_at is None:
                pause = min(pause, max(0.0, (due_at - self._sandbox.clock.sandbox(inbox)) / SECOND))
        return pause

    async def _lane(self, sink: Sink, poster: Poster, attempts: Sequence[SinkAttempt]) -> None:
        """Send what is due to one sink, and write down every try as it ends."""
        recorder = Recorder(self._sinks)
        try:
            async for attempt, outcome in self._outcomes(sink, poster, attempts):
                recorder.note(self._end(sink, attempt, outcome))
                ids = (sink.public_id, attempt.public_id)
                logger.info("sink=%s attempt=%s %s code=%d", *ids, outcome.verdict, outcome.code)
            await recorder.done()
        except NotFound as error:  # the inbox has been removed, and with it the sink and what was due
            logger.info("sink=%s: %s", sink.public_id, error)
        except MailpitError as error:
            logger.warning("sink=%s: %s", sink.public_id, error)
            await asyncio.sleep(BREAK)  # what was sent and could not be written down is sent again
        except Exception:
            logger.exception("sink=%s failed", sink.public_id)
            await asyncio.sleep(BREAK)
        finally:
            recorder.flush()
            del self._lanes[sink.public_id]
            self._bell.ring()

    def _outcomes(
        self, sink: Sink, poster: Poster, attempts: Sequence[SinkAttempt]
    ) -> AsyncIterator[tuple[SinkAttempt, Outcome]]:
        if sink.kind is SinkKind.SMTP:
            return self._push(sink, attempts)
        occurrences = Occurrences(self._sandbox.store, attempts)
        return poster.post(sink, self._sandbox.sinks.hook(sink), attempts, occurrences.event)

    async def _push(self, sink: Sink, attempts: Sequence[SinkAttempt]) -> AsyncIterator[tuple[SinkAttempt, Outcome]]:
        pusher = Pusher(self._settings.reach, self._settings.hostname, self._settings.lookup)
        gone, pushed = [], []

        def letters() -> Iterator[Letter]:
            for attempt, letter in self._letters(attempts):
                if letter is None:
                    gone.append(attempt)
                else:
                    pushed.append(attempt)
                    yield letter

        count = 0
        async for outcome in pusher.push(MailServer.parse(sink.target), letters()):
            yield pushed[count], outcome  # one for each letter, in their order
            count += 1
        for attempt in gone:
            yield attempt, Outcome(Verdict.GIVEN_UP, error="the report has been deleted")

    def _letters(self, attempts: Sequence[SinkAttempt]) -> Iterator[tuple[SinkAttempt, Letter | None]]:
        """Yield the report of each attempt as it is in the inbox, to whom it was addressed there."""
        for start in range(0, len(attempts), LETTERS_AT_ONCE):
            some = attempts[start : start + LETTERS_AT_ONCE]
            found = self._sinks.letters([one.report for one in some])
            for one in some:
                yield one, Letter(*found[one.report], one.stable_id) if one.report in found else None

    def _end(self, sink: Sink, attempt: SinkAttempt, outcome: Outcome) -> TryEnd:
        policy = PUSH_POLICY if sink.kind is SinkKind.SMTP else provider_of(sink).policy
        state, tries = _STATES[outcome.verdict], attempt.tries + 1
        pause = policy.pause(tries, scale=self._settings.time_scale)
        if attempt.event.get("kind") == Kind.DELIVERED and not policy.repeats_deliveries:
            pause = None
        if state is AttemptState.PENDING and pause is None:
            state = AttemptState.GIVEN_UP
        next_due = None
        if state is AttemptState.PENDING and pause is not None:
            next_due = self._sandbox.clock.sandbox(attempt.inbox) + round(pause * SECOND)
        one = SinkTry(
            at=self._sandbox.clock.wall(),
            ok=outcome.verdict is Verdict.ACCEPTED,
            code=outcome.code,
            request=outcome.request,
            response=outcome.response,
            error=outcome.error,
            took_us=outcome.took_us,
        )
        return TryEnd(attempt.id, one, state, next_due)
