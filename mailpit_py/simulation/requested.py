"""What a mail itself asks for: by a header field, by its addresses, or by the client's name."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from mailpit_py.simulation import address, drop_in, header
from mailpit_py.simulation.address import Parsed
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import Decision, Trigger
from mailpit_py.simulation.dice import fraction
from mailpit_py.simulation.moment import Moment
from mailpit_py.simulation.outcome import Accept, Answer, Later, Refuse, Report
from mailpit_py.simulation.plan import Plan
from mailpit_py.simulation.resolve import number_of, resolve
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import IDLE, key_of, step_tries

# Every stage asks of the same recipients.
_parse = lru_cache(4_096)(address.parse)
_parse_drop_in = lru_cache(4_096)(drop_in.parse_recipient)

_FIELD, _POSTMARK_FIELD = header.FIELD.lower(), drop_in.POSTMARK_FIELD.lower()


def by_header(moment: Moment) -> Decision | None:
    """Decide by X-Sandbox-Bounce, or by Postmark's field on Postmark's domain."""
    facts = moment.facts
    if not moment.configuration.grammar or facts.is_quiet:
        return None
    value, postmark = facts.field(_FIELD), facts.field(_POSTMARK_FIELD)
    if value:
        directive = header.parse(value, moment.configuration.provider_of(facts.recipient))
        if directive.recipient.lower() in ("", facts.recipient.lower()):
            owner = ("header", facts.inbox, (facts.reverse_path or "").lower(), facts.message_id)
            return moment.once("header", lambda: _by_parsed(moment, directive.parsed, owner, Trigger.HEADER))
    if postmark and moment.configuration.drop_ins:
        plan = drop_in.parse_field(postmark, facts.recipient)
        return _by_parsed(moment, Parsed(plan), ("address", facts.inbox), Trigger.HEADER) if plan else None
    return None


def by_address(moment: Moment) -> Decision | None:
    """Decide by the recipient's address."""
    configuration, facts = moment.configuration, moment.facts
    if not configuration.grammar or facts.is_quiet or not facts.recipient:
        return None
    parsed = parse(facts.recipient, configuration)
    if not parsed.is_ordinary:
        owner = ("address", facts.inbox, (facts.reverse_path or "").lower(), facts.recipient.lower())
        return _by_parsed(moment, parsed, owner, Trigger.ADDRESS)
    return None


def parse(recipient: str, configuration: Configuration) -> Parsed:
    """Return what a recipient's address asks for, by our grammar or by a hosted simulator's."""
    plan = _parse_drop_in(recipient) if configuration.drop_ins else None
    if plan:
        return Parsed(plan)
    return _parse(recipient, configuration.domains, configuration.provider_of(recipient))


def by_sender(moment: Moment) -> Decision | None:
    """Decide by the reverse-path, as BadSMTP does."""
    configuration, facts = moment.configuration, moment.facts
    if not (configuration.grammar and configuration.drop_ins and facts.reverse_path) or facts.is_quiet:
        return None
    plan = drop_in.parse_sender(facts.reverse_path)
    if plan is None or moment.stage not in plan.stages:
        return None
    return _by_plan(moment, plan, ("address", facts.inbox, facts.reverse_path.lower()), Trigger.ADDRESS)


def by_helo(moment: Moment) -> Decision | None:
    """Decide by the client's name, as BadSMTP does."""
    configuration, facts = moment.configuration, moment.facts
    plan = drop_in.parse_helo(facts.helo) if configuration.grammar and configuration.drop_ins else None
    return _by_plan(moment, plan, ("address", facts.inbox, facts.helo), Trigger.ADDRESS) if plan else None


def _by_parsed(moment: Moment, parsed: Parsed, owner: tuple[str, ...], trigger: Trigger) -> Decision | None:
    if parsed.plan is None:
        said = "what is asked for is not understood"
        return Decision(Answer(parsed.error), trigger, owner[-1], explanation=said) if parsed.error else None
    plan = parsed.plan if moment.configuration.reports else told_at_once(parsed.plan)
    if trigger is Trigger.HEADER and plan.stage is Stage.RCPT:
        plan = replace(plan, stage=Stage.CONTENT)
    if moment.stage in plan.stages:
        return _by_plan(moment, plan, owner, trigger)
    # The address has a say at another stage: nothing of lower rank may spoil it before.
    return Decision(Accept(), trigger, owner[-1], explanation=f"{plan.verb} acts at another stage")


def told_at_once(plan: Plan) -> Plan:
    """Return a plan for what follows acceptance as it is where no reports can be made."""
    if not isinstance(plan.outcome, Later):
        return plan
    failure = plan.outcome.report is Report.FAILURE and plan.outcome.refusal
    return replace(plan, stage=Stage.RCPT, outcome=Refuse(failure) if failure else Accept())


def _by_plan(moment: Moment, plan: Plan, owner: tuple[str, ...], trigger: Trigger) -> Decision:
    """Return what a plan does this time: its dice and its tries first, then its outcome."""
    rule = f"{plan.verb}:{owner[-1]}" if trigger is Trigger.HEADER else owner[-1]
    count, fails = _tried(moment, plan, owner)
    case = moment.case(*owner, idle=IDLE)
    count = count or number_of(plan.outcome, case)
    effect = resolve(plan.outcome, case) if fails else None
    said = f"{plan.verb} of the {trigger}"
    seed = plan.seed if plan.seed is not None else moment.configuration.seed
    if effect is None:
        return Decision(Accept(), trigger, rule, count, f"{said} lets this try pass", seed)
    return Decision(effect, trigger, rule, count, f"{said} acts", seed)


def _tried(moment: Moment, plan: Plan, owner: tuple[str, ...]) -> tuple[int, bool]:
    """Count a try of a plan with dice or tries; return its number and whether the plan acts."""
    if plan.percent == 100 and not plan.times:
        return 0, True
    key, seed = key_of("count", *owner), moment.configuration.seed if plan.seed is None else plan.seed

    def draw(count: int) -> bool:
        return plan.percent == 100 or fraction(seed, plan.verb, key, count) * 100 < plan.percent

    before = moment.ledger.get(key, moment.now)
    record, fails = step_tries(before, plan.times, moment.now, draw)
    is_over = not fails and plan.percent == 100  # without dice nothing is left to remember: it starts anew
    moment.ledger.put(key, None if is_over else record)
    return record.count if plan.percent < 100 else (before.fired if before else 0) + 1, fails
