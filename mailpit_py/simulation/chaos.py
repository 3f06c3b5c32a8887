"""Chaos as Mailpit knows it: three triggers, each with a code and a chance in per cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.stage import Stage

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "sender": "Sender",
        "recipient": "Recipient",
        "recipients": "Recipient",
        "authentication": "Authentication",
        "auth": "Authentication",
    }
)
DEFAULT_CODES: Mapping[str, int] = MappingProxyType({"Sender": 451, "Recipient": 451, "Authentication": 535})
STAGES: Mapping[Stage, str] = MappingProxyType(
    {Stage.MAIL: "Sender", Stage.RCPT: "Recipient", Stage.AUTH: "Authentication"}
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger. Raises ValueError, in Mailpit's words, for a code or a chance that cannot be."""

    error_code: int
    probability: int = 0

    def __post_init__(self) -> None:
        if not 400 <= self.error_code <= 599:
            raise ValueError("error code must be between 400 and 599")
        if not 0 <= self.probability <= 100:
            raise ValueError("probability must be between 0 and 100")


@dataclass(frozen=True, slots=True)
class Chaos:
    """The three triggers and whether they count at all."""

    enabled: bool = False
    triggers: Mapping[str, Trigger] = field(
        default_factory=lambda: MappingProxyType({name: Trigger(code) for name, code in DEFAULT_CODES.items()})
    )

    def as_mapping(self) -> dict[str, dict[str, int]]:
        """Return the triggers as Mailpit's API has them."""
        return {
            name: {"ErrorCode": trigger.error_code, "Probability": trigger.probability}
            for name, trigger in self.triggers.items()
        }

    def trigger_at(self, stage: Stage) -> tuple[str, Trigger] | None:
        """Return the trigger of a stage with its name, or None where nothing can happen."""
        name = STAGES.get(stage)
        if name is None or not self.enabled or self.triggers[name].probability == 0:
            return None
        return name, self.triggers[name]

    def replaced(self, value: object) -> tuple[Chaos, str]:
        """Return the triggers after a PUT, and what was wrong with it, in Mailpit's words, or nothing.

        What is not given returns to its default. The triggers are set one after the other: what comes
        before a mistake is set, what comes after stays as it was.
        """
        if not isinstance(value, Mapping):
            return self, "cannot read the triggers: a JSON object is needed"
        chaos = self
        given = {_NAMES.get(str(name).lower(), ""): trigger for name, trigger in value.items()}
        for name in DEFAULT_CODES:
            part = given.get(name)
            try:
                chaos = chaos._with(name, *_read(name, {} if part is None else part))
            except ValueError as error:
                return chaos, str(error)
        return chaos, ""

    def _with(self, name: str, error_code: int, probability: int) -> Chaos:
        trigger = Trigger(error_code or DEFAULT_CODES[name], probability)
        return replace(self, triggers=MappingProxyType({**self.triggers, name: trigger}))


def parse(text: str) -> Chaos:
    """Return the enabled triggers of an option such as `Sender:451:10,Recipient:550:50,auth:535:100`.

    Raises RuleError that names the part.
    """
    chaos = Chaos(enabled=True)
    for part in (part.strip() for part in text.split(",")):
        name, _, numbers = part.partition(":")
        code, _, probability = numbers.partition(":")
        known = _NAMES.get(name.strip().lower())
        if known is None or not (code.isdecimal() and len(code) == 3 and probability.isdecimal()):
            raise RuleError([Problem(part, "write Sender, Recipient or Authentication, then :code:probability")])
        try:
            chaos = chaos._with(known, int(code), int(probability))
        except ValueError as error:
            raise RuleError([Problem(part, str(error))]) from None
    return chaos


def reply(name: str, code: int) -> Reply:
    """Return what Mailpit says when a trigger fires; it sends no enhanced code."""
    return Reply(code, "", f"Chaos {name.lower()} error")


def _read(name: str, value: Any) -> tuple[int, int]:
    """Return code and chance of one trigger of a PUT. Raises ValueError for anything but whole numbers."""
    if not isinstance(value, Mapping):
        raise ValueError(f"cannot read {name}: a JSON object is needed")
    keys = {str(key).lower(): part for key, part in value.items()}
    numbers = [keys.get("errorcode") or 0, keys.get("probability") or 0]
    if any(type(number) is not int for number in numbers):
        raise ValueError(f"cannot read {name}: ErrorCode and Probability are whole numbers")
    return numbers[0], numbers[1]
