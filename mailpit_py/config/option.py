"""What an option is: a field of the settings with its words, from which flag, variable and README row come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# The order in which people read them.
GROUPS = (
    *("Storage", "Page and API", "SMTP", "POP3", "IMAP", "Inboxes"),
    *("Relay", "Forward", "Tags", "Simulation", "Outbound", "Checks", "General"),
)


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one option: from this come the flag, the help, the variable and the README row.

    `old_flags` and `old_variables` are former names of Mailpit's, still understood. `has_flag` is False for
    what only a variable or a file sets, as secrets are.
    """

    name: str
    default: Any
    help: str
    variable: str
    group: str
    kind: str
    short: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()
    has_flag: bool = True
    old_flags: tuple[str, ...] = ()
    old_variables: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The TOML key: the long flag without its dashes."""
        return self.name.replace("_", "-")

    @property
    def is_secret(self) -> bool:
        """True for what is shown to nobody."""
        return self.kind == "secret"

    @property
    def flag(self) -> str:
        """The long flag, or nothing for an option that only a variable or a file sets."""
        return f"--{self.key}" if self.has_flag and not self.is_secret else ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The variable, then its former names."""
        return (self.variable, *self.old_variables)


def option(default: Any, variable: str, text: str, **more: Any) -> Any:
    """Declare one field of Config with its words."""
    return field(default=default, metadata={"variable": variable, "help": text, **more})
