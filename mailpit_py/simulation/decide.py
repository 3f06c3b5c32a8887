"""The decision: what happens at one stage, by header, address, rules, domain profiles and chaos, in this order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mailpit_py.simulation.background import by_chaos, by_profile, by_suppression, remember_hard_bounce
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.moment import Moment
from mailpit_py.simulation.requested import by_address, by_header, by_helo, by_sender
from mailpit_py.simulation.ruled import by_rules
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Ledger, State

_TRIGGERS: Mapping[Stage, tuple[Callable[[Moment], Decision | None], ...]] = {
    Stage.CONNECT: (by_rules,),
    Stage.HELO: (by_helo, by_rules),
    Stage.STARTTLS: (by_rules,),
    Stage.AUTH: (by_rules, by_chaos),
    Stage.MAIL: (by_sender, by_rules, by_chaos),
    Stage.RCPT: (by_suppression, by_address, by_sender, by_rules, by_profile, by_chaos),
    Stage.DATA: (by_address, by_sender, by_rules),
    Stage.CONTENT: (by_header, by_address, by_rules),
    Stage.AFTER: (by_header, by_address, by_rules),
}


def decide(stage: Stage, facts: Facts, configuration: Configuration, state: State, now: int) -> Decision:
    """Return what happens at `stage`, as far as `facts` tell; `now` is sandbox time in microseconds.

    At DATA, CONTENT and AFTER use `decide_each`. The same arguments give the same decision. Its
    `changes` are to be applied to `state` before the next one is made.
    """
    ledger = Ledger(state)
    decision = _decide(Moment(stage, facts, configuration, ledger, now, {}))
    return replace(decision, changes=ledger.changes) if ledger.changes else decision


def decide_each(stage: Stage, facts: Sequence[Facts], configuration: Configuration, state: State, now: int) -> Verdict:
    """Return what happens for each recipient of one message: one Facts for each, alike in all but the recipient.

    What concerns the message as a whole (a rule without a recipient, the header field) is decided
    and counted once.
    """
    ledger = Ledger(state)
    memo: dict[str, Decision | None] = {}
    decisions = tuple(_decide(Moment(stage, each, configuration, ledger, now, memo)) for each in facts)
    return Verdict(decisions, ledger.changes)


def _decide(moment: Moment) -> Decision:
    for trigger in _TRIGGERS.get(moment.stage, ()):
        if (decision := trigger(moment)) is not None:
            decision = moment.decided(decision)
            remember_hard_bounce(moment, decision)
            return decision
    return UNDECIDED
