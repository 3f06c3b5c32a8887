"""Short ways to facts, configurations and runs, for the tests of decisions."""

from __future__ import annotations

from mailpit_py.quantity import SECOND
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide, decide_each
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.outcome import Answer
from mailpit_py.simulation.rule_mapping import load_all
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Change

MID = (("Message-ID", "<1@app.example>"), ("Subject", "Invoice 17"))


def facts(recipient="", sender="app@app.example", **more):
    """Facts at RCPT, or earlier without a recipient."""
    return Facts(client=more.pop("client", "127.0.0.1"), recipient=recipient, reverse_path=sender, **more)


def configured(*rules, **more):
    """A configuration with these rules, given as mappings."""
    return Configuration(rules=RuleIndex(load_all(rules)), **more)


class Run:
    """A state with what happens to it: the owner that storage will be, in ten lines."""

    def __init__(self, configuration=None):
        self.configuration = configuration or Configuration()
        self.state = {}
        self.now = 1_000 * SECOND

    def apply(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            if change.record is None:
                self.state.pop(change.key, None)
            else:
                self.state[change.key] = change.record

    def decide(self, stage: Stage, about: Facts):
        decision = decide(stage, about, self.configuration, self.state, self.now)
        self.apply(decision.changes)
        return decision

    def decide_each(self, stage: Stage, *about: Facts):
        verdict = decide_each(stage, about, self.configuration, self.state, self.now)
        self.apply(verdict.changes)
        return verdict

    def send(self, recipient, sender="app@app.example", size=1_000, fields=()):
        """Deliver one message as a client would; return the code that ends it, or the outcome's name."""
        about = facts(recipient, sender, size_bytes=size)
        steps = [(Stage.MAIL, facts("", sender)), (Stage.RCPT, about)]
        for stage, known in steps:
            if (end := ending(self.decide(stage, known))) is not None:
                return end
        for stage in (Stage.DATA, Stage.CONTENT):
            known = facts(recipient, sender, size_bytes=size, fields=fields if stage is Stage.CONTENT else ())
            if (end := ending(self.decide_each(stage, known).single)) is not None:
                return end
        return 250

    def codes(self, recipient, times, **more):
        return [self.send(recipient, **more) for _ in range(times)]


def ending(decision):
    """The code or the name of an outcome that ends a delivery, None where it goes on."""
    match decision.outcome:
        case None:
            return None
        case Answer(reply, _):
            return reply.code
    name = type(decision.outcome).__name__
    return None if name in ("Accept", "Later", "Throttle", "Silence") else name.lower()
