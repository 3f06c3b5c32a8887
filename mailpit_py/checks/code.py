"""One-time codes in a text: told from prices, dates, phone and order numbers by what stands beside them; pure.

Each number or token is a candidate. What names it (`Your code`, `Bestellnummer`, `验证码`) decides:
the label before it on its line, the one close behind it, or that of the line above.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mailpit_py.checks.code_words import LABEL

LONGEST = 200_000  # characters that are looked through
LONGEST_LINE = 2_000
NEAR, BEHIND = 90, 40  # characters between a label and its code


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is typed, without the spaces and dashes inside a number, and the line in which it stands."""

    code: str
    context: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    value: str
    start: int
    end: int


_MONTHS = (
    "jan(?:uary|uar|vier)?|enero|feb(?:ruary|ruar)?|février|febrero|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|may|mai|mayo|"
    "jun(?:e|i|io)?|juin|jul(?:y|i|io)?|juillet|aug(?:ust)?|août|agosto|sep(?:t|tember|tembre|tiembre)?|oct(?:ober|obre|ubre)?|"
    "okt(?:ober)?|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|décembre|diciembre"
)
_MONEY = r"[$€£¥￥₩₹]|us\$|usd|eur|gbp|chf|jpy|cny|rmb|mxn"
# What no code stands in. Everything is linear: possessive, or bounded.
_NOISE = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]++"
    r"|[\w.+-]++@[\w.-]++"
    rf"|(?:{_MONEY})\s?\d[\d.,' ]{{0,15}}"
    rf"|\d[\d.,']{{0,15}}\s?(?:{_MONEY}|円|元|块|euros?\b|dollars?\b|pesos?\b|%|٪)"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    r"|\d{4}\s?年(?:\s?\d{1,2}\s?月)?(?:\s?\d{1,2}\s?[日号])?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\+\d[\d ()./-]{5,20}\d"
    r"|\(0?\d{1,5}\)[ \d./-]{4,15}\d"
    r"|(?<![\d-])0\d{1,4}[ /-]\d{2,5}(?:[ /-]?\d{2,5}){1,3}"
    r"|\b[18][ -]?800[ -]\d{3}[ -]\d{4}|\b400[ -]\d{3,4}[ -]\d{3,4}"
    r"|\b\d{1,3}(?:[.,]\d{3})++(?:[.,]\d+)?\b|\d+[.,]\d{1,2}\b"
    rf"|\b(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
    rf"|\b\d{{1,2}}\.?\s(?:de\s)?(?:{_MONTHS})\.?(?:\s(?:de\s)?\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})\.?\s\d{{4}}\b"
    r"|(?:©|\(c\)|copyright)\s?\d{4}(?:\s?[-–]\s?\d{4})?"
    r"|\b\d+\s?(?:seconds?|minutes?|hours?|days?|sekunden|minuten|stunden|tagen?|secondes?|heures?|jours?|segundos?|"
    r"minutos?|horas?|días?|秒|分钟|分鐘|分|小时|小時|時間|px|kb|mb|gb|km|kg)",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<spaced>[A-Z0-9](?: [A-Z0-9]){3,9})"
    r"|(?P<grouped>\d{3}[ -]\d{3}(?:[ -]\d{3})?|\d{4}[ -]\d{4}|\d{2} \d{2} \d{2})"
    r"|(?P<dashed>[A-Z0-9]{3,8}(?:-[A-Z0-9]{3,8}){1,4})"
    r"|(?P<prefixed>(?<![A-Z0-9])[A-Z]{1,2}-\d{4,8})"
    r"|(?P<digits>\d{4,10})"
    r"|(?P<mixed>(?=[A-Za-z0-9]{0,39}\d)(?=[A-Za-z0-9]{0,39}[A-Za-z])[A-Za-z0-9]{4,40})"
    r"|(?P<letters>[A-Z]{4,10})"
    r")(?![A-Za-z0-9]|[-./]\d)"
)
_BETWEEN = re.compile(
    r"[\s:：=»«\"'“”「」【】\[\]()（）*_>-]*(?:is|lautet|ist|est|es|は|是|为|為)?[\s:：=»«\"'“”「」【】\[\]()（）*_>-]*",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]")
_NUMBER = re.compile(r"\d{4}|\0")


def find(subject: str, text: str) -> tuple[Code, ...]:
    """Return the most likely codes of a mail in order, each once: one in the usual case, none if nothing names any."""
    lines = [line for line in _lines(f"{subject}\n{text}") if line]
    best = 0
    found: dict[str, Code] = {}
    quiets = [_NOISE.sub(lambda match: "\0" * len(match[0]), line) for line in lines]
    for (above, quiet), line in zip(pairwise(["", *quiets]), lines, strict=True):
        for candidate in _candidates(quiet):
            if (rank := _rank(candidate, quiet, above)) and rank >= best:
                if rank > best:
                    found.clear()
                best = rank
                found.setdefault(candidate.value, Code(candidate.value, line[: NEAR * 2]))
    return tuple(found.values())


def _lines(text: str) -> Iterator[str]:
    """Yield lines on which width and kind of digits no longer matter; single signs on lines of their own are joined."""
    boxes: list[str] = []
    for line in unicodedata.normalize("NFKC", text[:LONGEST]).splitlines():
        shown = " ".join(line[:LONGEST_LINE].split())
        if len(shown) == 1 and shown.isalnum():
            boxes.append(shown)
            continue
        if boxes and shown:
            yield " ".join(boxes)
            boxes = []
        yield shown
    yield " ".join(boxes)


def _candidates(line: str) -> Iterator[_Candidate]:
    for match in _TOKEN.finditer(line):
        yield _Candidate(_value(match), match.start(), match.end())


def _value(match: re.Match[str]) -> str:
    """The code as a person types it."""
    if match.lastgroup in ("spaced", "grouped"):
        return re.sub(r"[ -]", "", match[0])
    return match[0].partition("-")[2] if match.lastgroup == "prefixed" else match[0]


def _rank(candidate: _Candidate, line: str, above: str) -> int:
    """How sure it is: 4 named directly, 3 named on its line or alone below its name, 2 alone on its line, 0 no code."""
    before, behind = _label_before(candidate, line), _label_behind(candidate, line)
    plain = _is_plain(candidate.value)
    if before is not None:
        label, gap = before
        rank = 4 if _BETWEEN.fullmatch(gap) else 3 if plain else 0
        return 0 if label.lastgroup == "other" else rank
    if behind is not None and plain:
        return 3 if behind.lastgroup == "code" else 0
    alone = candidate.start == 0 and len(line) - candidate.end <= 1
    return _rank_alone(candidate, above) if alone else 0


def _rank_alone(candidate: _Candidate, above: str) -> int:
    label = _last(above)
    if label is not None and len(above) - label.end() <= NEAR:
        return 0 if label.lastgroup == "other" else 4
    return 2 if candidate.value.isdigit() and len(candidate.value) in (6, 8) else 0


def _is_plain(value: str) -> bool:
    """True for what can be a code without being named directly: digits, or capitals with digits."""
    return value.isdigit() or (value.upper() == value and any(one.isdigit() for one in value))


def _label_before(candidate: _Candidate, line: str) -> tuple[re.Match[str], str] | None:
    label = _last(line[max(0, candidate.start - NEAR * 2) : candidate.start])
    if label is None:
        return None
    gap = label.string[label.end() :]
    return None if len(gap) > NEAR or _SENTENCE_END.search(gap) else (label, gap)


def _last(text: str) -> re.Match[str] | None:
    """The last label; one of another number that stands behind it, as in `order 4711`, has been used up."""
    labels = list(LABEL.finditer(text))
    open_ones = (one for one in reversed(labels) if one.lastgroup == "code" or not _NUMBER.search(text, one.end()))
    return next(open_ones, None)


def _label_behind(candidate: _Candidate, line: str) -> re.Match[str] | None:
    match = LABEL.search(line[candidate.end : candidate.end + BEHIND * 2])
    return match if match and match.start() <= BEHIND else None
