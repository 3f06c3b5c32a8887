"""Views of rules: what fails on demand by more than its address, edited while the sandbox runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.api import simulation_shape as shape
from mailpit_py.api.answers import read_body
from mailpit_py.api.context import here
from mailpit_py.api.models import OneInboxQuery
from mailpit_py.api.native.checked import checked
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import unusable
from mailpit_py.api.shape import Json
from mailpit_py.api.simulation_models import (
    Anything,
    ListOfAnything,
    NewRule,
    PreviewOfAnything,
    PreviewRequest,
    RuleList,
    RulesQuery,
)
from mailpit_py.application.rulebook import KeptRule, RuleBook
from mailpit_py.simulation.state import Record

TAG = "Simulation"
ANSWERED = ("id", "key", "origin", "inbox", "tries", "acted")
"""What an answer has beside the rule, so that it can be sent back as it is."""


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/rules")(list_rules)
    routes.post("/rules")(add_rule)
    routes.put("/rules")(replace_rules)
    routes.delete("/rules")(delete_rules)
    routes.post("/rules/preview")(preview_rule)
    routes.get("/rules/<rule_name:rule>")(show_rule)
    routes.put("/rules/<rule_name:rule>")(replace_rule)
    routes.patch("/rules/<rule_name:rule>")(change_rule)
    routes.delete("/rules/<rule_name:rule>")(delete_rule)


@operation(TAG, query=RulesQuery, returns=schemas.Rules, errors=())
def list_rules(query: RulesQuery) -> Json:
    """List the rules in their order: the first that matches and acts decides."""
    return {"items": _all(_owner(query))}


@operation(TAG, query=RulesQuery, returns=schemas.Rule, status=201, errors=(400, 415), document_body=NewRule)
def add_rule(query: RulesQuery) -> Json:
    """Add a rule, at the end or at `position`.

    "Only the next message fails" is `{"outcome": "system_error", "stage": "CONTENT", "first": 1}`;
    "fail twice, then accept" is `{"outcome": "mailbox_full", "first": 2}`.
    """
    members, position = _read(read_body(Anything).members)
    return _one(checked(lambda: _book().add(members, position=position, inbox=_owner(query)), "rule"))


@operation(TAG, query=RulesQuery, returns=schemas.Rules, errors=(400, 415), document_body=RuleList)
def replace_rules(query: RulesQuery) -> Json:
    """Make these all rules there are, in this order: also how rules are put into another order."""
    values = read_body(ListOfAnything).rules
    rules = [_read(one)[0] if isinstance(one, dict) else one for one in values]
    checked(lambda: _book().replace_all(rules, inbox=_owner(query)), "rules")
    return {"items": _all(_owner(query))}


@operation(TAG, query=RulesQuery, returns=schemas.Rules, errors=())
def delete_rules(query: RulesQuery) -> Json:
    """Delete all rules."""
    _book().clear(inbox=_owner(query))
    return {"items": _all(_owner(query))}


@operation(TAG, query=OneInboxQuery, returns=schemas.Preview, errors=(400, 415), document_body=PreviewRequest)
def preview_rule(query: OneInboxQuery) -> Json:
    """Say which of the newest stored messages a rule would have matched, its numbers and dice apart."""
    body = read_body(PreviewOfAnything)
    members = _read(body.rule)[0] if isinstance(body.rule, dict) else body.rule
    looked_at, ids = checked(
        lambda: here().sandbox.simulator.would_match(members, limit=body.limit, inbox=query.inbox),
        "rule",
        prefix="rule.",
    )
    return {"matched": len(ids), "looked_at": looked_at, "ids": list(ids)}


@operation(TAG, query=RulesQuery, returns=schemas.Rule)
def show_rule(rule: str, query: RulesQuery) -> Json:
    """Show one rule, by its id or its key."""
    return _one(_book().find(rule, inbox=_owner(query)))


@operation(TAG, query=RulesQuery, returns=schemas.Rule, errors=(400, 404, 415), document_body=NewRule)
def replace_rule(rule: str, query: RulesQuery) -> Json:
    """Put another rule in the place of this one; it keeps the id."""
    members, position = _read(read_body(Anything).members)
    inbox = _owner(query)
    return _one(checked(lambda: _book().replace(rule, members, position=position, inbox=inbox), "rule"))


@operation(TAG, query=RulesQuery, returns=schemas.Rule, errors=(400, 404, 415), document_body=Anything)
def change_rule(rule: str, query: RulesQuery) -> Json:
    """Change what is given of a rule, as in `{"enabled": false}`; null takes a part back to its default."""
    members, position = _read(read_body(Anything).members)
    inbox = _owner(query)
    return _one(checked(lambda: _book().change(rule, members, position=position, inbox=inbox), "rule"))


@operation(TAG, query=RulesQuery, returns=schemas.Rule)
def delete_rule(rule: str, query: RulesQuery) -> Json:
    """Delete one rule, and show what it was. Its counters stay until the state is reset."""
    book = _book()
    found = book.find(rule, inbox=_owner(query))
    shown = _one(found)
    book.delete(found.id, inbox=found.inbox)
    return shown


def _book() -> RuleBook:
    return here().sandbox.simulator.book


def _read(members: dict[str, Any]) -> tuple[dict[str, Any], int | None]:
    """Return the rule of a body, and the place it asks for. Raises the 422 problem for a place that is none."""
    rule = {name: value for name, value in members.items() if name not in ANSWERED}
    position = rule.pop("position", None)
    if position is not None and (type(position) is not int or position < 0):
        raise unusable("position", "a whole number from 0 on")
    return rule, position


def _owner(query: RulesQuery) -> str:
    """Whose rules are meant, empty for those of all. Raises NotFound for an inbox that is not there."""
    return here().sandbox.inboxes.find(query.inbox).name if query.inbox else ""


def _all(inbox: str) -> list[Json]:
    simulator = here().sandbox.simulator
    counted = shape.counters(_remembered(inbox))
    rules = simulator.book.of(inbox)
    return [shape.rule(one, place, counted.get(one.key, (0, 0))) for place, one in enumerate(rules)]


def _one(kept: KeptRule) -> Json:
    rules = here().sandbox.simulator.book.of(kept.inbox)
    place = next((place for place, one in enumerate(rules) if one.id == kept.id), 0)
    return shape.rule(kept, place, shape.counters(_remembered(kept.inbox)).get(kept.key, (0, 0)))


def _remembered(inbox: str) -> Iterator[tuple[str, Record]]:
    """Yield the records of an inbox, or those of all for rules that are for all."""
    sandbox = here().sandbox
    for name in [inbox] if inbox else [one.name for one in sandbox.inboxes.all]:
        yield from sandbox.simulator.state(inbox=name).items()
