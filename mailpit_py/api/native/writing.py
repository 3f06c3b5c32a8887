"""Views that put a message in as if it had come by SMTP."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP

from flask import Blueprint, Response, request, url_for

from mailpit_py.api.answers import answer, read_body, read_octets
from mailpit_py.api.context import here
from mailpit_py.api.models import NewMessage, Nothing, OneInboxQuery, PutIn
from mailpit_py.api.native import sample
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import Problem
from mailpit_py.api.simulation_schemas import Created
from mailpit_py.api.simulation_shape import created
from mailpit_py.application.submission import submit
from mailpit_py.identity import new_public_id
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Session, Transaction

TAG = "Messages"
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f<>]")


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.post("/messages")(add_message)
    routes.post("/messages/sample")(add_sample)


@operation(TAG, query=PutIn, returns=Created, status=201, errors=(400, 413, 415, 507), document_body=NewMessage)
def add_message(query: PutIn) -> Response:
    """Put a message in, as if it had come by SMTP.

    The body is JSON, or, from programs, the message itself as `message/rfc822`, which is then kept
    octet by octet. Without `reverse_path` and `recipients` the envelope is taken from the header.
    Recipients that refuse it are told in the answer; if all do, that is a problem of kind `refused`
    (422) with the reply for each, and an attempt is kept.
    """
    if request.mimetype == "message/rfc822":
        return _put_in(read_octets(), "", (), simulate=query.simulate, inbox=query.inbox)
    new = read_body(NewMessage)
    raw = _lines(new.raw).encode("utf-8", "replace") if new.raw is not None else _compose(new)
    return _put_in(raw, new.reverse_path, tuple(new.recipients), simulate=query.simulate, inbox=query.inbox)


@operation(TAG, query=OneInboxQuery, body=Nothing, returns=Created, status=201, errors=(400, 404, 415, 507))
def add_sample(query: OneInboxQuery, body: Nothing) -> Response:
    """Let the sandbox send itself a test mail with text, HTML, a picture and a file."""
    token = new_public_id()
    raw = sample.build(here().sandbox.clock.wall(), token)
    return _put_in(raw, sample.REVERSE_PATH, (sample.RECIPIENT,), simulate=False, inbox=query.inbox)


def _put_in(
    raw: bytes, reverse_path: str, recipients: tuple[str, ...], *, simulate: bool, inbox: str | None
) -> Response:
    if not raw:
        raise Problem(400, "There is no message in the body.", kind="body")
    sandbox = here().sandbox
    if inbox is not None:
        sandbox.inboxes.find(inbox)  # raises NotFound
    envelope = _envelope(raw, reverse_path, recipients)
    now = sandbox.clock.wall()
    peer = f"{request.remote_addr}:{request.environ.get('REMOTE_PORT', 0)}"
    session = Session(new_public_id(), now, listener="api", peer=peer, protocol="HTTP", inbox=inbox or "")
    lines = (Line(now, "*", f"put in through the API, {len(raw)} octets"),)
    submission = submit(sandbox, Transaction(session, envelope, lines), raw, source="api", simulate=simulate)
    sandbox.close_session(session, (), "put in through the API")
    if not submission.public_id:
        reasons = [(one.address, " ".join(one.reply.lines)) for one in submission.recipients]
        raise Problem(422, "Every recipient refused the message.", kind="refused", errors=reasons)
    response = answer(created(submission), 201)
    if submission.is_kept:
        response.headers["Location"] = url_for("api.show_message", public_id=submission.public_id)
    return response


def _envelope(raw: bytes, reverse_path: str, recipients: tuple[str, ...]) -> Envelope:
    message = read(raw)
    named = [one.address for one in (*message.to, *message.cc, *message.bcc)]
    senders = [one.address for one in message.from_]
    wrong = [address for address in (reverse_path, *recipients) if FORBIDDEN.search(address)]
    if wrong:
        reasons = [("recipients", f"{address!r} is not an address") for address in wrong]
        raise Problem(422, "An address cannot be used.", kind="invalid", errors=reasons)
    clean = dict.fromkeys(one for one in recipients or named if one and not FORBIDDEN.search(one))
    sender = reverse_path or next((one for one in senders if not FORBIDDEN.search(one)), "")
    return Envelope(sender, tuple(Recipient(one) for one in clean))


def _lines(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def _compose(new: NewMessage) -> bytes:
    message = EmailMessage(policy=SMTP)
    try:
        for name, value in (("From", new.from_), ("To", ", ".join(new.to)), ("Subject", new.subject)):
            if value:
                message[name] = value
        message["Message-ID"] = f"<{new_public_id()}@mailpit-py.test>"
        if new.text or not new.html:
            message.set_content(new.text)
        if new.html:
            add = message.add_alternative if new.text else message.set_content
            add(new.html, subtype="html")
        return message.as_bytes()
    except (ValueError, IndexError, AttributeError, UnicodeError) as error:
        raise Problem(422, f"No message can be written from this: {error}.", kind="invalid") from None
