"""From an outcome to what the server does now: particulars filled in, memory consulted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.outcome import (
    Answer,
    ConnectionLimit,
    Effect,
    Greylist,
    Later,
    Outcome,
    Quota,
    Rate,
    Refuse,
    Silence,
    SizeLimit,
)
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Ledger, has_room, key_of, step_greylist, step_quota, step_rate


@dataclass(frozen=True, slots=True)
class Case:
    """One moment for one trigger. `owner` begins the keys of its records; `idle` is None for rules.

    `provider` is whose words are used where the refusal names none.
    """

    stage: Stage
    facts: Facts
    ledger: Ledger
    now: int
    owner: tuple[str, ...]
    idle: int | None = None
    provider: str = ""


def resolve(outcome: Outcome, case: Case) -> Effect | None:
    """Return what happens, or None if this try passes."""
    match outcome:
        case Refuse(refusal):
            return answer(refusal, case)
        case Silence(then=Refuse(refusal)):
            return replace(outcome, then=answer(refusal, case))
        case Later(refusal=Refusal() as refusal):
            return replace(outcome, refusal=refusal.spoken_by(case.provider))
        case Greylist() | Quota() | Rate():
            return None if _passes(outcome, case) else answer(outcome.refusal, case)
        case SizeLimit():
            return answer(outcome.refusal, case) if (case.facts.size_bytes or 0) > outcome.size_bytes else None
        case ConnectionLimit():
            return answer(outcome.refusal, case) if case.facts.connections > outcome.connections else None
    return outcome


def number_of(outcome: Outcome, case: Case) -> int:
    """Return which try of what is remembered about an outcome this is, from 1; 0 where nothing is."""
    if not isinstance(outcome, Greylist | Quota | Rate):
        return 0
    record = case.ledger.get(_key(outcome, case), case.now)
    if record is None:
        return 1
    # A greylist counts every try; a quota and a rate what they took, apart from what they refused.
    return record.count + (0 if isinstance(outcome, Greylist) else record.fired) + 1


def answer(refusal: Refusal, case: Case) -> Answer:
    """Return the reply of a refusal with the particulars of the dialogue."""
    reply = refusal.spoken_by(case.provider).reply(**particulars(case.facts))
    if case.stage in (Stage.CONNECT, Stage.HELO):  # RFC 2034 §4: no enhanced codes before EHLO is answered
        reply = replace(reply, status="")
    return Answer(reply, closes=reply.code == 421)


def particulars(facts: Facts) -> Mapping[str, str]:
    """Return what the catalogue's templates may name, as far as it is known."""
    return {
        "recipient": facts.recipient,
        "sender": facts.reverse_path or "",
        "client": facts.client,
        "helo": facts.helo,
    }


def _passes(outcome: Greylist | Quota | Rate, case: Case) -> bool:
    key, ledger, facts = _key(outcome, case), case.ledger, case.facts
    record = ledger.get(key, case.now)
    match outcome:
        case Greylist():
            after, passes = step_greylist(record, outcome, case.now, idle=case.idle)
        case Rate():
            after, passes = step_rate(record, outcome, case.now)
        case _:
            size_bytes = facts.size_bytes or 0
            if case.stage is Stage.RCPT and has_room(record, outcome, size_bytes):
                return True  # the mailbox fills only with the message itself, at CONTENT
            after, passes = step_quota(record, outcome, size_bytes, case.now, idle=case.idle)
    ledger.put(key, after)
    return passes


def _key(outcome: Greylist | Quota | Rate, case: Case) -> str:
    kind = type(outcome).__name__.lower()
    if isinstance(outcome, Greylist) and case.idle is None:  # an address has its sender and recipient in its owner
        facts = case.facts
        return key_of(kind, *case.owner, facts.client, (facts.reverse_path or "").lower(), facts.recipient.lower())
    return key_of(kind, *case.owner)
