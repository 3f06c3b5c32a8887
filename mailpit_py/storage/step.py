"""Steps of plans as values: what shall follow an accepted message, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mailpit_py.mail.envelope import Envelope, Session
from mailpit_py.storage.sink import NewSinkAttempt
from mailpit_py.storage.value import Arrival


class StepState(StrEnum):
    """Where a step stands. SKIPPED had no result because a rule stood against it, FAILED because of an error."""

    PENDING = "pending"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be kept with its message. Instants are sandbox time in microseconds; `body` is JSON.

    `reason` is for a step that is skipped from the beginning.
    """

    kind: str
    accepted_at: int
    due_at: int
    body: Mapping[str, Any] = field(default_factory=dict)
    state: StepState = StepState.PENDING
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as kept. `original` is the public id of its message, `reports` those of what it made.

    `accepted_at` and `due_at` are sandbox time, `done_at` is wall time; ids order steps of one instant.
    """

    id: int
    inbox: str
    original: str
    original_id: int
    kind: str
    accepted_at: int
    due_at: int
    body: Mapping[str, Any]
    state: StepState = StepState.PENDING
    done_at: int | None = None
    reason: str = ""
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepOriginal:
    """What a report needs of the message it is about; `session` is None for one that came by API.

    `received_at` is wall time.
    """

    public_id: str
    envelope: Envelope
    raw: bytes
    session: Session | None
    message_id: str
    subject: str
    received_at: int


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step ends, all in one transaction: its state, its reports, and what goes to sinks.

    `report` of a NewSinkAttempt is the place of its report in `reports`.
    """

    step: Step
    state: StepState
    reason: str = ""
    reports: tuple[Arrival, ...] = ()
    attempts: tuple[NewSinkAttempt, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A report and its original: public ids, empty for one that is gone. No `step_id`: it is another system's.

    `received_at` is when the report came, wall time.
    """

    report: str
    original: str
    kind: str
    step_id: int | None
    received_at: int
