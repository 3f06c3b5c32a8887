"""Carrying out one step of a plan: from what was told about recipients to reports, ready to be kept.

Nothing here waits, writes or draws. It is loaded when the first step is due, with all dialects.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from mailpit_py.mail import Message, read
from mailpit_py.mail.envelope import Recipient, Reply
from mailpit_py.mail.header import text_of
from mailpit_py.reports import (
    DIALECTS,
    Action,
    AutoReply,
    Complaint,
    Event,
    Nasty,
    Receipt,
    RecipientStatus,
    Report,
    build_auto_reply,
    build_complaint,
    build_dsn,
    build_mdn,
    diagnostic_of,
    is_report,
    requested_by,
    should_answer,
    split,
    wanted,
)
from mailpit_py.simulation.dialect import STANDARD
from mailpit_py.simulation.facts import client_of
from mailpit_py.simulation.follow_up import KEEPS_TRYING, StepKind, Told
from mailpit_py.storage import Step, StepOriginal

REPORTS_AT_MOST = 100  # of one step; dialects that share one report do not come near it
HEADER_BYTES = 300_000  # as much of an original as is looked at to decide
HOSTNAME = "mx.sandbox.test"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")  # what can be written down as one
_SES_FEEDBACK = "email-abuse.amazonses.com"
_REMOTE_ADDRESS = "192.0.2.25"
_CHALLENGE = (
    "Your message waits. I read mail of people I do not know only after they have confirmed that they sent it:\n"
    "please answer this message without changing its subject."
)
_DSN = MappingProxyType(
    {
        StepKind.FAILURE: (Event.FAILED, Action.FAILED),
        StepKind.DELAY: (Event.DELAYED, Action.DELAYED),
        StepKind.DELIVERED: (Event.DELIVERED, Action.DELIVERED),
    }
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a report needs beside its step: the reporting host's name, the seed, and who was answered lately.

    `complaints_to` is who is registered for feedback; without it that is abuse@ the reverse-path's domain.
    `answered` gives when a correspondent was answered before in somebody's name, in sandbox time.
    """

    hostname: str = HOSTNAME
    seed: int = 1
    complaints_to: str = ""
    answered: Callable[[str, str], int | None] = lambda responder, correspondent: None


@dataclass(frozen=True, slots=True)
class Made:
    """One report: its bytes, where it comes from and goes to, and whom it is about."""

    raw: bytes
    reverse_path: str
    recipient: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a step makes, and in a sentence each why something of it is not made."""

    made: tuple[Made, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """All reasons in one text."""
        return "; ".join(dict.fromkeys(self.reasons))


@dataclass(frozen=True, slots=True)
class _Task:
    """A step with its original, read once."""

    step: Step
    original: StepOriginal
    around: Circumstances
    message: Message

    @property
    def told(self) -> tuple[Told, ...]:
        return told_by(self.step)

    @property
    def dialect(self) -> str:
        return str(self.step.body.get("dialect") or STANDARD)

    @property
    def reverse_path(self) -> str:
        return self.original.envelope.reverse_path

    @property
    def host(self) -> str:
        return self.around.hostname if _HOST.fullmatch(self.around.hostname) else HOSTNAME

    def seed(self, purpose: str = "") -> str:
        """The seed of ids and boundaries: of this step about these octets, and no other."""
        digest = hashlib.sha256(self.original.raw).hexdigest()[:16]
        return f"{self.around.seed}:{self.step.id}:{self.step.due_at}:{digest}:{purpose}"

    @property
    def message_seed(self) -> str:
        """The seed of what all reports about these octets call them."""
        digest = hashlib.sha256(self.original.raw).hexdigest()[:16]
        return f"{self.around.seed}:{self.step.accepted_at}:{digest}"

    def recipient(self, address: str) -> Recipient:
        """What RCPT said of an address; one that it does not know said nothing."""
        known = (one for one in self.original.envelope.recipients if one.address == address)
        return next(known, Recipient(address))

    @property
    def is_about_report(self) -> bool:
        """True if the original is a report or an answer of a program, about which nothing is said (RFC 3834 §2)."""
        submitted = self.message.field("Auto-Submitted")
        word = text_of(submitted.raw).strip().lower() if submitted else ""
        return is_report(self.message) or word.startswith("auto-replied")


def told_by(step: Step) -> tuple[Told, ...]:
    """Return what a step tells of each of its recipients."""
    return tuple(map(Told.of, step.body.get("recipients", ())))


def carry_out(step: Step, original: StepOriginal, around: Circumstances) -> Result:
    """Return what a step makes of its original. The same arguments give the same bytes."""
    task = _Task(step, original, around, read(original.raw[:HEADER_BYTES]))
    kind = StepKind(step.kind)
    if kind in _DSN:
        return _status_reports(task, *_DSN[kind])
    make = {
        StepKind.AUTO_REPLY: _auto_reply,
        StepKind.CHALLENGE: _challenge,
        StepKind.COMPLAINT: _complaint,
        StepKind.RECEIPT: _receipt,
    }[kind]
    results = [make(task, one.address) for one in task.told[:REPORTS_AT_MOST]]
    reasons = [reason for one in results for reason in one.reasons]
    if len(task.told) > REPORTS_AT_MOST:
        reasons.append(_capped(len(task.told)))
    return Result(tuple(made for one in results for made in one.made), tuple(reasons))


# delivery status


def _status_reports(task: _Task, event: Event, action: Action) -> Result:
    """Return the reports about those recipients for which one is wanted (RFC 3461 §5.2)."""
    reported, refused = [], dict[str, list[str]]()
    for told in task.told:
        notify = _notify(task, told)
        verdict = wanted(event, notify, task.reverse_path, original_is_report=task.is_about_report)
        if verdict.is_wanted:
            reported.append(_status(task, told, action))
        elif event is not Event.DELIVERED or notify:
            refused.setdefault(f"{verdict.reason} ({verdict.section})", []).append(told.address)
    reasons = [f"no report: {reason}, for {_named(addresses)}" for reason, addresses in refused.items()]
    if not reported:
        return Result((), tuple(reasons))
    dialect = task.dialect
    if action not in DIALECTS[dialect].actions:
        reasons.append(f"{DIALECTS[dialect].title} does not report this; it is told as the standard has it")
        dialect = STANDARD
    parts = split(_report(task, reported), dialect)
    if len(parts) > REPORTS_AT_MOST:
        reasons.append(_capped(len(parts)))
    made = [
        Made(
            build_dsn(one, dialect, task.message),
            "",
            one.reverse_path,
            tuple(each.final_recipient for each in one.recipients),
        )
        for one in parts[:REPORTS_AT_MOST]
    ]
    return Result(tuple(made), tuple(reasons))


def _notify(task: _Task, told: Told) -> str:
    """Return NOTIFY as it counts here: as given, unless the one who asked for the report is not bound by it."""
    if task.step.body.get("ignores_notify"):
        return ""
    return task.recipient(told.address).notify or ("SUCCESS" if told.is_asked else "")


def _report(task: _Task, recipients: Iterable[RecipientStatus]) -> Report:
    envelope, session = task.original.envelope, task.original.session
    return Report(
        reporting_mta=task.host,
        reverse_path=task.reverse_path,
        recipients=tuple(recipients),
        original=task.original.raw,
        arrival=task.step.accepted_at,
        at=task.step.due_at,
        seed=task.seed(),
        message_seed=task.message_seed,
        envid=envelope.envid,
        ret=envelope.ret,
        client=(session.helo if session else "") or "localhost",
        smtputf8=envelope.smtputf8,
        nasty=frozenset(map(Nasty, task.step.body.get("nasty", ()))),
    )


def _status(task: _Task, told: Told, action: Action) -> RecipientStatus:
    is_delayed = action is Action.DELAYED
    diagnostic = diagnostic_of(Reply(told.code, told.status, told.text)) if told.code else told.text
    return RecipientStatus(
        told.address,
        action,
        _class_of(told, action),
        orcpt=task.recipient(told.address).orcpt,
        remote_mta=told.remote,
        remote_address=_REMOTE_ADDRESS if told.remote else "",
        diagnostic=diagnostic,
        command=told.command or "RCPT TO",
        last_attempt=task.step.due_at if diagnostic else None,
        will_retry_until=task.step.accepted_at + KEEPS_TRYING if is_delayed else None,
    )


def _class_of(told: Told, action: Action) -> str:
    """Return the status, made up where the server told none, of a class that goes with the action."""
    status = told.status or (f"{told.code // 100}.0.0" if told.code else f"{action.classes[0]}.0.0")
    return status if status[0] in action.classes else f"{action.classes[0]}{status[1:]}"


def _capped(number: int) -> str:
    return f"only {REPORTS_AT_MOST} of {number} reports are made: no message makes more"


def _named(addresses: list[str]) -> str:
    more = f" and {len(addresses) - 3} more" if len(addresses) > 3 else ""
    return ", ".join(addresses[:3]) + more


# what people and their programs send


def _auto_reply(task: _Task, address: str) -> Result:
    is_ses = task.dialect == "ses"  # a hosted simulator, which answers every time
    last = None if is_ses else task.around.answered(address, task.reverse_path)
    return _answer(task, address, last, text="I am out of the office and will read your message when I am back.")


def _challenge(task: _Task, address: str) -> Result:
    return _answer(task, address, None, text=_CHALLENGE, prefix="Please confirm: ")


def _answer(task: _Task, address: str, last: int | None, *, text: str, prefix: str = "") -> Result:
    verdict = should_answer(task.message, task.original.envelope, address, last=last, at=task.step.due_at)
    if not verdict.is_wanted:
        return Result(reasons=(f"no answer: {verdict.rule} ({verdict.section})",))
    reply = AutoReply(
        responder=address,
        reverse_path=task.reverse_path,
        original=task.original.raw,
        at=task.step.due_at,
        seed=task.seed(address),
        text=text,
        is_exchange=task.dialect in ("m365", "outlook"),
        prefix=prefix,
    )
    return Result((Made(build_auto_reply(reply), "", task.reverse_path, (address,)),))


def _complaint(task: _Task, address: str) -> Result:
    if not task.reverse_path:
        return Result(reasons=("no complaint: the reverse-path is null",))
    if task.is_about_report:
        return Result(reasons=("no complaint: the original is itself a report or an automatic reply",))
    provider = _SES_FEEDBACK if task.dialect == "ses" else address.rpartition("@")[2] or task.host
    to = _complaints_to(task)
    session = task.original.session
    complaint = Complaint(
        provider=provider,
        to=to,
        recipient=address,
        reverse_path=task.reverse_path,
        original=task.original.raw,
        arrival=task.step.accepted_at,
        at=task.step.due_at,
        seed=task.seed(address),
        source_ip=_client(session.peer if session else ""),
        redact=bool(task.step.body.get("redact")),
    )
    return Result((Made(build_complaint(complaint), f"feedback@{provider}", to, (address,)),))


def _complaints_to(task: _Task) -> str:
    """Return who gets a complaint: SES tells the sender itself, others who is registered for it (RFC 6449 §3)."""
    if task.dialect == "ses":
        return task.reverse_path
    domain = task.reverse_path.rpartition("@")[2]
    return task.around.complaints_to or (f"abuse@{domain}" if domain else task.reverse_path)


def _client(peer: str) -> str:
    address = client_of(peer)
    return address if address and address != "unix" else "192.0.2.1"


def _receipt(task: _Task, address: str) -> Result:
    to = requested_by(task.message)
    if not to:
        return Result(reasons=("no receipt: the message has no Disposition-Notification-To (RFC 8098 §2.1)",))
    host = address.rpartition("@")[2] or task.host
    receipt = Receipt(address, to, task.original.raw, task.step.due_at, task.seed(address), host=host)
    return Result((Made(build_mdn(receipt), "", to, (address,)),))
