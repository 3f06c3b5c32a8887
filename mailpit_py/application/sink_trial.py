"""A trial of a sink: a mail that the sandbox writes itself, and what follows it at once, for this sink alone."""

from __future__ import annotations

from mailpit_py.identity import new_public_id
from mailpit_py.mail import stamp
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.simulation.follow_up import PlannedStep, StepKind, Told
from mailpit_py.storage import Arrival, NewStep, Sink

RECIPIENT = "trial@mailpit.test"
_STEPS = (
    ("bounced", StepKind.FAILURE, Told(RECIPIENT, 550, "5.1.1", "No such mailbox: a trial", remote="mx.mailpit.test")),
    ("suppressed", StepKind.FAILURE, Told(RECIPIENT, 550, "5.7.1", "Suppressed: a trial", scenario="suppressed")),
    ("deferred", StepKind.DELAY, Told(RECIPIENT, 451, "4.3.0", "Try again later: a trial", remote="mx.mailpit.test")),
    ("complained", StepKind.COMPLAINT, Told(RECIPIENT)),
    ("delivered", StepKind.DELIVERED, Told(RECIPIENT, status="2.1.5", is_asked=True)),
    ("auto_replied", StepKind.AUTO_REPLY, Told(RECIPIENT)),
    ("opened", StepKind.RECEIPT, Told(RECIPIENT)),
)
KINDS = tuple(kind for kind, _, _ in _STEPS)


def kind_for(sink: Sink) -> str:
    """Return what a sink is told in its trial: the first of KINDS that goes there. Raises ValueError for none."""
    taken = sink.options.get("events")
    for kind in KINDS:
        if taken is None or kind in taken:
            return kind
    raise ValueError("nothing that a trial can be of goes there")


def arrival(sink: Sink, kind: str, reverse_path: str, *, received_at: int, accepted_at: int) -> Arrival:
    """Return the mail of a trial with its step. `received_at` is wall time, `accepted_at` sandbox time."""
    step, told = next((step, told) for name, step, told in _STEPS if name == kind)
    public_id = new_public_id()
    body = {**PlannedStep(step, 0, (told,)).as_mapping(), "sinks": [sink.public_id]}
    envelope = Envelope(reverse_path, (Recipient(RECIPIENT),))
    return Arrival(
        public_id=public_id,
        transaction=Transaction(Session("", 0, listener="api"), envelope),
        raw=_mail(public_id, reverse_path, accepted_at),
        received_at=received_at,
        inbox=sink.inbox,
        source="api",
        steps=(NewStep(step.value, accepted_at, accepted_at, body),),
    )


def _mail(public_id: str, reverse_path: str, at: int) -> bytes:
    lines = (
        f"From: <{reverse_path}>",
        f"To: <{RECIPIENT}>",
        "Subject: A trial of a sink",
        f"Date: {stamp.rfc5322(at)}",
        f"Message-ID: <{public_id}@mailpit.test>",
        f"Disposition-Notification-To: <{reverse_path}>",
        "",
        "The sandbox wrote this mail to try where reports and events go.",
        "",
    )
    return "\r\n".join(lines).encode("ascii", "replace")
