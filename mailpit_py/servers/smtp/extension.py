"""What belongs to each EHLO keyword, so that a server that hides one behaves as a server without it."""

from __future__ import annotations

from dataclasses import replace

from mailpit_py.mail.envelope import Envelope, Reply

Hidden = frozenset[str]
NONE_HIDDEN: Hidden = frozenset()

_COMMANDS = {"BDAT": "CHUNKING"}
_PARAMETERS = {
    "SIZE": "SIZE",
    "SMTPUTF8": "SMTPUTF8",
    "AUTH": "AUTH",
    "RET": "DSN",
    "ENVID": "DSN",
    "NOTIFY": "DSN",
    "ORCPT": "DSN",
}
_BODIES = {"7BIT": "8BITMIME", "8BITMIME": "8BITMIME", "BINARYMIME": "BINARYMIME"}
_NEEDS = {"BINARYMIME": "CHUNKING"}  # RFC 3030 §3: without chunks there is no way to send it
ENHANCED = "ENHANCEDSTATUSCODES"


def complete(hidden: Hidden) -> Hidden:
    """Return what is hidden, with the keywords that mean nothing without it."""
    return hidden | {keyword for keyword, needed in _NEEDS.items() if needed in hidden}


def is_command_hidden(verb: str, hidden: Hidden) -> bool:
    """True for a command whose extension is hidden."""
    return _COMMANDS.get(verb, verb) in hidden


def is_parameter_hidden(keyword: str, hidden: Hidden) -> bool:
    """True for a parameter of MAIL or RCPT whose extension is hidden, in each of its values."""
    if keyword == "BODY":
        return all(owner in hidden for owner in _BODIES.values())
    return _PARAMETERS.get(keyword) in hidden


def is_body_hidden(body: str, hidden: Hidden) -> bool:
    """True for a value of BODY whose extension is hidden."""
    return _BODIES.get(body) in hidden


def worded(reply: Reply, hidden: Hidden) -> Reply:
    """Return a reply as it is said: without its enhanced code where those are hidden (RFC 2034 §4)."""
    return replace(reply, status="") if ENHANCED in hidden and reply.status else reply


def told(envelope: Envelope, hidden: Hidden) -> Envelope:
    """Return an envelope whose recipients have the replies that were said."""
    if ENHANCED not in hidden:
        return envelope
    accepted, refused = (
        tuple(replace(one, reply=worded(one.reply, hidden)) for one in recipients)
        for recipients in (envelope.recipients, envelope.refused)
    )
    return replace(envelope, recipients=accepted, refused=refused)
