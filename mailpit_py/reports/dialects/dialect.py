"""What a dialect is: a name, and a function that words a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Action

FAILURES = frozenset({Action.FAILED, Action.DELAYED})
ALL = frozenset(Action)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one mail system reports. `shares` says whether recipients that fail together share a report.

    `actions` are those that the system reports at all; `is_standard` says whether its reports have
    a message/delivery-status part inside multipart/report (RFC 6522).
    """

    name: str
    title: str
    compose: Callable[[Draft], bytes]
    actions: frozenset[Action] = FAILURES
    shares: bool = True
    is_standard: bool = True
