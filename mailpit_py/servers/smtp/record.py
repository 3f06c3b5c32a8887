"""What the sandbox is told of a session: its messages, what was refused, and how it ended."""

from __future__ import annotations

import logging
from concurrent.futures import Future

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Receipt, Session
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.servers.smtp.dialogue import Expect
from mailpit_py.servers.smtp.transaction import Refusal
from mailpit_py.servers.smtp.transcript import printable
from mailpit_py.simulation.stage import Stage

logger = logging.getLogger(__name__)


def note_opening(session: Session) -> None:
    """Log that a session has begun."""
    logger.info("session=%s opened listener=%s peer=%s", session.public_id, session.listener, session.peer)


def note_message(conversation: Conversation, receipt: Receipt) -> None:
    """Log that the message that was handed over is kept."""
    if not logger.isEnabledFor(logging.INFO) or conversation.handing_over is None:
        return
    transaction, raw = conversation.handing_over
    session, envelope = transaction.session.public_id, transaction.envelope
    _note_recipients(session, envelope)
    recipients = printable(" ".join(f"<{one.address}>" for one in envelope.recipients))
    logger.info("session=%s message=%s kept bytes=%d recipients=%s", session, receipt.public_id, len(raw), recipients)


def _note_refusal(session: Session, refusal: Refusal) -> None:
    if logger.isEnabledFor(logging.INFO):
        _note_recipients(session.public_id, refusal.envelope)
        if refusal.stage is not Stage.RCPT:
            reply = printable(" ".join(refusal.reply.lines))
            logger.info("session=%s stage=%s refused: %s", session.public_id, refusal.stage, reply)


def _note_recipients(session: str, envelope: Envelope) -> None:
    for one in envelope.refused:
        address, reply = printable(one.address), printable(" ".join(one.reply.lines))
        logger.info("session=%s stage=%s refused <%s>: %s", session, Stage.RCPT, address, reply)


def give_up(sandbox: Sandbox, conversation: Conversation, size_bytes: int, silence: float) -> None:
    """Keep nothing of a content that does not go on, and report it as refused."""
    conversation.transcript.note(
        f"{size_bytes} octets of content, and no progress for {silence:.0f} s while others waited for room"
    )
    mail = conversation.dialogue.mail
    if mail.envelope is not None:
        mail.refuse_content(replies.GIVES_WAY, size_bytes)
    del conversation.buffer[:]
    report_refusals(sandbox, conversation)


def keep(sandbox: Sandbox, conversation: Conversation, source: str) -> Future[Receipt]:
    """Give a whole message to the sandbox; the future gives its receipt, or why it was not kept."""
    assert conversation.handing_over is not None
    transaction, raw = conversation.handing_over
    verdict, decided, enhanced = conversation.verdict, conversation.decided, conversation.is_enhanced
    try:
        return sandbox.receive(transaction, raw, source=source, verdict=verdict, decided=decided, enhanced=enhanced)
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
        _note_refusal(transaction.session, one)
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
    logger.info("session=%s closed: %s", conversation.session.public_id, dialogue.ending)
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
