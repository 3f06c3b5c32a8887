"""Flags of messages as IMAP has them, over the columns that keep them: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SEEN, FLAGGED, DELETED = "\\Seen", "\\Flagged", "\\Deleted"
SYSTEM = (SEEN, FLAGGED, DELETED, "\\Answered", "\\Draft")
_CANONICAL = {name.lower(): name for name in SYSTEM}

Flags = frozenset[str]


def canonical(flag: str) -> str:
    """A flag as it is kept: system flags in their own spelling, keywords as they came."""
    return _CANONICAL.get(flag.lower(), flag)


def is_flag(flag: str) -> bool:
    """True for what can be set: a system flag that may be, or a keyword of ASCII."""
    return flag.lower() in _CANONICAL or (not flag.startswith("\\") and flag.isascii() and 0 < len(flag) <= 100)


def flags_of(seen: int, pinned: int, words: str) -> Flags:
    """All flags of a placement: read state and pin are two of them."""
    kept = words.split() if words else []
    return frozenset([*kept, *([SEEN] if seen else []), *([FLAGGED] if pinned else [])])


def columns_of(flags: Flags) -> tuple[int, int, str]:
    """The inverse of `flags_of`: read state, pin and the others."""
    return int(SEEN in flags), int(FLAGGED in flags), " ".join(sorted(flags - {SEEN, FLAGGED}))


@dataclass(frozen=True, slots=True)
class FlagChange:
    """Flags that are added (`+`) or taken away (`-`), or that replace all others (RFC 9051 §6.4.6)."""

    sign: str
    flags: Flags

    @classmethod
    def of(cls, sign: str, flags: Iterable[str]) -> FlagChange:
        """Build one with flags as they are kept."""
        return cls(sign, frozenset(map(canonical, flags)))

    def apply(self, current: Flags) -> Flags:
        """The flags after the change. Keywords that differ in case alone are one."""
        named = {flag.lower() for flag in self.flags}
        others = frozenset(flag for flag in current if flag.lower() not in named)
        if self.sign == "-":
            return others
        spelled = {flag.lower(): flag for flag in current}
        given = frozenset(spelled.get(flag.lower(), flag) for flag in self.flags)
        return given | others if self.sign == "+" else given
