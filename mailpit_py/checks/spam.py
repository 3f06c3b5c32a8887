"""What a spam filter says of a message: the words of SpamAssassin's daemon, of Postmark's service and of rspamd."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

THRESHOLD = 5.0
_STATUS = re.compile(rb"SPAMD/[\d.]+ (\d+) (\S+)")
_SPAM = re.compile(r"^Spam:\s*(\w+)\s*;\s*(-?[\d.]+)\s*/\s*(-?[\d.]+)", re.I | re.M)
_RULE = re.compile(
    r"^(?:\s*\*\s*|\s{0,4})(?P<score>-?\d+(?:\.\d+)?)\s+(?P<name>[A-Za-z]\w*)(?:\s+(?P<text>.*))?$", re.ASCII
)
_TABLE = re.compile(r"^(?:-{3,} -{3,} -{3,}\s*|Content analysis details.*)$", re.M)
# What rspamd does with mail that is no spam; everything else marks or refuses it.
_HARMLESS = frozenset({"no action", "greylist"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a filter found, and what it adds to the score."""

    score: float
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What a filter says: spam from `threshold` on. With an `error` it said nothing."""

    score: float = 0.0
    is_spam: bool = False
    threshold: float = THRESHOLD
    rules: tuple[Rule, ...] = ()
    error: str = ""


PING = b"PING SPAMC/1.5\r\n\r\n"


def is_pong(answer: bytes) -> bool:
    """True if spamd answers a ping with this, or rspamd does."""
    return re.fullmatch(rb"(?:SPAMD/[0-9.]+ 0 PONG|pong)\s*", answer) is not None


def spamd_request(raw: bytes) -> bytes:
    """Return what is sent to spamd for a report of a message."""
    return b"REPORT SPAMC/1.5\r\nContent-length: %d\r\n\r\n%b" % (len(raw), raw)


def read_spamd(answer: bytes) -> Score:
    """Read the answer to `spamd_request`."""
    status = _STATUS.match(answer)
    if status is None:
        return Score(error="spamd answered nothing" if not answer else "this is no answer of spamd")
    if status[1] != b"0":
        return Score(error=f"spamd answered {status[2].decode('ascii', 'replace')}")
    head, _, report = answer.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")
    said = _SPAM.search(head)
    if said is None:
        return Score(error="spamd gave no score")
    score, threshold = float(said[2]), float(said[3])
    return Score(score, score >= threshold, threshold, tuple(_table(report)))


def postmark_request(raw: bytes) -> bytes:
    """Return the body of a request to Postmark's public service."""
    return json.dumps({"email": raw.decode("utf-8", "replace"), "options": "long"}).encode()


def read_postmark(answer: bytes) -> Score:
    """Read the answer to `postmark_request`."""
    found = _object(answer)
    if not found.get("success"):
        return Score(error=str(found.get("message") or "Postmark's service gave no score"))
    try:
        score = float(found["score"])
    except (KeyError, TypeError, ValueError):
        return Score(error="Postmark's service gave no score")
    return Score(score, score >= THRESHOLD, THRESHOLD, tuple(_table(str(found.get("report", "")))))


def read_rspamd(answer: bytes) -> Score:
    """Read the answer of rspamd's `/checkv2`."""
    found = _object(answer)
    if "score" not in found:
        return Score(error=str(found.get("error") or "rspamd gave no score"))
    symbols = found.get("symbols") or {}
    rules = [
        Rule(float(one.get("score") or 0), str(name), str(one.get("description") or ""))
        for name, one in symbols.items()
    ]
    rules.sort(key=lambda rule: (-abs(rule.score), rule.name))
    is_spam = str(found.get("action", "no action")) not in _HARMLESS
    return Score(float(found["score"]), is_spam, float(found.get("required_score") or 15), tuple(rules))


def floored(score: float) -> float:
    """Return a score with one decimal, as Mailpit tells it."""
    return math.floor(round(score * 10, 6)) / 10


def _table(report: str) -> Iterator[Rule]:
    """Yield the rules of a report in SpamAssassin's form; a line that begins with blanks goes on with the text."""
    start = _TABLE.search(report)
    rule: Rule | None = None
    for line in report[start.end() :].split("\n") if start else ():
        match = _RULE.match(line)
        if match:
            if rule:
                yield rule
            rule = Rule(float(match["score"]), match["name"], (match["text"] or "").strip())
        elif rule and line.strip():
            rule = Rule(rule.score, rule.name, f"{rule.text} {line.strip()}".strip())
    if rule:
        yield rule


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
