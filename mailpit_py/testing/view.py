"""What one test sees of a server: the mail since it began, and calls that wait for more."""

from __future__ import annotations

import secrets
import smtplib
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, Unpack

from mailpit_py.client import Client
from mailpit_py.errors import is_told
from mailpit_py.testing import fault, guard
from mailpit_py.testing.asked import Asked, Filters
from mailpit_py.testing.failure import Judged, MailNotReceived, explain
from mailpit_py.testing.message import Message
from mailpit_py.testing.source import Arrivals, Cursor, Place, Refusal, Source

__tracebackhide__ = is_told

TIMEOUT = 5.0
SETTLE = 0.1
WITHIN = 0.2
DOMAIN = "example.test"


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for, behind which message, and how long."""

    asked: Asked
    after: Message | None
    timeout: float


class View:
    """The mail of a server since this view was made; nothing of it is deleted, marked or taken away.

    Calls that wait wake when a message is stored and give the oldest match since the view began, or
    since `after`. They raise MailNotReceived, an AssertionError, when `timeout` seconds are over.
    Every method may be called from any thread.
    """

    def __init__(self, source: Source, *, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._source = source
        self._cursor: Cursor = source.mark()
        self._messages: list[Message] = []
        self._refused: list[Refusal] = []
        self._gone = 0
        self._reading = threading.Lock()
        self._token = ""
        self._own: Source | None = None  # an inbox that this view alone uses
        self._has_turned_clock = False

    # where it is

    @property
    def place(self) -> Place:
        """Where an application finds the server.

        On a server that others use too, with a name and a password that lead its mail into an inbox
        of this view, which from then on sees nothing else.
        """
        self._isolate()
        return self._source.place

    @property
    def smtp_host(self) -> str:
        """The host of SMTP."""
        return self._source.place.smtp_host

    @property
    def smtp_port(self) -> int:
        """The port of SMTP."""
        return self._source.place.smtp_port

    @property
    def url(self) -> str:
        """The page, where a person can look at the mail."""
        return self._source.place.url

    def smtplib(self, *, timeout: float = 10) -> smtplib.SMTP:
        """Return a connected client of the standard library, logged in to this view's own inbox if it has one.

        Use it in a `with`.
        """
        client = smtplib.SMTP(self.smtp_host, self.smtp_port, timeout=timeout)
        if self._source.key:
            client.login(self._source.place.user, self._source.place.password)
        return client

    def env(self) -> dict[str, str]:
        """Return the variables by which frameworks and libraries are pointed at the server."""
        from mailpit_py.testing.apps import env

        return env(self.place)

    def address(self, name: str = "someone") -> str:
        """Return an address that no other test uses.

        On a server that tests share, this view sees from then on only mail to addresses made here, and
        what is logged in to its inbox.
        """
        self._isolate()
        if not self._token:
            self._token = secrets.token_hex(6)
        return f"{name}{self._mark}"

    @property
    def _mark(self) -> str:
        """What all addresses of this view end with."""
        return f"+{self._token}+{self._source.key}@{DOMAIN}" if self._source.key else f"+{self._token}@{DOMAIN}"

    def _isolate(self) -> None:
        """Take an inbox of its own on a server that others use, where it has such, and begin anew with it."""
        if self._source.is_shared and self._own is None and (own := self._source.isolated()) is not None:
            self._own = self._source = own
            self.mark()

    # what is there

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages since the view began, oldest first, without waiting."""
        self._read(0, _never)
        return self._mine()

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The transactions since the view began that ended without a message."""
        self._read(0, _never)
        return tuple(self._refused)

    def mark(self) -> None:
        """Begin anew: what has come until now is no longer seen."""
        with self._reading:
            self._cursor = self._source.mark()
            self._messages, self._refused, self._gone = [], [], 0

    def _mine(self) -> tuple[Message, ...]:
        if not (self._token and self._source.is_shared):
            return tuple(self._messages)
        return tuple(one for one in self._messages if any(self._mark in address for address in one.recipients))

    # waiting

    def wait_for(
        self, *, after: Message | None = None, timeout: float | None = None, **filters: Unpack[Filters]
    ) -> Message:
        """Return the oldest message that passes all filters, waiting for it."""
        guard.check("await_for()")
        return self._wait(self._question(filters, after, timeout), 1, _never)[0]

    def wait_for_all(
        self,
        count: int,
        *,
        after: Message | None = None,
        timeout: float | None = None,
        settle: float = SETTLE,
        **filters: Unpack[Filters],
    ) -> list[Message]:
        """Return exactly `count` messages that pass all filters; another one within `settle` seconds is a failure."""
        guard.check("await_for_all()")
        return self._wait_exactly(self._question(filters, after, timeout), count, settle, _never)

    def expect(self, *, count: int = 1, timeout: float | None = None, **filters: Unpack[Filters]) -> Expectation:
        """Return a context manager at whose end mail must have come that did not come before its begin."""
        return Expectation(self, self._question(filters, None, timeout), count)

    def expect_none(self, *, within: float = WITHIN, after: Message | None = None, **filters: Unpack[Filters]) -> None:
        """Raise MailNotReceived if a message passes all filters, since the view began or `within` so many seconds."""
        guard.check("await_none()")
        self._wait_for_none(self._question(filters, after, within), _never)

    async def await_for(
        self, *, after: Message | None = None, timeout: float | None = None, **filters: Unpack[Filters]
    ) -> Message:
        """Do as `wait_for`, while the event loop runs on."""
        question = self._question(filters, after, timeout)
        return (await guard.beside(lambda is_over: self._wait(question, 1, is_over)))[0]

    async def await_for_all(
        self,
        count: int,
        *,
        after: Message | None = None,
        timeout: float | None = None,
        settle: float = SETTLE,
        **filters: Unpack[Filters],
    ) -> list[Message]:
        """Do as `wait_for_all`, while the event loop runs on."""
        question = self._question(filters, after, timeout)
        return await guard.beside(lambda is_over: self._wait_exactly(question, count, settle, is_over))

    async def await_none(
        self, *, within: float = WITHIN, after: Message | None = None, **filters: Unpack[Filters]
    ) -> None:
        """Do as `expect_none`, while the event loop runs on."""
        question = self._question(filters, after, within)
        await guard.beside(lambda is_over: self._wait_for_none(question, is_over))

    # failures

    def reject(
        self, cause: str = "unknown_user", *, recipient: str = "", stage: str = "", times: int = 0
    ) -> AbstractContextManager[None]:
        """Refuse mail while the block lasts, for good: in the words of a `cause`, or with a code such as `552`.

        A cause is one of `mailpit-py catalogue`, with a provider behind `+`, as in `mailbox_full+gmail`,
        or an enhanced code. `recipient` may have `*` and `?`; without a `stage` it is refused where that cause
        usually is; after so many `times` all pass. On a shared server only addresses of this view are
        meant.
        """
        return fault.rule(self._apart(), cause, first=times, stage=stage, match=self._match(recipient))

    def defer(
        self, cause: str = "", *, recipient: str = "", stage: str = "", times: int = 0
    ) -> AbstractContextManager[None]:
        """Refuse mail while the block lasts, for now: a sender that tries again, more than `times`, succeeds."""
        outcome = f"defer+{cause}" if cause else "defer"
        return fault.rule(self._apart(), outcome, first=times, stage=stage, match=self._match(recipient))

    def drop(self, *, after: str = "DATA", recipient: str = "", times: int = 0) -> AbstractContextManager[None]:
        """End the connection while the block lasts: in place of the reply to MAIL or RCPT, amid DATA, after CONTENT."""
        match = self._match(recipient) if after.upper() in fault.WITH_RECIPIENT else {}
        return fault.rule(self._apart(), fault.drop_of(after), first=times, stage=after, match=match)

    def bounce(self, message: Message, cause: str = "", **wish: Any) -> Message:
        """Let an accepted message bounce now, and return the report, which is in the inbox as well.

        `cause` is one of the catalogue; `wish` has what else `mailpit-py bounce send` takes, such as
        `dialect="m365"`, `recipients=[...]` or `kind="delay"`.
        """
        return fault.bounce(self._source, message, {"scenario": cause, **wish})

    def complain(self, message: Message, **wish: Any) -> Message:
        """Let a recipient complain of a message now, and return the report (ARF)."""
        return fault.bounce(self._source, message, {"kind": "complaint", **wish})

    def sink(self, target: str, provider: str = "", *events: str) -> AbstractContextManager[str]:
        """Hand reports to a bounce host (host:port), or events to a URL in words of `provider`, while the block lasts.

        Gives the sink's id, for the API. `events` are kinds such as bounced; all without any.
        """
        return fault.sink(self._apart(), target, provider, events)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> list[Message]:
        """Move sandbox time forward; return the reports that became due on the way, oldest first.

        `close` lets the clock go with the time of day again.
        """
        self._has_turned_clock = True
        span = fault.seconds(days, hours, minutes, seconds)
        return fault.reports(self._source, self._source.api().post("clock/advance", {"seconds": span}))

    def close(self) -> None:
        """Put the clock back, if this view has moved it, and remove the inbox that it alone has used."""
        if self._own is not None:
            self._own.close()
        elif self._has_turned_clock:
            self._has_turned_clock = False
            self._source.api().post("clock/reset", {})

    def _apart(self) -> Client:
        """Return the API by which this view's rules concern nobody else, where the server has inboxes."""
        self._isolate()
        return self._source.api()

    def _match(self, recipient: str) -> dict[str, str]:
        if recipient or not self._source.is_shared:
            return {"recipient": recipient} if recipient else {}
        return {"recipient": self.address("*")}

    # how it waits

    def _wait_for_none(self, question: _Question, is_over: Callable[[], bool]) -> None:
        matches, judged = self._collect(question, 1, is_over)
        if matches:
            raise self._failed(f"a message came that must not: {question.asked}", judged)

    def _wait_exactly(
        self, question: _Question, count: int, settle: float, is_over: Callable[[], bool]
    ) -> list[Message]:
        self._wait(question, count, is_over)
        matches, judged = self._collect(replace(question, timeout=settle), count + 1, is_over)
        if len(matches) > count:
            head = f"{count} messages were asked for, and {len(matches)} came: {question.asked}"
            raise self._failed(head, judged)
        return matches

    def _wait(self, question: _Question, count: int, is_over: Callable[[], bool]) -> list[Message]:
        matches, judged = self._collect(question, count, is_over)
        if len(matches) < count:
            what = "no message" if count == 1 else f"{len(matches)} of {count} messages"
            raise self._failed(f"{what} came within {question.timeout:g} s: {question.asked}", judged)
        return matches

    def _question(self, filters: Filters, after: Message | None, timeout: float | None) -> _Question:
        return _Question(Asked.of(filters), after, self.timeout if timeout is None else timeout)

    def _failed(self, head: str, judged: list[Judged]) -> MailNotReceived:
        return MailNotReceived(explain(head, judged, self._refused, self._gone), [message for message, _ in judged])

    def _collect(
        self, question: _Question, count: int, is_over: Callable[[], bool]
    ) -> tuple[list[Message], list[Judged]]:
        """Return the matches, once there are `count` or time is up, and every message with what is against it."""
        asked = question.asked
        deadline = time.monotonic() + question.timeout
        judged: list[Judged] = []
        self._read(0, is_over)
        while True:
            messages = self._after(question.after)[len(judged) :]
            found = self._source.found(asked.query) if asked.query and messages else frozenset()
            judged += [(one, asked.mismatches(one, found)) for one in messages]
            matches = [message for message, mismatches in judged if not mismatches]
            left = deadline - time.monotonic()
            if len(matches) >= count or left <= 0 or is_over():
                return matches, judged
            self._read(left, is_over)

    def _after(self, after: Message | None) -> tuple[Message, ...]:
        messages = self._mine()
        if after is None:
            return messages
        places = [place for place, one in enumerate(messages) if one.id == after.id]
        return messages[places[0] + 1 :] if places else messages

    def _read(self, timeout: float, is_over: Callable[[], bool]) -> None:
        """Take in what has come; wait for something if there is nothing. Others may read at the same time."""
        with self._reading:
            cursor = self._cursor
        token = self._mark if self._token and self._source.is_shared else ""
        arrivals = self._source.arrivals(cursor, timeout, is_over, token)
        with self._reading:
            if self._cursor == cursor:  # else another thread was quicker
                self._take(arrivals)

    def _take(self, arrivals: Arrivals) -> None:
        self._cursor = arrivals.cursor
        self._messages += [Message(one, self._source) for one in arrivals.letters]
        self._refused += arrivals.refused
        self._gone += arrivals.gone


class Expectation:
    """Mail that a block must cause: waited for when the block ends well. Works with `async with`, too."""

    def __init__(self, view: View, question: _Question, count: int) -> None:
        self._view = view
        self._question = question
        self._count = count
        self.messages: list[Message] = []

    @property
    def message(self) -> Message:
        """The message, once the block has ended."""
        if not self.messages:
            raise MailNotReceived("the block has not ended yet: the message is there behind it")
        return self.messages[0]

    def __enter__(self) -> Self:
        guard.check("it in an `async with`")
        self._question = replace(self._question, after=self._last())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.messages = self._wait(_never)

    async def __aenter__(self) -> Self:
        last = await guard.beside(lambda _: self._last())
        self._question = replace(self._question, after=last)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.messages = await guard.beside(self._wait)

    def _last(self) -> Message | None:
        return next(reversed(self._view.messages), None)

    def _wait(self, is_over: Callable[[], bool]) -> list[Message]:
        return self._view._wait(self._question, self._count, is_over)


def _never() -> bool:
    return False
