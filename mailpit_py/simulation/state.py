"""What is remembered between tries: small records under readable keys, and the steps from one to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace

from mailpit_py.quantity import SECOND
from mailpit_py.simulation.outcome import Greylist, Quota, Rate

IDLE = 600 * SECOND  # an address's record is forgotten after ten minutes without a try


@dataclass(frozen=True, slots=True)
class Record:
    """One thing remembered. Instants are microseconds of sandbox time; it is void from `expires_at` on.

    `kind` is `count` (of a rule, of an address's tries), `greylist`, `quota`, `rate`, `suppression` or `answered`;
    `count` is how many tries, refusals or messages it has seen, `fired` how often the trigger acted
    or refused, `size_bytes` what a quota holds, `note` the reply of a suppression or what answered.
    """

    kind: str
    count: int = 0
    fired: int = 0
    size_bytes: int = 0
    first_at: int = 0
    last_at: int = 0
    expires_at: int | None = None
    note: str = ""

    def as_mapping(self) -> dict[str, str | int | None]:
        """Return the record as JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, mapping: Mapping[str, str | int | None]) -> Record:
        """Return the record that `as_mapping` gave; unknown keys are ignored."""
        known = {part.name for part in fields(cls)}
        return cls(**{name: value for name, value in mapping.items() if name in known})  # type: ignore[arg-type]  # JSON


State = Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class Change:
    """What to write: the record that is now under `key`, or None to forget it."""

    key: str
    record: Record | None


class Ledger:
    """A state that is read through, with the changes of one decision on top."""

    __slots__ = ("_state", "_written")

    def __init__(self, state: State) -> None:
        self._state = state
        self._written: dict[str, Record | None] = {}

    def get(self, key: str, now: int) -> Record | None:
        """Return what is remembered under `key` and still valid at `now`."""
        record = self._written[key] if key in self._written else self._state.get(key)
        return None if record is None or is_void(record, now) else record

    def put(self, key: str, record: Record | None) -> None:
        """Note a change; forgetting what was never known is none."""
        if record is None and key not in self._state:
            self._written.pop(key, None)
        else:
            self._written[key] = record

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to be written, each key once."""
        return tuple(Change(key, record) for key, record in self._written.items())


def key_of(kind: str, *parts: str) -> str:
    """Return a key: a JSON list in ASCII, so that parts with any characters can be kept and not be confused."""
    return json.dumps([kind, *parts], separators=(",", ":"))


def parts_of(key: str) -> list[str]:
    """Return the kind and the parts that a key was made of, to show it."""
    parts: list[str] = json.loads(key)
    return parts


def is_void(record: Record, now: int) -> bool:
    """True once the record counts as forgotten."""
    return record.expires_at is not None and record.expires_at <= now


def step_count(record: Record | None, now: int, *, idle: int | None = None) -> Record:
    """Count one more try; with `idle` it is forgotten that many microseconds after the last one."""
    record = record or Record("count", first_at=now)
    return replace(record, count=record.count + 1, last_at=now, expires_at=None if idle is None else now + idle)


def step_greylist(
    record: Record | None, greylist: Greylist, now: int, *, idle: int | None = None
) -> tuple[Record | None, bool]:
    """Take one try of a triplet; return what is remembered then, and whether the try is accepted.

    Acceptance ends the cycle, so that the next message begins a new one. With `idle` the cycle is
    also forgotten that many microseconds after the last try or the end of the wait.
    """
    window_end = (record.first_at if record else now) + round(greylist.window * SECOND)
    if record is None or now >= window_end:
        record = Record("greylist", first_at=now)
        window_end = now + round(greylist.window * SECOND)
    wait_end = record.first_at + round(greylist.wait * SECOND)
    if record.fired >= greylist.times and now >= wait_end:
        return None, True
    expires = window_end if idle is None else min(window_end, max(now, wait_end) + idle)
    tried = replace(record, count=record.count + 1, fired=record.fired + 1)
    return replace(tried, last_at=now, expires_at=expires), False


def has_room(record: Record | None, quota: Quota, size_bytes: int) -> bool:
    """True if one more message of this size fits."""
    held = record or Record("quota")
    if quota.messages and held.count >= quota.messages:
        return False
    return not quota.size_bytes or held.size_bytes + size_bytes <= quota.size_bytes


def step_quota(
    record: Record | None, quota: Quota, size_bytes: int, now: int, *, idle: int | None = None
) -> tuple[Record | None, bool]:
    """Put one message into the mailbox, or refuse it; return what is remembered, and whether it was taken.

    After `quota.times` refusals nothing is remembered: the mailbox counts as emptied.
    """
    held = replace(
        record or Record("quota", first_at=now), last_at=now, expires_at=None if idle is None else now + idle
    )
    if has_room(record, quota, size_bytes):
        return replace(held, count=held.count + 1, size_bytes=held.size_bytes + size_bytes), True
    if quota.times and held.fired + 1 >= quota.times:
        return None, False
    return replace(held, fired=held.fired + 1), False


def release(record: Record, messages: int, size_bytes: int) -> Record | None:
    """Return what a quota's record becomes when mail is deleted from the mailbox; None when it is empty."""
    left = max(0, record.count - messages)
    if left == 0:
        return None
    return replace(record, count=left, size_bytes=max(0, record.size_bytes - size_bytes), fired=0)


def after_deletion(state: State, inbox: str, recipient: str, messages: int, size_bytes: int) -> tuple[Change, ...]:
    """Return what changes when so many messages of a recipient, so large together, are deleted from an inbox.

    Every quota that counts this recipient gets room: its own, and those of its domain, its inbox or all.
    """
    recipient = recipient.lower()
    owners = {"", inbox, recipient, f"{inbox} {recipient}", recipient.rpartition("@")[2]}
    counted = [(key, record) for key, record in state.items() if record.kind == "quota" and parts_of(key)[-1] in owners]
    return tuple(
        Change(key, release(record, messages, size_bytes))
        for key, record in counted
        if parts_of(key)[1] == "rule" or parts_of(key)[2] == inbox
    )


def void_keys(state: State, now: int) -> tuple[str, ...]:
    """Return the keys of what counts as forgotten at `now`, to be pruned."""
    return tuple(key for key, record in state.items() if is_void(record, now))


def step_rate(record: Record | None, rate: Rate, now: int) -> tuple[Record, bool]:
    """Take one try; return what is remembered, and whether it was within the rate.

    Spans begin with their first try, so that the same tries at the same times always end the same.
    """
    span = round(rate.per * SECOND)
    if record is None or now >= record.first_at + span:
        record = Record("rate", first_at=now)
    if record.count < rate.messages:
        return replace(record, count=record.count + 1, last_at=now, expires_at=record.first_at + span), True
    return replace(record, fired=record.fired + 1, last_at=now), False


def step_tries(record: Record | None, times: int, now: int, draw: Callable[[int], bool]) -> tuple[Record, bool]:
    """Take one try of cycles that fail `times` times and then let one pass; return whether this one fails.

    `count` is the number of the cycle, from 1, `fired` its failures so far. Each cycle begins only
    if `draw` says so about its number. With 0 `times` every try is a cycle of its own.
    """
    record = replace(record or Record("count", first_at=now), last_at=now, expires_at=now + IDLE)
    if times and record.fired >= times:
        return replace(record, fired=0), False
    if record.fired:
        return replace(record, fired=record.fired + 1), True
    fails = draw(record.count + 1)
    return replace(record, count=record.count + 1, fired=int(fails and times > 0)), fails


def suppression(reply_line: str, now: int) -> Record:
    """Return the record of an address that has bounced hard; it stays until it is reset."""
    return Record("suppression", count=1, first_at=now, last_at=now, note=reply_line)
