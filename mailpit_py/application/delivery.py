"""What becomes of a message that was received, recipient by recipient, once it has been decided about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from types import MappingProxyType

from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict
from mailpit_py.simulation.outcome import Accept, Discard
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Attempt, Cause
from mailpit_py.storage.cause import NO_CAUSE

Decided = Mapping[str, Decision]
"""What was decided at RCPT, by the recipient's address as given."""
NOTHING_DECIDED: Decided = MappingProxyType({})
NOBODY = Envelope("")
ANOTHER = "(another inbox)"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`kept` is the envelope that is stored with the message, `lost` that of those who get nothing of it.

    `replies` has one for each accepted recipient, in their order; `stage` is where those that get
    nothing learnt it.
    """

    kept: Envelope
    lost: Envelope
    replies: tuple[Reply, ...]
    decisions: Mapping[str, Decision]
    stage: Stage = Stage.CONTENT

    @classmethod
    def of(cls, envelope: Envelope, verdict: Verdict | None, decided: Decided, accepted: Reply) -> Delivery:
        """Carry out what was decided at the end of the content; `accepted` is the usual reply."""
        if verdict is None and not decided:
            return cls(envelope, NOBODY, (accepted,) * len(envelope.recipients), NOTHING_DECIDED)
        kept, lost = envelope.to((), envelope.refused), envelope.to(())
        replies = []
        decisions = dict(decided)
        for recipient, decision in zip(envelope.recipients, _each(envelope, verdict), strict=True):
            reply = decision.reply or accepted
            replies.append(reply)
            if not isinstance(decision.outcome, Accept | None):
                decisions[recipient.address] = decision
            else:
                decisions.setdefault(recipient.address, decision)
            if isinstance(decision.outcome, Discard):
                lost = lost.accept(recipient.told(reply))
            elif reply.is_positive:
                kept = kept.accept(recipient)
            else:
                kept = kept.refuse(recipient.told(reply))
        if envelope.recipients and not kept.recipients:
            kept, lost = kept.to(()), lost.to(lost.recipients, kept.refused)
        return cls(kept, lost, tuple(replies), decisions)

    @property
    def is_kept(self) -> bool:
        """True if the message is stored; one without any recipient, as from the API, is."""
        return not self.replies or bool(self.kept.recipients)

    @property
    def is_lost(self) -> bool:
        """True if somebody gets nothing of it and the message's own envelope does not say so."""
        return bool(self.lost.recipients) or not self.is_kept

    def parts(self, envelope: Envelope, homes: Mapping[str, str], first: str) -> tuple[tuple[str, Delivery], ...]:
        """Return what each inbox gets of this, with the recipients that are its own.

        `envelope` is how it was received, `homes` has the inbox of each address; one that has none,
        and a message without recipients, belongs to `first`.
        """
        everybody = (*envelope.recipients, *envelope.refused)
        inboxes = tuple(dict.fromkeys(homes.get(one.address, first) for one in everybody)) or (first,)
        if len(inboxes) == 1:
            return ((inboxes[0], self),)
        accepted = {one.address for one in envelope.recipients}
        return tuple((name, self._within({one for one in homes if homes[one] == name}, accepted)) for name in inboxes)

    def _within(self, addresses: Set[str], accepted: Set[str]) -> Delivery:
        """Return the part that is about these addresses."""
        kept, lost = (
            one.to(_only(one.recipients, addresses), _only(one.refused, addresses)) for one in (self.kept, self.lost)
        )
        if not kept.recipients:
            kept, lost = kept.to(()), lost.to(lost.recipients, (*lost.refused, *kept.refused))
        stage = Stage.CONTENT if accepted & addresses else Stage.RCPT
        return replace(self, kept=kept, lost=lost, stage=stage)

    def attempt(self, session: Session, raw: bytes, at: int, public_id: str, lines: tuple[Line, ...]) -> Attempt:
        """Return the record of those who get nothing."""
        causes = causes_of(self.lost, self.decisions)
        return Attempt(
            public_id=public_id,
            transaction=Transaction(session, self.lost, lines),
            stage=self.stage,
            reply=(*self.lost.recipients, *self.lost.refused)[0].reply,
            at=at,
            size_bytes=len(raw),
            raw=raw,
            cause=next(iter(causes), NO_CAUSE),
            causes=causes,
        )


def causes_of(envelope: Envelope, decisions: Decided) -> tuple[Cause, ...]:
    """Return what decided about each recipient of an envelope, the accepted ones first."""
    recipients: tuple[Recipient, ...] = (*envelope.recipients, *envelope.refused)
    causes = tuple(Cause.of(decisions.get(one.address)) for one in recipients)
    return causes if any(causes) else ()


def without(lines: Iterable[Line], addresses: Iterable[str]) -> tuple[Line, ...]:
    """Return lines of a dialogue in which these addresses, of other inboxes, are not to be read."""
    words = "|".join(re.escape(one) for one in sorted(addresses, key=len, reverse=True))
    other = re.compile(rf"(?<![\w.+-])(?:{words})(?![\w-]|\.\w)", re.I)
    return tuple(one._replace(text=other.sub(ANOTHER, one.text)) for one in lines)


def _only(recipients: Iterable[Recipient], addresses: Set[str]) -> tuple[Recipient, ...]:
    return tuple(one for one in recipients if one.address in addresses)


def _each(envelope: Envelope, verdict: Verdict | None) -> tuple[Decision, ...]:
    return verdict.decisions if verdict else (UNDECIDED,) * len(envelope.recipients)
