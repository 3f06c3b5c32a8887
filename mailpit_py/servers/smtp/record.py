"""What the sandbox is told of a session: its messages, what was refused, and how it ended."""

from __future__ import annotations

from concurrent.futures import Future

from mailpit_py.mail.envelope import Receipt
from mailpit_py.sandbox import Sandbox
from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.servers.smtp.dialogue import Expect


def keep(sandbox: Sandbox, conversation: Conversation, source: str) -> Future[Receipt]:
    """Give a whole message to the sandbox; the future gives its receipt, or why it was not kept."""
    assert conversation.handing_over is not None
    transaction, raw = conversation.handing_over
    verdict, decided = conversation.verdict, conversation.decided
    try:
        return sandbox.receive(transaction, raw, source=source, verdict=verdict, decided=decided)
    except Exception as error:
        future: Future[Receipt] = Future()
        future.set_exception(error)
        return future


def memory(sandbox: Sandbox, conversation: Conversation) -> Future[None] | None:
    """The promise that what was remembered for the last replies is durable, None if it is."""
    conversation.effects.has_remembered = False
    return sandbox.simulator.pending


def report_refusals(sandbox: Sandbox, conversation: Conversation) -> Future[None] | None:
    """Report the transactions that ended without a message; the future is that of the last one's commit."""
    kept = None
    for transaction, one in conversation.take_refusals():
        kept = sandbox.refuse(
            transaction,
            one.stage,
            one.reply,
            one.size_bytes,
            decision=one.decision,
            raw=one.raw,
            decided=one.decided,
        )
    return kept


def close(sandbox: Sandbox, conversation: Conversation) -> None:
    """Hand over the rest of a session whose connection is gone; one that was turned away is not kept."""
    dialogue = conversation.dialogue
    if dialogue.ending == "turned away":
        return
    if conversation.expects is not Expect.END:
        if conversation.expects is Expect.PAUSE:
            conversation.leave()
        elif dialogue.ending == "lost":
            conversation.transcript.note("the client closed the connection")
        dialogue.mail.reset()
        report_refusals(sandbox, conversation)
    sandbox.close_session(conversation.session, conversation.transcript.take(), dialogue.ending)
