"""What is due some time: plans, the clocks they follow, and what is on its way to sinks; asked and told by futures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection

from mailpit_py.errors import MailpitError, StorageFull
from mailpit_py.storage import kinship, messages, planned, sinks, steps
from mailpit_py.storage.compression import Compressor
from mailpit_py.storage.context import Context, Submit
from mailpit_py.storage.journal import Journal
from mailpit_py.storage.listing import Scope, parse_key
from mailpit_py.storage.note import NoteTable
from mailpit_py.storage.prepare import prepare
from mailpit_py.storage.sink import AttemptState, NewSinkAttempt, Sink, SinkAttempt, SinkAttemptPage, SinkTry, TryEnd
from mailpit_py.storage.step import NewStep, ReportLink, Step, StepEnd, StepOriginal

Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Access:
    """How the tables of the agenda get at the store."""

    submit: Submit
    reading: Reading
    compressor: Compressor
    why_full: Callable[[], str]


class Agenda:
    """Steps of plans, the clocks they follow, what is on its way to sinks, and the keys that prove it.

    `bell` rings after each commit that changed what is due: read `bell.tick` before a table and wait
    for it afterwards, as with the journal.
    """

    def __init__(self, access: Access, bell: Journal) -> None:
        self.bell = bell
        self.plans = PlanTables(access)
        self.sinks = SinkTables(access)
        self.clocks = ClockTables(access)
        self.notes = NoteTable(access.submit, access.reading)


class PlanTables:
    """Steps of plans. A plan is added with its message (`Arrival.steps`), or later with `add`."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, inbox: str, public_id: str, plan: Sequence[NewStep]) -> Future[tuple[int, ...]]:
        """Add steps to a message that is there; the future gives their ids, none if the message is gone."""

        def work(context: Context) -> tuple[int, ...]:
            row = context.execute("SELECT id FROM message WHERE public_id = ?", (public_id,)).first()
            if row is None:
                return ()
            planned.add(context, inbox, row.id, plan)
            messages.note(context, [row.id])
            sql = "SELECT id FROM plan_step WHERE message_id = ? ORDER BY id DESC LIMIT ?"
            return tuple(sorted(one.id for one in context.execute(sql, (row.id, len(plan))).all()))

        return self._access.submit(work)

    def finish(self, ends: Sequence[StepEnd]) -> Future[tuple[bool, ...]]:
        """End steps (at most 500, of one inbox): states, reports in the inbox, what goes to sinks, in one transaction.

        False for one that has ended before, of which nothing is written: that makes it exactly once.
        """
        if any(end.reports for end in ends) and (reason := self._access.why_full()):
            full: Future[tuple[bool, ...]] = Future()
            full.set_exception(StorageFull(reason))
            return full
        prepared = [[prepare(one, self._access.compressor) for one in end.reports] for end in ends]
        return self._access.submit(lambda context: steps.finish(context, ends, prepared))

    def due(self, inbox: str, until: int, *, limit: int = 100) -> tuple[Step, ...]:
        """Pending steps that are due at `until` (sandbox time), in the order of (due_at, id)."""
        with self._access.reading() as connection:
            return steps.due(connection, inbox, until, limit)

    def next_due(self) -> dict[str, int]:
        """When the first pending step of each inbox is due, in its sandbox time."""
        with self._access.reading() as connection:
            return steps.next_due(connection)

    def with_originals(
        self, chosen: Sequence[Step], *, limit_bytes: int
    ) -> tuple[tuple[Step, StepOriginal | None], ...]:
        """Steps (at most 500), each with what its report needs of its message, or None if that is gone.

        From the first step on, and no further than messages have `limit_bytes`; one step at least.
        """
        with self._access.reading() as connection:
            sizes = steps.sizes(connection, [step.original_id for step in chosen])
            first_of = {step.original_id: place for place, step in reversed(list(enumerate(chosen)))}
            new = (
                sizes.get(step.original_id, 0) * (first_of[step.original_id] == at) for at, step in enumerate(chosen)
            )
            some = chosen[: max(1, bisect_right(list(accumulate(new)), limit_bytes))]
            found = steps.originals(connection, list({step.original_id for step in some}))
        return tuple((step, found.get(step.original_id)) for step in some)

    def of_message(self, inbox: str, public_id: str) -> tuple[Step, ...]:
        """The plan of a message, in the order in which steps are due, with the reports that were made."""
        with self._access.reading() as connection:
            return steps.of_message(connection, Scope.find(connection, inbox), public_id)

    def originals_named(
        self, inbox: str, public_ids: Sequence[str], *, limit_bytes: int
    ) -> dict[str, StepOriginal | None]:
        """What is needed of messages of an inbox (at most 500) by their public ids, None for one that is gone.

        From the first on, and no further than messages have `limit_bytes`; one message at least.
        """
        with self._access.reading() as connection:
            keys = steps.keys_of(connection, Scope.find(connection, inbox), public_ids)
            sizes = steps.sizes(connection, list(keys.values()))
            ends = accumulate(sizes.get(keys.get(name, 0), 0) for name in public_ids)
            some = public_ids[: max(1, bisect_right(list(ends), limit_bytes))]
            found = steps.originals(connection, [keys[name] for name in some if name in keys])
        return {name: found.get(keys.get(name, 0)) for name in some}

    def original_named(self, inbox: str, public_id: str) -> StepOriginal | None:
        """What a report needs of a message of an inbox, or None."""
        with self._access.reading() as connection:
            found = steps.key_of(connection, Scope.find(connection, inbox), public_id)
            return None if found is None else steps.originals(connection, [found]).get(found)

    def named(self, inbox: str, message_ids: Sequence[str], *, but: str) -> str:
        """The public id of the oldest message with one of these Message-IDs; neither `but` nor a report of ours."""
        with self._access.reading() as connection:
            found = kinship.named(connection, Scope.find(connection, inbox).inbox_id, message_ids, but)
            return "" if found is None else str(found.public_id)

    def by_ids(self, ids: Sequence[int]) -> tuple[Step, ...]:
        """Steps by their ids (at most 500), in the order of (due_at, id), with the reports that were made."""
        with self._access.reading() as connection:
            return steps.by_ids(connection, ids)

    def links(self, inbox: str, public_id: str) -> tuple[ReportLink, ...]:
        """The reports about a message, the sandbox's own and others', oldest first, and the one that it is itself."""
        with self._access.reading() as connection:
            return steps.links(connection, Scope.find(connection, inbox), public_id)


class SinkTables:
    """Sinks and their attempts. One worker a store sends; what it has begun and not recorded is tried again."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._known = self.all()

    def known(self, inbox: str) -> tuple[Sink, ...]:
        """The sinks of an inbox that are switched on, from memory, as of the newest commit."""
        return tuple(one for one in self._known if one.inbox == inbox and one.enabled)

    @property
    def is_empty(self) -> bool:
        """True while no inbox has a sink; from memory."""
        return not self._known

    def all(self, inbox: str | None = None) -> tuple[Sink, ...]:
        """The sinks of an inbox, or of all, the oldest first."""
        with self._access.reading() as connection:
            return sinks.all_of(connection, inbox)

    def save(self, sink: Sink) -> Future[None]:
        """Keep a sink, or change the one with its public id. NotFound for an inbox that is not there."""
        return self._remembered(self._access.submit(lambda context: sinks.save(context, sink)))

    def remove(self, inbox: str, public_id: str) -> Future[bool]:
        """Forget a sink, and cancel what was on its way to it; False if there is none."""
        return self._remembered(self._access.submit(lambda context: sinks.remove(context, inbox, public_id)))

    def forget(self, inbox: str) -> None:
        """Forget the sinks of an inbox that is gone, whose rows went with it."""
        self._known = tuple(one for one in self._known if one.inbox != inbox)

    def _remembered(self, written: Future[Any]) -> Future[Any]:
        """A future that is done when what was written is also known in memory."""
        done: Future[Any] = Future()

        def settle(future: Future[Any]) -> None:
            try:
                result = future.result()
                self._known = self.all()
            except MailpitError as error:
                done.set_exception(error)
            else:
                done.set_result(result)

        written.add_done_callback(settle)
        return done

    def complaints_to(self, inbox: str) -> str:
        """Who is registered for the complaints of an inbox; nothing if nobody is."""
        with self._access.reading() as connection:
            return sinks.complaints_to(connection, inbox)

    def direct_complaints(self, inbox: str, address: str) -> Future[None]:
        """Register an address for the complaints of an inbox, or with an empty one nobody. NotFound for no inbox."""
        return self._access.submit(lambda context: sinks.direct_complaints(context, inbox, address))

    def add(self, inbox: str, attempts: Sequence[NewSinkAttempt], *, original: str = "") -> Future[int]:
        """Put attempts on the agenda that belong to no step; how many have a sink that is there.

        `original` is the public id of the message that they are about.
        """

        def work(context: Context) -> int:
            row = context.execute("SELECT id FROM message WHERE public_id = ?", (original,)).first()
            return sinks.add(context, inbox, [sinks.Owned(attempts, original=row.id if row else None)])

        return self._access.submit(work)

    def due(self, inbox: str, until: int, *, limit: int = 100, without: Sequence[str] = ()) -> tuple[SinkAttempt, ...]:
        """Pending attempts that are due at `until` (sandbox time), in the order of (due_at, id).

        `without` are public ids of sinks to leave out: somebody is busy with them.
        """
        with self._access.reading() as connection:
            return sinks.due(connection, inbox, until, limit, without)

    def next_due(self, *, without: Sequence[str] = ()) -> dict[str, int]:
        """When the first pending attempt of each inbox is due, in its sandbox time; `without` as with `due`."""
        with self._access.reading() as connection:
            return sinks.next_due(connection, without)

    def record(
        self, attempt_id: int, one: SinkTry, state: AttemptState, *, next_due: int | None = None
    ) -> Future[bool]:
        """Keep a try, and where its attempt stands then.

        `next_due` (sandbox time) is when a PENDING attempt is tried again. False if it is gone.
        """
        end = TryEnd(attempt_id, one, state, next_due)
        return self._access.submit(lambda context: bool(sinks.record(context, [end])))

    def record_all(self, ends: Sequence[TryEnd]) -> Future[int]:
        """Keep tries of several attempts (at most 500, each once) at a time; how many of those are still there."""
        return self._access.submit(lambda context: sinks.record(context, ends))

    def letters(self, public_ids: Sequence[str]) -> dict[str, tuple[tuple[str, ...], bytes]]:
        """Recipients and octets of reports by their public ids (at most 500); those that are gone are left out."""
        with self._access.reading() as connection:
            return sinks.letters(connection, public_ids)

    def replay(self, inbox: str, public_id: str, *, due_at: int) -> Future[bool]:
        """Let an attempt be tried once more with the id that it had; False if it or its sink is gone."""
        return self._access.submit(lambda context: sinks.replay(context, inbox, public_id, due_at))

    def attempts(  # noqa: PLR0913 - keyword-only, one for each thing that a list can be asked for
        self,
        inbox: str,
        *,
        sink: str = "",
        original: str = "",
        state: str = "",
        before: str | None = None,
        limit: int = 50,
    ) -> SinkAttemptPage:
        """Attempts, newest first: to a sink, about a message (public ids), in a state."""
        wanted = [("i.name = ?", inbox)]
        wanted += [(f"{column} = ?", value) for column, value in _columns(sink, original, state) if value]
        with self._access.reading() as connection:
            found = sinks.page(connection, wanted, parse_key(before), limit + 1)
        following = str(found[limit - 1].id) if len(found) > limit else None
        return SinkAttemptPage(found[:limit], following)

    def attempt(self, inbox: str, public_id: str) -> tuple[SinkAttempt, tuple[SinkTry, ...]] | None:
        """An attempt with all its tries, or None."""
        with self._access.reading() as connection:
            found = sinks.page(connection, [("i.name = ?", inbox), ("a.public_id = ?", public_id)], None, 1)
            return (found[0], sinks.tries(connection, found[0].id)) if found else None


def _columns(sink: str, original: str, state: str) -> tuple[tuple[str, str], ...]:
    return ("s.public_id", sink), ("o.public_id", original), ("a.state", state)


class ClockTables:
    """The sandbox time of each inbox: how far it is from wall time, or where it stands still."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> dict[str, tuple[int, int | None]]:
        """(offset, frozen at) of each inbox, in microseconds; None for a clock that runs."""
        with self._access.reading() as connection:
            rows = connection.exec_driver_sql("SELECT name, clock_offset_us, clock_frozen_at FROM inbox").all()
        return {row.name: (row.clock_offset_us, row.clock_frozen_at) for row in rows}

    def save(self, inbox: str, offset_us: int, frozen_at: int | None) -> Future[None]:
        """Keep how the clock of an inbox stands. NotFound for an inbox that is not there."""

        def work(context: Context) -> None:
            inbox_id = context.inbox_id(inbox)
            sql = "UPDATE inbox SET clock_offset_us = ?, clock_frozen_at = ? WHERE id = ?"
            context.execute(sql, (offset_us, frozen_at, inbox_id))
            context.record(inbox_id, "clock", [])
            context.on_agenda = True

        return self._access.submit(work)
