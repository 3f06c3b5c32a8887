"""The header field X-Sandbox-Bounce: the words of an address, where the recipient cannot be changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.simulation.address import Parsed, read_plan, suggestion
from mailpit_py.simulation.catalogue import fit
from mailpit_py.simulation.plan import VERBS, Misuse, Plan
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.token import BARE_CODE

FIELD = "X-Sandbox-Bounce"
VALUE_CHARACTERS_AT_MOST = 1_000

_WORD = re.compile(r"[^\s+;,]+")
_RECIPIENT = re.compile(r"(?:^|(?<=[\s+;,]))rcpt=<?([^\s;,<>]*)>?", re.IGNORECASE)
_NAMES = frozenset({"scenario", "provider", "delay", "via", "stage", "code", "status", "tries"})


@dataclass(frozen=True, slots=True)
class Directive:
    """What a header field asks for, and for which recipient only, empty for all of them."""

    parsed: Parsed
    recipient: str = ""


def parse(value: str, provider: str = "") -> Directive:
    """Return what a field's value asks for; never raises, a slip is an error to say at CONTENT.

    Words are those of an address, joined by `+`, `;`, `,` or spaces; the verb may be left out for
    `bounce`; `name=value` is the value alone, but `rcpt=address` names the recipient. It is seen at
    the end of the content, so it acts then or later.
    """
    words, recipient = _words(value[:VALUE_CHARACTERS_AT_MOST])
    try:
        if not words:
            raise Misuse("there is nothing in it")
        plan = read_plan(words if words[0].lower() in VERBS else ["bounce", *words], "", provider)
        return Directive(Parsed(_at_content(plan)), recipient)
    except Misuse as misuse:
        meant = suggestion(misuse.word) or f"; write for example {FIELD}: mailbox_full gmail"
        reason = f"{FIELD}: {str(misuse)[:120]}{meant}"
        return Directive(Parsed(error=fit(554, "5.6.0", reason)), recipient)


def _words(value: str) -> tuple[list[str], str]:
    words: list[str] = []
    named = _RECIPIENT.search(value)
    recipient = named[1] if named else ""
    value = _RECIPIENT.sub("", value)
    for found in _WORD.finditer(value):
        name, mark, given = found[0].partition("=")
        word = given if mark and name.lower() in _NAMES else found[0]
        words.append(word)
        if BARE_CODE.fullmatch(word):
            return words + value[found.end() :].split(), recipient
    return words, recipient


def _at_content(plan: Plan) -> Plan:
    """Return the plan for the moment at which a header is seen. Raises Misuse if that is too late."""
    if plan.stage is Stage.AFTER:
        return plan
    if plan.stage is Stage.DATA:
        raise Misuse(f"{plan.verb} comes too early to be asked for in a header")
    return Plan(plan.verb, Stage.CONTENT, plan.outcome, plan.percent, plan.seed, plan.times)
