"""One thing that is wrong with a message, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is: a note is worth knowing, a warning costs some readers something, an error breaks the mail."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found. `code` names the sort for programs, `advice` says what to change."""

    code: str
    severity: Severity
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.text} {self.advice}"
