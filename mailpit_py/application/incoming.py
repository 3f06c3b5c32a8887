"""A message on its way into inboxes: which of them get it, and what each of these sees of the envelope and dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from mailpit_py.application.delivery import Delivery, without
from mailpit_py.application.inboxbook import InboxBook
from mailpit_py.application.promise import hand_on
from mailpit_py.errors import NotFound
from mailpit_py.mail.envelope import Envelope, Line, Session, Transaction
from mailpit_py.storage import DEFAULT_INBOX, Arrival, Attempt

Kept = TypeVar("Kept", Arrival, Attempt)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Part:
    """What one inbox gets of a message: its recipients, and the dialogue without the names of the others."""

    inbox: str
    delivery: Delivery
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message with its whole dialogue, the moment (UTC microseconds) and the way in which it came."""

    transaction: Transaction
    raw: bytes
    at: int
    source: str

    @property
    def session(self) -> Session:
        """The connection that brought it."""
        return self.transaction.session

    def parts(self, delivery: Delivery, inboxes: InboxBook) -> Iterator[Part]:
        """Yield what each inbox gets, nearly always one."""
        transaction = self.transaction
        homes, first = homes_of(transaction, inboxes, self.raw)
        for inbox, part in delivery.parts(transaction.envelope, homes, first):
            others = [address for address, home in homes.items() if home != inbox]
            yield Part(inbox, part, without(transaction.lines, others) if others else transaction.lines)


def homes_of(transaction: Transaction, inboxes: InboxBook, raw: bytes | None) -> tuple[dict[str, str], str]:
    """Return the inbox of each address of an envelope, and that of a transaction without any."""
    router, session, envelope = inboxes.router, transaction.session, transaction.envelope
    if router.is_idle:
        return {}, session.inbox or DEFAULT_INBOX
    header = router.header_in(raw)
    everybody = (*envelope.recipients, *envelope.refused)
    homes = {one.address: router.of(session, one.address, header) for one in everybody}
    return homes, router.of(session, "", header)


def apart(transaction: Transaction, inboxes: InboxBook, raw: bytes | None) -> Iterator[tuple[str, Transaction]]:
    """Yield what of a transaction without a message each inbox is told."""
    homes, first = homes_of(transaction, inboxes, raw)
    names = tuple(dict.fromkeys(homes.values())) or (first,)
    for inbox in names:
        others = {address for address, home in homes.items() if home != inbox}
        if others:
            envelope, lines = _left(transaction.envelope, others), without(transaction.lines, others)
            yield inbox, Transaction(transaction.session, envelope, lines)
        else:
            yield inbox, transaction


def _left(envelope: Envelope, others: set[str]) -> Envelope:
    recipients, refused = (
        tuple(one for one in some if one.address not in others) for some in (envelope.recipients, envelope.refused)
    )
    return envelope.to(recipients, refused)


def housed(kept: Kept, keep: Callable[[Kept], Future[Value]]) -> Future[Value]:
    """Keep something in its inbox, or in the first one if that has gone in this moment: nothing is lost with it."""
    stored = keep(kept)
    if kept.inbox == DEFAULT_INBOX:
        return stored
    answer: Future[Value] = Future()

    def settle(done: Future[Value]) -> None:
        if isinstance(done.exception(), NotFound):
            keep(replace(kept, inbox=DEFAULT_INBOX)).add_done_callback(lambda again: hand_on(again, answer))
        else:
            hand_on(done, answer)

    stored.add_done_callback(settle)
    return answer
