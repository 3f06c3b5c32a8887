"""Verbs and their options: from a list of words to what shall happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from mailpit_py.simulation import garble
from mailpit_py.simulation.catalogue import stage_by_address
from mailpit_py.simulation.outcome import (
    DAY,
    STALL_SECONDS_AT_MOST,
    Accept,
    Discard,
    Drop,
    Greylist,
    Later,
    Moment,
    Outcome,
    Quota,
    Rate,
    Refuse,
    Report,
    Silence,
    SizeLimit,
    Throttle,
    stages_of,
)
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.token import STAGES, Kind, Token, duration_text

HOUR = 3600
# Seconds after which a queue warns, and gives up, where nobody says when (RFC 5321 §4.5.4.1).
USUAL_SECONDS: Mapping[Report, int] = MappingProxyType({Report.DELAY: 4 * HOUR, Report.EXPIRY: 5 * DAY})


@dataclass(frozen=True, slots=True)
class Plan:
    """What an address, a header field or a rule's outcome asks for.

    `percent` is the chance of each cycle to fail and `seed` its own seed, if it has one; a cycle has
    `times` failing tries, 0 for no end. `label` is for correlation only.
    """

    verb: str
    stage: Stage
    outcome: Outcome
    percent: int = 100
    seed: int | None = None
    times: int = 0
    label: str = ""

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages at which it has a say."""
        return stages_of(self.outcome, self.stage)


class Misuse(Exception):
    """Words that make no plan; the text says what is wrong, `word` which one it is."""

    def __init__(self, reason: str, word: str = "") -> None:
        super().__init__(reason)
        self.word = word


@dataclass(frozen=True, slots=True)
class Options:
    """The tokens of one plan, each kind at most once, with the refusal that they describe."""

    tokens: Mapping[Kind, Token]
    code: int = 0
    text: str = ""
    provider: str = ""

    def number(self, kind: Kind, default: float = 0) -> float:
        """Return the number of a token, or `default` if it was not given."""
        return self.tokens[kind].number if kind in self.tokens else default

    def name(self, kind: Kind) -> str:
        """Return the name of a token, or nothing."""
        return self.tokens[kind].name if kind in self.tokens else ""

    def refusal(self, scenario: str, *, is_temporary: bool = False) -> Refusal:
        """Return the refusal that the tokens ask for, `scenario` if they name no cause."""
        status, named = self.name(Kind.STATUS), self.name(Kind.SCENARIO)
        if not (status or named or self.code):
            named = scenario
        try:
            return Refusal(
                named,
                self.name(Kind.PROVIDER) or self.provider,
                self.code,
                status,
                self.text,
                is_temporary=is_temporary,
            )
        except ValueError as error:
            raise Misuse(str(error)) from None

    def stage(self, default: Stage) -> Stage:
        """Return the stage that was named, or `default`."""
        return STAGES[self.tokens[Kind.STAGE].word] if Kind.STAGE in self.tokens else default


Build = Callable[[Options], tuple[Stage, Outcome]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it takes, and for the table what it does, its default and the second try.

    `causes` are the kinds of which one must be there before it acts outside the own domains.
    """

    name: str
    build: Build
    takes: frozenset[Kind]
    causes: frozenset[Kind]
    example: str
    stage: str
    says: str
    default: str
    second: str


def _refuse(options: Options) -> tuple[Stage, Outcome]:
    return _said(options, options.refusal("unknown_user"))


def _defer(options: Options) -> tuple[Stage, Outcome]:
    if options.name(Kind.STATUS).startswith("5") or options.code >= 500:
        raise Misuse("defer is for 4xx, bounce for 5xx", options.name(Kind.STATUS) or str(options.code))
    return _said(options, options.refusal("system_error", is_temporary=True))


def _said(options: Options, refusal: Refusal) -> tuple[Stage, Outcome]:
    stage = options.stage(stage_by_address(refusal.words))
    delay = options.number(Kind.DURATION)
    if Kind.REPORT in options.tokens:
        return Stage.AFTER, Later(Report.FAILURE, refusal, delay, options.name(Kind.DIALECT))
    if Kind.DIALECT in options.tokens:
        raise Misuse("a dialect goes with ndr: a reply has none", options.name(Kind.DIALECT))
    if delay:
        return stage, Silence(_stall(options), Refuse(refusal))
    return stage, Refuse(refusal)


def _greylist(options: Options) -> tuple[Stage, Outcome]:
    wait, times = options.number(Kind.DURATION), int(options.number(Kind.TIMES, 1))
    return Stage.RCPT, Greylist(options.refusal("greylisted"), times, wait, max(4 * HOUR, 2 * wait))


def _full(options: Options) -> tuple[Stage, Outcome]:
    refusal = options.refusal("mailbox_full")
    messages, size_bytes = int(options.number(Kind.MESSAGES)), int(options.number(Kind.SIZE))
    if not (messages or size_bytes):
        return options.stage(stage_by_address(refusal.words)), Refuse(refusal)
    return Stage.RCPT, Quota(refusal, messages, size_bytes, int(options.number(Kind.TIMES, 1)))


def _limit(options: Options) -> tuple[Stage, Outcome]:
    size_bytes = int(options.number(Kind.SIZE, 10 << 10))
    return Stage.RCPT, SizeLimit(size_bytes, options.refusal("too_large_mailbox"))


def _rate(options: Options) -> tuple[Stage, Outcome]:
    messages, per = int(options.number(Kind.MESSAGES, 1)), options.number(Kind.DURATION, 60)
    return Stage.RCPT, Rate(messages, per, options.refusal("rate_limited"))


def _drop(options: Options) -> tuple[Stage, Outcome]:
    stage = options.stage(Stage.DATA)
    moments = {Stage.RCPT: Moment.BEFORE_REPLY, Stage.DATA: Moment.MID_DATA, Stage.CONTENT: Moment.AFTER_CONTENT}
    if Kind.KEPT in options.tokens and stage is not Stage.CONTENT:
        raise Misuse("kept goes with content: before it there is nothing to keep", "kept")
    return stage, Drop(moments[stage], Kind.KEPT in options.tokens)


def _slow(options: Options) -> tuple[Stage, Outcome]:
    if Kind.SPEED in options.tokens:
        return Stage.DATA, Throttle(int(options.number(Kind.SPEED)))
    return options.stage(Stage.RCPT), Silence(_stall(options, 10))


def _stall(options: Options, default: float = 0) -> float:
    seconds = options.number(Kind.DURATION, default)
    if seconds > STALL_SECONDS_AT_MOST:
        raise Misuse(f"a pause has at most {STALL_SECONDS_AT_MOST}s", options.tokens[Kind.DURATION].word)
    return seconds


def _garble(options: Options) -> tuple[Stage, Outcome]:
    return options.stage(Stage.RCPT), garble.raw(options.name(Kind.STYLE) or "nocode")


def _ndr(options: Options) -> tuple[Stage, Outcome]:
    refusal, delay = options.refusal("unknown_user"), options.number(Kind.DURATION)
    return Stage.AFTER, Later(Report.FAILURE, refusal, delay, options.name(Kind.DIALECT))


def _delay(options: Options) -> tuple[Stage, Outcome]:
    refusal = options.refusal("conn_timeout", is_temporary=True)
    delay = options.number(Kind.DURATION, USUAL_SECONDS[Report.DELAY])
    return Stage.AFTER, Later(Report.DELAY, refusal, delay, options.name(Kind.DIALECT))


def _expire(options: Options) -> tuple[Stage, Outcome]:
    refusal = options.refusal("conn_timeout", is_temporary=True)
    delay = options.number(Kind.DURATION, USUAL_SECONDS[Report.EXPIRY])
    return Stage.AFTER, Later(Report.EXPIRY, refusal, delay, options.name(Kind.DIALECT))


def _report(report: Report) -> Build:
    return lambda options: (
        Stage.AFTER,
        Later(report, None, options.number(Kind.DURATION), options.name(Kind.DIALECT)),
    )


_DICE = frozenset({Kind.PROBABILITY, Kind.SEED})
_CAUSE = frozenset({Kind.STATUS, Kind.SCENARIO})
_SAID = _CAUSE | {Kind.PROVIDER}
_TIMED = frozenset({Kind.DURATION})
_REPORTED = _TIMED | {Kind.DIALECT}
_ROOM = frozenset({Kind.MESSAGES, Kind.SIZE})
_TRIES = _DICE | {Kind.TIMES}
_AGAIN = "the same; with `x2` the third is accepted"

_ALL = (
    Verb("bounce", _refuse, _SAID | _TRIES | _REPORTED | {Kind.STAGE, Kind.REPORT}, _CAUSE, "bounce+mailbox_full+gmail",
         "RCPT, or CONTENT where the provider says so", "the reply of the cause", "550 5.1.1 unknown_user", _AGAIN),
    Verb("defer", _defer, _SAID | _TRIES | _TIMED | {Kind.STAGE}, _CAUSE, "defer+4.2.2",
         "RCPT, or CONTENT where the provider says so", "the 4xx reply of the cause", "451 4.3.0 system_error", _AGAIN),
    Verb("greylist", _greylist, _SAID | _TIMED | {Kind.TIMES}, _TIMED | {Kind.TIMES}, "greylist+x2+30s",
         "RCPT", "451 4.7.1", "one refusal, no minimum wait", "accepted; the next message begins anew"),
    Verb("full", _full, _SAID | _ROOM | {Kind.TIMES, Kind.STAGE}, _ROOM,
         "full+3msgs", "RCPT, sizes also at CONTENT", "452 4.2.2",
         "always full; with a number one refusal (`x5`: five)",
         "without a number the same; with one the mailbox counts as emptied after its refusals"),
    Verb("limit", _limit, _SAID | {Kind.SIZE}, frozenset({Kind.SIZE}), "limit+10kb",
         "RCPT by the declared SIZE, else CONTENT", "552 5.2.3", "10kb", "the same"),
    Verb("rate", _rate, _SAID | _TIMED | {Kind.MESSAGES}, frozenset({Kind.MESSAGES}), "rate+5msgs+60s",
         "RCPT", "450 4.2.1", "1msgs in 60s", "the same until the span is over"),
    Verb("drop", _drop, _TRIES | {Kind.STAGE, Kind.KEPT}, frozenset({Kind.STAGE}), "drop+data",
         "RCPT, DATA or CONTENT", "nothing: the connection is closed", "data: in the middle of the content", _AGAIN),
    Verb("slow", _slow, _TRIES | _TIMED | {Kind.STAGE, Kind.SPEED}, _TIMED | {Kind.SPEED}, "slow+10s",
         "RCPT, DATA or CONTENT", "the usual reply, late", "10s at RCPT", "the same; with `x2` the third is prompt"),
    Verb("garble", _garble, _TRIES | {Kind.STAGE, Kind.STYLE}, frozenset({Kind.STYLE}), "garble+multiline",
         "RCPT, DATA or CONTENT", "a reply with a fault", "nocode", _AGAIN),
    Verb("discard", lambda options: (Stage.CONTENT, Discard()), _TRIES, _TRIES, "discard",
         "CONTENT", "250, and nothing is kept", "", "the same"),
    Verb("success", lambda options: (Stage.RCPT, Accept()), frozenset(), frozenset(), "success",
         "RCPT", "250", "", "the same"),
    Verb("ndr", _ndr, _SAID | _DICE | _REPORTED, _CAUSE, "ndr+5.1.1+5s",
         "AFTER", "250, then a bounce message", "unknown_user at once", "the same"),
    Verb("delay", _delay, _SAID | _DICE | _REPORTED, _TIMED | _CAUSE, "delay+24h",
         "AFTER", "250, then a delay warning; delivered after twice the time", "conn_timeout after 4h", "the same"),
    Verb("expire", _expire, _SAID | _DICE | _REPORTED, _TIMED | _CAUSE, "expire+5d",
         "AFTER", "250, a delay warning after a thirtieth of the time, a bounce message at its end",
         "conn_timeout, warned of after 4h, given up after 5d", "the same"),
    Verb("ooo", _report(Report.AUTO_REPLY), _DICE | _TIMED, _TIMED, "ooo",
         "AFTER", "250, then an out-of-office reply", "at once", "the same"),
    Verb("complaint", _report(Report.COMPLAINT), _DICE | _TIMED, _TIMED, "complaint",
         "AFTER", "250, then a complaint (ARF)", "at once", "the same"),
    Verb("dsn", _report(Report.SUCCESS), _DICE | _REPORTED, _TIMED, "dsn",
         "AFTER", "250, then a success report", "at once", "the same"),
    Verb("challenge", _report(Report.CHALLENGE), _DICE | _TIMED, _TIMED, "challenge",
         "AFTER", "250, then a challenge to the sender", "at once", "the same"),
    Verb("receipt", _report(Report.RECEIPT), _DICE | _TIMED, _TIMED, "receipt",
         "AFTER", "250, then a receipt (MDN) if the mail asks for one", "at once", "the same"),
)  # fmt: skip
VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _ALL})


def build(verb: Verb, options: Options, label: str = "") -> Plan:
    """Return the plan of a verb with its options. Raises Misuse, which says what does not fit."""
    for kind, token in options.tokens.items():
        if kind not in verb.takes:
            raise Misuse(f"{verb.name} takes no {kind}", token.word)
    if options.code and Kind.STATUS not in verb.takes:
        raise Misuse(f"{verb.name} takes no code", str(options.code))
    try:
        stage, outcome = verb.build(options)
    except ValueError as error:
        raise Misuse(str(error)) from None
    seed = options.tokens.get(Kind.SEED)
    plan = Plan(verb.name, stage, outcome, int(options.number(Kind.PROBABILITY, 100)), label=label)
    times = 0 if isinstance(outcome, Greylist | Quota) else int(options.number(Kind.TIMES))
    return replace(plan, seed=int(seed.number) if seed else None, times=times)


def collect(tokens: Sequence[Token]) -> Mapping[Kind, Token]:
    """Return the tokens by kind. Raises Misuse for two of a kind."""
    by_kind: dict[Kind, Token] = {}
    for token in tokens:
        if token.kind in by_kind:
            raise Misuse(f"two of a kind: {by_kind[token.kind].word} and {token.word}", token.word)
        by_kind[token.kind] = token
    return by_kind


def pause_text(seconds: float) -> str:
    """Return a delay in words."""
    return "at once" if seconds == 0 else f"after {duration_text(seconds)}"
