"""Failures that a test asks for: for as long as a block lasts, for one message, or by moving time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from mailpit_py.client import Client
from mailpit_py.errors import MailpitError, is_told
from mailpit_py.testing.message import Message
from mailpit_py.testing.source import Source

__tracebackhide__ = is_told

WITH_RECIPIENT = ("RCPT", "DATA", "CONTENT")


@contextmanager
def rule(api: Client, outcome: Any, **parts: Any) -> Iterator[None]:
    """Add a rule before all others while this lasts. Raises ClientError with every field that cannot be used."""
    given = {name: part for name, part in parts.items() if part}
    added = api.post("rules", {"outcome": outcome, "position": 0, **given})["id"]
    try:
        yield
    finally:
        api.delete(f"rules/{added}")


@contextmanager
def sink(api: Client, target: str, provider: str, events: Sequence[str]) -> Iterator[str]:
    """Add a sink while this lasts, and give its id. Raises ClientError for what the operator does not allow."""
    wanted: dict[str, Any] = {"kind": "webhook" if provider else "smtp", "target": target, "events": list(events)}
    if provider:
        wanted |= {"provider": provider, "confirmed": True}
    added = str(api.post("sinks", wanted)["id"])
    try:
        yield added
    finally:
        api.delete(f"sinks/{added}")


def drop_of(after: str) -> Any:
    """Return the outcome that ends the connection amid or after the content, or in place of a command's reply."""
    words = {"DATA": "drop+data", "CONTENT": "drop+content"}
    return words.get(after.upper(), {"kind": "drop", "moment": "before-reply"})


def bounce(source: Source, message: Message, wish: Mapping[str, Any]) -> Message:
    """Let a report follow a message at once. Raises MailpitError, with the reason, if none does."""
    body = {name: value for name, value in wish.items() if value not in ("", None)}
    done = source.api().post(f"messages/{message.id}/bounce", body)
    found = reports(source, done)
    if not found:
        raise MailpitError(f"no report was made: {done.get('reason') or _reasons(done)}")
    return found[0]


def reports(source: Source, done: Any) -> list[Message]:
    """Return the messages that steps have made, in their order."""
    letters = [source.letter(report) for step in done["steps"] for report in step["reports"]]
    return [Message(one, source) for one in letters if one is not None]


def _reasons(done: Any) -> str:
    return "; ".join(step["reason"] or f"{step['kind']} is {step['state']}" for step in done["steps"])


def seconds(days: float, hours: float, minutes: float, rest: float) -> float:
    """Return a span in seconds. Raises ValueError for none."""
    total = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if total <= 0:
        raise ValueError("time goes forward only: say how many days, hours, minutes or seconds")
    return total
