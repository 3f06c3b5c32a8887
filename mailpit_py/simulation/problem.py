"""What is wrong with a rule, a profile or a trigger that somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailpit_py.errors import MailpitError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `field` is the path of the key, as in `match.client`."""

    field: str
    reason: str


class RuleError(MailpitError):
    """Something that cannot be used as written; `problems` names every field with its reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in problems))
        self.problems = tuple(problems)
