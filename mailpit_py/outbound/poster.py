"""Events by webhook: in a provider's words, as many in one request as it takes, several requests at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from mailpit_py.application.sinkbook import CONFIRMATION, FAREWELL, is_waiting, provider_of
from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.fetcher import Answer, Call, Fetcher
from mailpit_py.outbound.outcome import Outcome
from mailpit_py.storage import Sink, SinkAttempt
from mailpit_py.webhooks import Event, Verdict, derived, sns
from mailpit_py.webhooks.request import Hook, Provider, Request, Stamp

logger = logging.getLogger(__name__)

AT_ONCE = 8  # to one sink
UNCONFIRMED = "nothing was sent: the app has not confirmed the subscription"
HEADERS_SHOWN = 40
_OWN_MATTERS = {CONFIRMATION: sns.CONFIRMATION, FAREWELL: sns.FAREWELL}


@dataclass(frozen=True, slots=True)
class Poster:
    """Sends what is due to one webhook. `wall` gives wall time in microseconds, which signatures carry."""

    fetcher: Fetcher
    wall: Callable[[], int]

    async def post(
        self, sink: Sink, hook: Hook, attempts: Sequence[SinkAttempt], event: Callable[[SinkAttempt], Event]
    ) -> AsyncIterator[tuple[SinkAttempt, Outcome]]:
        """Yield the outcome of each attempt as it is known; those of one request share it."""
        provider, waits = provider_of(sink), is_waiting(sink)
        groups = []
        for group in _grouped(attempts, provider.batch):
            if waits and group[0].event.get("kind") not in _OWN_MATTERS:
                for attempt in group:
                    yield attempt, Outcome(Verdict.GIVEN_UP, error=UNCONFIRMED)
            else:
                groups.append(group)
        sending = (self._send(sink, provider, hook, group, event) for group in groups)
        async with aclosing(_in_flight(sending, AT_ONCE)) as outcomes:
            for group in groups:
                outcome = await anext(outcomes)
                for position, attempt in enumerate(group):
                    yield attempt, _share(outcome, position, group)

    async def _send(
        self,
        sink: Sink,
        provider: Provider,
        hook: Hook,
        group: Sequence[SinkAttempt],
        event: Callable[[SinkAttempt], Event],
    ) -> Outcome:
        started = time.monotonic_ns()
        try:
            request = self._compose(provider, hook, group, event)
        except (ValueError, LookupError, TypeError) as error:  # it would be the same at every try
            logger.exception("sink=%s attempt=%s cannot be worded", sink.public_id, group[0].public_id)
            return Outcome(Verdict.GIVEN_UP, error=f"the event could not be worded: {error!r}")
        call = Call(sink.target, "POST", request.headers, request.body, timeout=provider.policy.timeout)
        try:
            answer = await self.fetcher.fetch(call)
            verdict = provider.policy.judge(answer.status)
        except TargetRefused as error:
            answer, verdict = Answer(error=str(error)), Verdict.GIVEN_UP
        took_us = (time.monotonic_ns() - started) // 1000
        return Outcome(verdict, answer.status, _shown(request), _shown_answer(answer), answer.error, took_us)

    def _compose(
        self, provider: Provider, hook: Hook, group: Sequence[SinkAttempt], event: Callable[[SinkAttempt], Event]
    ) -> Request:
        ids = " ".join(attempt.stable_id for attempt in group)
        stamp = Stamp(ids if len(group) == 1 else derived.hexadecimal("batch", ids, 32), self.wall())
        if (kind := group[0].event.get("kind")) in _OWN_MATTERS:
            return sns.confirmation(hook, stamp, _OWN_MATTERS[str(kind)])
        return provider.compose([event(attempt) for attempt in group], hook, stamp)


async def _in_flight(sending: Iterator[Coroutine[Any, Any, Outcome]], at_once: int) -> AsyncGenerator[Outcome]:
    """Yield outcomes in their order, while so many are on their way at once."""
    tasks: deque[asyncio.Task[Outcome]] = deque()
    try:
        for one in sending:
            tasks.append(asyncio.create_task(one))
            if len(tasks) == at_once:
                yield await tasks.popleft()
        while tasks:
            yield await tasks.popleft()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)  # what they use is closed next


def _grouped(attempts: Sequence[SinkAttempt], size: int) -> Iterator[list[SinkAttempt]]:
    """Yield attempts in groups for a request each; what is about the subscription itself stays alone."""
    group: list[SinkAttempt] = []
    for attempt in attempts:
        if attempt.event.get("kind") in _OWN_MATTERS:
            yield [attempt]
            continue
        group.append(attempt)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _share(outcome: Outcome, position: int, group: Sequence[SinkAttempt]) -> Outcome:
    """Return an outcome as one attempt of a group records it: the request is written down once."""
    if len(group) == 1:
        return outcome
    if position == 0:
        return replace(outcome, request=f"({len(group)} events in one request)\n{outcome.request}")
    return replace(outcome, request=f"({len(group)} events in one request: see attempt {group[0].public_id})")


def _shown(request: Request) -> str:
    lines = [f"{name}: {value}" for name, value in request.headers]
    return "\n".join(["POST", *lines, "", request.body.decode("utf-8", "replace")])


def _shown_answer(answer: Answer) -> str:
    if not answer.status:
        return ""
    lines = [f"{name}: {value}" for name, value in answer.headers[:HEADERS_SHOWN]]
    return "\n".join([str(answer.status), *lines, "", answer.body.decode("utf-8", "replace")])
