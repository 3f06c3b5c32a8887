"""Instants as the payloads write them, from UTC microseconds."""

from __future__ import annotations

from datetime import datetime

from mailpit_py.quantity import moment_of


def seconds(at: int) -> int:
    """Return whole seconds since 1970."""
    return at // 1_000_000


def aware(at: int) -> datetime:
    """Return the instant with its zone."""
    return moment_of(at)


def milliseconds(at: int) -> str:
    """Return ISO 8601 with three decimals and a Z, as Amazon writes it."""
    return aware(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at // 1_000 % 1_000:03}Z"


def microseconds(at: int) -> str:
    """Return ISO 8601 with six decimals and a Z."""
    return aware(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ticks(at: int) -> str:
    """Return ISO 8601 with seven decimals and a Z, as Postmark writes it."""
    return f"{microseconds(at)[:-1]}0Z"
