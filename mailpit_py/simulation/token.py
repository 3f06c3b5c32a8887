"""The words that simulation addresses, headers and rules are made of, each read by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from mailpit_py.simulation.catalogue import PROVIDERS
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.simulation.scenario import ALIASES, SCENARIOS
from mailpit_py.simulation.stage import Stage


class Kind(StrEnum):
    """What a token says."""

    STATUS = "enhanced code"
    SCENARIO = "scenario"
    PROVIDER = "provider"
    STAGE = "stage"
    PROBABILITY = "probability"
    SEED = "seed"
    TIMES = "number of tries"
    DURATION = "duration"
    MESSAGES = "number of messages"
    SIZE = "size"
    SPEED = "speed"
    REPORT = "report"
    DIALECT = "dialect"
    STYLE = "style"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Token:
    """One word that was understood. `value` is a number (seconds, bytes, percent, ...) or a name."""

    kind: Kind
    word: str
    number: float = 0
    name: str = ""


UNITS: Mapping[str, float] = MappingProxyType({"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400})
MULTIPLES: Mapping[str, int] = MappingProxyType({"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30})
STAGES: Mapping[str, Stage] = MappingProxyType(
    {"rcpt": Stage.RCPT, "data": Stage.DATA, "content": Stage.CONTENT, "end_of_data": Stage.CONTENT}
)
STYLES = ("multiline", "nocode", "mixed", "longline", "lf", "binary")

WORDS: Mapping[str, Token] = MappingProxyType(
    {word: Token(Kind.STAGE, word, name=stage.value) for word, stage in STAGES.items()}
    | {word: Token(Kind.STYLE, word, name=word) for word in STYLES}
    | {word: Token(Kind.PROVIDER, word, name=word) for word in PROVIDERS}
    | {word: Token(Kind.SCENARIO, word, name=word) for word in SCENARIOS}
    | {alias: Token(Kind.SCENARIO, alias, name=name) for alias, name in ALIASES.items()}
    | {word: Token(Kind.DIALECT, word, name=word) for word in DIALECTS if word not in PROVIDERS}
    | {"ndr": Token(Kind.REPORT, "ndr"), "kept": Token(Kind.KEPT, "kept")}
)
_STATUS = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
_NUMBERS = (
    (Kind.PROBABILITY, re.compile(r"p(100|[0-9]{1,2})")),
    (Kind.SEED, re.compile(r"s([0-9]{1,18})")),
    (Kind.TIMES, re.compile(r"x([1-9][0-9]{0,5})")),
    (Kind.MESSAGES, re.compile(r"([1-9][0-9]{0,8})msgs?")),
)
_DURATION = re.compile(r"([0-9]{1,8})(ms|s|m|h|d)")
_SIZE = re.compile(r"([1-9][0-9]{0,8})(b|kb|mb|gb)")
_SPEED = re.compile(r"([1-9][0-9]{0,8})bps")
BARE_CODE = re.compile(r"[0-9]{3}")


def read(word: str) -> Token | None:
    """Return the token that `word` is, in any case, or None."""
    word = word.lower()
    if word in WORDS:
        return WORDS[word]
    if _STATUS.fullmatch(word):
        return Token(Kind.STATUS, word, name=word)
    for kind, pattern in _NUMBERS:
        if found := pattern.fullmatch(word):
            return Token(kind, word, int(found[1]))
    return _measure(word)


def _measure(word: str) -> Token | None:
    if found := _DURATION.fullmatch(word):
        return Token(Kind.DURATION, word, int(found[1]) * UNITS[found[2]])
    if found := _SIZE.fullmatch(word):
        return Token(Kind.SIZE, word, int(found[1]) * MULTIPLES[found[2]])
    if found := _SPEED.fullmatch(word):
        return Token(Kind.SPEED, word, int(found[1]))
    return None


def nearest(word: str, among: Iterable[str] = WORDS) -> str:
    """Return the known word that `word` may be a slip of, or nothing."""
    if len(word) < 3:
        return ""
    matches = get_close_matches(word.lower(), among, n=1, cutoff=0.75)
    return matches[0] if matches else ""


def duration_text(seconds: float) -> str:
    """Return a duration as a token says it, in the largest unit that fits without a fraction."""
    for unit, length in reversed(tuple(UNITS.items())):
        count = seconds / length
        if count >= 1 and count == int(count):
            return f"{int(count)}{unit}"
    return f"{round(seconds * 1000)}ms"


def size_text(size_bytes: int) -> str:
    """Return a size as a token says it, in the largest unit that fits without a fraction."""
    for unit, length in reversed(tuple(MULTIPLES.items())):
        if size_bytes >= length and size_bytes % length == 0:
            return f"{size_bytes // length}{unit}"
    return "0b"
