"""What the rules say: the first one that matches and acts."""

from __future__ import annotations

from dataclasses import replace

from mailpit_py.simulation.decision import Decision, Trigger
from mailpit_py.simulation.dice import fraction
from mailpit_py.simulation.index import Placed
from mailpit_py.simulation.moment import Moment
from mailpit_py.simulation.outcome import Greylist, Later, Quota
from mailpit_py.simulation.resolve import number_of, resolve
from mailpit_py.simulation.rule import Rule
from mailpit_py.simulation.state import key_of, step_count


def by_rules(moment: Moment) -> Decision | None:
    """Decide by the first rule that matches and acts."""
    for placed in moment.configuration.rules.candidates(moment.stage, moment.facts):
        rule = placed.rule
        if rule.is_over(moment.now) or (moment.facts.is_quiet and rule.probability < 1):
            continue
        if rule.match.holds(moment.facts) and (decision := _by_rule(moment, placed)):
            return decision
    return None


def _by_rule(moment: Moment, placed: Placed) -> Decision | None:
    """Return what a rule that matches does, or None if it lets this try pass to the next rule."""
    scoped = placed.rule.scoped(moment.facts)
    if is_about_message(placed.rule):
        return moment.once(f"{placed.key} {scoped}", lambda: _rule_acts(moment, placed, scoped))
    return _rule_acts(moment, placed, scoped)


def is_about_message(rule: Rule) -> bool:
    """True if a rule looks at no recipient, so that a message of several counts once."""
    about_recipient = rule.match.recipient or rule.match.notify or isinstance(rule.outcome, Greylist | Quota)
    return not about_recipient


def _rule_acts(moment: Moment, placed: Placed, scoped: str) -> Decision | None:
    rule = placed.rule
    if isinstance(rule.outcome, Later) and not moment.configuration.reports:
        return None
    count = _counted(moment, placed, scoped) if rule.counts else 0
    if count is None:
        return None
    case = moment.case("rule", placed.key, scoped, provider=rule.provider)
    count = count or number_of(rule.outcome, case)
    effect = resolve(rule.outcome, case)
    return Decision(effect, Trigger.RULE, placed.key, count, f"rule {placed.key} acts") if effect else None


def _counted(moment: Moment, placed: Placed, scoped: str) -> int | None:
    """Count a match; return its number, or None if numbers or dice let it pass."""
    rule, key = placed.rule, key_of("count", "rule", placed.key, scoped)
    record = step_count(moment.ledger.get(key, moment.now), moment.now)
    drawn = (
        rule.probability == 1
        or fraction(moment.configuration.seed, placed.key, scoped, record.count) < rule.probability
    )
    acts = drawn and rule.chooses(record.count, record.fired)
    moment.ledger.put(key, replace(record, fired=record.fired + acts))
    return record.count if acts else None
