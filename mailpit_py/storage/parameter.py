"""Parameters of statements."""

from __future__ import annotations

from collections.abc import Sized


def marks(values: Sized) -> str:
    """Return a question mark for each value, separated by commas, as `IN` and `VALUES` take them."""
    return ", ".join("?" * len(values))
