"""What an option is: a field of the settings with its words, from which flag, variable and README row come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one option: from this come the flag, the help, the variable and the README row."""

    name: str
    default: Any
    help: str
    variable: str
    group: str
    kind: str
    short: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The TOML key: the long flag without its dashes."""
        return self.name.replace("_", "-")

    @property
    def flag(self) -> str:
        """The long flag, or nothing for an option that only a variable sets (secrets)."""
        return "" if self.kind == "secret" else f"--{self.key}"


def option(default: Any, variable: str, text: str, **more: Any) -> Any:
    """Declare one field of Config with its words."""
    return field(default=default, metadata={"variable": variable, "help": text, **more})
