"""Values of simulation as the JSON of the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailpit_py.api.shape import Json, attempt_row, instant, reply
from mailpit_py.application.profilebook import KeptProfile
from mailpit_py.application.rulebook import KeptRule
from mailpit_py.application.submission import Submission
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.explain import Explanation
from mailpit_py.simulation.mapping import as_mapping
from mailpit_py.simulation.profile import as_mapping as profile_mapping
from mailpit_py.simulation.rule import match_mapping
from mailpit_py.simulation.state import Record, parts_of
from mailpit_py.storage import AttemptSummary, Cause, Timeline, Try


def cause(one: Cause | None) -> Json | None:
    """What decided, or None."""
    if one is None:
        return None
    return {
        "trigger": one.trigger,
        "rule": one.rule,
        "count": one.count,
        "seed": one.seed,
        "explanation": one.explanation,
    }


def rule(kept: KeptRule, position: int, counted: tuple[int, int]) -> Json:
    """One rule with its place and its counters (tries, acted)."""
    one = kept.rule
    return {
        "id": kept.id,
        "key": kept.key,
        "position": position,
        "origin": kept.origin,
        "inbox": kept.inbox,
        "name": one.name,
        "stage": one.stage.value,
        "outcome": as_mapping(one.outcome),
        "match": match_mapping(one.match),
        "provider": one.provider,
        "probability": one.probability,
        "every": one.every,
        "first": one.first,
        "after": one.after,
        "max": one.max,
        "scope": one.scope.value,
        "expires_at": instant(one.expires_at),
        "enabled": one.enabled,
        "tries": counted[0],
        "acted": counted[1],
    }


def counters(state: Iterable[tuple[str, Record]]) -> dict[str, tuple[int, int]]:
    """(tries, acted) of each rule that counts, by its key, all scopes together; `state` has records with their keys."""
    found: dict[str, tuple[int, int]] = {}
    for key, record in state:
        kind, *owner = parts_of(key)
        if kind == "count" and owner[0] == "rule":
            tries, acted = found.get(owner[1], (0, 0))
            found[owner[1]] = (tries + record.count, acted + record.fired)
    return found


def record(key: str, one: Record) -> Json:
    """One thing that is remembered."""
    return {
        "key": key,
        "kind": one.kind,
        "owner": parts_of(key)[1:],
        "count": one.count,
        "fired": one.fired,
        "size_bytes": one.size_bytes,
        "first_at": instant(one.first_at),
        "last_at": instant(one.last_at),
        "expires_at": instant(one.expires_at),
        "note": one.note,
    }


def profile(kept: KeptProfile) -> Json:
    """One domain profile."""
    return {**profile_mapping(kept.profile), "origin": kept.origin}


def configuration(one: Configuration, profiles: Sequence[KeptProfile], record_count: int) -> Json:
    """What is switched on."""
    return {
        "seed": one.seed,
        "grammar": one.grammar,
        "drop_ins": one.drop_ins,
        "suppression": one.suppression,
        "domains": list(one.domains),
        "profiles": [profile(each) for each in profiles],
        "chaos": {"enabled": one.chaos.enabled, "triggers": one.chaos.as_mapping()},
        "rule_count": len(one.rules.rules),
        "record_count": record_count,
    }


def explanation(one: Explanation) -> Json:
    """What an address would do."""
    return {
        "address": one.address,
        "acts": one.acts,
        "verb": one.verb,
        "stage": one.stage,
        "scenario": one.scenario,
        "provider": one.provider,
        "label": one.label,
        "reply": reply(one.reply) if one.reply else None,
        "sentences": list(one.sentences),
        "hint": one.hint,
    }


def explained_attempt(one: AttemptSummary) -> Json:
    """One attempt with what decided."""
    return {**attempt_row(one), "message_id": one.message_id, "cause": cause(one.cause)}


def created(one: Submission) -> Json:
    """What became of a message that was put in."""
    causes = one.causes or (None,) * len(one.recipients)
    told = zip(one.recipients, causes, strict=True)
    return {
        "id": one.public_id,
        "kept": one.is_kept,
        "recipients": [
            {
                "address": each.address,
                "accepted": each.reply.is_positive,
                "reply": reply(each.reply),
                "cause": cause(why or None),
            }
            for each, why in told
        ],
    }


def timeline(found: Timeline) -> Json:
    """All tries of one mail."""
    return {
        "joined_by": found.joined_by,
        "message_id": found.message_id,
        "reverse_path": found.reverse_path,
        "tries": [_try(one) for one in found.tries],
    }


def _try(one: Try) -> Json:
    return {
        "kind": one.kind,
        "id": one.public_id,
        "at": instant(one.at),
        "pause_ms": None if one.pause_us is None else one.pause_us // 1_000,
        "stage": one.stage,
        "reply": reply(one.reply),
        "cause": cause(one.cause),
        "recipients": [
            {
                "address": each.address,
                "accepted": each.accepted,
                "reply": reply(each.reply),
                "cause": cause(each.cause),
            }
            for each in one.recipients
        ],
    }
