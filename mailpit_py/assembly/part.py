"""What a node starts, and stops in the opposite order."""

from __future__ import annotations

from typing import Protocol


class Part(Protocol):
    """A server or a thread with work of its own."""

    def start(self) -> None:
        """Begin; what listens accepts from now on."""

    def stop(self) -> None:
        """End, and return when it has ended."""
