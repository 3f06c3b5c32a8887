"""Commands about the session itself: logins, TLS, what it can (RFC 9051 §6.1 to §6.3.1)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailpit_py.servers.imap.capability import ENABLED, capabilities
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.work import Work, ask, next_line
from mailpit_py.servers.sasl import Credentials, plain, xoauth2

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session

logger = logging.getLogger(__name__)

_MECHANISMS: dict[str, Callable[[str], Credentials | None]] = {"PLAIN": plain, "XOAUTH2": xoauth2}
_ID_FIELDS_AT_MOST = 30  # RFC 2971 §3.3


def capability(session: Session, scanner: Scanner) -> Work[None]:
    """CAPABILITY (RFC 9051 §6.1.1): what can be asked for now, which a login and TLS change."""
    session.say(f"* CAPABILITY {capabilities(session)}")
    yield from ()


def noop(session: Session, scanner: Scanner) -> Work[None]:
    """NOOP, and CHECK, which asks for no more here."""
    yield from session.catch_up()


def logout(session: Session, scanner: Scanner) -> Work[None]:
    """LOGOUT (RFC 9051 §6.1.3): BYE, and the connection is closed behind the answer."""
    session.say("* BYE goodbye")
    session.leave()
    yield from ()


def identify(session: Session, scanner: Scanner) -> Work[None]:
    """ID (RFC 2971): the client's words are passed over."""
    if not scanner.skip(b"NIL"):
        pairs = scanner.listed(lambda: _id_value(scanner))
        if len(pairs) % 2 or len(pairs) > 2 * _ID_FIELDS_AT_MOST:
            raise Bad("at most 30 fields, each with a value")
    scanner.end()
    session.say('* ID ("name" "mailpit-py")')
    yield from ()


def _id_value(scanner: Scanner) -> bytes:
    return b"" if scanner.skip(b"NIL") else scanner.string()


def starttls(session: Session, scanner: Scanner) -> Work[str]:
    """STARTTLS (RFC 9051 §6.2.1): what follows the answer is a handshake. Raises Bad where none is offered."""
    if not session.offers_starttls:
        raise Bad("TLS is active already" if session.is_tls else "there is no TLS here")
    session.begin_handshake()
    yield from ()
    return "begin TLS"


def login(session: Session, scanner: Scanner) -> Work[str]:
    """LOGIN (RFC 9051 §6.2.3), a name and a password. Raises No if they are wrong."""
    name = scanner.text()
    scanner.space()
    password = scanner.text()
    scanner.end()
    return (yield from _log_in(session, Credentials(name, password)))


def authenticate(session: Session, scanner: Scanner) -> Work[str]:
    """AUTHENTICATE, with an initial response or without (RFC 4959)."""
    mechanism = scanner.atom()
    read = _MECHANISMS.get(mechanism)
    if read is None:
        raise No("there is no such mechanism", "CANNOT")
    if scanner.skip(b" "):
        given = scanner.word()
        scanner.end()
    else:
        session.say("+ ")
        line = yield from next_line()
        given = (line or b"").decode("ascii", "replace")
    if given == "*":
        raise Bad("cancelled")
    credentials = read(given)
    if credentials is None:
        raise Bad("the response cannot be read")
    return (yield from _log_in(session, credentials))


def _log_in(session: Session, credentials: Credentials) -> Work[str]:
    reader = yield from ask(lambda desk: desk.log_in(credentials))
    if reader is None:
        logger.warning("imap login of %r refused", credentials.name)
        session.count_failure()
        raise No("the name or the password is wrong", "AUTHENTICATIONFAILED")
    logger.info("imap login of %r reads the inbox %r", credentials.name, reader.inbox)
    session.log_in(reader, credentials.password)
    return f"[CAPABILITY {capabilities(session)}] logged in"


def enable(session: Session, scanner: Scanner) -> Work[None]:
    """ENABLE (RFC 9051 §6.3.1): what is unknown is passed over."""
    names = [scanner.atom()]
    while scanner.skip(b" "):
        names.append(scanner.atom())
    scanner.end()
    new = [name for name in dict.fromkeys(names) if name in ENABLED and name not in session.enabled]
    session.enabled.update(new)
    session.say("* ENABLED" + "".join(f" {_SPELLING.get(name, name)}" for name in new))
    if "CONDSTORE" in new:
        session.tell_modseq()
    yield from ()


_SPELLING = {"IMAP4REV2": "IMAP4rev2"}
