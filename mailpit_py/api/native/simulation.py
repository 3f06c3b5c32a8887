"""Views of simulation: what is switched on, what is remembered, and what addresses can ask for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.api import simulation_shape as shape
from mailpit_py.api.context import here
from mailpit_py.api.models import OneInboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import unusable
from mailpit_py.api.shape import Json, reply
from mailpit_py.api.simulation_models import GrammarQuery, StateQuery, Switches
from mailpit_py.application.simulator import Simulator
from mailpit_py.mail.envelope import Envelope
from mailpit_py.simulation.catalogue import PROVIDERS, Entry, matrix, render
from mailpit_py.simulation.explain import explain
from mailpit_py.storage import DEFAULT_INBOX, PATIENCE

TAG = "Simulation"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/simulation")(show_simulation)
    routes.patch("/simulation")(change_simulation)
    routes.get("/simulation/state")(show_state)
    routes.delete("/simulation/state")(reset_state)
    routes.get("/catalogue")(show_catalogue)
    routes.get("/grammar")(explain_address)


@operation(TAG, query=OneInboxQuery, returns=schemas.Simulation, errors=())
def show_simulation(query: OneInboxQuery) -> Json:
    """Show the seed, the switches, the sandbox's own domains, domain profiles and chaos, and how much is remembered."""
    return _shown(_simulator(), query.inbox)


@operation(TAG, query=None, body=Switches, returns=schemas.Simulation, errors=(400, 415))
def change_simulation(body: Switches) -> Json:
    """Switch parts of simulation on or off, until the next start."""
    simulator = _simulator()
    given = body.model_dump(exclude_none=True, exclude={"chaos", "chaos_enabled"})
    chaos = simulator.configuration.chaos
    if body.chaos is not None:
        chaos, wrong = chaos.replaced(body.chaos)
        if wrong:
            raise unusable("chaos", wrong)
    if body.chaos_enabled is not None:
        chaos = type(chaos)(body.chaos_enabled, chaos.triggers)
    simulator.configure(**given, chaos=chaos)
    return _shown(simulator, DEFAULT_INBOX)


@operation(TAG, query=StateQuery, returns=schemas.State, errors=())
def show_state(query: StateQuery) -> Json:
    """Show what is remembered: counters, greylists, quotas, rates, suppressed addresses."""
    found = _simulator().state(key=query.key, rule=query.rule, recipient=query.recipient, inbox=query.inbox)
    return {"items": [shape.record(key, one) for key, one in sorted(found.items())]}


@operation(TAG, query=StateQuery, returns=schemas.Reset, errors=())
def reset_state(query: StateQuery) -> Json:
    """Forget what is remembered: everything, or what belongs to a key, a rule or a recipient."""
    done = _simulator().reset(key=query.key, rule=query.rule, recipient=query.recipient, inbox=query.inbox)
    return {"reset": done.result(PATIENCE)}


@operation(TAG, query=None, returns=schemas.Catalogue, errors=(), is_common=True)
def show_catalogue() -> Json:
    """Show every cause of a failure in every provider's words, with the address that asks for it."""
    domain = _simulator().configuration.domains[0]
    return {
        "providers": [{"name": one.name, "title": one.title} for one in PROVIDERS.values()],
        "items": [_cell(one, domain) for one in matrix()],
    }


@operation(TAG, query=GrammarQuery, returns=schemas.Explanation, errors=(), is_common=True)
def explain_address(query: GrammarQuery) -> Json:
    """Say what mail to an address would meet, and how to write it if it is nearly right."""
    return shape.explanation(explain(query.address, _simulator().configuration))


def hint(envelope: Envelope) -> str | None:
    """A better way to write a recipient that looks like a simulation address and acts as none."""
    configuration = _simulator().configuration
    for one in envelope.recipients:
        explained = explain(one.address, configuration)
        if explained.hint and not explained.acts:
            return explained.hint
    return None


def _simulator() -> Simulator:
    return here().sandbox.simulator


def _shown(simulator: Simulator, inbox: str) -> Json:
    remembered = len(simulator.state(inbox=inbox))
    return shape.configuration(simulator.configuration, simulator.profiles.profiles, remembered)


def _cell(one: Entry, domain: str) -> dict[str, Any]:
    address = f"{one.local_part}@{domain}"
    return {
        "scenario": one.scenario.name,
        "provider": one.provider,
        "stage": one.words.stage.value,
        "reply": reply(render(one.words, recipient=address)),
        "is_permanent": one.is_permanent,
        "address": address,
        "explanation": one.scenario.explanation,
        "advice": one.scenario.advice,
    }
