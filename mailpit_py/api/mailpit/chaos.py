"""Mailpit's chaos: the three triggers, shown and set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from mailpit_py.api.answers import read_octets
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import failure
from mailpit_py.api.mailpit.go_json import BadJson, kind_of, member, read, written
from mailpit_py.simulation.chaos import DEFAULT_CODES

NOT_ENABLED = "Chaos is not enabled"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/chaos")(show_chaos)
    routes.put("/chaos")(set_chaos)


def show_chaos() -> Response:
    """Show the triggers."""
    chaos = here().sandbox.simulator.configuration.chaos
    return written(chaos.as_mapping()) if chaos.enabled else failure.refusal(NOT_ENABLED)


def set_chaos() -> Response:
    """Set all three triggers: what is not given returns to its default.

    They are set one after the other, so those before a mistake are set all the same.
    """
    simulator = here().sandbox.simulator
    if not simulator.configuration.chaos.enabled:
        return failure.refusal(NOT_ENABLED)
    try:
        triggers = _triggers(read(read_octets()))
    except BadJson as error:
        return failure.refusal(str(error))
    wrong = simulator.set_chaos(triggers)
    return failure.refusal(wrong) if wrong else show_chaos()


def _triggers(value: Any) -> dict[str, dict[str, int]]:
    """Return what a body says of each trigger, whole numbers only. Raises BadJson in Go's words."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadJson(f"json: cannot unmarshal {_kind(value)} into Go value of type chaos.Triggers")
    return {name: _trigger(name, given) for name in DEFAULT_CODES if (given := member(value, name)) is not None}


def _trigger(name: str, value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        field = f"Triggers.{name} of type chaos.Trigger"
        raise BadJson(f"json: cannot unmarshal {_kind(value)} into Go struct field {field}")
    numbers = {key: member(value, key) for key in ("ErrorCode", "Probability")}
    for key, number in numbers.items():
        if number is not None and type(number) is not int:
            field = f"Trigger.{name}.{key} of type int"
            raise BadJson(f"json: cannot unmarshal {kind_of(number)} into Go struct field {field}")
    return {key: number or 0 for key, number in numbers.items()}


def _kind(value: Any) -> str:
    """Go names the number itself only where a number was wanted."""
    return kind_of(value).partition(" ")[0]
