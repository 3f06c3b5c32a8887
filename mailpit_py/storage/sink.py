"""Sinks as values: where reports and events go besides the inbox, and every try to bring them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

RECORDED_CHARACTERS = 16_384  # of a request and of a response
ATTEMPTS_KEPT = 10_000


class SinkKind(StrEnum):
    """What a sink is: an SMTP server that takes reports, or an HTTP endpoint that takes events."""

    SMTP = "smtp"
    WEBHOOK = "webhook"


class AttemptState(StrEnum):
    """Where an attempt stands. GIVEN_UP had its last try, CANCELLED lost its sink or its report."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """One target of an inbox. `target` is `host:port` or a URL; `options` is JSON and its sender's affair.

    Of the options the scheduler knows `events`: the kinds of event that go there, all without it.
    `provider` is in whose form a webhook speaks. `created_at` is wall time in microseconds.
    """

    public_id: str
    inbox: str
    kind: SinkKind
    target: str
    provider: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    created_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSinkAttempt:
    """One thing for one sink, by the sink's public id.

    `stable_id` is what every try bears, so that a receiver can drop a repeat: the report's
    Message-ID without brackets, or the webhook's id. `event` is JSON: what happened. `report` is
    the place of the report among those of the same StepEnd, None for none. `due_at` is sandbox time.
    """

    public_id: str
    sink: str
    stable_id: str
    due_at: int
    event: Mapping[str, Any] = field(default_factory=dict)
    report: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkAttempt:
    """An attempt as kept. `sink`, `original` and `report` are public ids, empty for what is gone.

    `id` orders attempts; `due_at` is when the next try is due in sandbox time, `created_at` and
    `done_at` are wall time.
    """

    id: int
    public_id: str
    inbox: str
    sink: str
    kind: str
    original: str
    report: str
    stable_id: str
    event: Mapping[str, Any]
    state: AttemptState
    tries: int
    due_at: int
    created_at: int
    done_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkTry:
    """One try: `at` is wall time, `code` the SMTP reply's or the HTTP status, 0 without an answer.

    What is longer than RECORDED_CHARACTERS is cut off when it is kept; credentials have to be masked before.
    """

    at: int
    ok: bool
    code: int = 0
    request: str = ""
    response: str = ""
    error: str = ""
    took_us: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class TryEnd:
    """A try of an attempt, and where that stands then; `next_due` (sandbox time) is for a PENDING one."""

    attempt_id: int
    one: SinkTry
    state: AttemptState
    next_due: int | None = None


@dataclass(frozen=True, slots=True)
class SinkAttemptPage:
    """Attempts, newest first; `next` goes into `before` for older ones."""

    items: tuple[SinkAttempt, ...]
    next: str | None
