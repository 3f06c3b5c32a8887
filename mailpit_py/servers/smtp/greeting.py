"""What the server says of itself and to people: greeting, EHLO, HELP, hints and farewell."""

from __future__ import annotations

from functools import lru_cache

from mailpit_py.mail.envelope import Reply
from mailpit_py.servers.smtp.extension import NONE_HIDDEN, Hidden, is_command_hidden
from mailpit_py.servers.smtp.settings import SmtpSettings

_HTTP_VERBS = frozenset({"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PRI"})
_HTTP_FIELDS = frozenset({"HOST:", "USER-AGENT:", "CONTENT-TYPE:", "CONTENT-LENGTH:", "ORIGIN:", "CONNECTION:"})

_SYNTAX = {
    "HELO": "HELO your.host.name",
    "EHLO": "EHLO your.host.name",
    "LHLO": "LHLO your.host.name",
    "MAIL": "MAIL FROM:<you@example.com>",
    "RCPT": "RCPT TO:<somebody@example.com>, once for each recipient",
    "DATA": "DATA, then header, empty line, text, and a line with a single dot",
    "BDAT": "BDAT octets [LAST], then as many octets",
    "AUTH": "AUTH mechanism [initial response]",
    "STARTTLS": "STARTTLS, then TLS",
    "RSET": "RSET forgets the current transaction",
    "VRFY": "VRFY name",
    "NOOP": "NOOP does nothing",
    "QUIT": "QUIT says goodbye",
}
_HINTS = {
    "FROM:": "write MAIL FROM:<you@example.com>",
    "TO:": "write RCPT TO:<somebody@example.com>",
    "SUBJECT:": "header fields come after DATA",
    "EXIT": "QUIT ends the session",
    "BYE": "QUIT ends the session",
    "LOGIN": "write AUTH LOGIN",
    "HELLO": "write HELO your.host.name",
}


def greeting(settings: SmtpSettings) -> Reply:
    """The first reply of a session (RFC 5321 §4.2); it carries no enhanced code."""
    return _greeting(_service(settings))


def farewell(settings: SmtpSettings) -> Reply:
    """The reply to QUIT."""
    return _farewell(_service(settings))


# Said to each client, and the same for all: made once. Several listeners may have different names.
@lru_cache(maxsize=32)
def _greeting(service: str) -> Reply:
    return Reply(220, "", f"{service} ready")


@lru_cache(maxsize=32)
def _farewell(service: str) -> Reply:
    return Reply(221, "2.0.0", f"{service} closing transmission channel")


def timed_out(settings: SmtpSettings) -> Reply:
    """What is said before a connection is closed for its silence, or its age."""
    return Reply(421, "4.4.2", f"{_service(settings)} closing transmission channel after timeout exceeded")


def shutting_down(settings: SmtpSettings) -> Reply:
    """What is said to those who are connected when the server stops (RFC 5321 §3.8)."""
    return Reply(421, "4.3.2", f"{_service(settings)} closing transmission channel")


def _service(settings: SmtpSettings) -> str:
    return f"{settings.hostname} {settings.software} {'LMTP' if settings.lmtp else 'ESMTP'} Service"


def extensions(settings: SmtpSettings, helo: str, *, is_tls: bool, hidden: Hidden = NONE_HIDDEN) -> Reply:
    """The reply to EHLO or LHLO: one line for each extension that is not `hidden` (RFC 5321 §4.1.1.1)."""
    may_start_tls = settings.ssl_context is not None and not is_tls
    may_log_in = settings.offer_auth and (is_tls or settings.allow_insecure_auth)
    mechanisms = settings.mechanisms if may_log_in else ()
    opening = f"{settings.hostname} greets {helo}"
    return _extensions(opening, settings.max_message_size_bytes, may_start_tls, mechanisms, hidden)


@lru_cache(maxsize=64)
def _extensions(
    opening: str, size_bytes: int, may_start_tls: bool, mechanisms: tuple[str, ...], hidden: Hidden
) -> Reply:
    lines = [opening, "PIPELINING", f"SIZE {size_bytes}"]
    if may_start_tls:
        lines.append("STARTTLS")
    if mechanisms:
        lines.append("AUTH " + " ".join(mechanisms))
    lines += ["ENHANCEDSTATUSCODES", "8BITMIME", "BINARYMIME", "CHUNKING", "DSN", "SMTPUTF8", "HELP"]
    if hidden:
        lines[1:] = [line for line in lines[1:] if line.split(" ")[0] not in hidden]
    return Reply(250, "", "\n".join(lines))


def help_on(settings: SmtpSettings, verb: str, hidden: Hidden = NONE_HIDDEN) -> Reply:
    """The reply to HELP, alone or with a command."""
    absent = {name for name in _SYNTAX if is_command_hidden(name, hidden)}
    if verb in _SYNTAX and verb not in absent:
        return Reply(214, "2.0.0", _SYNTAX[verb])
    absent |= {"HELO", "EHLO"} if settings.lmtp else {"LHLO"}
    if settings.ssl_context is None:
        absent.add("STARTTLS")
    if not settings.offer_auth:
        absent.add("AUTH")
    words = " ".join(name for name in _SYNTAX if name not in absent)
    return Reply(214, "2.0.0", f"Commands: {words}\nHELP followed by a command tells more")


def hint(verb: str, line: str) -> str:
    """Advice for somebody who typed what is no command."""
    words = line.split(None, 1)
    return _HINTS.get(verb) or (_HINTS.get(words[0].upper(), "") if words else "") or "HELP lists the commands"


def is_http(verb: str) -> bool:
    """True for the first word of a line that only an HTTP client sends."""
    return verb in _HTTP_VERBS or verb in _HTTP_FIELDS
