"""Putting a message into a mailbox as a reader of folders does: it is kept, and nothing is simulated."""

from __future__ import annotations

from mailpit_py.application.maildrop import Reader
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.identity import new_public_id
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Session, Transaction
from mailpit_py.mail.implied import implied_envelope
from mailpit_py.storage import PATIENCE, Arrival


def put(  # noqa: PLR0913 - keyword-only, one for each thing that is known of it
    sandbox: Sandbox,
    reader: Reader,
    raw: bytes,
    *,
    mailbox: str,
    flags: frozenset[str] = frozenset(),
    received_at: int | None = None,
    peer: str = "",
) -> str:
    """Keep a message and wait for the commit; return its public id.

    Its envelope is what its header implies, and for somebody who reads as a recipient that one, who
    then sees it. Raises StorageFull or StorageError.
    """
    now = sandbox.clock.wall()
    message = read(raw)
    reverse_path, recipients = implied_envelope(message)
    if reader.recipient:
        recipients = (reader.recipient,)
    session = Session(new_public_id(), now, listener="imap", peer=peer, protocol="IMAP")
    arrival = Arrival(
        public_id=new_public_id(),
        transaction=Transaction(
            session,
            Envelope(reverse_path, tuple(map(Recipient, recipients))),
            (Line(now, "*", f"put into {mailbox} by IMAP, {len(raw)} octets"),),
        ),
        raw=raw,
        received_at=now if received_at is None else received_at,
        inbox=reader.inbox,
        mailbox=mailbox,
        message=message,
        source="imap",
        tagger=sandbox.tagger,
        flags=flags,
    )
    sandbox.store.add(arrival).result(PATIENCE)
    return arrival.public_id
