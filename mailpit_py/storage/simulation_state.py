"""What simulation keeps: rules in their order, domain profiles, and the records that are remembered between tries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from mailpit_py.simulation.state import Change, Record
from mailpit_py.storage.context import Context, Submit
from mailpit_py.storage.engine import Reading


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is kept: `body` is its mapping, `origin` says who wrote it, `inbox` whose it is; empty for all."""

    public_id: str
    key: str
    origin: str
    body: dict[str, Any]
    inbox: str = ""


class SimulationTables:
    """The tables of simulation. Writes are futures that are resolved after COMMIT."""

    def __init__(self, submit: Submit, reading: Reading) -> None:
        self._submit = submit
        self._reading = reading

    def rules(self) -> tuple[RuleRow, ...]:
        """All rules in their order."""
        with self._reading() as connection:
            sql = "SELECT public_id, key, origin, body, inbox FROM rule ORDER BY position"
            rows = connection.exec_driver_sql(sql).all()
        return tuple(RuleRow(row.public_id, row.key, row.origin, json.loads(row.body), row.inbox) for row in rows)

    def save_rules(self, rules: Sequence[RuleRow], *, inbox: str = "") -> Future[None]:
        """Make these all rules there are, and write to the journal that rules have changed: of one inbox, or of all."""
        return self._submit(lambda context: _save_rules(context, rules, inbox))

    def profiles(self) -> tuple[dict[str, Any], ...]:
        """The domain profiles that were set, as mappings."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM domain_profile ORDER BY position").all()
        return tuple(json.loads(row.body) for row in rows)

    def save_profiles(self, profiles: Sequence[dict[str, Any]]) -> Future[None]:
        """Make these all profiles that are set, and write to the journal that rules have changed."""
        return self._submit(lambda context: _save_profiles(context, profiles))

    def state(self) -> dict[str, Record]:
        """All records by their keys."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql("SELECT key, record FROM simulation_state").all()
        return {row.key: Record.of(json.loads(row.record)) for row in rows}

    def save_state(self, changes: Callable[[], Iterable[Change]]) -> Future[None]:
        """Write or forget records. `changes` is called on the writer's thread, again if the group is retried."""
        return self._submit(lambda context: _save_state(context, tuple(changes())))


def _save_rules(context: Context, rules: Sequence[RuleRow], inbox: str) -> None:
    context.execute("DELETE FROM rule")
    if rules:
        rows = [(at, one.public_id, one.key, one.origin, _dump(one.body), one.inbox) for at, one in enumerate(rules)]
        context.execute(
            "INSERT INTO rule (position, public_id, key, origin, body, inbox) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
    if inbox:
        context.record(context.inbox_id(inbox), "rules", [])
    else:
        _tell(context)


def _save_profiles(context: Context, profiles: Sequence[dict[str, Any]]) -> None:
    context.execute("DELETE FROM domain_profile")
    if profiles:
        rows = [(place, _dump(one)) for place, one in enumerate(profiles)]
        context.execute("INSERT INTO domain_profile (position, body) VALUES (?, ?)", rows)
    _tell(context)


def _tell(context: Context) -> None:
    """Write to the journal that what decides has changed, for every inbox."""
    for (inbox_id,) in context.execute("SELECT id FROM inbox").all():
        context.record(inbox_id, "rules", [])


def _save_state(context: Context, changes: Sequence[Change]) -> None:
    kept = [(one.key, _dump(one.record.as_mapping())) for one in changes if one.record is not None]
    gone = [(one.key,) for one in changes if one.record is None]
    if gone:
        context.execute("DELETE FROM simulation_state WHERE key = ?", gone)
    if kept:
        context.execute("INSERT OR REPLACE INTO simulation_state (key, record) VALUES (?, ?)", kept)


_dump = json.JSONEncoder(separators=(",", ":")).encode
