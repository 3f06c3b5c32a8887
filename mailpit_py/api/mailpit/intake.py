"""Messages that come in through the API: kept as if they had come by SMTP, with a session that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flask import request

from mailpit_py.api.admission import admitted
from mailpit_py.api.context import here
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Line, Receipt, Recipient, Session, Transaction
from mailpit_py.storage import PATIENCE

FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>]")


def envelope_of(sender: str, recipients: Iterable[str]) -> Envelope:
    """The envelope for these addresses; what can be no path in it is left out."""
    clean = dict.fromkeys(one for one in recipients if one and not FORBIDDEN.search(one))
    return Envelope("" if FORBIDDEN.search(sender) else sender, tuple(Recipient(one) for one in clean))


def keep(raw: bytes, envelope: Envelope, *, username: str = "") -> Receipt:
    """Keep a message, and wait for it. Raises StorageFull or StorageError."""
    sandbox = here().sandbox
    now = sandbox.clock.wall()
    peer = f"{request.remote_addr}:{request.environ.get('REMOTE_PORT', 0)}"
    session = Session(new_public_id(), now, listener="api", peer=peer, protocol="HTTP", auth_identity=username)
    session = replace(session, inbox=admitted() or "")
    lines = (Line(now, "*", f"put in through the API, {len(raw)} octets"),)
    receipt = sandbox.receive(Transaction(session, envelope, lines), raw, source="api").result(PATIENCE)
    sandbox.close_session(session, (), "put in through the API")
    return receipt
