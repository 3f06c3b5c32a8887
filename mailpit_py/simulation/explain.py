"""What an address would do, in plain words, for the API, the command line and the page."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.address import Parsed
from mailpit_py.simulation.catalogue import scenario_named
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.outcome import (
    Discard,
    Drop,
    Greylist,
    Later,
    Moment,
    Outcome,
    Quota,
    Rate,
    Raw,
    Refuse,
    Report,
    Silence,
    SizeLimit,
    Throttle,
)
from mailpit_py.simulation.plan import Plan, pause_text
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.requested import parse, told_at_once
from mailpit_py.simulation.token import duration_text, size_text


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an address would do. `sentences` say it all; the rest is for programs.

    `acts` is False for ordinary mail and for slips; `reply` is what is said when it acts, `stage`
    when, empty for ordinary mail; `hint` is a better way to write it.
    """

    address: str
    acts: bool
    verb: str = ""
    stage: str = ""
    scenario: str = ""
    provider: str = ""
    label: str = ""
    reply: Reply | None = None
    sentences: tuple[str, ...] = ()
    hint: str = ""


_SHOWN_AT_MOST = 120
_REPORTS = {
    Report.FAILURE: "a bounce message",
    Report.DELAY: "a delay warning",
    Report.EXPIRY: "the end of all tries, with a delay warning before it,",
    Report.SUCCESS: "a success report",
    Report.AUTO_REPLY: "an out-of-office reply",
    Report.COMPLAINT: "a complaint report",
    Report.CHALLENGE: "a challenge to the sender",
    Report.RECEIPT: "a receipt, if the mail asks for one,",
}
_DROPS = {
    Moment.BEFORE_REPLY: "The connection is closed in place of a reply.",
    Moment.MID_DATA: "The connection is closed in the middle of the content.",
    Moment.AFTER_CONTENT: "The connection is closed after the content, before its reply.",
}
_STAGES = {
    "RCPT": "at RCPT, when the recipient is named",
    "DATA": "at DATA, when the content begins",
    "CONTENT": "at the end of the content",
    "AFTER": "after the message has been accepted",
    "HELO": "at EHLO",
    "MAIL": "at MAIL",
}


def explain(recipient: str, configuration: Configuration | None = None) -> Explanation:
    """Return what mail to this recipient would meet; never raises."""
    configuration = configuration or Configuration()
    if not configuration.grammar:
        return _ordinary(recipient, "", "Simulation addresses are switched off: this is ordinary mail.")
    parsed = parse(recipient, configuration)
    if parsed.plan:
        return _planned(recipient, parsed.plan, configuration)
    return _unplanned(recipient, parsed)


def _unplanned(recipient: str, parsed: Parsed) -> Explanation:
    if parsed.error is None:
        return _ordinary(recipient, parsed.hint, "This is ordinary mail: it is accepted.")
    said = (
        f"This domain is the sandbox's own and the address is not understood, so RCPT is answered {parsed.error.code}."
    )
    return Explanation(recipient, False, stage="RCPT", reply=parsed.error, sentences=(said,), hint=parsed.error.text)


def _ordinary(recipient: str, hint: str, sentence: str) -> Explanation:
    return Explanation(recipient, False, sentences=(sentence,), hint=hint)


def _planned(recipient: str, plan: Plan, configuration: Configuration) -> Explanation:
    plan = plan if configuration.reports else told_at_once(plan)
    provider = configuration.provider_of(recipient)
    refusal = refusal_of(plan.outcome)
    spoken = refusal.spoken_by(provider) if refusal else None
    scenario = scenario_named(spoken.cause) if spoken and spoken.cause else None
    words = spoken.in_report() if spoken and isinstance(plan.outcome, Later) else spoken
    sentences = [f"It acts {_STAGES[plan.stage]}.", *_sentences(plan.outcome)]
    if scenario:
        sentences += [scenario.explanation, scenario.advice]
    sentences.append(_tries_of(plan))
    return Explanation(
        address=recipient,
        acts=True,
        verb=plan.verb,
        stage=plan.stage.value,
        scenario=scenario.name if scenario else "",
        provider=spoken.provider if spoken else "",
        label=plan.label,
        reply=words.reply(recipient=recipient) if words else None,
        sentences=tuple(sentences),
    )


def refusal_of(outcome: Outcome) -> Refusal | None:
    """Return the refusal that an outcome says, sooner or later, or None."""
    match outcome:
        case Refuse() | Greylist() | Quota() | Rate() | SizeLimit() | Later():
            return outcome.refusal
        case Silence(then=Refuse(refusal)):
            return refusal
    return None


def _sentences(outcome: Outcome) -> list[str]:
    match outcome:
        case Refuse():
            return ["The reply is a refusal."]
        case Silence(seconds, then):
            after = " and the reply is a refusal" if isinstance(then, Refuse) else ""
            return [f"The server says nothing for {duration_text(seconds)}{after}."]
        case Drop(moment, keeps):
            return [_DROPS[moment], *(["The message is kept all the same."] if keeps else [])]
        case Later(report, _, delay):
            return [f"The message is accepted, then {_REPORTS[report]} follows {pause_text(delay)}."]
        case Raw(octets):
            return [f"In place of a reply these octets are sent: {_shown(octets)}"]
        case Throttle(speed):
            return [f"The content is read at {size_text(speed)} a second."]
    return _stateful_sentences(outcome)


def _shown(octets: bytes) -> str:
    """Octets on one line, control characters and what is not ASCII as escapes."""
    text = repr(octets)[2:-1]
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}..."


def _stateful_sentences(outcome: Outcome) -> list[str]:
    match outcome:
        case Greylist(_, times, wait):
            pause = f", and any within {duration_text(wait)} of the first" if wait else ""
            first = "try" if times == 1 else _tries(times)
            return [f"Refused: the first {first}{pause}. The next is accepted, then it begins anew."]
        case Quota(_, messages, size_bytes, times):
            parts = ([f"{messages} messages"] if messages else []) + ([size_text(size_bytes)] if size_bytes else [])
            again = f" Refused after that: {_tries(times)}; then the mailbox counts as emptied." if times else ""
            return [f"The mailbox takes {' or '.join(parts)} and is full then.{again}"]
        case Rate(messages, per):
            return [f"{messages} in {duration_text(per)} are accepted, more are refused until the span is over."]
        case SizeLimit(size_bytes):
            return [f"Messages larger than {size_text(size_bytes)} are refused."]
        case Discard():
            return ["The message is accepted and nothing of it is kept."]
    return ["The message is accepted."]


def _tries(times: int) -> str:
    return "1 try" if times == 1 else f"{times} tries"


def _tries_of(plan: Plan) -> str:
    if isinstance(plan.outcome, Greylist | Quota | Rate):
        return "Another label after -- is a mailbox of its own."
    odds = f"{plan.percent} in 100" if plan.percent < 100 else ""
    if plan.times:
        begin = f"With a chance of {odds} it begins: it" if odds else "It"
        tries = "one try" if plan.times == 1 else f"{plan.times} tries in a row"
        return f"{begin} happens to {tries}, the next passes, then it begins anew."
    return f"It happens to {odds} tries, chosen by the seed." if odds else "Every try meets the same."
