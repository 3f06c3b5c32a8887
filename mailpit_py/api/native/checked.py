"""Changes whose input is checked by its own reader: what is wrong becomes the 422 problem that names every field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mailpit_py.api.problem import Problem
from mailpit_py.simulation.problem import RuleError

Result = TypeVar("Result")


def checked(change: Callable[[], Result], what: str, *, prefix: str = "") -> Result:
    """Carry a change of a rule or profile (`what`) out. Raises the problem that names every bad field."""
    try:
        return change()
    except RuleError as error:
        reasons = [(f"{prefix}{one.field}", one.reason) for one in error.problems]
    detail = f"The {what} cannot be used; nothing was changed."
    raise Problem(422, detail, kind="invalid", errors=reasons)
