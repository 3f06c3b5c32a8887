"""A gate before the store: somebody else is asked whether a message may be kept at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from mailpit_py.application.delivery import Decided
from mailpit_py.application.promise import hand_on
from mailpit_py.mail.envelope import Receipt, Reply, Transaction
from mailpit_py.simulation.decision import Verdict

# The ways in whose senders wait for a reply that may come from elsewhere.
GATED = ("smtp", "lmtp")
STOPPING = Reply(451, "4.3.2", "The sandbox is stopping")

Gate = Callable[[Transaction, bytes], Future[Reply | None]]
"""Asked before a message is kept; its future gives the refusal that the sender gets, or None."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was decided about a message: at its end, at RCPT; and whether the reply has an enhanced code."""

    verdict: Verdict | None
    decided: Decided
    enhanced: bool = True


def gated(
    asked: Future[Reply | None], keep: Callable[[], Future[Receipt]], refuse: Callable[[Reply], Future[Receipt]]
) -> Future[Receipt]:
    """Return the receipt of what is kept, or refused, once the gate has answered."""
    receipt: Future[Receipt] = Future()

    def answered(done: Future[Reply | None]) -> None:
        try:
            refusal = STOPPING if done.cancelled() else done.result()
            stored = keep() if refusal is None else refuse(refusal)
        except Exception as error:  # the sender waits for it
            receipt.set_exception(error)
            return
        stored.add_done_callback(lambda kept: hand_on(kept, receipt))

    asked.add_done_callback(answered)
    return receipt
