"""What happens without being asked for: suppression, domain profiles and chaos."""

from __future__ import annotations

from collections.abc import Sequence

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation import chaos
from mailpit_py.simulation.decision import Decision, Trigger
from mailpit_py.simulation.dice import digest, fraction
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.moment import Moment
from mailpit_py.simulation.outcome import Answer
from mailpit_py.simulation.profile import Profile
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.resolve import answer
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import IDLE, Record, key_of, step_count, suppression


def by_suppression(moment: Moment) -> Decision | None:
    """Decide by an earlier hard bounce, if that is switched on."""
    if not moment.configuration.suppression or moment.facts.is_quiet:
        return None
    key = _suppression_key(moment.facts)
    if moment.ledger.get(key, moment.now) is None:
        return None
    case = moment.case()
    effect = answer(Refusal("suppressed"), case)
    return Decision(effect, Trigger.SUPPRESSION, key, explanation="the address has bounced hard before")


def remember_hard_bounce(moment: Moment, decision: Decision) -> None:
    """Suppress an address that does not exist; refusals of policy or syntax say nothing about it."""
    reply = decision.reply
    if not moment.configuration.suppression or moment.stage is not Stage.RCPT or reply is None:
        return
    if _is_hard_bounce(reply) and decision.trigger is not Trigger.SUPPRESSION:
        moment.ledger.put(_suppression_key(moment.facts), suppression(reply.lines[-1], moment.now))


def _is_hard_bounce(reply: Reply) -> bool:
    return reply.code >= 550 and not reply.status.startswith("5.7.")


def _suppression_key(facts: Facts) -> str:
    return key_of("suppression", facts.inbox, facts.recipient.lower())


def by_profile(moment: Moment) -> Decision | None:
    """Decide by the shares of failures that the recipient's domain has."""
    facts, seed = moment.facts, moment.configuration.seed
    profile = None if facts.is_quiet else moment.configuration.profiles.of(facts.recipient)
    if profile is None:
        return None
    rule, recipient = f"profile:{profile.domain}", facts.recipient.lower()
    if profile.bounce and fraction(seed, f"{rule}:bounce", recipient, 0) < profile.bounce:
        scenario = _pick(profile.bounces, seed, rule, recipient)
        return Decision(_said(moment, scenario, profile), Trigger.PROFILE, rule, 0, "the domain's share of bounces")
    if not profile.defer:
        return None
    count = _count(moment, key_of("count", "profile", profile.domain, facts.inbox, recipient))
    if fraction(seed, f"{rule}:defer", recipient, count) >= profile.defer:
        return None
    scenario = _pick(profile.deferrals, seed, rule, f"{recipient} {count}")
    effect = _said(moment, scenario, profile, is_temporary=True)
    return Decision(effect, Trigger.PROFILE, rule, count, "the domain's share of deferrals")


def _said(moment: Moment, scenario: str, profile: Profile, *, is_temporary: bool = False) -> Answer:
    return answer(Refusal(scenario, profile.provider, is_temporary=is_temporary), moment.case())


def _pick(scenarios: Sequence[str], seed: int, rule: str, key: str) -> str:
    return scenarios[digest(seed, f"{rule}:pick", key)[0] % len(scenarios)]


def by_chaos(moment: Moment) -> Decision | None:
    """Decide by Mailpit's triggers."""
    found = None if moment.facts.is_quiet else moment.configuration.chaos.trigger_at(moment.stage)
    if found is None:
        return None
    name, trigger = found
    facts = moment.facts
    key = key_of("count", "chaos", name, facts.client, (facts.reverse_path or "").lower(), facts.recipient.lower())
    count = _count(moment, key)
    if int(fraction(moment.configuration.seed, f"chaos:{name}", key, count) * 100) >= trigger.probability:
        return None
    reply = chaos.reply(name, trigger.error_code)
    effect = Answer(reply, closes=reply.code == 421)
    return Decision(effect, Trigger.CHAOS, f"chaos:{name}", count, "chaos acts")


def _count(moment: Moment, key: str) -> int:
    """Count one more try under a key that is forgotten when idle; return its number."""
    record: Record = step_count(moment.ledger.get(key, moment.now), moment.now, idle=IDLE)
    moment.ledger.put(key, record)
    return record.count
